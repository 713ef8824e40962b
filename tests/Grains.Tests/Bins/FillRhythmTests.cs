using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Bins;

/// <summary>When a bin usually fills: worked out by hand.</summary>
public sealed class FillRhythmTests
{
    private const long Hour = 3_600_000;

    private static readonly LocalCalendar Paris = new("Europe/Paris");

    // Monday 5 January 2026, 00:00 in Paris.
    private static readonly long Monday = new DateTimeOffset(2026, 1, 4, 23, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Hourly reports of a bin that fills by a rate that depends on the hour since Monday, and is emptied on Mondays at midnight.</summary>
    private static FillRhythm Over(int days, Func<int, int> thousandthsInHour, FillRhythm rhythm = default, Func<int, int>? noise = null)
    {
        var fill = 0;
        for (var hour = 0; hour < days * 24; hour++)
        {
            fill = hour % 168 == 0 ? 0 : fill;
            rhythm = rhythm.With(fill + (noise?.Invoke(hour) ?? 0), Monday + (hour * Hour), hour % 168 == 0, Paris);
            fill += thousandthsInHour(hour);
        }

        return rhythm;
    }

    // By day only, from 6 to 21: five of the eight spans.
    private static int ByDay(int hour) => hour % 24 is >= 6 and < 21 ? 1_000 : 0;

    private static int At(int days, int hour) => (int)((Monday / 86_400_000 + 1 + days) * FillRhythm.SpansOfDay) + (hour / 3);

    [Fact]
    public void A_bin_that_fills_by_day_has_its_share_then()
    {
        var rhythm = Over(70, ByDay);

        // 42 days of 8/5, and 6 days of 1: (42 x 1,600 + 6 x 1,000) / 48.
        Assert.True(rhythm.IsKnown);
        Assert.InRange(rhythm.ShareOf(At(71, 12)), 1_500, 1_530);
        Assert.InRange(rhythm.ShareOf(At(71, 3)), 120, 130);
    }

    [Fact]
    public void Before_a_week_of_each_span_it_says_nothing()
    {
        var rhythm = Over(6, ByDay);

        Assert.False(rhythm.IsKnown);
        Assert.Equal(FillRhythm.Mean, rhythm.ShareOf(At(7, 12)));
        Assert.Equal(12_345, rhythm.Weighted(Monday, Monday + 12_345, Paris));
        Assert.Equal(Monday + 12_345, rhythm.After(Monday, 12_345, Paris));
    }

    [Fact]
    public void A_weekday_on_which_twice_as_much_comes_in_is_known_after_weeks()
    {
        // Saturdays bring twice as much as other days: 14 instead of 8 parts in the mean day of a week.
        var rhythm = Over(20 * 7, hour => ByDay(hour) * (hour / 24 % 7 == 5 ? 2 : 1));
        var (saturday, tuesday) = (rhythm.ShareOf(At((20 * 7) + 5, 12)), rhythm.ShareOf(At((20 * 7) + 1, 12)));

        Assert.InRange((double)saturday / tuesday, 1.5, 2.0);
        Assert.InRange(tuesday, 1_300, 1_500);
    }

    [Fact]
    public void Noise_and_single_echoes_are_meant_out()
    {
        var random = new Random(5);
        var rhythm = Over(70, ByDay, noise: hour => random.Next(-5_000, 5_001) + (hour % 101 == 0 ? 40_000 : 0));

        Assert.InRange(rhythm.ShareOf(At(71, 12)), 1_050, 2_000);
        Assert.InRange(rhythm.ShareOf(At(71, 3)), 0, 600);
    }

    [Fact]
    public void A_span_in_which_it_was_not_heard_or_was_emptied_teaches_nothing()
    {
        var before = Over(70, ByDay);
        var next = Monday + (70 * 24 * Hour);
        var gap = before.With(0, next, false, Paris).With(90_000, next + (6 * Hour), false, Paris);
        var emptied = before.With(0, next, false, Paris).With(90_000, next + Hour, true, Paris).With(95_000, next + (3 * Hour), false, Paris);

        Assert.Equal(gap.Shares![0], before.With(0, next, false, Paris).Shares![0]);
        Assert.Equal(emptied.Shares![0], before.With(0, next, false, Paris).Shares![0]);
    }

    [Fact]
    public void The_days_of_23_and_25_hours_have_their_spans()
    {
        var rhythm = Over(70, ByDay);
        foreach (var day in new[] { new DateTimeOffset(2026, 3, 28, 23, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 10, 24, 22, 0, 0, TimeSpan.Zero) })
        {
            var from = day.ToUnixTimeMilliseconds();
            Assert.True(rhythm.Weighted(from, from + (30 * Hour), Paris) is var weighted && rhythm.After(from, weighted, Paris) - from - (30 * Hour) is > -60_000 and < 60_000);
        }
    }

    [Fact]
    public void What_is_reached_after_a_time_is_what_comes_in_until_then()
    {
        var rhythm = Over(70, ByDay);
        var given = from start in Gen.Choose(0, 10_000) from minutes in Gen.Choose(0, 30_000) select (Monday + (start * 60_000L), minutes * 60_000L);

        Prop.ForAll(given.ToArbitrary(), one =>
            rhythm.After(one.Item1, one.Item2, Paris) is var at && at >= one.Item1 && Math.Abs(rhythm.Weighted(one.Item1, at, Paris) - one.Item2) < 1_000).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_former_shares_are_never_changed()
    {
        var before = Over(20, ByDay);
        var copy = before.Shares!.ToArray();
        _ = Over(20, hour => 3 * ByDay(hour), before with { Span = 0 });

        Assert.Equal(copy, before.Shares);
    }

    [Fact]
    public void A_bin_says_when_it_is_full_by_its_hours_and_shows_what_is_usual()
    {
        // 1 % an hour from 6 to 21, emptied every Monday at midnight by a seventh of what fits: 15 % a day.
        var bin = TestDevice.Of(DeviceKind.Bin);
        var start = DateTimeOffset.FromUnixTimeMilliseconds(Monday);
        var fill = 0;
        var weeks = 6 * 168;
        for (var hour = 0; hour <= weeks + (4 * 24); hour++)
        {
            fill = hour % 168 == 0 ? 0 : fill;
            bin.Report(start.AddHours(hour), ("fillPercent", Math.Min(100, fill / 1_000.0)));
            fill += hour % 168 < 6 * 24 ? ByDay(hour) : 0;
        }

        // Friday midnight: 60 %; 38 more: Friday and Saturday 15 each to 90, Sunday nothing as always, the rest on Monday morning.
        var shown = bin.View(start.AddHours(weeks + (4 * 24))).Derived;
        Assert.Equal(("usual", true), shown.Single(figure => figure.Name == "usualFillRatePercentPerHour") is var usual ? (usual.Basis, usual.Value < 0.35) : default);
        Assert.InRange((shown.Single(figure => figure.Name == "fullAt").At!.Value - start.AddHours(weeks)).TotalHours, (6 * 24) + 8, (7 * 24) + 16);
        Assert.Equal(shown.Select(figure => figure.Name), bin.Restart(bin.Json()).View(start.AddHours(weeks + (4 * 24))).Derived.Select(figure => figure.Name));
    }
}
