using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Commands;
using Grid.Grains.Commands.Groups;

namespace Grid.Tests.Grains.Commands;

/// <summary>Laws of where the members of a group command are, whatever comes, in whatever order, however often.</summary>
public sealed class PartStatesTests
{
    private const int Members = 5;
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);
    private static readonly DeviceOrder Light = new(CommandCatalog.SetDimming, Arguments(("percent", 100)));

    private static readonly Gen<Step> Steps =
        from member in Gen.Choose(0, Members - 1)
        from act in Gen.Choose(0, 9)
        from status in Gen.Elements(Enum.GetValues<DownlinkStatus>())
        from state in Gen.Elements(Enum.GetValues<CommandState>())
        select new Step(member, act, status, state);

    [Fact]
    public void A_member_has_exactly_one_final_state_and_counts_add_up() => Holds(steps =>
    {
        var states = PartStates.Of(Members);
        var ended = new CommandState?[Members];
        foreach (var step in steps)
        {
            step.Do(states);
            for (var member = 0; member < Members; member++)
            {
                if (ended[member] is { } final && states[member].State != final)
                {
                    return false;
                }

                ended[member] = states[member].IsFinal ? states[member].State : null;
            }

            var counts = states.Counts();
            if (counts.Sum() != Members || Enum.GetValues<CommandState>().Any(state => counts[(int)state] != Enumerable.Range(0, Members).Count(member => states[member].State == state)))
            {
                return false;
            }
        }

        return states.AreAllFinal() == ended.All(state => state is not null);
    });

    [Fact]
    public void Progress_never_goes_back_and_the_same_step_again_changes_nothing() => Holds(steps =>
    {
        var states = PartStates.Of(Members);
        foreach (var step in steps)
        {
            var before = states[step.Member];
            step.Do(states);
            var once = states.Copy();
            step.Do(states);
            if (!once.Members.AsSpan().SequenceEqual(states.Members) || states[step.Member].Reached < before.Reached
                || (!states[step.Member].IsFinal && states[step.Member].State < before.State))
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void What_is_final_is_neither_set_nor_sent_and_what_is_sent_was_set() => Holds(steps =>
    {
        var states = PartStates.Of(Members);
        foreach (var step in steps)
        {
            step.Do(states);
            for (var member = 0; member < Members; member++)
            {
                var state = states[member];
                if ((state.IsFinal && (state.IsToSend || state.IsWaiting)) || (state.IsToSend && (state.IsWaiting || states.Versions[member] == 0)))
                {
                    return false;
                }
            }
        }

        return true;
    });

    [Fact]
    public void A_row_asks_for_each_member_that_is_to_be_sent_and_goes_when_there_is_none() => Holds(steps =>
    {
        var members = Part(Members, 0);
        var states = PartStates.Of(Members);
        foreach (var step in steps)
        {
            step.Do(states);
            var work = PartRows.Take(members, states, "0.0", Start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
            var toSend = Enumerable.Range(0, Members).Where(member => states[member].IsToSend).Select(members.DeviceAt);
            if (!toSend.SequenceEqual(work?.Members.Select(member => member.Device) ?? [])
                || (work is null) != Enumerable.Range(0, Members).All(member => !states[member].IsToSend && !states[member].IsWaiting))
            {
                return false;
            }
        }

        return PartRows.Take(members, states, "0.0", members.Part.ExpiresAt, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)) is null;
    });

    [Fact]
    public void Members_that_are_told_something_else_are_sent_apart_one_order_after_the_other()
    {
        var members = Part(3, 0);
        var states = PartStates.Of(3);
        var planned = new DeviceOrder(CommandCatalog.SetDimming, Arguments(("percent", 40)));
        states.Desire(0, 1, Light, Light);
        states.Desire(1, 7, planned, Light);
        states.Desire(2, 1, Light, Light);

        var first = PartRows.Take(members, states, "0.0", Start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10))!;
        Assert.Equal(("d000 d002", 100.0, Start), (string.Join(' ', first.Members.Select(member => member.Device)), first.Arguments["percent"], first.DueAt));
        states.Send(0);
        states.Send(2);
        var second = PartRows.Take(members, states, "0.0", Start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10))!;
        Assert.Equal((new DownlinkMember("d001", 7), 40.0), (Assert.Single(second.Members), second.Arguments["percent"]));
    }

    [Fact]
    public void A_lamp_that_is_told_late_is_told_what_is_left_of_the_duration()
    {
        var members = new PartMembers(new GroupPart
        {
            CreatedAt = Start,
            ExpiresAt = Start.AddHours(1),
            Layer = ControlLayer.Override,
            Lanes = [new GroupLane(DeviceKind.Streetlight, default, Light with { Arguments = Light.Arguments.Add("durationMinutes", 30) }, ["d000"])],
        });
        var states = PartStates.Of(1);
        states.Desire(0, 1, members.Part.Lanes[0].Order, members.Part.Lanes[0].Order);

        Assert.Equal(20, PartRows.Take(members, states, "0.0", Start.AddMinutes(10), TimeSpan.Zero, TimeSpan.Zero)!.Arguments["durationMinutes"]);
        Assert.Null(PartRows.Take(members, states, "0.0", Start.AddMinutes(30), TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void Positions_slots_and_lanes_agree() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Gen.Choose(0, 600).ListOf().Where(sizes => sizes.Count > 0).ToArbitrary(), sizes =>
        {
            var members = Part([.. sizes]);
            var slots = members.Slots().ToArray();
            return slots.SelectMany(slot => Enumerable.Range(slot.From, slot.To - slot.From)).SequenceEqual(Enumerable.Range(0, members.Count))
                && slots.All(slot => slot.To - slot.From is > 0 and <= PartMembers.SlotSize && PartRows.SlotOf(members, PartRows.WordOf(slot)) == slot
                    && members.LaneAt(slot.From) == slot.Lane && members.LaneAt(slot.To - 1) == slot.Lane
                    && members.Find(slot.Lane, members.DeviceAt(slot.To - 1)) == slot.To - 1);
        }));

    [Fact]
    public void Details_are_told_apart_up_to_a_bound()
    {
        var states = PartStates.Of(1_000);
        for (var member = 0; member < 1_000; member++)
        {
            states.Reach(member, CommandState.Rejected, $"reason {member % 500}");
        }

        Assert.Equal("reason 7", states.Detail(507));
        Assert.Equal("as many others, for a reason of its own", states.Detail(499));
        Assert.True(states.Details.Count <= 251);
    }

    private static PartMembers Part(params int[] sizes) => new(new GroupPart
    {
        CreatedAt = Start,
        ExpiresAt = Start.AddHours(1),
        Layer = ControlLayer.Override,
        Lanes = [.. sizes.Select(size => new GroupLane(DeviceKind.Streetlight, default, Light, [.. Enumerable.Range(0, size).Select(number => $"d{number:D3}")]))],
    });

    private static ImmutableSortedDictionary<string, double> Arguments(params (string Name, double Value)[] arguments) =>
        arguments.ToImmutableSortedDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal);

    private static void Holds(Func<IReadOnlyList<Step>, bool> law) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(80), Prop.ForAll(Steps.ListOf().ToArbitrary(), steps => law([.. steps])));

    private readonly record struct Step(int Member, int Act, DownlinkStatus Status, CommandState State)
    {
        public void Do(PartStates states)
        {
            switch (Act)
            {
                case 0 or 1 or 2:
                    // Only what waits is set, once.
                    if (states[Member].IsWaiting)
                    {
                        states.Desire(Member, 3, Light, Light);
                    }

                    break;
                case 3 or 4 or 5 or 6:
                    PartRows.Note(states, Member, new MemberResult("d", Status, "because"));
                    break;
                default:
                    if (CommandRules.IsFinal(State))
                    {
                        states.Reach(Member, State, "because");
                    }

                    break;
            }
        }
    }
}
