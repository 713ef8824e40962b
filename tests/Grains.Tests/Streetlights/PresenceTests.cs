using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

/// <summary>A lamp that goes up when somebody passes by.</summary>
public sealed class PresenceTests
{
    /// <summary>22:00 in Brest.</summary>
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(10);

    private static TestDevice Lamp(params (string, object)[] attributes) => TestDevice.Of(DeviceKind.Streetlight, [("ratedWatts", 60), .. attributes]);

    private static string[] Names(TestDevice lamp) => [.. lamp.Conditions.Select(condition => condition.Condition)];

    /// <summary>Boost, level reported at 0, 2 and 2.5 minutes of presence, and whether the boost is missing then.</summary>
    public static TheoryData<double, double, bool> Levels => new() { { 80, 20, true }, { 80, 77.9, true }, { 80, 78, false }, { 80, 100, false }, { 80, 0, false }, { 0, 20, false } };

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_lamp_that_stays_low_for_more_than_two_minutes_of_presence_misses_its_boost(double boost, double level, bool isMissing)
    {
        var lamp = Lamp(("presenceBoostPercent", boost));
        lamp.Report(Evening, ("dimmingPercent", level), ("presence", 1));
        lamp.Report(Evening.Minutes(2), ("dimmingPercent", level), ("presence", 1));
        Assert.Empty(Names(lamp));

        lamp.Report(Evening.Minutes(2.5), ("dimmingPercent", level));
        Assert.Equal(isMissing ? ["presenceBoostMissing"] : [], Names(lamp));
    }

    [Theory]
    [InlineData("dimmingPercent", 80)]
    [InlineData("presence", 0)]
    public void The_boost_is_missing_until_the_lamp_goes_up_or_nobody_is_there(string metric, double value)
    {
        var lamp = Lamp(("presenceBoostPercent", 80));
        lamp.Report(Evening, ("dimmingPercent", 20), ("presence", 1));
        lamp.Report(Evening.Minutes(3), ("dimmingPercent", 20), ("presence", 1));
        Assert.Equal(DeviceStatus.Warning, lamp.Contribution.Status);

        lamp.Report(Evening.Minutes(4), (metric, value));
        Assert.Empty(Names(lamp));
    }

    [Fact]
    public void A_lamp_without_a_boost_misses_none()
    {
        var lamp = Lamp();
        lamp.Report(Evening, ("dimmingPercent", 20), ("presence", 1));
        lamp.Report(Evening.Minutes(30), ("dimmingPercent", 20), ("presence", 1));

        Assert.Empty(Names(lamp));
    }

    /// <summary>Told to be at 30 %, boost 80 %, held for 10 minutes; somebody leaves at minute 20. Minute and level of a report, and whether it is told again.</summary>
    public static TheoryData<double, double, bool> Reports => new()
    {
        { 21, 80, false }, { 30, 80, false }, { 30, 55, false }, { 30.1, 80, true }, { 21, 83, true }, { 21, 10, true },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_level_up_to_the_boost_contradicts_nothing_until_the_hold_time_has_passed(double minute, double level, bool isTold)
    {
        var lamp = Lamp(("presenceBoostPercent", 80), ("presenceHoldMinutes", 10));
        lamp.Desire(Entries.Dim("c1", 30, Evening));
        lamp.Report(Evening.Minutes(19), ("dimmingPercent", 80), ("presence", 1));
        Assert.True(lamp.Last.Effects.IsDefaultOrEmpty);
        lamp.Report(Evening.Minutes(20), ("presence", 0));

        Assert.Equal(isTold, !lamp.Report(Evening.Minutes(minute), ("dimmingPercent", level)).Effects.IsDefaultOrEmpty);
    }

    [Fact]
    public void Its_power_is_judged_by_the_level_that_it_reports()
    {
        var lamp = Lamp(("presenceBoostPercent", 100));
        for (var minute = 0; minute < 40; minute += 2)
        {
            lamp.Report(Evening.Minutes(minute), ("dimmingPercent", 100), ("powerWatts", 60), ("presence", 1));
            lamp.Report(Evening.Minutes(minute + 1), ("dimmingPercent", 10), ("powerWatts", 10.2), ("presence", 0));
        }

        Assert.Empty(Names(lamp));
    }
}
