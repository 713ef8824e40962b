using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class IndexDaysTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    private static IndexPoint[] Add(IndexPoint[]? points, long raw, double day, long modulus = 0)
    {
        var at = (long)(day * Day);
        var local = DayOf(day);
        return IndexDays.Add(points, raw, at, new LocalDay(local, local * Day, (local + 1) * Day) { Night = default }, modulus);
    }

    /// <summary>A day has its last midnight and not its first.</summary>
    private static int DayOf(double day) => (int)Math.Ceiling(day) - 1;

    private static DayAmounts After(long modulus, params (double Day, long Raw)[] readings)
    {
        IndexPoint[]? points = null;
        foreach (var (day, raw) in readings)
        {
            points = Add(points, raw, day, modulus);
        }

        return IndexDays.AmountsOf(points, modulus);
    }

    [Fact]
    public void Without_a_reading_nothing_is_consumed() => Assert.Equal(default, IndexDays.AmountsOf(null, 0));

    [Fact]
    public void The_first_day_counts_from_its_first_reading() =>
        Assert.Equal(new DayAmounts(10, 70, 0), After(0, (10.2, 1_000), (10.5, 1_020), (10.9, 1_070)));

    [Fact]
    public void A_day_counts_from_the_newest_reading_before_it() =>
        Assert.Equal(new DayAmounts(12, 60, 30), After(0, (10.9, 1_000), (11.5, 1_030), (12.1, 1_050), (12.3, 1_090)));

    [Fact]
    public void A_day_without_a_reading_consumes_nothing_and_the_next_one_has_it_all() =>
        Assert.Equal(new DayAmounts(13, 500, 0), After(0, (11.5, 1_000), (13.5, 1_500)));

    [Fact]
    public void A_late_reading_moves_consumption_to_its_day() =>
        Assert.Equal(new DayAmounts(13, 100, 400), After(0, (11.5, 1_000), (13.5, 1_500), (12.5, 1_400)));

    [Fact]
    public void A_late_reading_that_cannot_be_is_ignored() =>
        Assert.Equal(new DayAmounts(13, 500, 0), After(0, (11.5, 1_000), (13.5, 1_500), (12.5, 1_600)));

    [Fact]
    public void A_register_that_rolls_over_goes_on() =>
        Assert.Equal(new DayAmounts(11, 30, 0), After(100_000, (10.9, 99_990), (11.2, 20)));

    [Fact]
    public void Before_and_after_a_rollover_may_come_in_any_order() =>
        Assert.Equal(new DayAmounts(11, 30, 0), After(100_000, (11.2, 20), (10.9, 99_990)));

    [Fact]
    public void A_drop_that_is_no_rollover_is_another_meter_and_consumption_goes_on_from_there() =>
        Assert.Equal(new DayAmounts(11, 17, 0), After(100_000, (10.5, 50_000), (11.1, 50_010), (11.2, 3), (11.3, 10)));

    [Fact]
    public void A_drop_without_a_known_maximum_is_another_meter() =>
        Assert.Equal(new DayAmounts(11, 5, 0), After(0, (10.9, 99_990), (11.2, 20), (11.3, 25)));

    [Fact]
    public void After_a_replacement_a_late_reading_of_the_old_meter_still_finds_its_day() =>
        Assert.Equal(new DayAmounts(12, 13, 40), After(0, (10.5, 5_000), (12.1, 5_050), (12.2, 7), (12.3, 10), (11.5, 5_040)));

    [Fact]
    public void The_same_instant_counts_once() =>
        Assert.Equal(new DayAmounts(10, 20, 0), After(0, (10.2, 1_000), (10.5, 1_020), (10.5, 1_500)));

    [Fact]
    public void A_day_is_whole_between_two_indexes_of_midnight_and_the_next_one_begins_there()
    {
        Assert.Equal(new DayAmounts(11, 70, 0, DayBounds.Begins | DayBounds.Ends), After(0, (11, 1_000), (11.5, 1_050), (12, 1_070)));
        Assert.Equal(new DayAmounts(12, 5, 70, DayBounds.Begins | DayBounds.PreviousIsWhole), After(0, (11, 1_000), (11.5, 1_050), (12, 1_070), (12.3, 1_075)));
    }

    [Theory]
    [InlineData(10.99, 12.0, DayBounds.Ends, DayBounds.Begins)] // lost before it
    [InlineData(11.0, 11.99, DayBounds.Begins, DayBounds.None)] // lost at its end
    [InlineData(10.0, 12.0, DayBounds.Ends, DayBounds.Begins)] // the midnight of a day before that
    public void A_midnight_that_is_lost_makes_neither_day_whole(double before, double last, DayBounds then, DayBounds later)
    {
        Assert.Equal(then, After(0, (before, 1_000), (11.5, 1_050), (last, 1_070)).Bounds);
        Assert.Equal(later, After(0, (before, 1_000), (11.5, 1_050), (last, 1_070), (12.3, 1_075)).Bounds);
    }

    [Fact]
    public void A_midnight_that_comes_late_makes_its_days_whole() =>
        Assert.Equal(new DayAmounts(12, 5, 70, DayBounds.Begins | DayBounds.PreviousIsWhole), After(0, (11, 1_000), (11.9, 1_060), (12.3, 1_075), (12, 1_070)));

    [Fact]
    public void A_register_that_rolls_over_keeps_its_day_whole_and_one_that_is_replaced_does_not()
    {
        Assert.Equal(new DayAmounts(12, 5, 30, DayBounds.Begins | DayBounds.PreviousIsWhole), After(100_000, (11, 99_990), (11.2, 10), (12, 20), (12.3, 25)));

        Assert.Equal(new DayAmounts(12, 5, 60, DayBounds.Begins), After(0, (11, 50_000), (11.2, 50_050), (11.3, 3), (12, 13), (12.3, 18)));
        Assert.Equal(DayBounds.Begins | DayBounds.PreviousIsWhole, After(0, (11, 50_000), (11.2, 3), (12, 13), (12.3, 18), (13, 30), (13.1, 31)).Bounds);
        // The new register has passed where the old one was.
        Assert.Equal(DayBounds.Begins, After(0, (11, 100), (11.2, 40), (12, 200), (12.3, 210)).Bounds);
    }

    /// <summary>Whatever is lost, late or sent twice: a day that is said to be whole is what was truly consumed on it.</summary>
    [Fact]
    public void A_day_that_is_said_to_be_whole_is_the_truth() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var hourly = Enumerable.Range(0, 97).Aggregate(new List<long> { random.Next(1_000) }, (all, _) => [.. all, all[^1] + random.Next(50)]);
            IndexPoint[]? points = null;
            var lost = random.Next(5);
            foreach (var hour in Enumerable.Range(0, 97).Where(_ => random.Next(10) >= lost).OrderBy(hour => hour + random.Next(6)))
            {
                points = IndexDays.Add(points, hourly[hour], hour * Hour, new LocalDay(Of(hour), Of(hour) * Day, (Of(hour) + 1) * Day) { Night = default }, 0);
            }

            var found = IndexDays.AmountsOf(points, 0);
            return (!found.Bounds.HasFlag(DayBounds.PreviousIsWhole) || found.PreviousAmount == Truth(found.Day - 1))
                && (!found.Bounds.HasFlag(DayBounds.Begins | DayBounds.Ends) || found.Amount == Truth(found.Day))
                && (lost > 0 || found == new DayAmounts(3, Truth(3), Truth(2), DayBounds.Begins | DayBounds.Ends | DayBounds.PreviousIsWhole));

            long Truth(int day) => hourly[24 * (day + 1)] - hourly[24 * day];
            static int Of(int hour) => (int)Math.Ceiling(hour / 24.0) - 1;
        }));

    [Fact]
    public void Never_more_than_three_readings_are_kept() =>
        Assert.True(Enumerable.Range(0, 400).Aggregate(default(IndexPoint[]), (points, hour) => Add(points, hour, hour / 24.0))!.Length <= 3);

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        // A week of a meter: consumption between readings at random hours, some of them sent twice, in any order.
        var steps = Gen.Choose(1, 40).Zip(Gen.Choose(0, 5_000)).NonEmptyListOf();
        var cases = from history in steps
                    let readings = history.Aggregate(
                        new List<(double Day, long Raw)> { (100, 1_000) },
                        (all, step) => [.. all, (all[^1].Day + (step.Item1 / 24.0), all[^1].Raw + step.Item2)])
                    from twice in Gen.SubListOf(readings.AsEnumerable())
                    from shuffled in Gen.Shuffle(readings.Concat(twice).ToArray())
                    select (Ordered: readings.ToArray(), Shuffled: shuffled);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(cases.ToArbitrary(), history => After(0, history.Ordered) == After(0, history.Shuffled)));
    }

    [Fact]
    public void Consumption_of_two_days_is_what_a_plain_count_over_all_readings_says()
    {
        var steps = Gen.Choose(1, 40).Zip(Gen.Choose(0, 5_000)).NonEmptyListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(steps.ToArbitrary(), history =>
        {
            var readings = history.Aggregate(
                new List<(double Day, long Raw)> { (100, 1_000) },
                (all, step) => [.. all, (all[^1].Day + (step.Item1 / 24.0), all[^1].Raw + step.Item2)]);
            var today = DayOf(readings[^1].Day);
            return After(0, [.. readings]) with { Bounds = default } == new DayAmounts(today, Plain(readings, today), Plain(readings, today - 1));
        }));

        static long Plain(List<(double Day, long Raw)> readings, int day)
        {
            var ofDay = readings.Where(reading => DayOf(reading.Day) == day).ToList();
            var before = readings.Where(reading => DayOf(reading.Day) < day).ToList();
            return ofDay.Count == 0 ? 0 : ofDay[^1].Raw - (before.Count > 0 ? before[^1].Raw : ofDay[0].Raw);
        }
    }

    [Fact]
    public void What_the_days_consume_is_the_last_index_less_the_first()
    {
        // Each day is asked for when it is over, and again a day later: what it consumed then is what it consumed.
        var steps = Gen.Choose(1, 15).Zip(Gen.Choose(0, 5_000)).NonEmptyListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(steps.ToArbitrary(), history =>
        {
            IndexPoint[]? points = Add(null, 1_000, 100.01);
            var (at, raw) = (100.01, 1_000L);
            var amounts = new SortedDictionary<int, long>();
            foreach (var (hours, litres) in history)
            {
                (at, raw) = (at + (hours / 24.0), raw + litres);
                points = Add(points, raw, at);
                var now = IndexDays.AmountsOf(points, 0);
                amounts[now.Day] = now.Amount;
                if (amounts.TryGetValue(now.Day - 1, out var before) && before != now.PreviousAmount)
                {
                    return false;
                }
            }

            return amounts.Values.Sum() == raw - 1_000;
        }));
    }

    [Fact]
    public void Whatever_comes_nothing_negative_is_consumed()
    {
        var readings = Gen.Choose(0, 200).Zip(Gen.Choose(0, 1_000)).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(readings.ToArbitrary(), history =>
        {
            var amounts = After(1_000, [.. history.Select(reading => (reading.Item1 / 24.0, (long)reading.Item2))]);
            return amounts.Amount >= 0 && amounts.PreviousAmount >= 0;
        }));
    }
}
