using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Environment;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Environment;

/// <summary>How fast a river rises.</summary>
public sealed class RapidRiseTests
{
    private const long Window = 3_600_000;
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice River(params (string, object)[] more) => TestDevice.Of(DeviceKind.Environment, [("levelRiseMillimetresPerHour", 200), .. more]);

    private static bool[] RisingOver(TestDevice sensor, params double[] millimetres) =>
        [.. millimetres.Select((value, quarter) =>
        {
            sensor.Report(Noon.Minutes(15 * quarter), ("levelMillimetres", value));
            return sensor.Conditions.Any(condition => condition.Condition == "rapidRise");
        })];

    [Fact]
    public void Fifty_millimetres_in_each_quarter_of_an_hour_are_a_rise_of_two_hundred() =>
        Assert.Equal([false, false, false, true, true, true], RisingOver(River(), 500, 550, 600, 650, 700, 750));

    [Fact]
    public void Forty_nine_are_none() => Assert.DoesNotContain(true, RisingOver(River(), 500, 549, 598, 647, 696, 745));

    [Fact]
    public void Without_a_threshold_there_is_none_and_nothing_is_kept()
    {
        var sensor = TestDevice.Of(DeviceKind.Environment);

        Assert.DoesNotContain(true, RisingOver(sensor, 0, 1_000, 2_000, 3_000, 4_000));
        Assert.DoesNotContain("Points", sensor.Json(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500.0, 500.0, 500.0, 500.0, 2_500.0, 500.0, 500.0, 500.0)]
    [InlineData(500.0, 500.0, 500.0, 500.0, 500.0, 500.0, 2_500.0, 500.0)]
    [InlineData(500.0, 510.0, 0.0, 520.0, 530.0, 540.0, 550.0, 560.0)]
    [InlineData(0.0, 500.0, 500.0, 500.0, 500.0, 500.0, 500.0, 500.0)]
    public void A_single_bad_value_is_no_rise_wherever_it_stands(params double[] millimetres) => Assert.DoesNotContain(true, RisingOver(River(), millimetres));

    [Fact]
    public void A_rise_goes_on_through_a_single_bad_value() =>
        Assert.Equal([false, false, false, true, true, true, true], RisingOver(River(), 500, 580, 660, 740, 100, 900, 980));

    [Fact]
    public void It_ends_below_half_of_its_threshold()
    {
        // 240 an hour, then 120, which is still above half, then nothing.
        var rising = RisingOver(River(), 0, 60, 120, 180, 240, 270, 300, 330, 360, 390, 390, 390, 390, 390);

        Assert.Equal([false, false, false, true, true, true, true, true, true, true], rising[..10]);
        Assert.False(rising[^1]);
        Assert.DoesNotContain(true, RisingOver(River(), 0, 30, 60, 90, 120, 150, 180));
        Assert.False(RisingOver(River(("riseClearPercent", 100)), 0, 60, 120, 180, 240, 270, 300, 330, 360)[^1]);
    }

    [Fact]
    public void A_sensor_that_reports_by_the_hour_is_judged_over_four_reports()
    {
        var sensor = River();
        var rising = new double[] { 0, 250, 500, 750 }.Select((value, hour) =>
        {
            sensor.Report(Noon.AddHours(hour), ("levelMillimetres", value));
            return sensor.Conditions.Length;
        });
        Assert.Equal([0, 0, 0, 1], rising);

        var rare = River();
        for (var report = 0; report < 6; report++) rare.Report(Noon.AddHours(5 * report), ("levelMillimetres", 5_000 * report));
        Assert.Empty(rare.Conditions);
    }

    [Fact]
    public void What_comes_late_counts_from_the_next_report_on()
    {
        var sensor = River();
        sensor.Report(Noon, ("levelMillimetres", 500));
        sensor.Report(Noon.Minutes(45), ("levelMillimetres", 680));
        sensor.Report(Noon.Minutes(60), ("levelMillimetres", 740));
        sensor.Take(Entries.Reading(TestDevice.Id, Noon.Minutes(15), Noon.Minutes(61), ("levelMillimetres", 560)));
        sensor.Take(Entries.Reading(TestDevice.Id, Noon.Minutes(30), Noon.Minutes(62), ("levelMillimetres", 620)));
        Assert.Empty(sensor.Conditions);

        sensor.Report(Noon.Minutes(75), ("levelMillimetres", 800));
        Assert.Equal("rapidRise", Assert.Single(sensor.Conditions).Condition);
    }

    [Fact]
    public void How_fast_and_from_where_on_is_shown()
    {
        var sensor = River(("level1Millimetres", 700), ("level2Millimetres", 900));
        RisingOver(sensor, 500, 560, 620, 680, 740);
        var figures = sensor.View(Noon).Derived.ToDictionary(figure => figure.Name);

        var rise = figures["levelRiseMillimetresPerHour"];
        Assert.Equal((240.0, 200.0, "slope", Noon.Minutes(60)), (rise.Value, rise.High, rise.Basis, rise.At));
        Assert.Equal((1.0, 900.0, "thresholds"), (figures["riverLocalLevel"].Value, figures["riverLocalLevel"].High, figures["riverLocalLevel"].Basis));
        Assert.False(figures.ContainsKey("rainLocalLevel"));
    }

    [Fact]
    public void When_it_last_rained_is_remembered()
    {
        var sensor = TestDevice.Of(DeviceKind.Environment);
        sensor.Report(Noon, ("rainMillimetresPerHour", 2));
        sensor.Report(Noon.Minutes(15), ("rainMillimetresPerHour", 0));

        Assert.Equal(Noon, sensor.View(Noon).Derived.Single(figure => figure.Name == "rainedAt").At);
    }

    [Fact]
    public void Fine_particles_have_a_rise_of_their_own()
    {
        var sensor = TestDevice.Of(DeviceKind.Environment, ("pm25RiseMicrogramsPerCubicMetrePerHour", 40));
        for (var quarter = 0; quarter < 5; quarter++) sensor.Report(Noon.Minutes(15 * quarter), ("pm25MicrogramsPerCubicMetre", 10 + (11 * quarter)));

        Assert.Equal("rapidRise", Assert.Single(sensor.Conditions).Condition);
        sensor.Register();
        sensor.Report(Noon.Minutes(90), ("pm25MicrogramsPerCubicMetre", 80));
        Assert.Empty(sensor.Conditions);
    }

    /// <summary>Worked out: slopes of (0, 0), (1, 1), (2, 2), (3, 9) an hour apart are 1, 1, 1, 3, 4, 7: the lower middle is 1.</summary>
    [Fact]
    public void The_slope_is_the_lower_median_of_all_pairs() =>
        Assert.Equal(1, RiseWatch.PerHour([new(0, 0), new(Window, 1), new(2 * Window, 2), new(3 * Window, 9)], Window));

    [Fact]
    public void Which_points_are_kept_and_how_fast_they_rise_does_not_depend_on_the_order_in_which_they_came() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from minute in Gen.Choose(0, 600) from value in Gen.Choose(0, 5_000) select (minute, value)).ArrayOf().ToArbitrary(),
        drawn =>
        {
            var reports = drawn.DistinctBy(report => report.minute).ToArray();
            var inTurn = Points(reports);

            Assert.Equal(inTurn, Points([.. reports.Reverse()]));
            Assert.Equal(inTurn, Points([.. reports.OrderBy(report => report.minute)]));
            Assert.Equal(inTurn, Points([.. reports.OrderBy(report => report.value)]));
            Assert.InRange(inTurn.Length, 0, 9);
        }));

    [Fact]
    public void A_straight_rise_with_one_bad_value_has_the_slope_of_the_straight_rise() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from slope in Gen.Choose(0, 1_000) from bad in Gen.Choose(0, 4) from value in Gen.Choose(-10_000, 10_000) select (slope, bad, value)).ToArbitrary(),
        item =>
        {
            var points = Enumerable.Range(0, 5).Select(quarter => new RisePoint(quarter * Window / 4, quarter == item.bad ? item.value : item.slope * quarter)).ToArray();

            // Of ten slopes six are right, so that the fifth is.
            Assert.Equal(4L * item.slope, RiseWatch.PerHour(points, Window));
        }));

    private static RisePoint[] Points((int Minute, int Value)[] reports) =>
        reports.Aggregate(default(RisePoint[]), (points, report) => RiseWatch.With(points, report.Minute * 60_000L, report.Value, Window)) ?? [];
}
