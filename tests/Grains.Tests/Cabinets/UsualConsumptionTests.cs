using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Cabinets;

/// <summary>A cabinet of whose lamps nobody knows what they are rated at, against what it usually draws: 900 W from 18:00 to 06:00, a third less from 23:00 to 05:00.</summary>
public sealed class UsualConsumptionTests
{
    private const int Weeks = 4;

    // Monday 5 January 2026, noon in Paris.
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 11, 0, 0, TimeSpan.Zero);

    private static double Watts(int hour) => hour is >= 23 or < 5 ? 600 : 900;

    private static bool IsLit(int hour) => hour is >= 18 or < 6;

    private static TestDevice Cabinet(bool reportsSegments = true, params (string, object)[] attributes)
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, attributes);
        Live(cabinet, 0, Weeks * 7 * 24, 1, reportsSegments);
        return cabinet;
    }

    /// <summary>From an hour after noon of the first day until another; what it draws is so many times what is usual.</summary>
    private static void Live(TestDevice cabinet, int from, int until, double share, bool reportsSegments = true)
    {
        for (var quarter = 4 * from; quarter < 4 * until; quarter++)
        {
            var hour = ((quarter / 4) + 12) % 24;
            Report(cabinet, Noon.AddMinutes(15 * quarter), IsLit(hour) ? share * Watts(hour) : 20, IsLit(hour), reportsSegments);
        }
    }

    private static void Report(TestDevice cabinet, DateTimeOffset at, double watts, bool isLit, bool reportsSegments) =>
        cabinet.Report(at, reportsSegments ? [("powerWatts", watts), ("segment1On", isLit ? 1 : 0)] : [("powerWatts", watts)]);

    private static string[] Names(TestDevice cabinet) => [.. cabinet.Conditions.Select(condition => condition.Condition)];

    [Theory]
    [InlineData(2.0)] // somebody taps the line
    [InlineData(0.6)] // lamps are out
    public void Two_hours_running_off_what_is_usual_are_a_condition_until_an_hour_as_usual(double share)
    {
        var cabinet = Cabinet();
        Assert.Empty(Names(cabinet));

        // The evening's first two lit hours, and the report that ends the second.
        var noon = Weeks * 7 * 24;
        Live(cabinet, noon, noon + 7, share);
        Assert.Empty(Names(cabinet));
        Live(cabinet, noon + 7, noon + 8, share);
        Report(cabinet, Noon.AddHours(noon + 8), 900, isLit: true, reportsSegments: true);
        Assert.Equal(["consumptionUnexpected"], Names(cabinet));
        var shown = cabinet.View(Noon).Derived.Single(figure => figure.Name == "powerLastHourWatts");
        Assert.Equal(share * 900, shown.Value!.Value, 1.0);
        Assert.True(shown.Low is > 400 and < 900 && shown.High is > 900 and < 2_000);

        Live(cabinet, noon + 8, noon + 10, 1);
        Assert.Empty(Names(cabinet));
    }

    [Fact]
    public void Dusk_may_come_sooner_and_nothing_is_learned_from_the_dark_hours_of_the_lamps()
    {
        var cabinet = Cabinet();
        var noon = Weeks * 7 * 24;
        for (var quarter = 0; quarter < 6 * 4; quarter++)
        {
            // Lit from 16:30 on, and so in hours that were never lit before.
            Report(cabinet, Noon.AddHours(noon).AddMinutes(15 * quarter), quarter >= 18 ? 900 : 20, quarter >= 18, reportsSegments: true);
        }

        Assert.Empty(Names(cabinet));
    }

    [Fact]
    public void Without_segments_it_is_lit_while_it_is_dark()
    {
        var cabinet = Cabinet(reportsSegments: false);
        var noon = Weeks * 7 * 24;
        Live(cabinet, noon, noon + 10, 2, reportsSegments: false);

        Assert.Equal(["consumptionUnexpected"], Names(cabinet));
    }

    [Fact]
    public void A_quarter_less_for_days_is_a_drift()
    {
        var cabinet = Cabinet();
        var noon = Weeks * 7 * 24;
        Live(cabinet, noon, noon + (12 * 24), 0.75);

        Assert.Equal(["consumptionUnexpected"], Names(cabinet));
        var shown = cabinet.View(Noon).Derived.Single(figure => figure.Name == "usualDriftPercent");
        Assert.Equal((-15d, 15d), (shown.Low!.Value, shown.High!.Value));
        Assert.InRange(shown.Value!.Value, -27, -15);
    }

    [Fact]
    public void What_is_0_is_never_judged_and_another_program_begins_anew()
    {
        var noon = Weeks * 7 * 24;
        var still = Cabinet(true, ("abnormalHours", 0), ("usualDriftPercent", 0));
        Live(still, noon, noon + 48, 2);
        Assert.Empty(Names(still));

        var changed = Cabinet();
        changed.Report(Noon.AddHours(noon).AddMinutes(-2), ("programVersion", 1));
        changed.Report(Noon.AddHours(noon).AddMinutes(-1), ("programVersion", 2));
        Live(changed, noon, noon + 24, 2);
        Assert.Empty(Names(changed));
        Assert.DoesNotContain(changed.View(Noon).Derived, figure => figure.Name == "powerLastHourWatts");
    }
}
