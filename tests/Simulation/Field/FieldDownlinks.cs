using Grid.Contracts.Commands;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// The network between one process and the lamps: it may lose a downlink that it said to have transmitted, and may not say whether it took one. A lamp that
/// gets a downlink obeys unless it has a newer one, and shows so with its next report.
/// </summary>
internal sealed class FieldDownlinks(World world, GridProcess process) : IDownlinkSender
{
    private static readonly TimeSpan DelayTo = TimeSpan.FromSeconds(20);

    private readonly Chance _chance = world.ChanceOf("downlinks");

    public string Connector => "simulator";

    public ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken)
    {
        if (!process.IsAlive)
        {
            return new ValueTask<DownlinkResult>(new TaskCompletionSource<DownlinkResult>().Task);
        }

        world.Trace.Add("downlink", downlink.Command, downlink.Version);
        world.Operators.Sent(downlink);
        if (_chance.Happens(world.Rates[Fault.DownlinkLoss]))
        {
            world.Trace.Add("downlink lost", downlink.Command);
        }
        else
        {
            var delay = _chance.Happens(world.Rates[Fault.MessageDelay]) ? _chance.Between(TimeSpan.Zero, DelayTo) : TimeSpan.Zero;
            world.After(delay, () => world.Field.Obey(downlink));
        }

        return ValueTask.FromResult(_chance.Happens(world.Rates[Fault.DownlinkDoubt])
            ? new DownlinkResult(DownlinkStatus.Ambiguous, "no answer: it may have arrived")
            : new DownlinkResult(DownlinkStatus.Transmitted, "the network has it"));
    }
}
