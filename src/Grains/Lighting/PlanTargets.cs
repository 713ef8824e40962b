using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting;

/// <summary>What chooses the plan of a device.</summary>
public static class PlanTargets
{
    /// <summary>Of a cabinet or a light point.</summary>
    public static PlanTarget Of(DeviceDescriptor device) => new()
    {
        Device = device.Id,
        Kind = device.Kind,
        Commune = device.Commune,
        Cabinet = device.Kind == DeviceKind.Cabinet ? device.Id : device.Text("cabinet"),
        Group = device.Text("group"),
    };
}
