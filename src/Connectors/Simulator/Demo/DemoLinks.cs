using System.Globalization;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Demo;

/// <summary>
/// What the devices of a demo commune hang together with: each cabinet, its controlled lamps and some buildings are on one supply; the first meters are those of the buildings; and one bin and one
/// cabinet in <see cref="ExposedEach"/> are where the river of the commune may come.
/// </summary>
/// <param name="commune">INSEE code.</param>
/// <param name="cabinets">How many cabinets there are.</param>
/// <param name="buildings">How many buildings there are.</param>
/// <param name="river">Key of the sensor of its river; null where there is none.</param>
internal sealed class DemoLinks(string commune, int cabinets, int buildings, string? river)
{
    private const int ExposedEach = 3;

    /// <summary>The device with what it hangs together with.</summary>
    public DeviceDescriptor Link(DeviceDescriptor device)
    {
        var number = NumberOf(device.Id);
        return device.Kind switch
        {
            DeviceKind.Cabinet => Exposed(With(device, DeviceLinks.SupplyAttribute, SupplyOf(number)), number),
            DeviceKind.Streetlight when !device.Flag("passive") && device.Text("cabinet") is { } cabinet => With(device, DeviceLinks.SupplyAttribute, SupplyOf(NumberOf(cabinet))),
            DeviceKind.Building when cabinets > 0 => With(device, DeviceLinks.SupplyAttribute, SupplyOf(1 + ((number - 1) % cabinets))),
            DeviceKind.Meter when device.Text("usage") == "dwelling" && number <= buildings =>
                With(With(device, "usage", "building"), DeviceLinks.BuildingAttribute, Key("building", number)),
            DeviceKind.Bin => Exposed(device, number),
            _ => device,
        };
    }

    private DeviceDescriptor Exposed(DeviceDescriptor device, int number) =>
        river is not null && number % ExposedEach == 0 ? With(device, DeviceLinks.ExposedToAttribute, river) : device;

    private string SupplyOf(int cabinet) => Key("supply", cabinet);

    private string Key(string what, int number) => string.Create(CultureInfo.InvariantCulture, $"{commune}-{what}-{number:D5}");

    private static int NumberOf(string id) => int.Parse(id.AsSpan(id.LastIndexOf('-') + 1), CultureInfo.InvariantCulture);

    private static DeviceDescriptor With(DeviceDescriptor device, string name, string value) => device with { Attributes = device.Attributes.SetItem(name, AttributeValue.Of(value)) };
}
