using System.Collections.Immutable;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.ReadingLog;

namespace Grid.Tests.Storage.ReadingLog;

public sealed class DiskErrorTests : IDisposable
{
    private const string Sector = "29019.0";
    private static readonly int Partition = SectorMap.PartitionOf(Sector);
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_error_of_the_disk_the_append_fails_nothing_of_it_is_read_and_nothing_more_is_taken_until_reopened(bool atSync)
    {
        var files = new FaultyFiles(_directory.Path);
        using var metrics = new StorageMetrics();
        using var stops = new Counted("grid.log.stopped", metrics);
        await using (var log = await SegmentedLog.OpenAsync(files, metrics: metrics))
        {
            var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
            await log.AppendAsync([Samples.Batch(Sector, epoch, 1, 3)], CancellationToken.None);
            var failures = 1;
            Action fail = () =>
            {
                if (Interlocked.Decrement(ref failures) == 0)
                {
                    throw new IOException("no space left on device");
                }
            };
            (files.OnSync, files.OnWrite) = atSync ? (fail, files.OnWrite) : (files.OnSync, fail);

            var error = await Assert.ThrowsAsync<IOException>(async () => await log.AppendAsync([Samples.Batch(Sector, epoch, 4, 3)], CancellationToken.None));
            Assert.Contains("no space left on device", error.Message);
            Assert.Contains(Segment.NameOf(1), error.Message);

            await Assert.ThrowsAsync<IOException>(async () => await log.AppendAsync([Samples.Batch(Sector, epoch, 7, 3)], CancellationToken.None));
            await Assert.ThrowsAsync<IOException>(async () => await log.AcquireAsync(Partition, CancellationToken.None));
            await Assert.ThrowsAsync<IOException>(async () => await log.CheckpointAsync(Sector, epoch, 3, CancellationToken.None));
            Assert.Equal([1, 2, 3], await Samples.NumbersOf(log, Sector));
            Assert.Equal(1, stops.Total);
        }

        await using var again = await SegmentedLog.OpenAsync(_directory.Path);
        Assert.Equal([1, 2, 3], await Samples.NumbersOf(again, Sector));
        Assert.Equal(4, (await again.AppendAsync([Samples.Batch(Sector, 1)], CancellationToken.None))[0].FirstOffset);
    }

    [Fact]
    public async Task What_waits_while_the_disk_syncs_shares_the_next_commit()
    {
        var (files, disk) = Waiting();
        using var metrics = new StorageMetrics();
        using var commits = new Counted("grid.log.commits", metrics);
        await using var log = await SegmentedLog.OpenAsync(files, metrics: metrics);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
        var before = commits.Total;

        disk.Reset();
        var first = log.AppendAsync([Samples.Batch(Sector, epoch, 1, 1)], CancellationToken.None).AsTask();
        disk.Arrived.Wait();
        var others = Enumerable.Range(2, 50).Select(number => log.AppendAsync([Samples.Batch(Sector, epoch, number, 1)], CancellationToken.None).AsTask()).ToArray();
        Assert.False(first.IsCompleted);
        Assert.Equal(0, await log.GetHeadAsync(Sector, CancellationToken.None));
        disk.Open();

        await Task.WhenAll([first, .. others]);
        Assert.Equal(2, commits.Total - before);
        Assert.Equal(Enumerable.Range(1, 51).Select(number => (long)number), await Samples.NumbersOf(log, Sector));
    }

    [Fact]
    public async Task A_full_queue_refuses_further_appends_counts_them_and_takes_checkpoints_still()
    {
        var (files, disk) = Waiting();
        using var metrics = new StorageMetrics();
        using var refused = new Counted("grid.log.refused", metrics);
        await using var log = await SegmentedLog.OpenAsync(files, SegmentedLog.Small with { MaximumQueuedAppends = 3 }, metrics);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);

        disk.Reset();
        var admitted = new List<Task> { log.AppendAsync([Samples.Batch(Sector, epoch)], CancellationToken.None).AsTask() };
        disk.Arrived.Wait();
        admitted.AddRange(Enumerable.Range(0, 3).Select(_ => log.AppendAsync([Samples.Batch(Sector, epoch)], CancellationToken.None).AsTask()));
        Assert.Throws<LogOverloadedException>(() => { _ = log.AppendAsync([Samples.Batch(Sector, epoch)], CancellationToken.None); });
        admitted.Add(log.AcquireAsync(7, CancellationToken.None).AsTask());
        disk.Open();
        await Task.WhenAll(admitted);

        Assert.Equal(1, refused.Total);
        Assert.Equal(12, await log.GetHeadAsync(Sector, CancellationToken.None));
    }

    [Fact]
    public async Task An_append_that_is_cancelled_while_it_waits_appends_nothing()
    {
        var (files, disk) = Waiting();
        await using var log = await SegmentedLog.OpenAsync(files);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();

        disk.Reset();
        var first = log.AppendAsync([Samples.Batch(Sector, epoch, 1, 1)], cancellation.Token).AsTask();
        disk.Arrived.Wait();
        var waiting = log.AppendAsync([Samples.Batch(Sector, epoch, 2, 1)], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        disk.Open();

        await first; // was being written already: its outcome is told
        await log.AppendAsync([Samples.Batch(Sector, epoch, 3, 1)], CancellationToken.None);
        Assert.Equal([1, 3], await Samples.NumbersOf(log, Sector));
    }

    [Fact]
    public async Task Closing_commits_what_waits()
    {
        var (files, disk) = Waiting();
        var log = await SegmentedLog.OpenAsync(files);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
        disk.Reset();
        var appends = new List<Task<ImmutableArray<AppendedBatch>>> { log.AppendAsync([Samples.Batch(Sector, epoch)], CancellationToken.None).AsTask() };
        disk.Arrived.Wait();
        appends.Add(log.AppendAsync([Samples.Batch(Sector, epoch)], CancellationToken.None).AsTask());
        var closed = log.DisposeAsync();
        disk.Open();
        await closed;

        Assert.Equal([3, 6], (await Task.WhenAll(appends)).Select(batches => batches[0].LastOffset));
        await Assert.ThrowsAsync<IOException>(async () => await log.AppendAsync([Samples.Batch(Sector, epoch)], CancellationToken.None));
    }

    private (FaultyFiles Files, Disk Disk) Waiting()
    {
        var disk = new Disk();
        return (new FaultyFiles(_directory.Path) { OnSync = disk.Pass }, disk);
    }

    /// <summary>A disk whose syncs wait while it is closed.</summary>
    private sealed class Disk
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);

        /// <summary>Set once a sync waits.</summary>
        public ManualResetEventSlim Arrived { get; } = new();

        public void Reset()
        {
            Arrived.Reset();
            _open.Reset();
        }

        public void Open() => _open.Set();

        public void Pass()
        {
            Arrived.Set();
            _open.Wait();
        }
    }
}
