using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.ReadingLog;

namespace Grid.Tests.Storage.ReadingLog;

/// <summary>What a crash, or damage, leaves behind, and what the next start makes of it.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Sector = "29019.0";
    private static readonly int Partition = SectorMap.PartitionOf(Sector);
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_tail_torn_at_any_byte_loses_only_the_commits_that_are_not_whole()
    {
        var (live, ends) = await WriteCommitsAsync(5);
        var segment = Path.Combine(live, Segment.NameOf(1));
        var bytes = await File.ReadAllBytesAsync(segment);

        for (var length = (int)ends[0]; length <= bytes.Length; length++)
        {
            var crashed = _directory.Sub("crashed");
            await File.WriteAllBytesAsync(Path.Combine(crashed, Segment.NameOf(1)), bytes[..length]);
            var whole = ends.Count(end => end <= length);

            await using (var log = await SegmentedLog.OpenAsync(crashed))
            {
                Assert.Equal(Enumerable.Range(1, whole).Select(number => (long)number), await Samples.NumbersOf(log, Sector));
                Assert.Equal(whole, await log.GetHeadAsync(Sector, CancellationToken.None));
                await log.AppendAsync([Samples.Batch(Sector, 1, 100, 1)], CancellationToken.None);
            }

            await using (var again = await SegmentedLog.OpenAsync(crashed))
            {
                Assert.Equal(100, (await Samples.NumbersOf(again, Sector))[^1]);
                Assert.Equal(whole + 1, await again.GetHeadAsync(Sector, CancellationToken.None));
            }
        }
    }

    [Fact]
    public async Task Unsynced_bytes_that_come_back_as_anything_lose_only_the_commit_that_they_belong_to()
    {
        // Power is lost between the write and the sync of the last commit: its bytes may be old, new, or neither, in any part.
        var (live, ends) = await WriteCommitsAsync(4);
        var bytes = (await File.ReadAllBytesAsync(Path.Combine(live, Segment.NameOf(1))))[..(int)ends[3]];
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var torn = (byte[])bytes.Clone();
            var from = random.Next((int)ends[2], torn.Length);
            var to = random.Next(from + 1, torn.Length + 1);
            if (round % 2 == 0)
            {
                Array.Clear(torn, from, to - from);
            }
            else
            {
                random.NextBytes(torn.AsSpan(from, to - from));
            }

            var crashed = _directory.Sub("crashed");
            await File.WriteAllBytesAsync(Path.Combine(crashed, Segment.NameOf(1)), torn);

            await using var log = await SegmentedLog.OpenAsync(crashed);
            Assert.Equal([1, 2, 3], (await Samples.NumbersOf(log, Sector)).Take(3));
            Assert.Equal(torn.SequenceEqual(bytes) ? 4 : 3, await log.GetHeadAsync(Sector, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_flipped_byte_anywhere_before_the_last_seal_is_refused_with_its_segment_and_position_and_nothing_is_touched()
    {
        var (live, ends) = await WriteCommitsAsync(4);
        var segment = Path.Combine(live, Segment.NameOf(1));
        var bytes = await File.ReadAllBytesAsync(segment);
        Assert.Equal(bytes.Length, ends[3] + BlockFormat.BlockHeaderBytes);

        for (var position = 0; position < ends[3]; position++)
        {
            var damaged = _directory.Sub("damaged");
            var flipped = (byte[])bytes.Clone();
            flipped[position] ^= 0x40;
            var path = Path.Combine(damaged, Segment.NameOf(1));
            await File.WriteAllBytesAsync(path, flipped);

            var error = await Assert.ThrowsAsync<LogDamagedException>(() => SegmentedLog.OpenAsync(damaged));

            Assert.Equal(Segment.NameOf(1), error.Segment);
            Assert.InRange(error.Position, 0, position);
            Assert.Contains(error.Segment, error.Message);
            Assert.Equal(flipped, await File.ReadAllBytesAsync(path));
        }
    }

    [Fact]
    public async Task A_missing_segment_is_refused()
    {
        var live = await WriteSegmentsAsync();
        foreach (var missing in (long[])[1, 2])
        {
            var damaged = _directory.Sub($"without {missing}");
            TempDirectory.Copy(live, damaged);
            File.Delete(Path.Combine(damaged, Segment.NameOf(missing)));

            var error = await Assert.ThrowsAsync<LogDamagedException>(() => SegmentedLog.OpenAsync(damaged));
            Assert.Contains("missing", error.Message);
        }
    }

    [Fact]
    public async Task A_segment_that_is_shorter_than_the_next_one_says_is_refused()
    {
        var live = await WriteSegmentsAsync();
        var path = Path.Combine(live, Segment.NameOf(2));
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..^(bytes.Length / 3)]);

        await Assert.ThrowsAsync<LogDamagedException>(() => SegmentedLog.OpenAsync(live));
    }

    [Fact]
    public async Task A_segment_of_another_version_is_refused_by_name()
    {
        var (live, _) = await WriteCommitsAsync(1);
        var path = Path.Combine(live, Segment.NameOf(1));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[8] = 9;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), Grid.Storage.Codec.Checksum.Of(bytes.AsSpan(0, 36)));
        await File.WriteAllBytesAsync(path, bytes);

        var error = await Assert.ThrowsAsync<LogDamagedException>(() => SegmentedLog.OpenAsync(live));
        Assert.Contains("unknown version 9", error.Message);
    }

    [Fact]
    public async Task A_segment_that_was_being_made_when_the_process_died_is_made_again()
    {
        var (live, _) = await WriteCommitsAsync(2);
        await File.WriteAllBytesAsync(Path.Combine(live, Segment.UnfinishedNameOf(2)), [1, 2, 3]);

        await using var log = await SegmentedLog.OpenAsync(live);

        Assert.Equal([1, 2], await Samples.NumbersOf(log, Sector));
        Assert.Equal([Segment.NameOf(1)], Directory.EnumerateFiles(live).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Damage_that_happens_after_the_start_is_seen_when_it_is_read()
    {
        var live = _directory.Sub("live");
        await using var log = await SegmentedLog.OpenAsync(live);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
        await log.AppendAsync([Samples.Batch(Sector, epoch, 1, 50)], CancellationToken.None);
        var path = Path.Combine(live, Segment.NameOf(1));
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = file.Length - 200;
            file.WriteByte(0xFF);
        }

        var error = await Assert.ThrowsAsync<LogDamagedException>(() => Samples.NumbersOf(log, Sector));
        Assert.Equal(Segment.NameOf(1), error.Segment);
    }

    /// <summary>One segment with commits of one reading each; the ends of these commits in the file.</summary>
    private async Task<(string Directory, List<long> Ends)> WriteCommitsAsync(int count)
    {
        var directory = _directory.Sub("live");
        var ends = new List<long>();
        await using var log = await SegmentedLog.OpenAsync(directory);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
        for (var number = 1; number <= count; number++)
        {
            await log.AppendAsync([Samples.Batch(Sector, epoch, number, 1)], CancellationToken.None);
            ends.Add(new FileInfo(Path.Combine(directory, Segment.NameOf(1))).Length - BlockFormat.BlockHeaderBytes);
        }

        return (directory, ends);
    }

    /// <summary>Three segments or more, of which nothing is checkpointed.</summary>
    private async Task<string> WriteSegmentsAsync()
    {
        var directory = _directory.Sub("segments");
        await using var log = await SegmentedLog.OpenAsync(directory);
        var epoch = await log.AcquireAsync(Partition, CancellationToken.None);
        for (var number = 0; number < 10; number++)
        {
            await log.AppendAsync([Samples.Batch(Sector, epoch, number * 1000, 1000)], CancellationToken.None);
        }

        Assert.True(Directory.GetFiles(directory).Length >= 3);
        return directory;
    }
}
