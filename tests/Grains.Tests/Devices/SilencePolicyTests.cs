using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Learning;

namespace Grid.Tests.Grains.Devices;

public sealed class SilencePolicyTests
{
    private const int Billion = 1_000_000_000;

    // So many false findings a year are accepted as 0.3 of the interval in days: the chance that all are missing may be 0.3 x days^2 / 365.25.
    [Theory]
    [InlineData(1_440, 0.0, 1)]
    [InlineData(1_440, 0.0008, 1)] // up to 0.00082
    [InlineData(1_440, 0.01, 2)] // 0.0001
    [InlineData(1_440, 0.0286, 2)] // 0.000818
    [InlineData(1_440, 0.05, 3)]
    [InlineData(60, 0.0000014, 1)] // up to 0.00000143
    [InlineData(60, 0.0011, 2)] // 0.00000121
    [InlineData(60, 0.01, 3)] // 0.000001
    [InlineData(60, 0.02, 4)] // 0.00000016
    [InlineData(60, 0.05, 5)] // 0.00000031
    [InlineData(15, 0.00029, 2)] // 0.000000084 of 0.000000089
    [InlineData(15, 0.01, 4)]
    [InlineData(15, 0.02, 5)]
    [InlineData(60, 0.5, 12)] // would be 20: no more are waited for
    public void So_many_reports_running_must_be_missing_that_a_device_which_is_well_is_hardly_ever_called_silent(int minutes, double share, int reports) =>
        Assert.Equal(reports, SilencePolicy.ReportsMissed(minutes, (int)(share * Billion)));

    [Theory]
    [InlineData(60, 0.0, 0, 15)] // nothing is lost: the next report, and the least bound
    [InlineData(60, 0.0, 1_800, 30)] // nothing is lost, and half an hour late is usual
    [InlineData(60, 0.001, 0, 63)] // one more, and a twentieth of an hour
    [InlineData(60, 0.001, 600, 70)]
    [InlineData(1_440, 0.0, 0, 72)]
    [InlineData(1_440, 0.01, 0, 1_512)] // the frame of the next day, and a twentieth of a day
    [InlineData(1, 0.02, 0, 15)] // a gateway starts anew
    public void The_bound_has_the_reports_that_may_be_lost_and_how_late_the_last_of_them_may_be(int minutes, double share, int late, int bound) =>
        Assert.Equal(TimeSpan.FromMinutes(bound), SilencePolicy.UsualBound(minutes, (int)(share * Billion), late));

    /// <summary>The table of docs/rules.md.</summary>
    [Theory]
    [InlineData(15, "30 47 62 77 92")]
    [InlineData(60, "75 123 183 243 303")]
    [InlineData(1_440, "1512 2952 2952 2952 4392")]
    public void After_so_many_minutes_it_is_silent(int minutes, string after) => Assert.Equal(
        after,
        string.Join(' ', new[] { 0, 0.001, 0.01, 0.02, 0.05 }.Select(share => minutes + SilencePolicy.UsualBound(minutes, (int)(share * Billion), 0).TotalMinutes)));

    [Fact]
    public void What_is_said_counts_before_what_is_usual_and_interval_and_bound_each_by_themselves()
    {
        var usual = default(UsualLosses);
        TimeSpan After(StatedRhythm own, StatedRhythm given, int? usualMinutes) => SilencePolicy.SilentAfter(own, given, DeviceKind.Bin, usualMinutes, usual);

        Assert.Equal(TimeSpan.FromMinutes(10 + 5), After(new(10, 5), new(20, 40), 30));
        Assert.Equal(TimeSpan.FromMinutes(10 + 40), After(new(10, null), new(20, 40), 30));
        Assert.Equal(TimeSpan.FromMinutes(20 + 5), After(new(null, 5), new(20, 40), 30));
        Assert.Equal(TimeSpan.FromMinutes(30 + 40), After(default, new(null, 40), 30));
        Assert.Equal(TimeSpan.FromMinutes(60 + 40), After(default, new(null, 40), null));
        Assert.Equal(TimeSpan.FromMinutes(60) + SilencePolicy.UsualBound(60, 20_000_000, 0), After(default, default, null));
    }

    /// <summary>The bound of a finding is all that passes until an operator sees it, but for the sweep.</summary>
    [Fact]
    public void The_alarm_waits_for_nothing_more() => Assert.Equal(TimeSpan.Zero, AlarmCatalog.Find("communicationLoss")!.OnDelay);

    [Fact]
    public void Who_loses_more_is_given_more_time_and_never_less_than_an_interval()
    {
        var given = from minutes in Gen.Choose(1, 44_640) from one in Gen.Choose(0, Billion) from other in Gen.Choose(0, Billion) from late in Gen.Choose(0, 65_535) select (minutes, one, other, late);

        Prop.ForAll(given.ToArbitrary(), each =>
        {
            var (less, more) = (SilencePolicy.UsualBound(each.minutes, Math.Min(each.one, each.other), each.late), SilencePolicy.UsualBound(each.minutes, Math.Max(each.one, each.other), each.late));
            return less <= more && less >= SilencePolicy.LeastBound && less >= TimeSpan.FromSeconds(each.late)
                && more <= TimeSpan.FromMinutes(each.minutes * SilencePolicy.MostReports) + TimeSpan.FromSeconds(Math.Max(each.late, 120)) + SilencePolicy.LeastBound;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>A network that loses independently of what was before: false findings are as rare as was promised, and silence is found as soon as was promised.</summary>
    [Theory]
    [InlineData(60, 0.0, 1.3)]
    [InlineData(60, 0.01, 5)]
    [InlineData(60, 0.05, 8)]
    [InlineData(15, 0.02, 7)]
    [InlineData(1_440, 0.01, 3)]
    public void Over_a_network_that_loses_some_a_device_is_called_silent_hardly_ever_and_soon_when_it_is(int minutes, double share, double intervals)
    {
        var random = new Random(11);
        var (losses, interval, found, seconds) = (default(UsualLosses), default(UsualInterval), 0, 0L);
        TimeSpan SilentAfter() => SilencePolicy.SilentAfter(default, default, DeviceKind.Bin, interval.ExpectedMinutes(60), losses);
        const int Reports = 40_000;
        for (var report = 0; report < Reports; report++)
        {
            var gap = (minutes * 60L) + random.Next(-10, 10);
            while (random.NextDouble() < share)
            {
                gap += minutes * 60L;
            }

            seconds += gap;
            found += report > 1_000 && TimeSpan.FromSeconds(gap) > SilentAfter() ? 1 : 0;
            losses = losses.After(gap * 1_000, interval.Seconds > 0 ? interval.Seconds : 3_600);
            interval = interval.After(gap * 1_000, 3_600);
        }

        var years = seconds / 86_400.0 / 365.25;
        Assert.InRange(found, 0, 3 + (2 * years * SilencePolicy.FalseFindingsPerYearAndDay * minutes / 1_440));
        Assert.InRange(SilentAfter() / TimeSpan.FromMinutes(minutes), 1, intervals);
    }
}
