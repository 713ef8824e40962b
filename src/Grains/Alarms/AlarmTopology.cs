using Grid.Contracts.Devices;

namespace Grid.Grains.Alarms;

/// <summary>What a device hangs on, so that many alarms with one probable cause can be told as one. Devices that hang on the same share one instance.</summary>
/// <param name="Cabinet">Key of the cabinet of a light point.</param>
/// <param name="Gateway">Network gateway of its connector.</param>
/// <param name="Network">Type of a connector behind which a network server stands.</param>
internal sealed record AlarmTopology(string? Cabinet, string? Gateway, string? Network)
{
    /// <summary>Attribute of a device on which people work: its alarms, and those of a cabinet's light points, are suppressed by design.</summary>
    public const string UnderWorks = "underWorks";

    private const string GatewayPrefix = "gateway:";
    private const string NetworkPrefix = "network:";

    /// <summary>The topology of a device; null when it hangs on nothing.</summary>
    public static AlarmTopology? Of(DeviceDescriptor device)
    {
        var cabinet = device.Kind == DeviceKind.Streetlight ? device.Text("cabinet") : null;
        var gateway = device.Connector?.Gateway is { Length: > 0 } named ? named : null;
        var network = device.Connector?.Type is "tts" or "chirpstack" ? device.Connector.Type : null;
        return cabinet is null && gateway is null && network is null ? null : new AlarmTopology(cabinet, gateway, network);
    }

    /// <summary>The causes that may explain its alarms, the nearest first.</summary>
    public IEnumerable<string> Causes()
    {
        if (Cabinet is not null)
        {
            yield return Cabinet;
        }

        if (GatewayCause is { } gateway)
        {
            yield return gateway;
        }

        if (Network is not null)
        {
            yield return NetworkPrefix + Network;
        }
    }

    /// <summary>The cause that is its gateway; null for none.</summary>
    public string? GatewayCause => Gateway is null ? null : GatewayPrefix + Gateway;

    /// <summary>What sort of cause a key names.</summary>
    public static CauseSort SortOf(string cause) => cause.StartsWith(GatewayPrefix, StringComparison.Ordinal) && cause.Length > GatewayPrefix.Length ? CauseSort.Gateway
        : cause.StartsWith(NetworkPrefix, StringComparison.Ordinal) ? CauseSort.Network
        : CauseSort.Cabinet;
}

/// <summary>What several alarms may come from.</summary>
internal enum CauseSort
{
    /// <summary>A cabinet, which is a device.</summary>
    Cabinet,

    /// <summary>A network gateway.</summary>
    Gateway,

    /// <summary>A network server.</summary>
    Network,
}
