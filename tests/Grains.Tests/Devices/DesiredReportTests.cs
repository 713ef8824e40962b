using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Tests.Grains.Devices;

/// <summary>A device that does something else than it should is told again, and people are told when it lasts.</summary>
public sealed class DesiredReportTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Fact]
    public void A_report_that_may_have_been_made_before_the_device_was_told_says_nothing()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        Assert.False(IsDue(lamp, 4.9, 100));
        Assert.True(IsDue(lamp, 5, 100));
    }

    [Fact]
    public void Reminders_come_after_5_10_20_and_40_minutes_and_then_ever_more_seldom()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        var due = Enumerable.Range(1, 24 * 60).Where(minute => IsDue(lamp, minute, 100)).ToArray();

        Assert.Equal([5, 15, 35, 75, 155, 315, 635, 995, 1355], due);
    }

    [Fact]
    public void A_device_that_obeys_after_a_reminder_is_left_alone_and_judged_anew_when_it_stops_obeying()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        Assert.True(IsDue(lamp, 5, 100));
        Assert.False(IsDue(lamp, 10, 30));

        Assert.True(IsDue(lamp, 60, 100));
        Assert.False(IsDue(lamp, 64, 100));
    }

    [Fact]
    public void People_are_told_after_a_quarter_of_an_hour_and_until_it_obeys()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        foreach (var minute in (double[])[5, 19.9])
        {
            lamp.Report(Noon.Minutes(minute), ("dimmingPercent", 100), ("powerWatts", 60));
            Assert.Empty(lamp.Conditions);
        }

        lamp.Report(Noon.Minutes(20), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Equal(("discrepancy", DeviceStatus.Warning), (Assert.Single(lamp.Conditions).Condition, lamp.Conditions[0].Severity));
        lamp.Report(Noon.Minutes(21), ("dimmingPercent", 30), ("powerWatts", 18));
        Assert.Empty(lamp.Conditions);
    }

    [Fact]
    public void What_is_asked_for_no_more_is_no_discrepancy()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon, minutes: 30));
        lamp.Report(Noon.Minutes(5), ("dimmingPercent", 100), ("powerWatts", 60));
        lamp.Report(Noon.Minutes(25), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Single(lamp.Conditions);

        lamp.Report(Noon.Minutes(31), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Empty(lamp.Conditions);
    }

    [Fact]
    public void A_lamp_that_somebody_lights_by_passing_is_as_it_should_be()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));

        Assert.True(lamp.Report(Noon.Minutes(9), ("dimmingPercent", 100), ("presence", 1)).Effects.IsDefaultOrEmpty);
        Assert.True(lamp.Report(Noon.Minutes(40), ("dimmingPercent", 100), ("presence", 1)).Effects.IsDefaultOrEmpty);
        Assert.True(IsDue(lamp, 41, 100));
    }

    [Fact]
    public void What_lies_below_another_layer_is_judged_by_that_one()
    {
        var lamp = Lamp();
        lamp.Desire(Entries.Dim("C1", 30, Noon));
        lamp.Desire(Entries.Dim("C2", 100, Noon) with { Layer = ControlLayer.Emergency });

        Assert.False(IsDue(lamp, 10, 100));
        Assert.True(IsDue(lamp, 11, 30));
    }

    private static TestDevice Lamp() => TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60));

    private static bool IsDue(TestDevice lamp, double minute, double percent) =>
        lamp.Report(Noon.Minutes(minute), ("dimmingPercent", percent)).Effects is { IsDefault: false } effects && effects.Any(effect => effect is DesiredStateDue);
}
