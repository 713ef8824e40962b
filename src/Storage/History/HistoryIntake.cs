using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>What one flush makes durable: fixed when it begins, so that the same can be tried again after a failure.</summary>
internal sealed record FlushPlan(SlabView View, Dictionary<string, long> Offsets)
{
    /// <summary>Days that are committed already.</summary>
    public HashSet<int> Done { get; } = [];

    /// <summary>Readings of it.</summary>
    public int Count => View.Counts.Sum();

    public bool IsEmpty => View.Slabs.Length == 0 && Offsets.Count == 0;
}

/// <summary>
/// Readings on their way into history, whatever the engine: gathered in memory by sector in the order of the log, up to a bound, and handed over to be
/// made durable together with the offsets that they reach. Safe for all threads.
/// </summary>
/// <param name="bufferBytes">Memory for what is not durable; appends wait at it.</param>
/// <param name="counters">Counters.</param>
internal sealed class HistoryIntake(long bufferBytes, StorageMetrics counters)
{
    private readonly Dictionary<string, SectorOffsets> _sectors = new(StringComparer.Ordinal);
    private readonly HistoryBuffer _buffer = new();

    // Set when there may be room again.
    private TaskCompletionSource _room = NewRoom();

    /// <summary>How far a sector is: taken, and durable.</summary>
    private sealed class SectorOffsets
    {
        public long Taken { get; set; }

        public long Durable { get; set; }

        /// <summary>After a crash, the offsets that the store covers beyond <see cref="Durable"/>, by day.</summary>
        public Dictionary<int, long>? Covered { get; set; }
    }

    /// <summary>Guards what is in memory, the series by key, and the offsets.</summary>
    public Lock Gate { get; } = new();

    public MetricTable Metrics { get; } = new();

    /// <summary>Numbers of series within this process.</summary>
    public SeriesTable Series { get; } = new();

    /// <summary>Memory of what is not durable yet.</summary>
    public long Bytes
    {
        get
        {
            lock (Gate)
            {
                return _buffer.Bytes;
            }
        }
    }

    /// <summary>A sector is durable up to an offset: as the store says at its opening, or when another process had the sector meanwhile.</summary>
    public void Resume(string sector, long durable)
    {
        lock (Gate)
        {
            var offsets = SectorOf(sector);
            if (durable > offsets.Taken)
            {
                (offsets.Taken, offsets.Durable) = (durable, durable);
            }
        }
    }

    /// <summary>The store has what a sector reported of a day up to an offset, beyond what is durable of the sector as a whole.</summary>
    public void Cover(string sector, int day, long offset)
    {
        lock (Gate)
        {
            (SectorOf(sector).Covered ??= [])[day] = offset;
        }
    }

    /// <summary>The offset up to which a sector is durable.</summary>
    public long DurableOf(string sector)
    {
        lock (Gate)
        {
            return _sectors.GetValueOrDefault(sector)?.Durable ?? 0;
        }
    }

    /// <summary>The offset up to which a sector was taken.</summary>
    public long TakenOf(string sector)
    {
        lock (Gate)
        {
            return _sectors.GetValueOrDefault(sector)?.Taken ?? 0;
        }
    }

    /// <summary>Takes what is new of a batch; nothing of one before which something is missing.</summary>
    /// <returns>The offset up to which the sector was taken, and whether it is time to make something durable.</returns>
    public (long Taken, bool IsHalfFull) Append(string sector, RecordedBatch batch)
    {
        lock (Gate)
        {
            var offsets = SectorOf(sector);
            var last = batch.FirstOffset + batch.Entries.Length - 1;
            if (batch.PreviousOffset > offsets.Taken || last <= offsets.Taken)
            {
                return (offsets.Taken, false);
            }

            for (var index = (int)Math.Max(0, offsets.Taken + 1 - batch.FirstOffset); index < batch.Entries.Length; index++)
            {
                if (batch.Entries[index] is ReadingEntry reading && !IsCovered(offsets, batch.FirstOffset + index, reading))
                {
                    Add(reading.Device, reading.KeptAt, reading.Metrics.AsSpan());
                }
            }

            offsets.Taken = last;
            return (last, _buffer.Bytes >= bufferBytes / 2);
        }
    }

    /// <summary>Takes samples that are in no log.</summary>
    public void Record(ImmutableArray<HistorySample> samples)
    {
        lock (Gate)
        {
            foreach (var sample in samples)
            {
                Add(sample.Series, sample.Time, [new MetricValue(sample.Metric, sample.Value)]);
            }
        }
    }

    /// <summary>What is up to an offset is in no log any more: it counts as taken.</summary>
    public void SkipTo(string sector, long offset)
    {
        lock (Gate)
        {
            var offsets = SectorOf(sector);
            offsets.Taken = Math.Max(offsets.Taken, offset);
        }
    }

    /// <summary>Waits until there is room, and asks for it meanwhile.</summary>
    public async ValueTask WaitForRoomAsync(Action requestFlush, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (Gate)
            {
                if (_buffer.Bytes < bufferBytes)
                {
                    return;
                }

                room = _room.Task;
            }

            counters.HistoryWaited();
            requestFlush();
            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A series and all that is not durable: what is made durable in between is seen twice and not missed by who looks here first and at the store then.</summary>
    public (SeriesInfo? Series, SlabView View) Look(string series)
    {
        lock (Gate)
        {
            return (Series.Find(series), _buffer.View());
        }
    }

    /// <summary>Fixes what is to be made durable; it stays in sight until <see cref="End"/>.</summary>
    public FlushPlan Begin()
    {
        lock (Gate)
        {
            var offsets = _sectors.Where(pair => pair.Value.Taken > pair.Value.Durable).ToDictionary(pair => pair.Key, pair => pair.Value.Taken, StringComparer.Ordinal);
            return new FlushPlan(_buffer.BeginFlush(), offsets);
        }
    }

    /// <summary>A plan is durable: there is room again.</summary>
    public void End(FlushPlan plan)
    {
        TaskCompletionSource room;
        lock (Gate)
        {
            _buffer.EndFlush();
            foreach (var (sector, offset) in plan.Offsets)
            {
                var offsets = SectorOf(sector);
                offsets.Durable = Math.Max(offsets.Durable, offset);
            }

            (room, _room) = (_room, NewRoom());
        }

        room.SetResult();
    }

    private static TaskCompletionSource NewRoom() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsCovered(SectorOffsets offsets, long offset, ReadingEntry reading) =>
        offsets.Covered is { } covered && covered.TryGetValue(Days.Of(reading.KeptAt), out var until) && offset <= until;

    private void Add(string key, DateTimeOffset at, ReadOnlySpan<MetricValue> metrics)
    {
        if (!metrics.IsEmpty && _buffer.Add(Series.FindOrAdd(key).Id, at.ToUnixTimeMilliseconds(), metrics, Metrics) is var dropped and > 0)
        {
            counters.HistoryDropped("metrics", dropped);
        }
    }

    private SectorOffsets SectorOf(string sector)
    {
        if (!_sectors.TryGetValue(sector, out var offsets))
        {
            _sectors[sector] = offsets = new SectorOffsets();
        }

        return offsets;
    }
}
