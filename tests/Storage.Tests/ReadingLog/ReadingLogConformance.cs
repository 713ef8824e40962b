using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;

namespace Grid.Tests.Storage.ReadingLog;

/// <summary>What every reading log does.</summary>
public abstract class ReadingLogConformance : Conformance<IReadingLog>
{
    private const string Sector = "29019.0";
    private static readonly int Partition = SectorMap.PartitionOf(Sector);

    private IReadingLog Log => Port;

    private ValueTask<long> Acquire(string sector = Sector) => Log.AcquireAsync(SectorMap.PartitionOf(sector), CancellationToken.None);

    private async Task<AppendedBatch> Append(LogBatch batch) => Assert.Single(await Log.AppendAsync([batch], CancellationToken.None));

    private ValueTask<long> Head(string sector = Sector) => Log.GetHeadAsync(sector, CancellationToken.None);

    [Fact]
    public async Task First_entry_of_a_partition_has_offset_1_and_nothing_before_it()
    {
        var epoch = await Acquire();

        Assert.Equal(0, await Head());
        Assert.Equal(new AppendedBatch(Sector, 0, 1, 3), await Append(Samples.Batch(Sector, epoch)));
        Assert.Equal(3, await Head());
    }

    [Fact]
    public async Task Offsets_of_a_partition_are_consecutive_over_its_sectors_and_each_batch_names_the_one_before_it_in_its_sector()
    {
        var (first, second) = Samples.Neighbours();
        var epoch = await Acquire(first);

        Assert.Equal(new AppendedBatch(first, 0, 1, 2), await Append(Samples.Batch(first, epoch, 1, 2)));
        Assert.Equal(new AppendedBatch(second, 0, 3, 6), await Append(Samples.Batch(second, epoch, 1, 4)));
        Assert.Equal(new AppendedBatch(first, 2, 7, 7), await Append(Samples.Batch(first, epoch, 3, 1)));
        Assert.Equal(7, await Head(first));
        Assert.Equal(6, await Head(second));
    }

    [Fact]
    public async Task What_was_appended_is_read_back_in_order_and_the_same()
    {
        var epoch = await Acquire();
        LogEntry registered = new RegisteredEntry { Device = "L1", ReceivedAt = Samples.Morning, Descriptor = Samples.Device("L1"), Revision = 7 };
        LogEntry removed = new RemovedEntry { Device = "L1", ReceivedAt = Samples.Morning, Kind = DeviceKind.Bin, Moved = true, Revision = 8 };
        LogEntry silenced = new SilencedEntry { Device = "L1", ReceivedAt = Samples.Morning, LastHeardAt = Samples.Morning.AddDays(-1) };
        await Append(new LogBatch(Sector, epoch, [registered, removed]));
        await Append(new LogBatch(Sector, epoch, [silenced]));

        var batches = await Samples.BatchesOf(Log, Sector);

        Assert.Equal([(0, 1, epoch), (2, 3, epoch)], batches.Select(batch => (batch.PreviousOffset, batch.FirstOffset, batch.Epoch)));
        Assert.Equal([registered, removed, silenced], batches.SelectMany(batch => batch.Entries));
    }

    [Fact]
    public async Task Reading_after_an_offset_gives_the_batches_with_entries_after_it()
    {
        var epoch = await Acquire();
        for (var first = 1; first <= 100; first += 2)
        {
            await Append(Samples.Batch(Sector, epoch, first, 2));
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(number => (long)number), await Samples.NumbersOf(Log, Sector));
        Assert.Equal([99, 100], await Samples.NumbersOf(Log, Sector, after: 98));
        Assert.Equal([99, 100], await Samples.NumbersOf(Log, Sector, after: 99));
        Assert.Empty(await Samples.NumbersOf(Log, Sector, after: 100));
        Assert.Empty(await Samples.NumbersOf(Log, "35238.0"));
    }

    [Fact]
    public async Task One_append_may_carry_batches_of_many_sectors_and_of_the_same_sector_twice()
    {
        var epochs = new long[SectorMap.Partitions];
        var sectors = Enumerable.Range(0, 40).Select(number => $"29{number:D3}.0").ToArray();
        foreach (var partition in sectors.Select(SectorMap.PartitionOf).Distinct())
        {
            epochs[partition] = await Log.AcquireAsync(partition, CancellationToken.None);
        }

        var twice = sectors.Append(sectors[0]).ToImmutableArray();
        var appended = await Log.AppendAsync(
            [.. twice.Select((sector, index) => Samples.Batch(sector, epochs[SectorMap.PartitionOf(sector)], index * 10, 2))], CancellationToken.None);

        Assert.Equal(twice, appended.Select(batch => batch.Sector));
        Assert.Equal([0, 1, 400, 401], await Samples.NumbersOf(Log, sectors[0]));
        Assert.Equal([390, 391], await Samples.NumbersOf(Log, sectors[39]));
        Assert.Equal(appended[0].LastOffset, appended[40].PreviousOffset);
    }

    [Fact]
    public async Task Nobody_appends_to_a_partition_that_nobody_owns()
    {
        await Assert.ThrowsAsync<LogFencedException>(() => Append(Samples.Batch(Sector, 0)));
        await Assert.ThrowsAsync<LogFencedException>(() => Append(Samples.Batch(Sector, 1)));
        Assert.Equal(0, await Head());
    }

    [Fact]
    public async Task A_paused_owner_that_resumes_after_another_took_over_is_refused()
    {
        var former = await Acquire();
        await Append(Samples.Batch(Sector, former));
        var current = await Acquire();

        Assert.True(current > former);
        var error = await Assert.ThrowsAsync<LogFencedException>(() => Append(Samples.Batch(Sector, former)));
        Assert.Equal(Partition, error.Partition);
        await Assert.ThrowsAsync<LogFencedException>(async () => await Log.CheckpointAsync(Sector, former, 3, CancellationToken.None));
        Assert.Equal(3, await Head());
        Assert.Equal(0, await Log.GetCheckpointAsync(Sector, CancellationToken.None));
        Assert.Equal(4, (await Append(Samples.Batch(Sector, current))).FirstOffset);
    }

    [Fact]
    public async Task An_append_with_one_fenced_batch_appends_nothing()
    {
        const string Other = "29232.0";
        Assert.NotEqual(Partition, SectorMap.PartitionOf(Other));
        var epoch = await Acquire();

        await Assert.ThrowsAsync<LogFencedException>(
            async () => await Log.AppendAsync([Samples.Batch(Sector, epoch), Samples.Batch(Other, 1)], CancellationToken.None));

        Assert.Equal(0, await Head());
        Assert.Equal(1, (await Append(Samples.Batch(Sector, epoch))).FirstOffset);
    }

    [Fact]
    public async Task Epochs_heads_entries_and_checkpoints_outlive_a_restart()
    {
        var epoch = await Acquire();
        await Append(Samples.Batch(Sector, epoch, 1, 3));
        await Append(Samples.Batch(Sector, epoch, 4, 3));
        await Log.CheckpointAsync(Sector, epoch, 3, CancellationToken.None);

        await RestartAsync();

        Assert.Equal(6, await Head());
        Assert.Equal(3, await Log.GetCheckpointAsync(Sector, CancellationToken.None));
        Assert.Equal([4, 5, 6], await Samples.NumbersOf(Log, Sector, after: 3));
        Assert.Equal(new AppendedBatch(Sector, 6, 7, 9), await Append(Samples.Batch(Sector, epoch)));
        Assert.True(await Acquire() > epoch);
    }

    [Fact]
    public async Task An_older_checkpoint_changes_nothing_and_one_beyond_the_head_is_refused()
    {
        var epoch = await Acquire();
        await Append(Samples.Batch(Sector, epoch, 1, 5));
        await Log.CheckpointAsync(Sector, epoch, 4, CancellationToken.None);
        await Log.CheckpointAsync(Sector, epoch, 2, CancellationToken.None);

        Assert.Equal(4, await Log.GetCheckpointAsync(Sector, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Log.CheckpointAsync(Sector, epoch, 6, CancellationToken.None));
        Assert.Equal([5], (await Samples.NumbersOf(Log, Sector, after: 4)).Skip(4));
    }

    [Fact]
    public async Task A_checkpoint_of_one_sector_leaves_the_others_alone()
    {
        var (first, second) = Samples.Neighbours();
        var epoch = await Acquire(first);
        await Append(Samples.Batch(first, epoch, 1, 2));
        await Append(Samples.Batch(second, epoch, 11, 2));
        await Log.CheckpointAsync(first, epoch, 2, CancellationToken.None);

        Assert.Equal([11, 12], await Samples.NumbersOf(Log, second));
        Assert.Equal(0, await Log.GetCheckpointAsync(second, CancellationToken.None));
    }

    [Fact]
    public async Task Concurrent_appends_get_offsets_without_gap_or_overlap_and_keep_the_order_of_each_caller()
    {
        var (first, second) = Samples.Neighbours();
        var epoch = await Acquire(first);
        var taken = new ConcurrentBag<AppendedBatch>();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            for (var number = 0; number < 20; number++)
            {
                taken.Add(await Append(Samples.Batch(caller % 2 == 0 ? first : second, epoch, (caller * 1000) + number, 1 + (number % 3))));
            }
        })));

        var offsets = taken.SelectMany(batch => Enumerable.Range((int)batch.FirstOffset, (int)(batch.LastOffset - batch.FirstOffset + 1))).Order();
        Assert.Equal(Enumerable.Range(1, taken.Sum(batch => (int)(batch.LastOffset - batch.FirstOffset + 1))), offsets);
        var firsts = (await Samples.BatchesOf(Log, first)).Select(batch => ((ReadingEntry)batch.Entries[0]).Sequence!.Value);
        Assert.All(firsts.GroupBy(number => number / 1000), caller => Assert.Equal(caller.Order(), caller));
        var previous = 0L;
        foreach (var batch in taken.Where(batch => batch.Sector == first).OrderBy(batch => batch.FirstOffset))
        {
            Assert.Equal(previous, batch.PreviousOffset);
            previous = batch.LastOffset;
        }
    }

    [Fact]
    public async Task An_instant_finer_than_milliseconds_is_refused_because_replay_would_differ()
    {
        var epoch = await Acquire();
        var entry = Samples.Reading(1) with { ReceivedAt = Samples.Morning.AddTicks(1) };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Append(new LogBatch(Sector, epoch, [entry])));

        Assert.Contains("ReceivedAt", error.Message);
        Assert.Equal(0, await Head());
    }

    [Fact]
    public async Task A_batch_without_entries_is_refused_and_an_append_without_batches_does_nothing()
    {
        var epoch = await Acquire();

        await Assert.ThrowsAsync<ArgumentException>(() => Append(new LogBatch(Sector, epoch, [])));
        Assert.Empty(await Log.AppendAsync([], CancellationToken.None));
    }

    [Fact]
    public async Task A_cancelled_append_appends_nothing()
    {
        var epoch = await Acquire();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Log.AppendAsync([Samples.Batch(Sector, epoch)], new CancellationToken(canceled: true)));

        Assert.Equal(0, await Head());
    }
}
