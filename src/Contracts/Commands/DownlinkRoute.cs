using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Commands;

/// <summary>The way down to a device.</summary>
/// <param name="Connector">Connector type that carries it.</param>
/// <param name="Gateway">Network gateway through which it goes; empty for none.</param>
[GenerateSerializer, Immutable, Alias("grid.DownlinkRoute")]
public readonly record struct DownlinkRoute([property: Id(0)] string Connector, [property: Id(1)] string Gateway)
{
    private const string WithoutConnector = "http";

    /// <summary>The way down to a device.</summary>
    public static DownlinkRoute Of(ConnectorSpec? connector) => new(connector?.Type ?? WithoutConnector, ConnectorSpec.GatewayOf(connector));
}
