using Grid.Contracts.Sectors;
using Grid.Storage.Codec;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// What is known of the log without reading it: epochs and last offsets by partition; head, checkpoint and places of the batches that are not
/// checkpointed, by sector. Members of the first group belong to the writer alone; what readers see changes under the lock, after the sync.
/// </summary>
internal sealed class LogIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SectorLog> _sectors = new(StringComparer.Ordinal);
    private readonly long[] _epochs = new long[SectorMap.Partitions];
    private readonly long[] _lastOffsets = new long[SectorMap.Partitions];
    private int _liveBatches;
    private long _liveEntries;

    /// <summary>Batches that are not checkpointed.</summary>
    public int LiveBatches => Volatile.Read(ref _liveBatches);

    /// <summary>Entries of these batches: how far checkpoints are behind.</summary>
    public long LiveEntries => Volatile.Read(ref _liveEntries);

    public long EpochOf(int partition) => _epochs[partition];

    public long SetEpoch(int partition, long epoch) => _epochs[partition] = epoch;

    /// <summary>Takes the next offsets of a partition; returns the first.</summary>
    public long TakeOffsets(int partition, int count)
    {
        var first = _lastOffsets[partition] + 1;
        _lastOffsets[partition] += count;
        return first;
    }

    /// <summary>The sector, made when it is new.</summary>
    public SectorLog Sector(string name)
    {
        lock (_gate)
        {
            if (!_sectors.TryGetValue(name, out var sector))
            {
                _sectors.Add(name, sector = new SectorLog(name));
            }

            return sector;
        }
    }

    /// <summary>Every sector that was ever appended to.</summary>
    public IReadOnlyCollection<SectorLog> Sectors => _sectors.Values;

    public void WriteState(ByteWriter writer)
    {
        writer.Byte((byte)Frames.Kind.State);
        writer.Varint((ulong)_epochs.Where((_, partition) => IsUsed(partition)).Count());
        for (var partition = 0; partition < SectorMap.Partitions; partition++)
        {
            if (IsUsed(partition))
            {
                writer.Varint((ulong)partition);
                writer.Varint((ulong)_epochs[partition]);
                writer.Varint((ulong)_lastOffsets[partition]);
            }
        }

        writer.Varint((ulong)_sectors.Count);
        foreach (var sector in _sectors.Values)
        {
            writer.Text(sector.Name);
            writer.Varint((ulong)sector.Head);
            writer.Varint((ulong)sector.Checkpoint);
        }
    }

    /// <summary>Takes over the state at the beginning of the oldest segment.</summary>
    public void ReadState(ref ByteReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
        {
            var partition = reader.Varint();
            if (partition >= SectorMap.Partitions)
            {
                throw reader.Wrong($"partition {partition} is not one of {SectorMap.Partitions}");
            }

            _epochs[partition] = (long)reader.Varint();
            _lastOffsets[partition] = (long)reader.Varint();
        }

        for (var count = reader.Count(); count > 0; count--)
        {
            var sector = Sector(reader.Text());
            sector.Head = sector.StagedHead = sector.HeadBefore = (long)reader.Varint();
            sector.Checkpoint = (long)reader.Varint();
        }
    }

    /// <summary>Compares the state at the beginning of a later segment with what the segments before it came to; null when they agree.</summary>
    public string? Differs(ref ByteReader reader)
    {
        var other = new LogIndex();
        other.ReadState(ref reader);
        for (var partition = 0; partition < SectorMap.Partitions; partition++)
        {
            if (other._epochs[partition] != _epochs[partition] || other._lastOffsets[partition] != _lastOffsets[partition])
            {
                return $"the state of partition {partition}";
            }
        }

        if (other._sectors.Count != _sectors.Count)
        {
            return "the number of sectors";
        }

        return _sectors.Values.FirstOrDefault(mine =>
            !other._sectors.TryGetValue(mine.Name, out var its) || its.Head != mine.Head || its.Checkpoint != mine.Checkpoint) is { } sector
            ? $"the state of sector {sector.Name}"
            : null;
    }

    /// <summary>The first sector of which batches stood before the oldest segment and are neither checkpointed nor here; null when none.</summary>
    public SectorLog? FirstIncomplete() => _sectors.Values.FirstOrDefault(sector => sector.Checkpoint < sector.HeadBefore);

    /// <summary>A batch is durable.</summary>
    public void Publish(SectorLog sector, BatchPlace place)
    {
        lock (_gate)
        {
            sector.Head = place.LastOffset;
            if (place.LastOffset > sector.Checkpoint)
            {
                sector.Batches.Enqueue(place);
                place.Segment.LiveBatches++;
                _liveBatches++;
                _liveEntries += place.Count;
            }
        }
    }

    /// <summary>A checkpoint is durable: forgets the batches that it covers. An older checkpoint changes nothing.</summary>
    public void Publish(SectorLog sector, long checkpoint)
    {
        lock (_gate)
        {
            sector.Checkpoint = Math.Max(sector.Checkpoint, checkpoint);
            while (sector.Batches.TryPeek(out var place) && place.LastOffset <= sector.Checkpoint)
            {
                sector.Batches.Dequeue();
                place.Segment.LiveBatches--;
                _liveBatches--;
                _liveEntries -= place.Count;
            }
        }
    }

    public (long Head, long Checkpoint) Marks(string name)
    {
        lock (_gate)
        {
            return _sectors.TryGetValue(name, out var sector) ? (sector.Head, sector.Checkpoint) : default;
        }
    }

    /// <summary>Adds the next places after an offset, with their segments held open until <see cref="Release"/>.</summary>
    public void Hold(string name, long afterOffset, int limit, List<BatchPlace> places)
    {
        lock (_gate)
        {
            if (!_sectors.TryGetValue(name, out var sector))
            {
                return;
            }

            foreach (var place in sector.Batches)
            {
                if (places.Count == limit)
                {
                    break;
                }

                if (place.LastOffset > afterOffset)
                {
                    place.Segment.Readers++;
                    places.Add(place);
                }
            }
        }
    }

    public void Release(List<BatchPlace> places)
    {
        lock (_gate)
        {
            foreach (var place in places)
            {
                if (--place.Segment.Readers == 0 && place.Segment.IsRetired)
                {
                    place.Segment.File.Dispose();
                }
            }
        }

        places.Clear();
    }

    /// <summary>True when nothing in the segment is wanted: it may be deleted.</summary>
    public bool IsFree(Segment segment)
    {
        lock (_gate)
        {
            return segment.LiveBatches == 0;
        }
    }

    /// <summary>The segment's file is deleted; closes it when nobody reads it any more.</summary>
    public void Retire(Segment segment)
    {
        lock (_gate)
        {
            segment.IsRetired = true;
            if (segment.Readers == 0)
            {
                segment.File.Dispose();
            }
        }
    }

    private bool IsUsed(int partition) => _epochs[partition] != 0 || _lastOffsets[partition] != 0;
}

/// <summary>A sector in the index.</summary>
internal sealed class SectorLog(string name)
{
    public string Name { get; } = name;

    public int Partition { get; } = SectorMap.PartitionOf(name);

    /// <summary>The writer's: last offset taken, durable or about to be.</summary>
    public long StagedHead { get; set; }

    /// <summary>Last durable offset.</summary>
    public long Head { get; set; }

    public long Checkpoint { get; set; }

    /// <summary>The head at the beginning of the oldest segment when the log was opened.</summary>
    public long HeadBefore { get; set; }

    /// <summary>Durable batches that are not checkpointed, in order.</summary>
    public Queue<BatchPlace> Batches { get; } = new();
}

/// <summary>Where a durable batch stands: from the kind of its frame to its last byte.</summary>
internal readonly record struct BatchPlace(Segment Segment, long Position, int Bytes, long FirstOffset, int Count)
{
    public long LastOffset => FirstOffset + Count - 1;
}
