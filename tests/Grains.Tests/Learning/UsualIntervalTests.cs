using Grid.Contracts.Devices;
using Grid.Grains.Learning;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Learning;

public sealed class UsualIntervalTests
{
    private const int Minute = 60_000;

    private static UsualInterval Over(int assumedMinutes, params IEnumerable<double> gapsMinutes) =>
        gapsMinutes.Aggregate(default(UsualInterval), (interval, gap) => interval.After((long)(gap * Minute), assumedMinutes * 60));

    [Theory]
    [InlineData(1_440, 15, 4)]
    [InlineData(1_440, 60, 4)]
    [InlineData(60, 15, 2)]
    [InlineData(15, 360, 4)]
    [InlineData(60, 1_440, 10)]
    public void A_device_that_reports_evenly_is_known_within_days(int assumedMinutes, int everyMinutes, int days)
    {
        var interval = Over(assumedMinutes, Enumerable.Repeat((double)everyMinutes, days * 1_440 / everyMinutes));

        Assert.Equal(everyMinutes, interval.ExpectedMinutes(assumedMinutes)!.Value, everyMinutes * 0.25);
    }

    [Fact]
    public void Nothing_shorter_than_assumed_counts_before_a_day_has_passed()
    {
        Assert.Null(Over(60, Enumerable.Repeat(15.0, 95)).ExpectedMinutes(60));
        Assert.Equal(15, Over(60, Enumerable.Repeat(15.0, 96)).ExpectedMinutes(60));
    }

    [Fact]
    public void A_frame_of_a_day_that_comes_as_24_reports_at_once_is_a_day()
    {
        var gaps = Enumerable.Repeat(Enumerable.Repeat(0.0, 23).Append(1_440), 30).SelectMany(day => day);

        Assert.Equal(1_440, Over(1_440, gaps).ExpectedMinutes(1_440));
    }

    [Fact]
    public void Reports_on_change_between_regular_ones_do_not_shorten_it()
    {
        // Every six hours, and at dusk five within two minutes.
        var day = new[] { 360.0, 360, 357, 0.5, 0.5, 1, 0.5, 0.5, 360 };

        Assert.InRange(Over(60, Enumerable.Repeat(day, 20).SelectMany(gaps => gaps)).ExpectedMinutes(60)!.Value, 320, 400);
    }

    [Fact]
    public void An_outage_of_days_hardly_moves_it_and_is_forgotten()
    {
        var before = Over(60, Enumerable.Repeat(15.0, 1_000));
        var after = before.After(5 * 1_440L * Minute, 3_600);
        var later = Enumerable.Repeat(15, 200).Aggregate(after, (interval, gap) => interval.After(gap * Minute, 3_600));

        Assert.Equal(15, before.ExpectedMinutes(60));
        Assert.InRange(after.ExpectedMinutes(60)!.Value, 16, 19);
        Assert.Equal(15, later.ExpectedMinutes(60));
    }

    [Fact]
    public void Where_one_report_in_three_is_lost_it_leaves_room_for_that()
    {
        var random = new Random(7);
        var gaps = Enumerable.Range(0, 3_000).Select(_ =>
        {
            var gap = 15.0;
            while (random.NextDouble() < 0.33) gap += 15;
            return gap;
        });

        // Nine tenths of the time are in gaps of up to four intervals.
        Assert.InRange(Over(60, gaps).ExpectedMinutes(60)!.Value, 30, 75);
    }

    [Fact]
    public void The_sector_is_told_what_is_usual_and_people_see_it()
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        for (var report = 0; report <= 200; report++)
        {
            bin.Report(Entries.Start.Minutes(15 * report), ("fillPercent", 20));
        }

        Assert.Equal(15, bin.Last.UsualIntervalMinutes);
        var shown = Assert.Single(bin.View(Entries.Start).Derived, figure => figure.Name == "reportingIntervalMinutes");
        Assert.Equal((15d, "usual"), (shown.Value, shown.Basis));
        Assert.Equal(15, bin.Restart(bin.Json()).Report(Entries.Start.Minutes(3_015), ("fillPercent", 20)).UsualIntervalMinutes);
    }
}
