using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.ReadingLog;

namespace Grid.Tests.Storage.ReadingLog;

public sealed class TrimmingTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly (string First, string Second) _sectors = Samples.Neighbours();

    public void Dispose() => _directory.Dispose();

    /// <summary>The files, once the writer has tidied up after what it has answered: it does that before it takes the next request.</summary>
    private async Task<string[]> SegmentsAsync(SegmentedReadingLog log)
    {
        await log.AcquireAsync((SectorMap.PartitionOf(_sectors.First) + 1) % SectorMap.Partitions, CancellationToken.None);
        return [.. Directory.EnumerateFiles(_directory.Path).Select(path => Path.GetFileName(path)!).Order()];
    }

    private async Task<long> FillAsync(SegmentedReadingLog log, string sector, int batches)
    {
        var epoch = await log.AcquireAsync(SectorMap.PartitionOf(sector), CancellationToken.None);
        for (var number = 0; number < batches; number++)
        {
            await log.AppendAsync([Samples.Batch(sector, epoch, number * 1000, 1000)], CancellationToken.None);
        }

        return epoch;
    }

    [Fact]
    public async Task Segments_go_once_every_batch_in_them_is_checkpointed_and_heads_epochs_and_offsets_stay()
    {
        long head;
        long epoch;
        await using (var log = await SegmentedLog.OpenAsync(_directory.Path))
        {
            epoch = await FillAsync(log, _sectors.First, 12);
            Assert.True((await SegmentsAsync(log)).Length >= 3);
            head = await log.GetHeadAsync(_sectors.First, CancellationToken.None);
            await log.CheckpointAsync(_sectors.First, epoch, head, CancellationToken.None);
            Assert.Single(await SegmentsAsync(log));
        }

        await using var again = await SegmentedLog.OpenAsync(_directory.Path);
        Assert.Equal(12_000, head);
        Assert.Equal(head, await again.GetHeadAsync(_sectors.First, CancellationToken.None));
        Assert.Equal(head, await again.GetCheckpointAsync(_sectors.First, CancellationToken.None));
        var appended = await again.AppendAsync([Samples.Batch(_sectors.First, epoch, 1, 1)], CancellationToken.None);
        Assert.Equal(new AppendedBatch(_sectors.First, head, head + 1, head + 1), appended[0]);
    }

    [Fact]
    public async Task A_sector_that_does_not_checkpoint_keeps_its_segment_and_what_came_after_it()
    {
        await using var log = await SegmentedLog.OpenAsync(_directory.Path);
        var epoch = await log.AcquireAsync(SectorMap.PartitionOf(_sectors.First), CancellationToken.None);
        await log.AppendAsync([Samples.Batch(_sectors.Second, epoch, 1, 5)], CancellationToken.None);
        epoch = await FillAsync(log, _sectors.First, 12);
        var before = await SegmentsAsync(log);

        await log.CheckpointAsync(_sectors.First, epoch, await log.GetHeadAsync(_sectors.First, CancellationToken.None), CancellationToken.None);
        Assert.Equal(before, await SegmentsAsync(log));
        Assert.Equal([1, 2, 3, 4, 5], await Samples.NumbersOf(log, _sectors.Second));

        await log.CheckpointAsync(_sectors.Second, epoch, 5, CancellationToken.None);
        Assert.Single(await SegmentsAsync(log));
    }

    [Fact]
    public async Task A_reader_that_is_inside_a_segment_reads_on_when_it_is_deleted()
    {
        await using var log = await SegmentedLog.OpenAsync(_directory.Path);
        var epoch = await FillAsync(log, _sectors.First, 12);
        var seen = new List<long>();

        await foreach (var batch in log.ReadAsync(_sectors.First, 0, CancellationToken.None))
        {
            if (seen.Count == 0)
            {
                await log.CheckpointAsync(_sectors.First, epoch, 12_000, CancellationToken.None);
                Assert.Single(await SegmentsAsync(log));
            }

            seen.Add(batch.FirstOffset);
        }

        Assert.Equal(Enumerable.Range(0, 12).Select(number => (number * 1000L) + 1), seen);
    }

    [Fact]
    public async Task Deletion_that_a_crash_has_undone_changes_nothing()
    {
        var copy = _directory.Sub("copy");
        await using (var log = await SegmentedLog.OpenAsync(_directory.Path))
        {
            var epoch = await FillAsync(log, _sectors.First, 12);
            TempDirectory.Copy(_directory.Path, copy);
            await log.CheckpointAsync(_sectors.First, epoch, 12_000, CancellationToken.None);
        }

        TempDirectory.Copy(_directory.Path, copy); // the last segment as it is now, the deleted ones as they were

        await using var again = await SegmentedLog.OpenAsync(copy);
        Assert.Equal(12_000, await again.GetCheckpointAsync(_sectors.First, CancellationToken.None));
        Assert.Empty(await Samples.NumbersOf(again, _sectors.First, after: 12_000));
    }

    [Fact]
    public async Task A_log_that_may_hold_no_more_refuses_appends_and_takes_them_again_after_a_checkpoint()
    {
        var options = SegmentedLog.Small with { MaximumRetainedBatches = 1000 };
        await using var log = await SegmentedLog.OpenAsync(_directory.Path, options);
        var epoch = await log.AcquireAsync(SectorMap.PartitionOf(_sectors.First), CancellationToken.None);
        var many = Enumerable.Range(0, 1000).Select(number => Samples.Batch(_sectors.First, epoch, number, 1));
        await log.AppendAsync([.. many], CancellationToken.None);

        var error = await Assert.ThrowsAsync<LogOverloadedException>(async () => await log.AppendAsync([Samples.Batch(_sectors.First, epoch)], CancellationToken.None));
        Assert.Equal(options.RetryAfter, error.RetryAfter);

        await log.CheckpointAsync(_sectors.First, epoch, 1000, CancellationToken.None);
        await log.AppendAsync([Samples.Batch(_sectors.First, epoch)], CancellationToken.None);
    }
}
