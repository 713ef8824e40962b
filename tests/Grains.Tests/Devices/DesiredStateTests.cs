using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class DesiredStateTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice Lamp() => TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60));

    private static DesiredChange With(DesiredChange change, string argument, double value) =>
        change with { Arguments = change.Arguments.SetItem(argument, value) };

    [Fact]
    public void A_command_is_taken_and_shown()
    {
        var lamp = Lamp();

        var answer = lamp.Desire(Entries.Dim("C1", 30, Noon));

        Assert.Equal((1, null, null), (answer.Version, answer.Reason, answer.HeldBy));
        Assert.Empty(answer.Superseded);
        Assert.Equal("setDimming", answer.Order!.Name);
        Assert.Equal([KeyValuePair.Create("percent", 30.0)], answer.Order.Arguments);
        Assert.Equal([new MetricValue("dimmingPercent", 30)], lamp.View(Noon).Desired);
    }

    [Fact]
    public void The_same_command_gets_the_same_answer_and_is_not_done_again()
    {
        var lamp = Lamp();
        var first = lamp.Desire(Entries.Dim("C1", 30, Noon));
        var second = lamp.Desire(Entries.Dim("C2", 70, Noon.Minutes(1)));

        Assert.Equal((2, "C1"), (second.Version, Assert.Single(second.Superseded)));
        Assert.Equal(first.Version, lamp.Desire(Entries.Dim("C1", 30, Noon)).Version);
        var again = lamp.Desire(Entries.Dim("C2", 70, Noon.Minutes(1)));
        Assert.Equal((2, "C1"), (again.Version, Assert.Single(again.Superseded)));
        Assert.Equal([new MetricValue("dimmingPercent", 70)], lamp.View(Noon).Desired);
    }

    [Fact]
    public void A_confirmed_command_is_not_superseded()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        lamp.Report(Noon.Minutes(1), ("dimmingPercent", 30));

        Assert.Empty(lamp.Desire(Entries.Dim("C2", 70, Noon.Minutes(2))).Superseded);
    }

    [Theory]
    [InlineData(28, true)]
    [InlineData(32, true)]
    [InlineData(27.9, false)]
    [InlineData(100, false)]
    public void A_report_within_two_percent_confirms(double reported, bool confirms)
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        var effects = lamp.Report(Noon.Minutes(1), ("dimmingPercent", reported)).Effects;

        Assert.Equal(confirms, !effects.IsDefaultOrEmpty);
        if (confirms)
        {
            var confirmed = Assert.IsType<CommandConfirmed>(Assert.Single(effects));
            Assert.Equal(("C1", Noon.Minutes(1)), (confirmed.Command, confirmed.At));
            Assert.Contains("asked for 30", confirmed.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_command_is_confirmed_once()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        lamp.Report(Noon.Minutes(1), ("dimmingPercent", 30));

        Assert.True(lamp.Report(Noon.Minutes(16), ("dimmingPercent", 30)).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void A_replayed_entry_confirms_again()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        var entry = Entries.Reading("D1", Noon.Minutes(1), Noon.Minutes(1), ("dimmingPercent", 30));
        var first = lamp.Take(entry).Effects;

        // Persisted with a later command before the sector had told the first one.
        lamp.Desire(Entries.Dim("C2", 80, Noon.Minutes(2)));
        var again = lamp.Restart(lamp.Json()).Give(entry, lamp.Offset);

        Assert.Equal(Disposition.Duplicate, again.Disposition);
        Assert.Equal(first, again.Effects);
    }

    [Fact]
    public void A_move_tells_confirmations_again()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        lamp.Report(Noon.Minutes(1), ("dimmingPercent", 30));

        var arrived = lamp.Give(Entries.Registered("D1", DeviceKind.Streetlight, 9), 1, "29232.1");

        Assert.Equal("C1", Assert.IsType<CommandConfirmed>(Assert.Single(arrived.Effects)).Command);
    }

    [Fact]
    public void A_report_from_before_the_command_does_not_confirm()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        Assert.True(lamp.Take(Entries.Reading("D1", Noon.Minutes(5), Noon.Minutes(-1), ("dimmingPercent", 30))).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void A_source_whose_clock_is_behind_confirms_all_the_same()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        Assert.False(lamp.Take(Entries.Reading("D1", Noon.Minutes(-3), Noon.Minutes(1), ("dimmingPercent", 30))).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void An_older_report_does_not_confirm()
    {
        var lamp = Lamp();
        lamp.Report(Noon.Minutes(2), ("dimmingPercent", 100));
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        Assert.True(lamp.Take(Entries.Reading("D1", Noon.Minutes(1), Noon.Minutes(3), ("dimmingPercent", 30))).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void After_its_duration_a_command_holds_no_more()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon, minutes: 10));

        Assert.Single(lamp.View(Noon.Minutes(9)).Desired);
        Assert.Empty(lamp.View(Noon.Minutes(10)).Desired);
        Assert.True(lamp.Report(Noon.Minutes(10), ("dimmingPercent", 30)).Effects.IsDefaultOrEmpty);
        Assert.Empty(lamp.Desire(Entries.Dim("C2", 70, Noon.Minutes(11))).Superseded);
    }

    [Fact]
    public void Bad_arguments_are_refused_by_name()
    {
        var lamp = Lamp();
        var before = lamp.Json();
        var good = Entries.Dim("C1", 30, Noon);

        Assert.Equal("args.percent", lamp.Desire(good with { Arguments = good.Arguments.Clear() }).Field);
        Assert.Equal("args.percent", lamp.Desire(With(good, "percent", 100.5)).Field);
        Assert.Equal("args.percent", lamp.Desire(With(good, "percent", double.NaN)).Field);
        Assert.Equal("args.durationMinutes", lamp.Desire(With(good, "durationMinutes", 0)).Field);
        Assert.Equal("args.colour", lamp.Desire(With(good, "colour", 1)).Field);
        Assert.Equal("name", lamp.Desire(good with { Name = "sing" }).Field);
        Assert.Equal("name", TestDevice.Of(DeviceKind.Bin).Desire(good).Field);
        Assert.Equal(before, lamp.Json());
        Assert.Equal(0, lamp.Desire(good with { Name = "sing" }).Version);
    }

    [Fact]
    public void A_passive_lamp_takes_no_dimming()
    {
        var answer = TestDevice.Of(DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 1)).Desire(Entries.Dim("C1", 30, Noon));

        Assert.Equal("device", answer.Field);
        Assert.Contains("cabinet", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_not_registered_takes_nothing() =>
        Assert.Equal("device", TestDevice.Empty(DeviceKind.Streetlight).Desire(Entries.Dim("C1", 30, Noon)).Field);
}
