using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Commands;

namespace Grid.Tests.City;

public sealed class CommandRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_command_ends_once_and_what_comes_after_changes_nothing()
    {
        var confirmed = CommandRules.Apply(Accepted(), Step(CommandState.Confirmed));
        Assert.Equal(CommandState.Confirmed, confirmed.State);
        Assert.All(Enum.GetValues<CommandState>(), state => Assert.Same(confirmed, CommandRules.Apply(confirmed, Step(state))));
    }

    [Fact]
    public void Progress_never_goes_back()
    {
        var acknowledged = CommandRules.Apply(Accepted(), Step(CommandState.Acknowledged));
        Assert.Same(acknowledged, CommandRules.Apply(acknowledged, Step(CommandState.Transmitted)));
        Assert.Same(acknowledged, CommandRules.Apply(acknowledged, Step(CommandState.Acknowledged)));
    }

    [Fact]
    public void The_ledger_keeps_every_step_in_order()
    {
        var command = new[] { CommandState.Transmitted, CommandState.Acknowledged, CommandState.Confirmed }.Aggregate(Accepted(), (view, state) => CommandRules.Apply(view, Step(state)));
        Assert.Equal([CommandState.Accepted, CommandState.Transmitted, CommandState.Acknowledged, CommandState.Confirmed], command.Ledger.Select(step => step.State));
    }

    [Fact]
    public void Exactly_the_last_five_states_are_final() =>
        Assert.Equal(
            [CommandState.Confirmed, CommandState.Rejected, CommandState.Expired, CommandState.Superseded, CommandState.Failed],
            Enum.GetValues<CommandState>().Where(CommandRules.IsFinal));

    private static CommandView Accepted() => CommandRules.Accept(
        "c1",
        new CommandRequest
        {
            Device = "L1",
            Kind = DeviceKind.Streetlight,
            Name = CommandCatalog.SetDimming,
            Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", 40),
            ExpiresIn = TimeSpan.FromHours(1),
            Actor = "somebody",
            Connector = "simulator",
        },
        Now);

    private static CommandProgress Step(CommandState state) => new() { State = state, At = Now, Detail = "" };
}
