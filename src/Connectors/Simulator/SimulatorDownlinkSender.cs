using System.Collections.Immutable;
using System.Threading.Channels;
using Grid.Connectors.Simulator.Radio;
using Grid.Contracts.Commands;

namespace Grid.Connectors.Simulator;

/// <summary>
/// Hands downlinks to simulated devices. It answers from what was registered alone; the devices themselves belong to <see cref="SimulatorService"/>, which takes the
/// commands from here, lets the devices obey, and reports for them within its next tick. Behind a gateway of <see cref="LoRaGateways"/> some are lost.
/// </summary>
/// <param name="options">Settings; checked by who reads them.</param>
public sealed class SimulatorDownlinkSender(SimulatorOptions options) : IDownlinkSender
{
    /// <summary>Value of a device's <c>connector.type</c>.</summary>
    public const string ConnectorType = "simulator";

    /// <summary>Messages that wait for the devices, at most; beyond it a downlink is to be tried again.</summary>
    public const int MaximumWaiting = 10_000;

    private readonly Channel<FieldMessage> _waiting = Channel.CreateBounded<FieldMessage>(new BoundedChannelOptions(MaximumWaiting) { SingleReader = true });
    private readonly LoRaGateways _radio = new(options.Seed);
    private volatile SimulatedFleet? _fleet;
    private volatile bool _missesDevices;

    /// <inheritdoc />
    public string Connector => ConnectorType;

    internal ChannelReader<FieldMessage> Waiting => _waiting.Reader;

    /// <inheritdoc />
    public DownlinkBudget? BudgetOf(string gateway) => LoRaGateways.Contains(gateway) ? LoRaGateways.Budget : null;

    /// <inheritdoc />
    public bool CanMulticast(string gateway) => LoRaGateways.Contains(gateway);

    /// <inheritdoc />
    public int MulticastTimes(string gateway) => LoRaGateways.Contains(gateway) ? LoRaGateways.MulticastTimes : 1;

    /// <inheritdoc />
    public ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken) => ValueTask.FromResult(Send(downlink));

    /// <inheritdoc />
    public ValueTask<DownlinkResult> MulticastAsync(Downlink downlink, ImmutableArray<DownlinkMember> members, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Multicast(downlink, members));

    /// <summary>Serves these devices from now on.</summary>
    internal void Serve(SimulatedFleet fleet) => _fleet = fleet;

    /// <summary>True once after a downlink to a device that the fleet does not have: it may have been registered since.</summary>
    internal bool TakeMissesDevices()
    {
        var misses = _missesDevices;
        if (misses) _missesDevices = false;
        return misses;
    }

    private static DownlinkResult Starting() => new(DownlinkStatus.Retry, "the simulator is starting");

    private static DownlinkResult Full() => new(DownlinkStatus.Retry, "too many commands wait for the simulated devices");

    private DownlinkResult Send(Downlink downlink)
    {
        if (_fleet is not { } fleet) return Starting();
        if (!fleet.Contains(downlink.Device))
        {
            _missesDevices = true;
            return new DownlinkResult(DownlinkStatus.Retry, "the simulator does not know the device yet");
        }

        if (fleet.FindRefusal(downlink.Device, downlink.Name, downlink.Arguments, downlink.Program) is { } reason) return new DownlinkResult(DownlinkStatus.Rejected, reason);
        var reception = LoRaGateways.Contains(downlink.Gateway) ? _radio.Draw(downlink.Device) : Reception.Heard;
        var arrives = reception is Reception.Heard or Reception.Unanswered;
        if (arrives && !_waiting.Writer.TryWrite(new FieldMessage(downlink, [new DownlinkMember(downlink.Device, downlink.Version)]))) return Full();
        return reception is Reception.Heard or Reception.Ignored
            ? new DownlinkResult(DownlinkStatus.Acknowledged, "the simulated device has it")
            : new DownlinkResult(DownlinkStatus.Ambiguous, "no acknowledgement: it may have arrived");
    }

    /// <summary>The same few frames for all: nobody acknowledges them, and each hears one of them or none. Who would refuse it leaves it alone.</summary>
    private DownlinkResult Multicast(Downlink downlink, ImmutableArray<DownlinkMember> members)
    {
        if (!CanMulticast(downlink.Gateway)) throw new NotSupportedException($"gateway '{downlink.Gateway}' has no multicast");
        if (_fleet is not { } fleet) return Starting();
        var hear = members.RemoveAll(member =>
        {
            var isKnown = fleet.Contains(member.Device);
            if (!isKnown) _missesDevices = true;
            return !isKnown || !_radio.HearsMulticast(member.Device);
        });
        return hear.IsEmpty || _waiting.Writer.TryWrite(new FieldMessage(downlink, hear))
            ? new DownlinkResult(DownlinkStatus.Transmitted, $"sent to {members.Length} devices by multicast, which nobody acknowledges")
            : Full();
    }
}

/// <summary>A message that arrives at devices.</summary>
/// <param name="Downlink">What they are told.</param>
/// <param name="Members">Who hears it, each with the version that counts for it.</param>
internal readonly record struct FieldMessage(Downlink Downlink, ImmutableArray<DownlinkMember> Members);
