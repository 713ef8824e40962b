using System.Globalization;
using System.Text;
using Grid.Connectors.Simulator.Radio;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Simulation.Field;

/// <summary>
/// A demo in some of whose communes every light point was converted to radio: each has a controller that keeps no program, behind one of a few LoRaWAN-like gateways on high
/// places, each of which serves some 2,000 light points around it, of several communes or of part of a town. Elsewhere controllers are reached by mobile telephony.
/// </summary>
internal static class RadioRetrofit
{
    /// <summary>Light points that a gateway serves.</summary>
    public const int LightsPerGateway = 2_000;

    /// <summary>Gateways go from north to south within strips of this width, about 15 km here.</summary>
    private const double StripDegrees = 0.2;

    /// <summary>The devices, in the same order.</summary>
    /// <param name="devices">A demo's devices.</param>
    /// <param name="territory">Where their communes are.</param>
    /// <param name="share">Part of the communes that were converted.</param>
    public static IEnumerable<DeviceDescriptor> Of(IEnumerable<DeviceDescriptor> devices, ITerritoryTable territory, double share)
    {
        var all = devices.ToArray();
        var converted = all.Where(device => device.Kind == DeviceKind.Streetlight && IsConverted(device.Commune, share))
            .OrderBy(light => Math.Floor(territory.FindCommune(light.Commune)!.Longitude / StripDegrees))
            .ThenByDescending(light => territory.FindCommune(light.Commune)!.Latitude)
            .ThenBy(light => light.Id, StringComparer.Ordinal)
            .ToArray();
        var gateways = Math.Max(1, converted.Length / LightsPerGateway);
        var gatewayOf = converted.Select((light, place) => (light.Id, Gateway: (long)place * gateways / converted.Length)).ToDictionary(pair => pair.Id, pair => pair.Gateway, StringComparer.Ordinal);
        return all.Select(device => device.Kind != DeviceKind.Streetlight ? device
            : gatewayOf.TryGetValue(device.Id, out var gateway) ? Converted(device, gateway)
            : device with { Connector = device.Connector! with { Gateway = null } });
    }

    private static bool IsConverted(string commune, double share) => (uint)Trace.HashOf(Encoding.ASCII.GetBytes(commune)) % 1_000 < share * 1_000;

    private static DeviceDescriptor Converted(DeviceDescriptor light, long gateway) => light with
    {
        Attributes = light.Attributes.SetItem("passive", AttributeValue.Of(false)).Remove("scheduler"),
        Connector = light.Connector! with { Gateway = string.Create(CultureInfo.InvariantCulture, $"{LoRaGateways.Prefix}mast-{gateway:D3}") },
    };
}
