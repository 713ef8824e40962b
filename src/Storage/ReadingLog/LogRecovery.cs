using System.Buffers.Binary;
using Grid.Contracts.Sectors;
using Grid.Storage.Codec;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.ReadingLog;

/// <summary>An open log: its segments, oldest first and at least one, what is in them, and where its chain stands.</summary>
internal sealed record RecoveredLog(IReadOnlyList<Segment> Segments, LogIndex Index, long Sequence, uint Chain)
{
    /// <summary>Closes the segments: for who wanted the recovery only.</summary>
    public void Close()
    {
        foreach (var segment in Segments)
        {
            segment.File.Dispose();
        }
    }
}

/// <summary>A log that was read and left as it is.</summary>
/// <param name="Index">What is in it.</param>
/// <param name="LastSegment">Its last segment.</param>
/// <param name="LastLength">Bytes of that up to the end of its last whole commit.</param>
/// <param name="TornBytes">Bytes that follow.</param>
internal sealed record VerifiedLog(LogIndex Index, string LastSegment, long LastLength, long TornBytes);

/// <summary>
/// Reads the log when it is opened: verifies every block, rebuilds the index, and cuts a commit that a crash has torn. Anything else that is
/// not as it was written is refused before anything is changed.
/// </summary>
internal sealed partial class LogRecovery(ILogFiles files, TimeProvider time, ILogger logger)
{
    private readonly LogIndex _index = new();
    private readonly List<Segment> _segments = [];
    private long _sequence;
    private uint _chain = BlockFormat.FirstChain;

    /// <exception cref="LogDamagedException">The log is damaged; nothing was changed.</exception>
    public RecoveredLog Open()
    {
        var names = files.List();
        var numbers = names.Select(Segment.NumberOf).OfType<long>().Order().ToArray();
        var isOpen = false;
        try
        {
            var torn = Scan(numbers);
            foreach (var name in names.Where(Segment.IsUnfinished))
            {
                files.Delete(name);
            }

            if (_segments.Count == 0)
            {
                _segments.Add(LogCommitter.CreateSegment(files, _index, 1, ref _sequence, ref _chain, time));
            }

            var last = _segments[^1];
            if (torn > 0)
            {
                LogTornTail(last.Name, last.Length, torn);
                last.File.Truncate(last.Length);
            }

            // What was read may be in the system's memory only, left by a process that was killed: nobody may act on it before it is durable.
            last.File.Sync();
            isOpen = true;
            return new RecoveredLog(_segments, _index, _sequence, _chain);
        }
        finally
        {
            if (!isOpen)
            {
                _segments.ForEach(segment => segment.File.Dispose());
            }
        }
    }

    /// <summary>Verifies the log and changes nothing.</summary>
    /// <exception cref="LogDamagedException">The log is damaged.</exception>
    public VerifiedLog Verify()
    {
        try
        {
            var torn = Scan([.. files.List().Select(Segment.NumberOf).OfType<long>().Order()]);
            return new VerifiedLog(_index, _segments[^1].Name, _segments[^1].Length, torn);
        }
        finally
        {
            _segments.ForEach(segment => segment.File.Dispose());
        }
    }

    /// <summary>Reads all segments; returns how many bytes of the last one belong to no whole commit.</summary>
    private long Scan(long[] numbers)
    {
        var buffer = Array.Empty<byte>();
        var torn = 0L;
        for (var i = 0; i < numbers.Length; i++)
        {
            var name = Segment.NameOf(numbers[i]);
            if (numbers[i] != numbers[0] + i)
            {
                throw new LogDamagedException(Segment.NameOf(numbers[0] + i), 0, "the segment is missing");
            }

            var file = files.Open(name);
            var length = checked((int)file.Length);
            if (buffer.Length < length)
            {
                buffer = GC.AllocateUninitializedArray<byte>(length);
            }

            var bytes = buffer.AsSpan(0, length);
            var segment = OpenSegment(file, name, numbers[i], bytes);
            torn = Read(segment, bytes, isLast: i == numbers.Length - 1);
        }

        return _index.FirstIncomplete() is { } sector
            ? throw new LogDamagedException(
                _segments[0].Name, 0, $"the entries of sector {sector.Name} after {sector.Checkpoint} up to {sector.HeadBefore} are missing: a segment before this one is gone")
            : torn;
    }

    private Segment OpenSegment(ILogFile file, string name, long number, Span<byte> bytes)
    {
        try
        {
            if (file.Read(bytes, 0) != bytes.Length)
            {
                throw new IOException($"Segment {name} of the reading log is shorter than its length.");
            }

            var header = BlockFormat.ReadSegmentHeader(bytes, name);
            if (header.Number != number)
            {
                throw new LogDamagedException(name, 16, $"it says that it is segment {header.Number}");
            }

            if (_segments.Count == 0)
            {
                (_sequence, _chain) = (header.FirstSequence - 1, header.ChainBefore);
            }
            else if (header.FirstSequence != _sequence + 1 || header.ChainBefore != _chain)
            {
                throw new LogDamagedException(_segments[^1].Name, _segments[^1].Length, "the segment after it does not continue it");
            }

            var segment = new Segment(header, file);
            _segments.Add(segment);
            return segment;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private long Read(Segment segment, ReadOnlySpan<byte> bytes, bool isLast)
    {
        var position = BlockFormat.SegmentHeaderBytes;
        while (position < bytes.Length || position == BlockFormat.SegmentHeaderBytes)
        {
            var rest = bytes[position..];
            if (WrongWith(rest, segment, out var header) is { } reason)
            {
                if (!isLast || position == BlockFormat.SegmentHeaderBytes || IsCalledDurable(rest, segment, _sequence + 1))
                {
                    throw new LogDamagedException(segment.Name, position, reason);
                }

                break;
            }

            ReadBlock(segment, position, rest.Slice(BlockFormat.BlockHeaderBytes, header.PayloadBytes));
            _sequence = header.Sequence;
            _chain = header.Checksum;
            position += BlockFormat.BlockHeaderBytes + header.PayloadBytes;
            segment.Length = position;
        }

        return bytes.Length - segment.Length;
    }

    private string? WrongWith(ReadOnlySpan<byte> rest, Segment segment, out BlockHeader header)
    {
        if (!BlockFormat.TryReadBlockHeader(rest, segment.Header.Salt, out header))
        {
            return "no block begins here";
        }

        if (header.Sequence != _sequence + 1 || header.ChainBefore != _chain)
        {
            return $"block {header.Sequence} does not continue block {_sequence}";
        }

        return header.PayloadBytes < 0
            || header.PayloadBytes > rest.Length - BlockFormat.BlockHeaderBytes
            || Checksum.Of(rest.Slice(BlockFormat.BlockHeaderBytes, header.PayloadBytes)) != header.PayloadChecksum
            ? $"the checksum of block {header.Sequence} does not match"
            : null;
    }

    /// <summary>True when a block further on was written after the wanted one was durable: then what is wrong here is damage, and no torn commit.</summary>
    private static bool IsCalledDurable(ReadOnlySpan<byte> rest, Segment segment, long sequence)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, BlockFormat.BlockMagic);
        for (var next = rest.IndexOf(magic); next >= 0;)
        {
            if (BlockFormat.TryReadBlockHeader(rest[next..], segment.Header.Salt, out var header) && header.DurableSequence >= sequence)
            {
                return true;
            }

            var further = rest[(next + 1)..].IndexOf(magic);
            next = further < 0 ? -1 : next + 1 + further;
        }

        return false;
    }

    private void ReadBlock(Segment segment, int position, ReadOnlySpan<byte> payload)
    {
        var payloadPosition = position + BlockFormat.BlockHeaderBytes;
        var reader = new ByteReader(payload);
        try
        {
            if (position == BlockFormat.SegmentHeaderBytes)
            {
                ReadState(ref reader);
            }

            while (reader.Remaining > 0)
            {
                ReadFrame(ref reader, segment, payloadPosition);
            }
        }
        catch (CodecException error)
        {
            throw new LogDamagedException(segment.Name, payloadPosition + error.Position, error.Message);
        }
    }

    private void ReadState(ref ByteReader reader)
    {
        if (reader.Byte() != (byte)Frames.Kind.State)
        {
            throw reader.Wrong("a segment does not begin with the state");
        }

        if (_segments.Count == 1)
        {
            _index.ReadState(ref reader);
        }
        else if (_index.Differs(ref reader) is { } difference)
        {
            throw reader.Wrong($"{difference} is not what the segments before came to");
        }
    }

    private void ReadFrame(ref ByteReader reader, Segment segment, int payloadPosition)
    {
        var start = reader.Position;
        switch ((Frames.Kind)reader.Byte())
        {
            case Frames.Kind.Batch:
                var body = new ByteReader(Frames.ReadBatchBody(ref reader));
                var batch = Frames.ReadBatchHeader(ref body);
                var sector = _index.Sector(batch.Sector);
                if (batch.Count == 0
                    || batch.PreviousOffset != sector.StagedHead
                    || batch.Epoch != _index.EpochOf(sector.Partition)
                    || batch.FirstOffset != _index.TakeOffsets(sector.Partition, batch.Count))
                {
                    throw reader.Wrong($"a batch of sector {batch.Sector} does not follow the one before");
                }

                sector.StagedHead = batch.LastOffset;
                _index.Publish(sector, new BatchPlace(segment, payloadPosition + start, reader.Position - start, batch.FirstOffset, batch.Count));
                break;
            case Frames.Kind.Epoch:
                var partition = reader.Varint();
                if (partition >= SectorMap.Partitions)
                {
                    throw reader.Wrong($"partition {partition} is not one of {SectorMap.Partitions}");
                }

                _index.SetEpoch((int)partition, (long)reader.Varint());
                break;
            case Frames.Kind.Checkpoint:
                var name = reader.Text();
                _index.Publish(_index.Sector(name), (long)reader.Varint());
                break;
            case Frames.Kind.Lost:
                var lost = reader.Text();
                _index.Lose(_index.Sector(lost), (long)reader.Varint());
                break;
            case var kind:
                throw reader.Wrong($"a frame has the unknown kind {(byte)kind}");
        }
    }

    [LoggerMessage(1124, LogLevel.Warning, "The last commit of the reading log was torn by a crash and never acknowledged: segment {Segment} is cut at byte {Position}, {Bytes} bytes are dropped.")]
    private partial void LogTornTail(string segment, long position, long bytes);
}
