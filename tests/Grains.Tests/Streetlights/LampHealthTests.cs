using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Streetlights;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

/// <summary>What the measurements of a controlled lamp say of its health.</summary>
public sealed class LampHealthTests
{
    /// <summary>Noon in Brest, in January: bright.</summary>
    private static readonly DateTimeOffset Noon = Entries.Start;

    /// <summary>22:00 in Brest.</summary>
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(10);

    private static TestDevice Lamp(params (string, object)[] attributes) => TestDevice.Of(DeviceKind.Streetlight, [("ratedWatts", 60), .. attributes]);

    private static string[] Names(TestDevice lamp) => [.. lamp.Conditions.Select(condition => condition.Condition)];

    [Fact]
    public void Lamp_commanded_on_without_power_is_failed_after_its_delay()
    {
        var lamp = Lamp(("lampFailureDelayMinutes", 20));
        foreach (var minute in new[] { 0, 5, 10, 19 })
        {
            lamp.Report(Evening.Minutes(minute), ("dimmingPercent", 100), ("powerWatts", 0.3));
            Assert.Empty(Names(lamp));
        }

        lamp.Report(Evening.Minutes(20), ("dimmingPercent", 100), ("powerWatts", 0.3));
        Assert.Equal(["lampFailure"], Names(lamp));
    }

    [Fact]
    public void The_delay_of_a_failure_begins_anew_when_the_lamp_has_burnt()
    {
        var lamp = Lamp(("lampFailureDelayMinutes", 20));
        lamp.Report(Evening, ("dimmingPercent", 100), ("powerWatts", 0.3));
        lamp.Report(Evening.Minutes(15), ("dimmingPercent", 100), ("powerWatts", 60));
        lamp.Report(Evening.Minutes(16), ("dimmingPercent", 100), ("powerWatts", 0.3));
        lamp.Report(Evening.Minutes(30), ("dimmingPercent", 100), ("powerWatts", 0.3));

        Assert.Empty(Names(lamp));
    }

    [Fact]
    public void A_lamp_that_burns_by_day_is_one_after_its_delay_until_it_goes_out()
    {
        var lamp = Lamp();
        lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 60));
        lamp.Report(Noon.Minutes(29), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Empty(Names(lamp));

        Assert.Equal(DeviceStatus.Warning, lamp.Report(Noon.Minutes(30), ("dimmingPercent", 100), ("powerWatts", 60)).Contribution.Status);
        Assert.Equal(["lampUnexpectedOn"], Names(lamp));

        lamp.Report(Noon.Minutes(45), ("dimmingPercent", 0), ("powerWatts", 0.3));
        Assert.Empty(Names(lamp));
    }

    [Fact]
    public void A_lamp_that_burns_by_night_is_no_day_burner()
    {
        var lamp = Lamp(("unexpectedOnDelayMinutes", 0));
        for (var hour = 0; hour < 9; hour++)
        {
            lamp.Report(Evening.AddHours(hour), ("dimmingPercent", 100), ("powerWatts", 60));
            Assert.Empty(Names(lamp));
        }
    }

    [Fact]
    public void A_lamp_that_draws_power_though_it_is_off_burns_by_night_too()
    {
        var lamp = Lamp(("unexpectedOnDelayMinutes", 10));
        lamp.Report(Evening, ("dimmingPercent", 0), ("powerWatts", 58));
        lamp.Report(Evening.Minutes(10), ("dimmingPercent", 0), ("powerWatts", 58));
        Assert.Equal(["lampUnexpectedOn"], Names(lamp));

        // A report that does not measure does not say otherwise; one that does, does.
        lamp.Report(Evening.Minutes(20), ("dimmingPercent", 0));
        Assert.Equal(["lampUnexpectedOn"], Names(lamp));
        lamp.Report(Evening.Minutes(30), ("dimmingPercent", 0), ("powerWatts", 0.4));
        Assert.Empty(Names(lamp));
    }

    [Fact]
    public void A_dark_lamp_or_one_without_supply_is_no_day_burner()
    {
        var dark = Lamp(("unexpectedOnDelayMinutes", 0), ("lampFailureDelayMinutes", 1_440));
        var cut = Lamp(("unexpectedOnDelayMinutes", 0));
        for (var quarter = 0; quarter < 4; quarter++)
        {
            dark.Report(Noon.Minutes(15 * quarter), ("dimmingPercent", 100), ("powerWatts", 0));
            cut.Report(Noon.Minutes(15 * quarter), ("dimmingPercent", 100), ("powerWatts", 60), ("supplyVolts", 20));
        }

        Assert.Empty(Names(dark));
        Assert.Equal(["supplyLoss"], Names(cut));
    }

    [Fact]
    public void A_lamp_that_goes_out_and_comes_back_again_and_again_is_cycling()
    {
        var lamp = Lamp(("cyclingChanges", 4), ("cyclingWindowMinutes", 60), ("lampFailureDelayMinutes", 1_440));
        double[] watts = [60, 0.3, 60, 0.3];
        for (var index = 0; index < watts.Length; index++)
        {
            lamp.Report(Evening.Minutes(10 * index), ("dimmingPercent", 100), ("powerWatts", watts[index]));
            Assert.Empty(Names(lamp));
        }

        lamp.Report(Evening.Minutes(40), ("dimmingPercent", 100), ("powerWatts", 60)); // the fourth change, of 10, 20, 30 and 40 minutes
        Assert.Equal(["lampCycling"], Names(lamp));
        lamp.Report(Evening.Minutes(70), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Equal(["lampCycling"], Names(lamp));
        lamp.Report(Evening.Minutes(71), ("dimmingPercent", 100), ("powerWatts", 60)); // the first is older than the window
        Assert.Empty(Names(lamp));
    }

    [Fact]
    public void A_lamp_that_is_switched_often_is_not_cycling()
    {
        var lamp = Lamp(("cyclingChanges", 2));
        for (var index = 0; index < 20; index++)
        {
            lamp.Report(Evening.Minutes(index), ("dimmingPercent", index % 2 == 0 ? 100 : 0), ("powerWatts", index % 2 == 0 ? 60 : 0.3));
        }

        Assert.Empty(Names(lamp));
    }

    // Straight lines through 17 % at 10, 54 % at 50 and 100 % at 100: of 60 W.
    [Theory]
    [InlineData(10, 10.2)]
    [InlineData(30, 21.3)]
    [InlineData(50, 32.4)]
    [InlineData(75, 46.2)]
    [InlineData(100, 60)]
    public void The_expected_power_lies_on_the_dimming_curve(double dimming, double watts) =>
        Assert.Equal((long)(watts * 1_000), LampParameters.Default.ExpectedMilliwatts(60_000, (int)(dimming * 1_000)));

    [Fact]
    public void A_brighter_lamp_never_draws_less()
    {
        var cases = Gen.Choose(10, 1_000).SelectMany(low => Gen.Choose(low, 1_000).SelectMany(middle => Gen.Choose(10_000, 99_999).Select(dimming => (low, middle, dimming))));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var parameters = LampParameters.Default with { PowerAt10Permille = test.low, PowerAt50Permille = test.middle };
            return parameters.ExpectedMilliwatts(60_000, test.dimming) <= parameters.ExpectedMilliwatts(60_000, test.dimming + 1);
        }));
    }

    [Theory]
    [InlineData(100, 60, false)]
    [InlineData(50, 32.4, false)]
    [InlineData(100, 74, false)] // 23 % above
    [InlineData(100, 80, true)] // 33 % above
    [InlineData(100, 40, true)] // 33 % below
    [InlineData(50, 60, true)] // does not dim
    public void A_lamp_whose_power_stays_off_its_curve_drifts(double dimming, double watts, bool drifts)
    {
        var lamp = Lamp();
        for (var report = 1; report <= 8; report++)
        {
            Assert.Empty(Names(lamp));
            lamp.Report(Evening.Minutes(15 * report), ("dimmingPercent", dimming), ("powerWatts", watts));
        }

        Assert.Equal(drifts ? ["powerDrift"] : [], Names(lamp));
    }

    [Fact]
    public void A_drift_ends_five_points_below_its_limit()
    {
        var lamp = Lamp();
        for (var report = 0; report < 8; report++)
        {
            lamp.Report(Evening.Minutes(report), ("dimmingPercent", 100), ("powerWatts", 78)); // 30 % above
        }

        Assert.Equal(["powerDrift"], Names(lamp));

        // In thousandths, an eighth of the way to 0 each time: 300, 263, 231, 203, 178.
        foreach (var holds in new[] { true, true, true, false })
        {
            lamp.Report(Evening.Minutes(60).AddMinutes(lamp.Offset), ("dimmingPercent", 100), ("powerWatts", 60));
            Assert.Equal(holds ? ["powerDrift"] : [], Names(lamp));
        }
    }

    [Fact]
    public void One_outlier_is_no_drift()
    {
        var lamp = Lamp();
        for (var report = 0; report < 20; report++)
        {
            lamp.Report(Evening.Minutes(report), ("dimmingPercent", 100), ("powerWatts", report == 10 ? 120 : 60));
            Assert.Empty(Names(lamp));
        }
    }

    [Fact]
    public void A_sound_lamp_that_is_stored_says_nothing_of_trouble()
    {
        var lamp = Lamp();
        lamp.Report(Evening, ("dimmingPercent", 100), ("powerWatts", 0.3));
        lamp.Report(Evening.Minutes(1), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Contains("Changes", lamp.Json(), StringComparison.Ordinal);

        lamp.Report(Evening.AddHours(7), ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.DoesNotContain("Trouble", lamp.Json(), StringComparison.Ordinal);
    }

    [Fact]
    public void Trouble_goes_on_after_a_restart()
    {
        var lamp = Lamp();
        lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 60));
        var again = lamp.Restart(lamp.Json());
        again.Report(Noon.Minutes(30), ("dimmingPercent", 100), ("powerWatts", 60));

        Assert.Equal(["lampUnexpectedOn"], Names(again));
    }
}
