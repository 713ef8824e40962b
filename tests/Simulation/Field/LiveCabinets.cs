using Grid.Contracts.Devices;

namespace Grid.Simulation.Field;

/// <summary>Some cabinets of a world keep no program, and are switched live.</summary>
internal static class LiveCabinets
{
    private const double Share = 0.3;

    /// <summary>The same devices, some of them such cabinets; none where programs are put into all of them by hand.</summary>
    public static IEnumerable<DeviceDescriptor> Among(World world, IEnumerable<DeviceDescriptor> devices)
    {
        var chance = world.ChanceOf("cabinets");
        return devices.Select(device => device.Kind == DeviceKind.Cabinet && !world.Options.HasPrograms && chance.Happens(Share)
            ? device with { Attributes = device.Attributes.SetItem("scheduler", AttributeValue.Of(false)) }
            : device);
    }
}
