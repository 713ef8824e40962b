using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Learning;

namespace Grid.Tests.Grains.Learning;

public sealed class UsualLossesTests
{
    private const int Hour = 3_600;

    private static UsualLosses Over(int interval, params IEnumerable<double> gapsSeconds) =>
        gapsSeconds.Aggregate(default(UsualLosses), (losses, gap) => losses.After((long)(gap * 1_000), interval));

    [Fact]
    public void Before_anything_is_known_one_report_in_fifty_is_taken_to_be_lost() => Assert.Equal(20_000_000, default(UsualLosses).LostPerBillion);

    [Theory]
    [InlineData(0, 50, 10_000_000)] // 1 in 100
    [InlineData(0, 950, 1_000_000)] // 1 in 1,000
    [InlineData(0, 1_950, 12_500)] // 50 in 2,000 squared
    [InlineData(0, 7_021, 1_000)] // 50 in 7,071 squared
    [InlineData(1, 48, 20_000_000)] // 2 in 100
    [InlineData(5, 940, 6_000_000)] // 6 in 1,000: each of the five makes two reports of one gap
    public void The_chance_of_a_loss_follows_from_what_was_counted(int doubleGaps, int gaps, int perBillion)
    {
        var losses = Over(Hour, Enumerable.Repeat(2.0 * Hour, doubleGaps).Concat(Enumerable.Repeat((double)Hour, gaps)));

        Assert.Equal(perBillion, losses.LostPerBillion, perBillion * 0.001);
    }

    [Fact]
    public void An_outage_counts_for_four_reports_and_what_comes_in_between_for_none()
    {
        Assert.Equal((5, 4), Over(Hour, 30 * 86_400.0) is var outage ? (outage.Expected, outage.Lost) : default);
        Assert.Equal(default, Over(Hour, 0, 5, 600, 1_799));
        Assert.Equal((1, 0), Over(Hour, 1_800) is var half ? (half.Expected, half.Lost) : default);
        Assert.Equal((1, 0), Over(Hour, 5_400) is var late ? (late.Expected, late.Lost) : default);
        Assert.Equal((2, 1), Over(Hour, 5_401) is var lost ? (lost.Expected, lost.Lost) : default);
    }

    [Fact]
    public void How_late_a_report_may_be_is_learned_and_one_that_is_hours_late_is_no_habit()
    {
        // A day's frame that comes up to ten minutes later than usual, and once five hours.
        var even = Over(86_400, Enumerable.Range(0, 60).Select(day => 86_400.0 + (day % 2 * 600)));
        var once = even.After((86_400 + (5 * Hour)) * 1_000L, 86_400);
        var later = Enumerable.Range(0, 65).Aggregate(once, (losses, _) => losses.After(86_400_000, 86_400));

        Assert.InRange(even.LateSeconds, 500, 600);
        Assert.InRange(once.LateSeconds, even.LateSeconds + 5_000, even.LateSeconds + 5_400);
        Assert.InRange(later.LateSeconds, 0, 600);
    }

    [Fact]
    public void A_loss_after_a_long_time_without_one_counts_at_once_and_is_forgotten_after_two_thousand_reports()
    {
        var clean = Over(Hour, Enumerable.Repeat((double)Hour, 20_000));
        var lost = clean.After(2 * Hour * 1_000L, Hour);
        var after = Enumerable.Range(0, 2_048).Aggregate(lost, (losses, _) => losses.After(Hour * 1_000L, Hour));

        Assert.Equal((20_000, 124), (clean.Expected, clean.LostPerBillion));
        Assert.Equal(2e9 / 2_100, lost.LostPerBillion, 1.0);
        Assert.Equal((2_049, 0), (after.Expected, after.Lost));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void What_a_network_loses_is_found_out(double share)
    {
        var random = new Random(3);
        var losses = default(UsualLosses);
        for (var report = 0; report < 20_000; report++)
        {
            var gap = Hour;
            while (random.NextDouble() < share)
            {
                gap += Hour;
            }

            losses = losses.After((gap + random.Next(-20, 20)) * 1_000L, Hour);
        }

        Assert.Equal(share, losses.LostPerBillion / 1e9, share * 0.3);
    }

    [Fact]
    public void Whatever_comes_the_counts_stay_in_range()
    {
        var given = from gaps in Gen.Choose(0, 200_000).ListOf() from interval in Gen.Choose(60, 90_000) select (gaps, interval);

        Prop.ForAll(given.ToArbitrary(), one =>
        {
            var losses = Over(one.interval, one.gaps.Select(gap => (double)gap));
            return losses.Lost <= losses.Expected && losses.LostPerBillion is >= 0 and <= 1_000_000_000;
        }).QuickCheckThrowOnFailure();
    }
}
