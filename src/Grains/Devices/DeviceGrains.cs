using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>References to device grains.</summary>
public static class DeviceGrains
{
    /// <summary>The grain of a device.</summary>
    public static IDeviceGrain Get(IGrainFactory grains, DeviceKind kind, string id) => kind switch
    {
        DeviceKind.Cabinet => grains.GetGrain<ICabinetGrain>(id),
        DeviceKind.Streetlight => grains.GetGrain<IStreetlightGrain>(id),
        DeviceKind.Meter => grains.GetGrain<IMeterGrain>(id),
        DeviceKind.Building => grains.GetGrain<IBuildingGrain>(id),
        DeviceKind.Bin => grains.GetGrain<IBinGrain>(id),
        DeviceKind.Environment => grains.GetGrain<IEnvironmentGrain>(id),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };
}
