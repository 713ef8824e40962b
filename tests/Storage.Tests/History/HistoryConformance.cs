using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using static Grid.Tests.Storage.History.HistorySamples;

namespace Grid.Tests.Storage.History;

/// <summary>What every history does.</summary>
public abstract class HistoryConformance : Conformance<IHistory>
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected KnownSubjects Subjects { get; } = new();

    protected KeyRing Keys { get; } = new();

    /// <summary>Does at once what the store does some time after a day is over, as if it were the given instant.</summary>
    protected abstract Task CloseDaysAsync(DateTimeOffset now);

    private async Task Append(long firstOffset, params LogEntry[] entries) =>
        Assert.Equal(firstOffset + entries.Length - 1, await Port.AppendAsync(Sector, Batch(firstOffset, entries), None));

    private async Task<ImmutableArray<HistoryPoint>> Points(string series, string metric) => (await Port.ReadPointsAsync(Query(series, metric), None)).Points;

    private async Task<ImmutableArray<HistoryBucket>> Buckets(HistoryResolution resolution, string series = "M1", string metric = "indexLitres") =>
        (await Port.ReadBucketsAsync(Query(series, metric), resolution, None)).Buckets;

    /// <summary>Runs the check on what is in memory, on what is flushed, after a restart, and when the days are closed.</summary>
    private async Task InEveryPhase(Func<Task> check)
    {
        await check();
        await Port.FlushAsync(None);
        await check();
        await RestartAsync();
        await check();
        await CloseDaysAsync(Day.AddDays(40));
        await check();
        await RestartAsync();
        await check();
    }

    [Fact]
    public async Task Points_come_back_as_they_were_appended_in_memory_on_disk_after_a_restart_and_when_their_day_is_closed()
    {
        double[] values = [0, -0.0, 1.5, -17.125, 1e300, double.Epsilon, 0.1 + 0.2, -9_007_199_254_740_993, 42];
        var readings = values.Select((value, index) => Reading("M1", Day.AddMinutes(index).AddMilliseconds(index), ("powerWatts", value), ("vendor.made-up", -value))).ToArray<LogEntry>();
        await Append(1, readings);

        await InEveryPhase(async () =>
        {
            Assert.Equal(values.Select((value, index) => Point(Day.AddMinutes(index).AddMilliseconds(index), value)), await Points("M1", "powerWatts"));
            Assert.Equal(values.Select((value, index) => Point(Day.AddMinutes(index).AddMilliseconds(index), -value)), await Points("M1", "vendor.made-up"));
            Assert.Empty(await Points("M1", "indexLitres"));
            Assert.Empty(await Points("M2", "powerWatts"));
        });
        Assert.True(double.IsNegative((await Points("M1", "powerWatts"))[1].Value));
    }

    [Fact]
    public async Task A_range_has_its_start_and_not_its_end_and_pages_join_without_a_gap()
    {
        await Append(1, [.. Enumerable.Range(0, 50).Select(hour => Reading("M1", Day.AddHours(hour), ("powerWatts", hour)))]);
        await Port.FlushAsync(None);

        var all = new List<double>();
        DateTimeOffset? from = Day.AddHours(3);
        while (from is { } next)
        {
            var page = await Port.ReadPointsAsync(Query("M1", "powerWatts", next, Day.AddHours(40), limit: 7), None);
            Assert.InRange(page.Points.Length, 1, 7);
            all.AddRange(page.Points.Select(point => point.Value));
            from = page.Next;
        }

        Assert.Equal(Enumerable.Range(3, 37).Select(hour => (double)hour), all);
    }

    [Fact]
    public async Task The_same_point_again_is_one_point_and_the_later_offset_wins()
    {
        await Append(1, Reading("M1", Day, ("powerWatts", 1), ("flowLitresPerHour", 5)), Reading("M1", Day.AddHours(1), ("powerWatts", 2)));
        await Port.FlushAsync(None);
        await Append(3, Reading("M1", Day, ("powerWatts", 3)), Reading("M1", Day, ("powerWatts", 4)));

        await InEveryPhase(async () =>
        {
            Assert.Equal([Point(Day, 4), Point(Day.AddHours(1), 2)], await Points("M1", "powerWatts"));
            Assert.Equal([Point(Day, 5)], await Points("M1", "flowLitresPerHour"));
        });
    }

    [Fact]
    public async Task What_was_appended_before_is_skipped_and_what_overlaps_is_taken_from_where_it_is_new()
    {
        var first = Batch(1, Reading("M1", Day, ("powerWatts", 1)), Reading("M1", Day.AddHours(1), ("powerWatts", 2)));
        Assert.Equal(2, await Port.AppendAsync(Sector, first, None));
        Assert.Equal(2, await Port.AppendAsync(Sector, first, None));

        var overlapping = Batch(2, Reading("M1", Day.AddHours(1), ("powerWatts", 99)), Reading("M1", Day.AddHours(2), ("powerWatts", 3)));
        Assert.Equal(3, await Port.AppendAsync(Sector, overlapping, None));

        Assert.Equal([1, 2, 3], (await Points("M1", "powerWatts")).Select(point => point.Value));
    }

    [Fact]
    public async Task Before_a_gap_nothing_is_taken_until_the_log_has_nothing_there()
    {
        await Append(1, Reading("M1", Day, ("powerWatts", 1)));

        Assert.Equal(1, await Port.AppendAsync(Sector, Batch(5, Reading("M1", Day.AddHours(1), ("powerWatts", 5))), None));
        Assert.Single(await Points("M1", "powerWatts"));

        await Port.SkipToAsync(Sector, 4, None);
        await Append(5, Reading("M1", Day.AddHours(1), ("powerWatts", 5)));
        Assert.Equal(2, (await Points("M1", "powerWatts")).Length);
    }

    [Fact]
    public async Task A_sector_is_durable_up_to_what_was_flushed_also_when_it_holds_no_reading()
    {
        Assert.Equal(0, await Port.GetDurableAsync(Sector, None));
        await Append(1, Reading("M1", Day, ("powerWatts", 1)), new SilencedEntry { Device = "M1", ReceivedAt = Day, LastHeardAt = Day });
        Assert.Equal(0, await Port.GetDurableAsync(Sector, None));

        await Port.FlushAsync(None);
        Assert.Equal(2, await Port.GetDurableAsync(Sector, None));
        await RestartAsync();
        Assert.Equal(2, await Port.GetDurableAsync(Sector, None));
        Assert.Equal(2, await Port.AppendAsync(Sector, Batch(1, Reading("M1", Day, ("powerWatts", 99))), None));
        Assert.Equal([Point(Day, 1)], await Points("M1", "powerWatts"));
    }

    [Fact]
    public async Task Quarter_hours_have_count_extremes_sum_first_last_and_what_an_index_has_grown_by()
    {
        await Append(
            1,
            Reading("M1", Day, ("indexLitres", 100)),
            Reading("M1", Day.AddMinutes(5), ("indexLitres", 104.5)),
            Reading("M1", Day.AddMinutes(14), ("indexLitres", 110)),
            Reading("M1", Day.AddMinutes(15), ("indexLitres", 111)),
            Reading("M1", Day.AddMinutes(1434), ("indexLitres", 150)));

        await InEveryPhase(async () => Assert.Equal(
            [
                new HistoryBucket(Day, Day.AddMinutes(15), 3, 100, 110, 314.5, Point(Day, 100), Point(Day.AddMinutes(14), 110), 10),
                new HistoryBucket(Day.AddMinutes(15), Day.AddMinutes(30), 1, 111, 111, 111, Point(Day.AddMinutes(15), 111), Point(Day.AddMinutes(15), 111), 0),
                HistoryBucket.Of(Day.AddHours(23.75), Day.AddDays(1), Point(Day.AddMinutes(1434), 150)),
            ],
            await Buckets(HistoryResolution.QuarterHour)));
    }

    [Fact]
    public async Task A_local_day_joins_the_two_days_in_which_it_lies()
    {
        // The local day of the 10th lasts from 22:00 on the 9th to 22:00 on the 10th.
        await Append(
            1,
            Reading("M1", Day.AddHours(-3), ("indexLitres", 90)),
            Reading("M1", Day.AddHours(-2), ("indexLitres", 100)),
            Reading("M1", Day.AddHours(-1), ("indexLitres", 101)),
            Reading("M1", Day.AddHours(5), ("indexLitres", 108)),
            Reading("M1", Day.AddHours(21), ("indexLitres", 120)),
            Reading("M1", Day.AddHours(22), ("indexLitres", 200)));

        await InEveryPhase(async () =>
        {
            var days = await Buckets(HistoryResolution.Day);
            Assert.Equal([Day.AddHours(-26), Day.AddHours(-2), Day.AddHours(22)], days.Select(day => day.Start));
            Assert.Equal(
                new HistoryBucket(Day.AddHours(-2), Day.AddHours(22), 4, 100, 120, 429, Point(Day.AddHours(-2), 100), Point(Day.AddHours(21), 120), 20), days[1]);
        });
    }

    [Fact]
    public async Task An_index_that_is_replaced_consumes_nothing_and_one_that_rolls_over_what_it_has_counted()
    {
        await Append(
            1,
            Reading("M1", Day, ("indexLitres", 500), ("powerWatts", 500)),
            Reading("M1", Day.AddMinutes(1), ("indexLitres", 3), ("powerWatts", 3)),
            Reading("M1", Day.AddMinutes(2), ("indexLitres", 10), ("powerWatts", 10)),
            Reading("M1", Day.AddMinutes(15), ("indexLitres", 990)),
            Reading("M1", Day.AddMinutes(16), ("indexLitres", 5)));

        await InEveryPhase(async () =>
        {
            Assert.Equal([7, 15], (await Buckets(HistoryResolution.QuarterHour)).Select(bucket => bucket.Consumed));
            Assert.Equal([7 + 980 + 15], (await Buckets(HistoryResolution.Day)).Select(bucket => bucket.Consumed));
            Assert.Equal([0], (await Buckets(HistoryResolution.QuarterHour, metric: "powerWatts")).Select(bucket => bucket.Consumed));
        });
    }

    [Fact]
    public async Task A_late_reading_amends_its_closed_day_and_the_roll_ups_of_it()
    {
        await Append(1, Reading("M1", Day, ("indexLitres", 1)), Reading("M1", Day.AddMinutes(10), ("indexLitres", 5)), Reading("M2", Day, ("indexLitres", 7)));
        await CloseDaysAsync(Day.AddDays(2));
        Assert.Equal([6.0], (await Buckets(HistoryResolution.QuarterHour)).Select(bucket => bucket.Sum));

        await Append(4, Reading("M1", Day.AddMinutes(5), ("indexLitres", 2)), Reading("M1", Day.AddMinutes(10), ("indexLitres", 6)));

        await InEveryPhase(async () =>
        {
            Assert.Equal([1, 2, 6], (await Points("M1", "indexLitres")).Select(point => point.Value));
            var bucket = Assert.Single(await Buckets(HistoryResolution.QuarterHour));
            Assert.Equal((3, 9.0, 5.0), (bucket.Count, bucket.Sum, bucket.Consumed));
            Assert.Equal(3, Assert.Single(await Buckets(HistoryResolution.Day)).Count);
            Assert.Equal([7.0], (await Buckets(HistoryResolution.QuarterHour, "M2")).Select(other => other.Sum));
        });
    }

    [Fact]
    public async Task Buckets_come_in_pages_and_from_the_start_of_the_first_one()
    {
        await Append(1, [.. Enumerable.Range(0, 200).Select(number => Reading("M1", Day.AddMinutes(5 * number), ("powerWatts", number)))]);
        await CloseDaysAsync(Day.AddDays(2));

        var starts = new List<DateTimeOffset>();
        DateTimeOffset? from = Day.AddMinutes(50);
        while (from is { } next)
        {
            var page = await Port.ReadBucketsAsync(Query("M1", "powerWatts", next, Day.AddHours(10), limit: 6), HistoryResolution.QuarterHour, None);
            starts.AddRange(page.Buckets.Select(bucket => bucket.Start));
            Assert.All(page.Buckets, bucket => Assert.Equal(3, bucket.Count));
            from = page.Next;
        }

        Assert.Equal(Enumerable.Range(3, 37).Select(quarter => Day.AddMinutes(15 * quarter)), starts);
    }

    [Fact]
    public async Task Figures_of_a_territory_are_series_too()
    {
        await Port.RecordAsync([new("scope:commune:29019", Day, "lighting.powerWatts", 1_234_567.891), new("scope:commune:29019", Day.AddMinutes(1), "lighting.powerWatts", 5)], None);

        await InEveryPhase(async () =>
        {
            Assert.Equal([1_234_567.891, 5], (await Points("scope:commune:29019", "lighting.powerWatts")).Select(point => point.Value));
            Assert.Equal(2, Assert.Single(await Buckets(HistoryResolution.QuarterHour, "scope:commune:29019", "lighting.powerWatts")).Count);
        });
    }

    [Fact]
    public async Task A_deleted_series_is_gone_everywhere_and_begins_anew_with_what_comes_after()
    {
        await Append(1, Reading("M1", Day, ("indexLitres", 1)), Reading("M2", Day, ("indexLitres", 2)));
        await CloseDaysAsync(Day.AddDays(2));
        await Append(3, Reading("M1", Day.AddDays(3), ("indexLitres", 3)));
        await Port.FlushAsync(None);
        await Append(4, Reading("M1", Day.AddDays(4), ("indexLitres", 4)));

        Assert.True(await Port.DeleteAsync("M1", None));
        Assert.False(await Port.DeleteAsync("M1", None));
        Assert.False(await Port.DeleteAsync("never", None));
        Assert.Equal(4, await Port.GetDurableAsync(Sector, None));
        await InEveryPhase(async () =>
        {
            Assert.Empty(await Points("M1", "indexLitres"));
            Assert.Empty(await Buckets(HistoryResolution.QuarterHour));
            Assert.Empty(await Buckets(HistoryResolution.Day));
            Assert.Single(await Points("M2", "indexLitres"));
        });

        await Append(5, Reading("M1", Day, ("indexLitres", 5)));
        await InEveryPhase(async () => Assert.Equal([Point(Day, 5)], await Points("M1", "indexLitres")));
    }

    [Fact]
    public async Task Retention_keeps_each_kind_and_commune_as_long_as_its_rule_says()
    {
        Subjects.Say("L1", subject => subject with { Kind = DeviceKind.Streetlight });
        Subjects.Say("M9", subject => subject with { Commune = "29232" });
        await Append(1, [.. ((string[])["M1", "L1", "M9"]).SelectMany(device => Enumerable.Range(0, 10).Select(day => Reading(device, Day.AddDays(day), ("powerWatts", day))))]);
        var keep = new HistoryKeep(5, 100, 1_000);
        var policy = new HistoryPolicy
        {
            Default = keep,
            Rules = [new(DeviceKind.Meter, null, keep with { RawDays = 3 }), new(DeviceKind.Meter, "29232", keep with { RawDays = 8 })],
        };

        await Port.FlushAsync(None);
        Assert.NotEqual(default, await Port.SweepAsync(policy, Day.AddDays(10), None));

        await InEveryPhase(async () =>
        {
            Assert.Equal([7, 8, 9], (await Points("M1", "powerWatts")).Select(point => point.Value));
            Assert.Equal([5, 6, 7, 8, 9], (await Points("L1", "powerWatts")).Select(point => point.Value));
            Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], (await Points("M9", "powerWatts")).Select(point => point.Value));
            Assert.Equal(Enumerable.Range(0, 10).Select(day => (double)day), (await Buckets(HistoryResolution.QuarterHour, "M1", "powerWatts")).Select(bucket => bucket.Sum));
        });
        Assert.Equal(default, await Port.SweepAsync(policy, Day.AddDays(10), None));
        var oldest = await Port.GetOldestKeptAsync(None);
        var first = DateOnly.FromDateTime(Day.UtcDateTime);
        Assert.Contains(new OldestKept(DeviceKind.Streetlight, HistoryResolution.Raw, first.AddDays(5)), oldest);
        Assert.Contains(new OldestKept(DeviceKind.Meter, HistoryResolution.Raw, first.AddDays(2)), oldest);
        Assert.Contains(new OldestKept(DeviceKind.Meter, HistoryResolution.QuarterHour, first), oldest);
        Assert.Contains(new OldestKept(DeviceKind.Streetlight, HistoryResolution.Day, first), oldest);
    }

    [Fact]
    public async Task How_readings_came_goes_before_they_do_and_is_never_rolled_up()
    {
        await Append(1, [.. Enumerable.Range(0, 10).Select(day => Reading("M1", Day.AddDays(day), ("powerWatts", day)))]);
        await Port.RecordAsync([.. Enumerable.Range(0, 10).Select(day => new HistorySample("M1", Day.AddDays(day), "~arrived", day + 100))], None);
        await Port.RecordAsync([new HistorySample("scope/sector:29155.0", Day, "~kept", 1)], None);
        await Port.FlushAsync(None);
        var policy = new HistoryPolicy { Default = new HistoryKeep(100, 200, 1_000), CourseDays = 3 };
        for (var day = 1; day <= 10; day++)
        {
            await Port.SweepAsync(policy, Day.AddDays(day), None);
        }

        await InEveryPhase(async () =>
        {
            Assert.Equal([107, 108, 109], (await Points("M1", "~arrived")).Select(point => point.Value));
            Assert.Empty(await Points("scope/sector:29155.0", "~kept"));
            Assert.Equal(Enumerable.Range(0, 10).Select(day => (double)day), (await Points("M1", "powerWatts")).Select(point => point.Value));
        });

        // When the readings go too, their roll-ups stay, and have none of it.
        await Port.SweepAsync(policy with { Default = new HistoryKeep(1, 200, 1_000) }, Day.AddDays(30), None);
        Assert.Equal(10, (await Buckets(HistoryResolution.QuarterHour, "M1", "powerWatts")).Length);
        Assert.Empty(await Buckets(HistoryResolution.QuarterHour, "M1", "~arrived"));
        Assert.Empty(await Buckets(HistoryResolution.Day, "M1", "~arrived"));
    }

    [Fact]
    public async Task A_reading_older_than_raw_points_are_kept_leaves_the_roll_ups_as_they_are()
    {
        await Append(1, Reading("M1", Day, ("powerWatts", 1)), Reading("M1", Day.AddMinutes(1), ("powerWatts", 2)));
        await Port.FlushAsync(None);
        await Port.SweepAsync(new HistoryPolicy { Default = new HistoryKeep(5, 100, 1_000) }, Day.AddDays(10), None);

        await Append(3, Reading("M1", Day.AddMinutes(2), ("powerWatts", 3)));
        await Port.FlushAsync(None);

        await InEveryPhase(async () =>
        {
            Assert.Equal(2, Assert.Single(await Buckets(HistoryResolution.QuarterHour, "M1", "powerWatts")).Count);
            Assert.Empty(await Points("M1", "powerWatts"));
        });
        Assert.Equal(3, await Port.GetDurableAsync(Sector, None));
    }

    [Fact]
    public async Task Roll_ups_go_when_their_time_is_over()
    {
        await Append(1, Reading("M1", Day, ("powerWatts", 1)), Reading("M1", Day.AddDays(40), ("powerWatts", 2)));
        await Port.FlushAsync(None);

        await Port.SweepAsync(new HistoryPolicy { Default = new HistoryKeep(5, 20, 5_000) }, Day.AddDays(60), None);
        await InEveryPhase(async () =>
        {
            Assert.Equal([2], (await Buckets(HistoryResolution.QuarterHour, "M1", "powerWatts")).Select(bucket => bucket.Sum));
            Assert.Equal([1, 2], (await Buckets(HistoryResolution.Day, "M1", "powerWatts")).Select(bucket => bucket.Sum));
        });

        await Port.SweepAsync(new HistoryPolicy { Default = new HistoryKeep(5, 20, 200) }, Day.AddDays(700), None);
        Assert.Empty(await Buckets(HistoryResolution.Day, "M1", "powerWatts"));
        Assert.Empty(await Port.GetOldestKeptAsync(None));
    }

    [Fact]
    public async Task What_is_a_subscribers_is_unreadable_once_the_key_is_destroyed_and_that_is_no_damage()
    {
        Subjects.Say("M1", subject => subject with { Subscriber = "S-17" });
        await Append(1, Reading("M1", Day, ("indexLitres", 1)), Reading("M2", Day, ("indexLitres", 2)));
        await CloseDaysAsync(Day.AddDays(2));
        await Append(3, Reading("M1", Day.AddDays(3), ("indexLitres", 3)));
        await Port.FlushAsync(None);
        Assert.Equal([1, 3], (await Points("M1", "indexLitres")).Select(point => point.Value));
        Assert.Equal(2, (await Buckets(HistoryResolution.Day)).Length);

        Keys.Destroy("S-17");

        var points = await Port.ReadPointsAsync(Query("M1", "indexLitres"), None);
        Assert.Empty(points.Points);
        Assert.True(points.IsErased);
        var days = await Port.ReadBucketsAsync(Query("M1", "indexLitres"), HistoryResolution.Day, None);
        Assert.Empty(days.Buckets);
        Assert.True(days.IsErased);
        await Append(4, Reading("M1", Day.AddDays(5), ("indexLitres", 4)));
        await InEveryPhase(async () =>
        {
            Assert.Single(await Points("M2", "indexLitres"));
            Assert.DoesNotContain(await Points("M1", "indexLitres"), point => point.Time < Day.AddDays(4));
        });
    }

    [Fact]
    public async Task Sectors_that_append_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(sector => Task.Run(async () =>
        {
            for (var offset = 1; offset <= 200; offset++)
            {
                await Port.AppendAsync($"29019.{sector}", Batch(offset, Reading($"M{sector}", Day.AddMinutes(offset), ("powerWatts", offset))), None);
                if (offset % 50 == 0)
                {
                    await Port.FlushAsync(None);
                }
            }
        })));

        await InEveryPhase(async () =>
        {
            for (var sector = 0; sector < 8; sector++)
            {
                Assert.Equal(Enumerable.Range(1, 200).Select(value => (double)value), (await Points($"M{sector}", "powerWatts")).Select(point => point.Value));
            }
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_001)]
    public async Task A_limit_out_of_range_is_refused(int limit) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Port.ReadPointsAsync(Query("M1", "powerWatts", limit: limit), None));
}
