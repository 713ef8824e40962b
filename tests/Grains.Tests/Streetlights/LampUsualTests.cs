using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Streetlights;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

/// <summary>What a lamp usually draws at a level of dimming.</summary>
public sealed class LampUsualTests
{
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(10);
    private static readonly LampParameters Curve = LampParameters.Default;

    private static LampUsual Over(int reports, Func<int, (int Dimming, long Milliwatts)> report, LampUsual usual = default)
    {
        for (var place = 0; place < reports; place++)
        {
            var (dimming, milliwatts) = report(place);
            usual = usual.With(dimming, milliwatts, Curve);
        }

        return usual;
    }

    [Fact]
    public void After_twenty_reports_of_a_level_it_is_known_and_others_are_not()
    {
        Assert.Null(Over(19, _ => (100_000, 60_000)).RangeOf(100_000, Curve));
        var usual = Over(20, _ => (100_000, 60_000)).RangeOf(100_000, Curve)!.Value;

        Assert.Equal(60_000, usual.Middle, 60.0);
        // Two steps of a 64th of a doubling, three times: 6.7 % of what is a watt more than the power.
        Assert.Equal((56_100, 64_100), (usual.Low, usual.High), (one, other) => Math.Abs(one.Item1 - other.Item1) < 200 && Math.Abs(one.Item2 - other.Item2) < 200);
        Assert.Null(Over(20, _ => (100_000, 60_000)).RangeOf(50_000, Curve));
        Assert.Null(Over(20, _ => (100_000, 60_000)).RangeOf(9_999, Curve));
    }

    [Theory]
    [InlineData(100_000, 60_000)] // as its curve says
    [InlineData(70_000, 43_440)] // 54 % and two fifths of 46: 72.4 %
    [InlineData(50_000, 32_400)]
    [InlineData(10_000, 10_200)]
    public void Levels_of_one_band_are_comparable_by_the_curve(int dimming, long milliwatts)
    {
        // Of each band it has seen one level only: the curve says the rest, here that of the levels asked for themselves.
        var usual = Over(30, _ => (dimming, milliwatts));

        Assert.Equal(milliwatts, usual.RangeOf(dimming, Curve)!.Value.Middle, milliwatts * 0.002);
        var near = dimming == 100_000 ? 90_000 : dimming + 5_000;
        Assert.Equal(Curve.ExpectedMilliwatts(60_000, near), usual.RangeOf(near, Curve)!.Value.Middle, milliwatts * 0.01);
    }

    [Fact]
    public void A_wild_report_moves_nothing_and_a_step_is_usual_after_four_hundred_reports()
    {
        var before = Over(300, _ => (100_000, 60_000));
        var wild = before.With(100_000, 2_000_000, Curve);
        var stepped = Over(60, _ => (100_000, 78_000), before);
        var later = Over(450, _ => (100_000, 78_000), before);

        Assert.Equal(60_000, wild.RangeOf(100_000, Curve)!.Value.Middle, 100.0);
        Assert.InRange(stepped.RangeOf(100_000, Curve)!.Value.Middle, 60_000, 65_500);
        Assert.InRange(later.RangeOf(100_000, Curve)!.Value.Middle, 75_000, 78_100);
    }

    [Fact]
    public void Whatever_is_reported_the_middle_lies_between_its_limits() => Prop.ForAll(
        Gen.Choose(10_000, 100_000).Zip(Gen.Choose(0, 2_000_000)).ListOf().ToArbitrary(),
        reports => Over(reports.Count, place => reports[place]).RangeOf(60_000, Curve) is not { } usual || (usual.Low <= usual.Middle && usual.Middle <= usual.High && usual.Low >= 0))
        .QuickCheckThrowOnFailure();

    private static TestDevice Lit(params (string, object)[] attributes)
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, attributes);
        for (var report = 0; report < 40; report++)
        {
            lamp.Report(Evening.AddDays(report / 8).AddMinutes(60 * (report % 8)), ("dimmingPercent", report % 2 == 0 ? 100 : 50), ("powerWatts", report % 2 == 0 ? 60 : 32.4));
        }

        return lamp;
    }

    [Fact]
    public void A_lamp_of_which_nobody_knows_what_it_is_rated_at_drifts_from_what_is_usual_of_it()
    {
        var lamp = Lit();
        Assert.Empty(lamp.Conditions);
        for (var report = 0; report < 24 && lamp.Conditions.Length == 0; report++)
        {
            lamp.Report(Evening.AddDays(6).AddMinutes(30 * report), ("dimmingPercent", 100), ("powerWatts", 90));
        }

        Assert.Equal(["powerDrift"], lamp.Conditions.Select(condition => condition.Condition));
        var shown = lamp.View(Evening).Derived.Single(figure => figure.Name == "powerAtLevelWatts");
        Assert.Equal((90d, "usual"), (shown.Value!.Value, shown.Basis));
        Assert.InRange(shown.High!.Value, 60, 89);
        Assert.Equal(shown, lamp.Restart(lamp.Json()).View(Evening).Derived.Single(figure => figure.Name == "powerAtLevelWatts"));
    }

    [Fact]
    public void Of_a_rated_lamp_the_curve_counts_and_what_is_usual_is_only_shown()
    {
        // It has always drawn 60 W where it is rated at 40: usual, and a drift.
        var lamp = Lit(("ratedWatts", 40));

        Assert.Equal(["powerDrift"], lamp.Conditions.Select(condition => condition.Condition));
        Assert.Contains(lamp.View(Evening).Derived, figure => figure.Name == "powerAtLevelWatts");
    }

    [Fact]
    public void Another_lamp_begins_anew()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight);
        for (var report = 0; report < 30; report++)
        {
            lamp.Report(Evening.AddMinutes(10 * report), ("dimmingPercent", 100), ("powerWatts", 60), ("burningHours", 5_000));
        }

        Assert.Contains(lamp.View(Evening).Derived, figure => figure.Name == "powerAtLevelWatts");
        lamp.Report(Evening.AddDays(1), ("dimmingPercent", 100), ("powerWatts", 30), ("burningHours", 1));
        Assert.DoesNotContain(lamp.View(Evening).Derived, figure => figure.Name == "powerAtLevelWatts");
    }
}
