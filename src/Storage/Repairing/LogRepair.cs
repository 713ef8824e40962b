using System.Globalization;
using Grid.Contracts.Sectors;
using Grid.Storage.Checking;
using Grid.Storage.Codec;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Storage.Repairing;

/// <summary>
/// Writes a damaged log anew out of every batch that is whole. What is missing between them is noted in the new log, so that sectors go on with
/// greater offsets than any that was lost: a new entry is never taken for an old one.
/// </summary>
internal sealed class LogRepair(ILogFiles damaged, ILogFiles mended, TimeProvider time)
{
    /// <summary>How far offsets jump where nobody knows how many entries were lost. They have 63 bits.</summary>
    private const long Jump = 1_000_000;

    private readonly List<string> _lost = [];
    private readonly ByteWriter _frames = new(1 << 16);
    private LogIndex _index = new();
    private bool _hasState;

    /// <summary>Writes the new log; gives what was lost, for people.</summary>
    /// <param name="books">The stored books of sectors, by sector: the new log is never behind them.</param>
    public IReadOnlyList<string> Run(IReadOnlyDictionary<string, SectorBooks> books)
    {
        var recovered = new LogRecovery(mended, time, NullLogger.Instance).Open();
        _index = recovered.Index;
        using var metrics = new StorageMetrics();
        using var committer = new LogCommitter(mended, recovered, new ReadingLogOptions(), time, metrics, NullLogger.Instance);
        foreach (var segment in LogSalvage.Scan(damaged))
        {
            foreach (var (from, to) in segment.Unreadable)
            {
                _lost.Add(string.Create(CultureInfo.InvariantCulture, $"log/{segment.Name}: bytes {from} to {to - 1} are unreadable, with every entry in them"));
            }

            var bytes = LogSalvage.Read(damaged, segment.Name);
            foreach (var block in segment.Blocks)
            {
                Take(bytes.AsSpan(block.Position + BlockFormat.BlockHeaderBytes, block.Header.PayloadBytes), segment.Name, block.Position);
                Commit(committer);
            }
        }

        GoOnAfter(books);
        Commit(committer);
        _frames.Dispose();
        return _lost;
    }

    private void Commit(LogCommitter committer)
    {
        if (_frames.Length > 0)
        {
            committer.Commit([new SalvagedFrames(_frames.Written.ToArray())]);
            _frames.Clear();
            if (committer.Failure is { } failure)
            {
                throw new IOException(failure);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> payload, string segment, int position)
    {
        var reader = new ByteReader(payload);
        try
        {
            while (reader.Remaining > 0)
            {
                TakeFrame(ref reader);
            }
        }
        catch (CodecException error)
        {
            _lost.Add(string.Create(CultureInfo.InvariantCulture, $"log/{segment}: the block at byte {position} cannot be read further: {error.Message}"));
        }
    }

    private void TakeFrame(ref ByteReader reader)
    {
        switch ((Frames.Kind)reader.Byte())
        {
            case Frames.Kind.State:
                TakeState(ref reader);
                break;
            case Frames.Kind.Batch:
                var frame = Frames.ReadBatchBody(ref reader);
                var body = new ByteReader(frame);
                TakeBatch(Frames.ReadBatchHeader(ref body), frame[body.Position..]);
                break;
            case Frames.Kind.Epoch:
                Own((int)reader.Varint(), (long)reader.Varint());
                break;
            case Frames.Kind.Checkpoint:
                Checkpoint(reader.Text(), (long)reader.Varint());
                break;
            case Frames.Kind.Lost:
                Lose(reader.Text(), (long)reader.Varint());
                break;
            case var kind:
                throw reader.Wrong($"a frame has the unknown kind {(byte)kind}");
        }
    }

    /// <summary>The state at the beginning of a segment: where it is ahead of what was read so far, that is lost.</summary>
    private void TakeState(ref ByteReader reader)
    {
        var state = new LogIndex();
        state.ReadState(ref reader);
        foreach (var partition in state.UsedPartitions())
        {
            Own(partition, state.EpochOf(partition));
        }

        foreach (var sector in state.Sectors)
        {
            var known = _index.Marks(sector.Name).Head;
            if (sector.Head > known)
            {
                if (_hasState)
                {
                    _lost.Add(string.Create(CultureInfo.InvariantCulture, $"sector {sector.Name}: entries after {known} up to {sector.Head}, as far as they were not found"));
                }

                Lose(sector.Name, sector.Head);
            }

            Checkpoint(sector.Name, sector.Checkpoint);
        }

        _hasState = true;
    }

    private void TakeBatch(BatchHeader batch, ReadOnlySpan<byte> entries)
    {
        var sector = _index.Sector(batch.Sector);
        if (batch.LastOffset <= sector.StagedHead)
        {
            return;
        }

        Own(sector.Partition, batch.Epoch);
        if (batch.FirstOffset != _index.LastOffsetOf(sector.Partition) + 1)
        {
            if (batch.FirstOffset <= _index.LastOffsetOf(sector.Partition))
            {
                _lost.Add(string.Create(CultureInfo.InvariantCulture, $"sector {batch.Sector}: entries {batch.FirstOffset} to {batch.LastOffset}, which stand where others do"));
                return;
            }

            if (_hasState)
            {
                _lost.Add(string.Create(
                    CultureInfo.InvariantCulture, $"partition {sector.Partition}: entries {_index.LastOffsetOf(sector.Partition) + 1} to {batch.FirstOffset - 1} of sectors that nothing names any more"));
            }

            Lose(batch.Sector, batch.FirstOffset - 1);
        }

        Frames.WriteBatch(_frames, batch with { PreviousOffset = sector.StagedHead }, entries);
        _index.TakeOffsets(sector.Partition, batch.Count);
        sector.StagedHead = sector.Head = batch.LastOffset;
    }

    private void Own(int partition, long epoch)
    {
        if (partition < SectorMap.Partitions && epoch > _index.EpochOf(partition))
        {
            _index.SetEpoch(partition, epoch);
            Frames.WriteEpoch(_frames, partition, epoch);
        }
    }

    private void Checkpoint(string sector, long offset)
    {
        if (offset > _index.Marks(sector).Checkpoint && offset <= _index.Marks(sector).Head)
        {
            _index.Publish(_index.Sector(sector), offset);
            Frames.WriteCheckpoint(_frames, sector, offset);
        }
    }

    private void Lose(string sector, long offset)
    {
        _index.Lose(_index.Sector(sector), offset);
        Frames.WriteLost(_frames, sector, offset);
    }

    /// <summary>Devices may have stored offsets beyond everything that was found: the next ones are greater.</summary>
    private void GoOnAfter(IReadOnlyDictionary<string, SectorBooks> books)
    {
        foreach (var (sector, book) in books)
        {
            if (book.Offset > _index.Marks(sector).Head)
            {
                Lose(sector, book.Offset);
            }

            Checkpoint(sector, book.Offset);
        }

        foreach (var partition in _index.Sectors.GroupBy(sector => sector.Partition).ToList())
        {
            // An unread epoch may have been given out since: the next owner gets a greater one.
            Own(partition.Key, _index.EpochOf(partition.Key) + Jump);
            Lose(partition.First().Name, _index.LastOffsetOf(partition.Key) + Jump);
        }
    }

    /// <summary>Frames that are written as they are; the index has them already.</summary>
    private sealed class SalvagedFrames(byte[] frames) : LogRequest<bool>
    {
        public override void Stage(LogIndex index, ByteWriter writer, Segment segment, long position) => writer.Bytes(frames);

        public override void Publish(LogIndex index)
        {
        }
    }
}
