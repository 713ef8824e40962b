using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Bins;

/// <summary>When it was emptied, how fast it fills, and when it will be full: worked out by hand, and the laws that hold whatever the noise.</summary>
public sealed class FillTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice Filled(double hours, double percentPerHour, double from = 0, Func<int, double>? noise = null, double every = 1, params (string, object)[] attributes) =>
        Fill(TestDevice.Of(DeviceKind.Bin, attributes), Noon, hours, percentPerHour, from, noise, every);

    private static TestDevice Fill(TestDevice bin, DateTimeOffset start, double hours, double percentPerHour, double from = 0, Func<int, double>? noise = null, double every = 1)
    {
        for (var report = 0; report * every <= hours; report++)
        {
            var true_ = from + (report * every * percentPerHour);
            bin.Report(start.AddHours(report * every), ("fillPercent", Math.Clamp(true_ + (noise?.Invoke(report) ?? 0), 0, 100)));
        }

        return bin;
    }

    private static DerivedFigure? Figure(TestDevice bin, string name, double hours) => bin.View(Noon.AddHours(hours)).Derived.FirstOrDefault(figure => figure.Name == name);

    private static double FullAfterHours(TestDevice bin, double hours) => (Figure(bin, "fullAt", hours)!.At!.Value - Noon).TotalHours;

    [Fact]
    public void A_bin_that_fills_evenly_is_full_when_a_straight_line_says_so()
    {
        // 10 % at noon, 0.5 % an hour: 34 % after 48 hours, 98 % after 176.
        var bin = Filled(48, 0.5, from: 10);

        Assert.Equal(0.5, Figure(bin, "fillRatePercentPerHour", 48)!.Value!.Value, 0.005);
        Assert.Equal(34, Figure(bin, "expectedFillPercent", 48)!.Value!.Value, 0.1);
        Assert.Equal(46, Figure(bin, "expectedFillPercent", 72)!.Value!.Value, 0.2);
        Assert.Equal(176, FullAfterHours(bin, 48), 2);
        var left = Figure(bin, "timeToFullHours", 50)!;
        Assert.Equal(126, left.Value!.Value, 2);
        Assert.True(left.Low < 120 && left.High > 130);
        Assert.Null(Figure(bin, "emptiedAt", 48));
    }

    [Fact]
    public void Nothing_is_said_of_a_bin_that_was_never_heard_or_does_not_fill()
    {
        Assert.Empty(TestDevice.Of(DeviceKind.Bin).View(Noon).Derived);
        var still = Filled(72, 0, from: 40);

        Assert.Null(Figure(still, "fullAt", 72));
        Assert.Null(Figure(still, "timeToFullHours", 72));
        Assert.Equal(40, Figure(still, "expectedFillPercent", 72)!.Value);
    }

    [Fact]
    public void The_third_report_far_below_is_an_emptying_at_the_first_one()
    {
        var bin = Filled(48, 1, from: 20);
        foreach (var (minutes, percent) in new[] { (49 * 60, 2.0), (49 * 60 + 20, 5.0) })
        {
            bin.Report(Noon.Minutes(minutes), ("fillPercent", percent));
            Assert.Null(Figure(bin, "emptiedAt", 50));
        }

        bin.Report(Noon.AddHours(50), ("fillPercent", 2));
        Assert.Equal((Noon.AddHours(49), 1.0), (Figure(bin, "emptiedAt", 50)!.At, Figure(bin, "emptiedAt", 50)!.Value));
        Assert.InRange(Figure(bin, "expectedFillPercent", 50)!.Value!.Value, 2, 4);
        // It goes on as fast as before: 98 % some 95 hours later.
        Assert.Equal(("longRun", 145.0), (Figure(bin, "fullAt", 50)!.Basis, Math.Round(FullAfterHours(bin, 50) / 5) * 5));
    }

    [Fact]
    public void A_part_that_is_left_is_where_it_goes_on_from()
    {
        var bin = Filled(60, 1, from: 20);
        Fill(bin, Noon.AddHours(61), 24, 1, from: 35);

        Assert.Equal(Noon.AddHours(61), Figure(bin, "emptiedAt", 85)!.At);
        Assert.Equal(61 + 63, FullAfterHours(bin, 85), 4.0);
    }

    [Fact]
    public void What_is_thrown_in_at_a_stroke_is_no_emptying_and_counts_from_the_third_report()
    {
        var bin = Filled(48, 0.5, from: 10);
        Fill(bin, Noon.AddHours(49), 4, 0.5, from: 60);

        Assert.Null(Figure(bin, "emptiedAt", 53));
        Assert.Equal(62, Figure(bin, "expectedFillPercent", 53)!.Value!.Value, 1.0);
        Assert.Equal(53 + 72, FullAfterHours(bin, 53), 4.0);
    }

    [Fact]
    public void A_bin_on_its_side_says_nothing_of_its_fill()
    {
        var bin = Filled(48, 0.5, from: 10);
        for (var minutes = 0; minutes < 600; minutes += 15)
        {
            bin.Report(Noon.AddHours(48.5).Minutes(minutes), ("fillPercent", 0), ("tilted", 1));
        }

        Assert.Equal(34, Figure(bin, "expectedFillPercent", 48)!.Value!.Value, 0.2);
        Assert.Null(Figure(bin, "emptiedAt", 60));
        Assert.Equal(0, bin.Shown("fillPercent"));
    }

    [Fact]
    public void Its_own_parameters_move_what_is_an_emptying()
    {
        var bin = Filled(48, 1, from: 20, every: 4, attributes: [("emptiedDropPercent", 40), ("emptiedReports", 2)]);
        bin.Report(Noon.AddHours(52), ("fillPercent", 40));
        bin.Report(Noon.AddHours(56), ("fillPercent", 40));
        Assert.Null(Figure(bin, "emptiedAt", 56));

        bin.Report(Noon.AddHours(60), ("fillPercent", 3));
        bin.Report(Noon.AddHours(64), ("fillPercent", 3));
        Assert.Equal(Noon.AddHours(60), Figure(bin, "emptiedAt", 64)!.At);
    }

    [Fact]
    public void Noise_of_5_points_and_stray_echoes_do_not_move_the_estimate_by_more_than_a_twelfth() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(
            (from seed in Gen.Choose(0, 1_000_000) from rate in Gen.Choose(30, 120) from minutes in Gen.Elements(15, 30, 60) select (seed, rate: rate / 100.0, minutes)).ToArbitrary(),
            item =>
            {
                var random = new Random(item.seed);
                var hours = 60 / item.rate;
                var bin = Filled(hours, item.rate, from: 5, noise: _ => random.Next(100) == 0 ? random.Next(-100, 100) : (random.NextDouble() * 10) - 5, every: item.minutes / 60.0);
                var full = 93 / item.rate;
                return Math.Abs(FullAfterHours(bin, hours) - full) <= full / 12 && Figure(bin, "emptiedAt", hours) is null;
            }));

    [Fact]
    public void Shifted_in_time_the_same_reports_give_the_same_estimate_shifted() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(
            (from seed in Gen.Choose(0, 1_000_000) from hours in Gen.Choose(1, 5_000) select (seed, hours)).ToArbitrary(),
            item =>
            {
                var noise = new Random(item.seed);
                double[] drawn = [.. Enumerable.Range(0, 100).Select(_ => (noise.NextDouble() * 10) - 5)];
                var here = Fill(TestDevice.Of(DeviceKind.Bin), Noon, 72, 0.7, 3, report => drawn[report]);
                var there = Fill(TestDevice.Of(DeviceKind.Bin), Noon.AddHours(item.hours), 72, 0.7, 3, report => drawn[report]);
                return Math.Abs(FullAfterHours(there, 72 + item.hours) - item.hours - FullAfterHours(here, 72)) < 1e-6;
            }));
}
