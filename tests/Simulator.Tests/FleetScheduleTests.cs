using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Simulator;

namespace Grid.Tests.Simulator;

public sealed class FleetScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_device_reports_once_in_15_minutes_by_default()
    {
        var due = Collect(new FleetSchedule(5_000, null, 1), Noon, TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1));

        Assert.Equal(5_000, due.Count);
        Assert.Equal(5_000, due.Select(reading => reading.Device).Distinct().Count());
    }

    [Theory]
    [InlineData(0.5, 30)]
    [InlineData(1, 60)]
    [InlineData(333.333, 19_999.98)]
    [InlineData(2_000, 120_000)]
    public void A_rate_is_kept_exactly_over_an_interval(double rate, double expected)
    {
        var due = Collect(new FleetSchedule(5_000, rate, 1), Noon, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100));

        Assert.InRange(due.Count, Math.Floor(expected), Math.Ceiling(expected));
    }

    [Fact]
    public void A_rate_of_zero_and_a_fleet_of_none_are_silent()
    {
        Assert.Empty(Collect(new FleetSchedule(5_000, 0, 1), Noon, TimeSpan.FromHours(1), TimeSpan.FromSeconds(5)));
        Assert.Empty(Collect(new FleetSchedule(0, null, 1), Noon, TimeSpan.FromHours(1), TimeSpan.FromSeconds(5)));
        Assert.True(new FleetSchedule(5_000, 0, 1).IsSilent);
    }

    [Fact]
    public void Readings_are_spread_evenly_over_the_seconds()
    {
        var due = Collect(new FleetSchedule(90_000, null, 1), Noon, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100));

        Assert.All(due.GroupBy(reading => (reading.At.ToUnixTimeMilliseconds() - 1) / 1000), second => Assert.InRange(second.Count(), 99, 101));
    }

    [Fact]
    public void Neighbours_in_the_list_report_far_apart()
    {
        var at = Collect(new FleetSchedule(1_000, null, 1), Noon, TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1)).ToDictionary(reading => reading.Device, reading => reading.At);

        Assert.DoesNotContain(Enumerable.Range(0, 999), device => (at[device] - at[device + 1]).Duration() < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_long_pause_is_made_up_for_only_in_part_and_the_rest_is_counted()
    {
        var schedule = new FleetSchedule(5_000, 100, 1);

        var due = schedule.Due(Noon, Noon.AddHours(1));

        Assert.Equal((int)(100 * FleetSchedule.MaximumCatchUp.TotalSeconds), due.Count);
        Assert.Equal(360_000 - due.Count, due.Skipped);
    }

    [Fact]
    public void Cutting_an_interval_in_pieces_changes_nothing()
    {
        var cases = Gen.Choose(1, 3_000).SelectMany(devices => Gen.Choose(0, 50_000).SelectMany(rate => Gen.Choose(1, 9_999).Select(cut => (devices, rate / 10.0, cut))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var (devices, rate, cut) = test;
            var schedule = new FleetSchedule(devices, rate, 7);
            var (middle, end) = (Noon.AddMilliseconds(cut), Noon.AddSeconds(10));
            var whole = List(schedule.Due(Noon, end));
            return whole.SequenceEqual([.. List(schedule.Due(Noon, middle)), .. List(schedule.Due(middle, end))])
                && whole.All(reading => reading.At > Noon && reading.At <= end && reading.Device >= 0 && reading.Device < devices);
        }));
    }

    [Fact]
    public void A_rate_out_of_range_is_refused_by_name()
    {
        Assert.Null(new SimulatorOptions { RatePerSecond = 10 }.FindError());
        Assert.Null(new SimulatorOptions().FindError());
        Assert.Contains("Grid:Demo:Rate", new SimulatorOptions { RatePerSecond = -1 }.FindError(), StringComparison.Ordinal);
        Assert.Contains("Grid:Demo:Rate", new SimulatorOptions { RatePerSecond = double.NaN }.FindError(), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FleetSchedule(10, double.NaN, 1));
    }

    private static List<(int Device, DateTimeOffset At)> Collect(FleetSchedule schedule, DateTimeOffset from, TimeSpan length, TimeSpan tick)
    {
        var all = new List<(int, DateTimeOffset)>();
        for (var at = from; at < from + length; at += tick) all.AddRange(List(schedule.Due(at, at + tick)));
        return all;
    }

    private static List<(int Device, DateTimeOffset At)> List(DueReadings due) => [.. Enumerable.Range(0, due.Count).Select(index => due[index])];
}
