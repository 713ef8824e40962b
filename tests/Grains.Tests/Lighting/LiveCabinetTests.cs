using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting.Controllers;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Lighting;

/// <summary>Cabinets without a program: which of their segments a plan switches, and when.</summary>
public sealed class LiveCabinetTests
{
    private static readonly Controller Cabinet = ControllerRules.Of(Entries.Descriptor("C", DeviceKind.Cabinet, ("scheduler", false)))! with { Plan = "p" };
    private static readonly Controller Lamp = ControllerRules.Of(Entries.Descriptor("L", DeviceKind.Streetlight))! with { Plan = "p" };

    [Fact]
    public void A_cabinet_is_fed_while_the_level_is_above_0_and_a_lamp_is_told_each_level()
    {
        var plans = PlansOf("18:00 100", "23:00 30", "01:00 0 1800", "05:00 50", "07:00 0");

        // In winter Paris is an hour ahead. At 01:00 the level begins to go down, and is 0 half an hour later.
        Assert.Equal(
            ["12:00 0", "18:00 100", "01:30 0", "05:00 100", "07:00 0"],
            Clock(plans.Between(Cabinet, Plans.At("2026-01-15T11:00:00Z"), Plans.At("2026-01-16T11:00:00Z"))));
        Assert.Equal(
            ["12:00 0", "18:00 100", "23:00 30", "01:00 0", "05:00 50", "07:00 0"],
            Clock(plans.Between(Lamp, Plans.At("2026-01-15T11:00:00Z"), Plans.At("2026-01-16T11:00:00Z"))));
    }

    [Fact]
    public void A_pause_and_an_override_of_the_plan_count_for_a_cabinet_too()
    {
        var plan = Plans.Plan("18:00 100", "07:00 0") with
        {
            Pauses = [new PlanPause("2026-01-15T20:00", "2026-01-16T12:00", PauseCause.Works, null, null)],
            Overrides = [new PlanOverride("2026-01-16T02:00", "2026-01-16T03:00", 40, "test", null)],
        };
        var plans = new LivePlans(Plans.Brest);
        plans.Set("p", 1, Plans.Parsed(plan));

        Assert.Equal(
            ["12:00 0", "18:00 100", "20:00 0", "02:00 100", "03:00 0"],
            Clock(plans.Between(Cabinet, Plans.At("2026-01-15T11:00:00Z"), Plans.At("2026-01-16T11:00:00Z"))));
    }

    [Fact]
    public void Each_next_instant_is_later_and_between_two_nothing_changes()
    {
        var plans = PlansOf("sunset 100", "23:30 0", "05:30 100 600", "sunrise 0 300");
        var (at, end) = (Plans.At("2026-03-28T11:00:00Z"), Plans.At("2026-03-31T11:00:00Z"));
        while (at < end)
        {
            var next = plans.NextAfter(Cabinet, at);
            Assert.True(next > at);
            Assert.Equal(plans.LevelAt(Cabinet, at), plans.LevelAt(Cabinet, next - 1));
            at = next;
        }
    }

    [Theory]
    [InlineData("none", 0b1)]
    [InlineData("segments", 0b111)]
    [InlineData("passive", 0b10)]
    [InlineData("switched", 0b100)]
    [InlineData("permanent", 0b1)]
    [InlineData("nightOnly", 0b1000)]
    [InlineData("all", 0b1110)]
    public void The_segments_that_a_plan_switches_are_those_whose_lamps_it_darkens(string registered, int expected)
    {
        var wiring = new CabinetWiring();
        if (registered is "passive" or "all")
        {
            wiring.Add(Entries.Descriptor("L1", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 2)));
        }

        if (registered is "switched" or "all")
        {
            wiring.Add(Entries.Descriptor("L2", DeviceKind.Streetlight, ("switchedSupply", true), ("cabinet", "C"), ("segment", 3)));
        }

        if (registered is "permanent" or "all")
        {
            wiring.Add(Entries.Descriptor("L3", DeviceKind.Streetlight, ("cabinet", "C"), ("segment", 5)));
        }

        wiring.Add(Entries.Descriptor("L4", DeviceKind.Streetlight, ("passive", true), ("cabinet", "another"), ("segment", 8)));
        var cabinet = registered switch
        {
            "segments" => Entries.Descriptor("C", DeviceKind.Cabinet, ("segments", 3)),
            "nightOnly" or "all" => Entries.Descriptor("C", DeviceKind.Cabinet, ("segment4NightOnly", true), ("segments", 8)),
            _ => Entries.Descriptor("C", DeviceKind.Cabinet),
        };

        Assert.Equal(expected, wiring.SegmentsOf(cabinet));
    }

    [Fact]
    public void What_hangs_on_a_segment_is_the_sum_of_its_lamps_and_nobody_knows_it_when_one_does_not_say_what_it_draws()
    {
        var wiring = new CabinetWiring();
        wiring.Add(Entries.Descriptor("L1", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 2), ("ratedWatts", 70)));
        wiring.Add(Entries.Descriptor("L2", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 2), ("ratedWatts", 100)));
        wiring.Add(Entries.Descriptor("L3", DeviceKind.Streetlight, ("cabinet", "C"), ("segment", 2), ("ratedWatts", 40.5)));
        wiring.Add(Entries.Descriptor("L4", DeviceKind.Streetlight, ("cabinet", "C"), ("ratedWatts", 30)));
        wiring.Add(Entries.Descriptor("L5", DeviceKind.Streetlight, ("cabinet", "D"), ("ratedWatts", 30)));
        Assert.Equal([new SegmentLoad(1, 0, 30_000), new SegmentLoad(2, 170_000, 40_500)], wiring.LoadsOf("C"));
        Assert.Empty(wiring.LoadsOf("E"));

        wiring.Add(Entries.Descriptor("L6", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 1)));
        Assert.Empty(wiring.LoadsOf("C"));
        Assert.Equal([new SegmentLoad(1, 0, 30_000)], wiring.LoadsOf("D"));
    }

    [Fact]
    public void To_follow_its_plan_again_a_cabinet_is_told_one_segment_and_the_others_at_once()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, ("scheduler", false));
        var now = Entries.Start;
        cabinet.Desire(Switch("plan:p", ControlLayer.Plan, 1, now));
        cabinet.Desire(Switch("plan:p", ControlLayer.Plan, 2, now));
        cabinet.Desire(Switch("c1", ControlLayer.Override, 1, now) with { Arguments = ControllerMessages.Segment(1, 0) });

        var follow = new DesiredChange { Command = "c2", Name = CommandCatalog.FollowPlan, Arguments = Entries.Dim("c2", 0, now).Arguments.Clear(), At = now.Minutes(1) };
        var answer = cabinet.Desire(follow);

        Assert.Equal(CommandCatalog.SetSegment, answer.Order!.Name);
        Assert.Equal(now.Minutes(1), answer.Resumes);
        Assert.Equal(answer.Resumes, cabinet.Desire(follow).Resumes);
        Assert.Equal([(1.0, 1.0), (2.0, 1.0)], cabinet.Orders(now.Minutes(1)).Orders.Select(order => (order.Arguments["segment"], order.Arguments["on"])));
    }

    [Fact]
    public void Another_wiring_is_switched_anew_and_another_nature_begins_anew()
    {
        var former = Cabinet with { Segments = 1, Level = 100, ToSend = 3 };

        Assert.Equal((100, 3), (ControllerRules.Carry(Cabinet with { Segments = 1 }, former).Level, ControllerRules.Carry(Cabinet with { Segments = 1 }, former).ToSend));
        Assert.Equal(-1, ControllerRules.Carry(Cabinet with { Segments = 3 }, former).Level);
        Assert.Equal(-1, ControllerRules.Carry(ControllerRules.Of(Entries.Descriptor("C", DeviceKind.Cabinet))!, former).Level);
    }

    private static DesiredChange Switch(string command, ControlLayer layer, int segment, DateTimeOffset at) => new()
    {
        Command = command,
        Name = CommandCatalog.SetSegment,
        Arguments = ControllerMessages.Segment(segment, 100),
        At = at,
        Layer = layer,
    };

    private static LivePlans PlansOf(params string[] points)
    {
        var plans = new LivePlans(Plans.Brest);
        plans.Set("p", 1, Plans.Parsed(Plans.Plan(points)));
        return plans;
    }

    private static IEnumerable<string> Clock(IEnumerable<PlannedLevel> levels) =>
        levels.Select(level => $"{TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.FromUnixTimeMilliseconds(level.From), "Europe/Paris"):HH:mm} {level.Percent}");
}
