using System.Threading.Channels;
using Grid.Contracts.Commands;

namespace Grid.Connectors.Simulator;

/// <summary>
/// Hands downlinks to simulated devices. It answers from what was registered alone; the devices themselves belong to <see cref="SimulatorService"/>, which takes the
/// commands from here, lets the devices obey, and reports for them within its next tick.
/// </summary>
public sealed class SimulatorDownlinkSender : IDownlinkSender
{
    /// <summary>Value of a device's <c>connector.type</c>.</summary>
    public const string ConnectorType = "simulator";

    /// <summary>Commands that wait for the devices, at most; beyond it a downlink is to be tried again.</summary>
    public const int MaximumWaiting = 10_000;

    private readonly Channel<Downlink> _waiting = Channel.CreateBounded<Downlink>(new BoundedChannelOptions(MaximumWaiting) { SingleReader = true });
    private volatile SimulatedFleet? _fleet;
    private volatile bool _missesDevices;

    /// <inheritdoc />
    public string Connector => ConnectorType;

    internal ChannelReader<Downlink> Waiting => _waiting.Reader;

    /// <inheritdoc />
    public ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken) => ValueTask.FromResult(Send(downlink));

    /// <summary>Serves these devices from now on.</summary>
    internal void Serve(SimulatedFleet fleet) => _fleet = fleet;

    /// <summary>True once after a downlink to a device that the fleet does not have: it may have been registered since.</summary>
    internal bool TakeMissesDevices()
    {
        var misses = _missesDevices;
        if (misses) _missesDevices = false;
        return misses;
    }

    private DownlinkResult Send(Downlink downlink)
    {
        if (_fleet is not { } fleet) return new DownlinkResult(DownlinkStatus.Retry, "the simulator is starting");
        if (!fleet.Contains(downlink.Device))
        {
            _missesDevices = true;
            return new DownlinkResult(DownlinkStatus.Retry, "the simulator does not know the device yet");
        }

        if (fleet.FindRefusal(downlink.Device, downlink.Name, downlink.Arguments, downlink.Program) is { } reason) return new DownlinkResult(DownlinkStatus.Rejected, reason);
        return _waiting.Writer.TryWrite(downlink)
            ? new DownlinkResult(DownlinkStatus.Acknowledged, "the simulated device has it")
            : new DownlinkResult(DownlinkStatus.Retry, "too many commands wait for the simulated devices");
    }
}
