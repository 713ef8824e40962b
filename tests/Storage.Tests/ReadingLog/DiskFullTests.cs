using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;

namespace Grid.Tests.Storage.ReadingLog;

/// <summary>A disk without room refuses what is asked, and is no reason to stop: what was acknowledged stays, and the next commit follows it.</summary>
public sealed class DiskFullTests : IDisposable
{
    private const int NoSpace = 28;
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_refused_append_leaves_no_gap_and_no_trace()
    {
        var files = new FaultyFiles(_directory.Path);
        await using (var log = await SegmentedLog.OpenAsync(files))
        {
            var (first, second) = Samples.Neighbours();
            var epoch = await log.AcquireAsync(SectorMap.PartitionOf(first), CancellationToken.None);
            await log.AppendAsync([Samples.Batch(first, epoch, 1, 3)], CancellationToken.None);
            files.OnWrite = () => throw Full();

            var refusal = await Assert.ThrowsAsync<DiskFullException>(async () =>
                await log.AppendAsync([Samples.Batch(first, epoch, 4, 3), Samples.Batch(second, epoch, 1, 2)], CancellationToken.None));
            await Assert.ThrowsAsync<DiskFullException>(async () => await log.AcquireAsync(SectorMap.PartitionOf(first), CancellationToken.None));
            Assert.True(refusal.RetryAfter > TimeSpan.Zero);
            Assert.Equal(3, await log.GetHeadAsync(first, CancellationToken.None));

            files.OnWrite = () => { };
            var appended = await log.AppendAsync([Samples.Batch(second, epoch, 1, 2), Samples.Batch(first, epoch, 4, 3)], CancellationToken.None);
            Assert.Equal([new AppendedBatch(second, 0, 4, 5), new AppendedBatch(first, 3, 6, 8)], appended);
        }

        await using var again = await SegmentedLog.OpenAsync(_directory.Path);
        Assert.Equal([1, 2, 3, 4, 5, 6], await Samples.NumbersOf(again, Samples.Neighbours().First));
        Assert.Equal([1, 2], await Samples.NumbersOf(again, Samples.Neighbours().Second));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whenever_the_disk_is_full_what_was_acknowledged_is_there_exactly_once_and_the_rest_is_not(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles(_directory.Path);
        var (first, second) = Samples.Neighbours();
        var acknowledged = new Dictionary<string, List<long>> { [first] = [], [second] = [] };
        var refused = 0;
        await using (var log = await SegmentedLog.OpenAsync(files))
        {
            var epoch = await log.AcquireAsync(SectorMap.PartitionOf(first), CancellationToken.None);
            files.OnWrite = () =>
            {
                // Commits, seals and new segments alike.
                if (random.Next(4) == 0)
                {
                    throw Full();
                }
            };
            for (var number = 1; number <= 400; number++)
            {
                var sector = random.Next(2) == 0 ? first : second;
                try
                {
                    await log.AppendAsync([Samples.Batch(sector, epoch, number * 1_000, 20)], CancellationToken.None);
                    acknowledged[sector].AddRange(Enumerable.Range(number * 1_000, 20).Select(value => (long)value));
                }
                catch (DiskFullException)
                {
                    refused++;
                }
            }

            files.OnWrite = () => { };
            Assert.Equal(acknowledged[first], await Samples.NumbersOf(log, first));
        }

        Assert.True(refused > 20);
        await using var again = await SegmentedLog.OpenAsync(_directory.Path);
        Assert.Equal(acknowledged[first], await Samples.NumbersOf(again, first));
        Assert.Equal(acknowledged[second], await Samples.NumbersOf(again, second));
        Assert.True(Directory.EnumerateFiles(_directory.Path, "*.log").Count() > 1, "no segment was begun");
    }

    private static IOException Full() => new("No space left on device", NoSpace);
}
