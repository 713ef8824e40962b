using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>References to device grains.</summary>
public static class DeviceGrains
{
    /// <summary>The grain of a device. Which class of grain a device has follows from its kind, which never changes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static IDeviceGrain Get(this IGrainFactory grains, DeviceKind kind, string id) => kind switch
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
