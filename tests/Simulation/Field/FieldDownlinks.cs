using System.Collections.Immutable;
using Grid.Connectors.Simulator.Radio;
using Grid.Contracts.Commands;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// The network between one process and the controllers: it may lose a downlink that it said to have transmitted, and may not say whether it took one. A controller
/// that gets a downlink obeys unless it has a newer one, and shows so with its next report. One message to many is heard by each of them or not.
/// </summary>
internal sealed class FieldDownlinks(World world, GridProcess process) : IDownlinkSender
{
    private static readonly TimeSpan DelayTo = TimeSpan.FromSeconds(20);

    private readonly Chance _chance = world.ChanceOf("downlinks");

    public string Connector => "simulator";

    public DownlinkBudget? BudgetOf(string gateway) => LoRaGateways.Contains(gateway) ? LoRaGateways.Budget : null;

    public bool CanMulticast(string gateway) => LoRaGateways.Contains(gateway);

    public int MulticastTimes(string gateway) => LoRaGateways.Contains(gateway) ? LoRaGateways.MulticastTimes : 1;

    public ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken)
    {
        if (!process.IsAlive)
        {
            return new ValueTask<DownlinkResult>(new TaskCompletionSource<DownlinkResult>().Task);
        }

        world.Trace.Add("downlink", downlink.Command, downlink.Version);
        if (downlink.Owner == DownlinkOwner.Command)
        {
            world.Operators.Sent(downlink);
        }

        var delay = Delay();
        if (IsLost(downlink.Gateway))
        {
            world.Trace.Add("downlink lost", downlink.Command);
        }
        else
        {
            world.After(delay, () => world.Field.Obey(downlink, downlink.Device, downlink.Version));
        }

        return ValueTask.FromResult(Answer());
    }

    public ValueTask<DownlinkResult> MulticastAsync(Downlink downlink, ImmutableArray<DownlinkMember> members, CancellationToken cancellationToken)
    {
        if (!process.IsAlive)
        {
            return new ValueTask<DownlinkResult>(new TaskCompletionSource<DownlinkResult>().Task);
        }

        world.Trace.Add("multicast", downlink.Command, members.Length);
        world.Field.Multicast();
        var delay = Delay();
        foreach (var heard in members.GroupBy(member => FirstHeard(downlink.Gateway)).OrderBy(heard => heard.Key))
        {
            if (heard.Key is not { } time)
            {
                world.Trace.Add("multicast lost", downlink.Command, heard.Count());
                continue;
            }

            var hear = heard.ToArray();
            world.After(delay + (time * LoRaGateways.MulticastEvery), () =>
            {
                foreach (var (device, version) in hear)
                {
                    world.Field.Obey(downlink, device, version);
                }
            });
        }

        return ValueTask.FromResult(Answer());
    }

    /// <summary>Which of the repetitions of a multicast a device hears first; null for none. What it hears again says nothing new to it.</summary>
    private int? FirstHeard(string gateway)
    {
        for (var time = 0; time < MulticastTimes(gateway); time++)
        {
            if (!IsLost(gateway))
            {
                return time;
            }
        }

        return null;
    }

    private bool IsLost(string gateway) =>
        _chance.Happens(world.Rates[Fault.DownlinkLoss]) || (LoRaGateways.Contains(gateway) && _chance.Happens(world.Options.RadioLossRate));

    private TimeSpan Delay() => _chance.Happens(world.Rates[Fault.MessageDelay]) ? _chance.Between(TimeSpan.Zero, DelayTo) : TimeSpan.Zero;

    private DownlinkResult Answer() => _chance.Happens(world.Rates[Fault.DownlinkDoubt])
        ? new DownlinkResult(DownlinkStatus.Ambiguous, "no answer: it may have arrived")
        : new DownlinkResult(DownlinkStatus.Transmitted, "the network has it");
}
