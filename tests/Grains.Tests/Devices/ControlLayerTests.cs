using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Tests.Grains.Devices;

/// <summary>Emergency over override over plan.</summary>
public sealed class ControlLayerTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Fact]
    public void An_emergency_lies_over_an_override_which_counts_again_after_its_end()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 30, Noon));
        lamp.Desire(Dim("C2", 100, Noon.Minutes(1), ControlLayer.Emergency, minutes: 10));

        Assert.Equal(100, Wanted(lamp, Noon.Minutes(10)));
        Assert.Equal(30, Wanted(lamp, Noon.Minutes(11)));
    }

    [Fact]
    public void An_emergency_takes_the_place_of_a_pending_override()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 30, Noon));

        var emergency = lamp.Desire(Dim("C2", 100, Noon.Minutes(1), ControlLayer.Emergency));

        Assert.Equal(["C1"], emergency.Superseded);
        Assert.True(lamp.Report(Noon.Minutes(2), ("dimmingPercent", 30)).Effects.IsDefaultOrEmpty);
        Assert.Equal("C2", Assert.IsType<CommandConfirmed>(Assert.Single(lamp.Report(Noon.Minutes(3), ("dimmingPercent", 100)).Effects)).Command);
    }

    [Fact]
    public void An_override_under_an_emergency_is_kept_and_tells_the_device_nothing()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 100, Noon, ControlLayer.Emergency, minutes: 10));

        var held = lamp.Desire(Dim("C2", 30, Noon.Minutes(1)));

        Assert.Equal(ControlLayer.Emergency, held.HeldBy);
        Assert.Null(held.Order);
        Assert.Empty(held.Superseded);
        Assert.Equal(ControlLayer.Emergency, lamp.Desire(Dim("C2", 30, Noon.Minutes(1))).HeldBy);
        Assert.Equal(100, Wanted(lamp, Noon.Minutes(9)));
        Assert.Equal(30, Wanted(lamp, Noon.Minutes(10)));

        // Its command has ended: nothing is told of it any more.
        Assert.True(lamp.Report(Noon.Minutes(12), ("dimmingPercent", 30)).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void Under_an_emergency_the_emergency_alone_is_confirmed()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 100, Noon, ControlLayer.Emergency));
        lamp.Desire(Dim("C2", 100, Noon.Minutes(1)));

        Assert.Equal("C1", Assert.IsType<CommandConfirmed>(Assert.Single(lamp.Report(Noon.Minutes(2), ("dimmingPercent", 100)).Effects)).Command);
    }

    [Fact]
    public void Following_the_plan_ends_the_override_and_its_pending_command()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 30, Noon));

        var follow = lamp.Desire(Follow("C2", Noon.Minutes(1)));

        Assert.Equal(["C1"], follow.Superseded);
        Assert.Equal("followPlan", follow.Order!.Name);
        Assert.Empty(lamp.View(Noon.Minutes(1)).Desired);
        Assert.Equal(["C2"], lamp.Desire(Follow("C3", Noon.Minutes(2))).Superseded);
    }

    [Fact]
    public void Following_the_plan_does_not_end_an_emergency_but_one_in_its_layer_does()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 100, Noon, ControlLayer.Emergency));

        Assert.Equal(ControlLayer.Emergency, lamp.Desire(Follow("C2", Noon.Minutes(1))).HeldBy);
        Assert.Equal(100, Wanted(lamp, Noon.Minutes(2)));
        Assert.Null(lamp.Desire(Follow("C3", Noon.Minutes(3), ControlLayer.Emergency)).HeldBy);
        Assert.Empty(lamp.View(Noon.Minutes(3)).Desired);
    }

    [Fact]
    public void A_planned_level_confirms_that_the_plan_is_followed()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 100, Noon));
        lamp.Desire(Follow("C2", Noon.Minutes(1)) with
        {
            Planned = [new(Noon.ToUnixTimeMilliseconds(), 60), new(Noon.Minutes(30).ToUnixTimeMilliseconds(), 20)],
        });

        Assert.True(lamp.Report(Noon.Minutes(2), ("dimmingPercent", 100)).Effects.IsDefaultOrEmpty);
        Assert.True(lamp.Report(Noon.Minutes(3), ("dimmingPercent", 20)).Effects.IsDefaultOrEmpty);
        Assert.Equal("C2", Assert.IsType<CommandConfirmed>(Assert.Single(lamp.Report(Noon.Minutes(31), ("dimmingPercent", 20)).Effects)).Command);
        Assert.True(lamp.Report(Noon.Minutes(32), ("dimmingPercent", 20)).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void Where_no_plan_is_known_the_next_report_confirms_that_it_is_followed()
    {
        var lamp = Lamp();
        lamp.Desire(Follow("C1", Noon));

        Assert.True(lamp.Report(Noon.Minutes(1), ("supplyVolts", 230)).Effects.IsDefaultOrEmpty);
        Assert.Single(lamp.Report(Noon.Minutes(2), ("dimmingPercent", 45)).Effects);
    }

    [Fact]
    public void The_plan_of_a_lamp_that_keeps_none_is_its_lowest_layer()
    {
        var lamp = Lamp();

        var planned = lamp.Desire(Plan(60, Noon));
        Assert.Equal(60, planned.Order!.Arguments["percent"]);
        Assert.Equal(planned.Version, lamp.Desire(Plan(60, Noon.Minutes(1))).Version);
        lamp.Desire(Dim("C1", 100, Noon.Minutes(2), minutes: 10));
        var switched = lamp.Desire(Plan(20, Noon.Minutes(5)));
        Assert.Equal((ControlLayer.Override, null), (switched.HeldBy, switched.Order));
        Assert.Equal(100, Wanted(lamp, Noon.Minutes(6)));
        Assert.Equal(20, Wanted(lamp, Noon.Minutes(12)));

        // Back to the plan, it is told what its plan says: it does not know.
        lamp.Desire(Dim("C2", 100, Noon.Minutes(13)));
        var follow = lamp.Desire(Follow("C3", Noon.Minutes(14)));
        Assert.Equal(("setDimming", 20), (follow.Order!.Name, follow.Order.Arguments["percent"]));
        Assert.Single(lamp.Report(Noon.Minutes(15), ("dimmingPercent", 20)).Effects);

        lamp.Desire(Plan(0, Noon.Minutes(16)) with { Name = CommandCatalog.FollowPlan, Arguments = ImmutableSortedDictionary<string, double>.Empty });
        Assert.Empty(lamp.View(Noon.Minutes(16)).Desired);
    }

    [Fact]
    public void A_passive_lamp_has_its_plan_from_its_cabinet() =>
        Assert.Equal("device", TestDevice.Of(DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 1)).Desire(Follow("C1", Noon)).Field);

    [Fact]
    public void The_segments_of_a_cabinet_are_commanded_apart()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet);

        cabinet.Desire(Segment("C1", 1, on: true, Noon));
        Assert.Empty(cabinet.Desire(Segment("C2", 2, on: true, Noon)).Superseded);
        Assert.Equal(["C1"], cabinet.Desire(Segment("C3", 1, on: false, Noon)).Superseded);
        Assert.Equal([new MetricValue("segment1On", 0), new MetricValue("segment2On", 1)], cabinet.View(Noon).Desired);

        var both = cabinet.Report(Noon.Minutes(1), ("segment1On", 0), ("segment2On", 1)).Effects;
        Assert.Equal(["C3", "C2"], both.Cast<CommandConfirmed>().Select(confirmed => confirmed.Command));
        Assert.Equal("args.segment", cabinet.Desire(Segment("C4", 1.5, on: true, Noon)).Field);
        Assert.Equal("args.segment", cabinet.Desire(Segment("C5", 9, on: true, Noon)).Field);
    }

    [Fact]
    public void What_ends_is_told_in_minutes_from_now()
    {
        var lamp = Lamp();
        lamp.Desire(Dim("C1", 30, Noon, minutes: 90));

        var orders = lamp.Orders(Noon.Minutes(60));

        Assert.Equal((1, Noon.Minutes(90)), (orders.Version, orders.NextEnd));
        Assert.Equal(30, Assert.Single(orders.Orders).Arguments["durationMinutes"]);
        Assert.Empty(lamp.Orders(Noon.Minutes(90)).Orders);
    }

    [Fact]
    public void What_it_should_do_comes_back_from_storage()
    {
        var lamp = Lamp();
        lamp.Desire(Plan(20, Noon));
        lamp.Desire(Dim("C1", 30, Noon, ControlLayer.Emergency));
        lamp.Desire(Follow("C2", Noon.Minutes(1)));
        var before = lamp.Json();

        var again = lamp.Restart(before);

        Assert.Equal(before, again.Json());
        Assert.Equal(30, Wanted(again, Noon.Minutes(1)));
        Assert.Equal(ControlLayer.Emergency, again.Desire(Follow("C2", Noon.Minutes(1))).HeldBy);
    }

    private static TestDevice Lamp() => TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60));

    private static double Wanted(TestDevice lamp, DateTimeOffset at) => Assert.Single(lamp.View(at).Desired).Value;

    private static DesiredChange Dim(string command, double percent, DateTimeOffset at, ControlLayer layer = ControlLayer.Override, double? minutes = null) =>
        Entries.Dim(command, percent, at, minutes) with { Layer = layer };

    private static DesiredChange Plan(double percent, DateTimeOffset at) => Entries.Dim("plan", percent, at) with { Layer = ControlLayer.Plan };

    private static DesiredChange Follow(string command, DateTimeOffset at, ControlLayer layer = ControlLayer.Override) => new()
    {
        Command = command,
        Name = CommandCatalog.FollowPlan,
        Arguments = ImmutableSortedDictionary<string, double>.Empty,
        At = at,
        Layer = layer,
    };

    private static DesiredChange Segment(string command, double segment, bool on, DateTimeOffset at) => new()
    {
        Command = command,
        Name = CommandCatalog.SetSegment,
        Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("segment", segment).Add("on", on ? 1 : 0),
        At = at,
    };
}
