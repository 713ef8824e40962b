using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Waiting;
using Grid.Simulation.Checks;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Stores;

/// <summary>History that outlives processes: of each sector the entries in the order in which they became durable, and up to where.</summary>
internal sealed class HistoryRecords
{
    public Dictionary<string, SectorHistory> Sectors { get; } = new(StringComparer.Ordinal);

    public SectorHistory Of(string sector)
    {
        if (!Sectors.TryGetValue(sector, out var history))
        {
            Sectors.Add(sector, history = new SectorHistory());
        }

        return history;
    }
}

/// <summary>What is durable of one sector.</summary>
internal sealed class SectorHistory
{
    /// <summary>Covered up to here.</summary>
    public long Durable { get; set; }

    /// <summary>Entries with their offsets, as they came; kept for the sectors that the journal keeps.</summary>
    public List<(long Offset, LogEntry Entry)> Entries { get; } = [];

    /// <summary>So many of them were found right.</summary>
    public int Checked { get; set; }
}

/// <summary>
/// History as one process sees it: what it takes is in memory until a flush, which fails, takes its time or outlives its answer as the other stores do.
/// Points and their covered offset become durable together. It answers no queries: nobody asks it any.
/// </summary>
internal sealed class SimulatedHistory : IHistory
{
    private const string Store = "history";

    private readonly HistoryRecords _records;
    private readonly Journal _journal;
    private readonly Operations _operations;
    private readonly ProcessClock _clock;
    private readonly Setup _setup;
    private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);
    private List<(string Sector, RecordedBatch Batch)> _buffer = [];
    private TaskCompletionSource? _room;
    private Task _flushing = Task.CompletedTask;
    private bool _isFlushDue;
    private int _buffered;

    public SimulatedHistory(HistoryRecords records, Journal journal, Operations operations, ProcessClock clock, Setup setup) =>
        (_records, _journal, _operations, _clock, _setup) = (records, journal, operations, clock, setup);

    public async ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken)
    {
        while (_buffered >= _setup.HistoryBuffered)
        {
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            FlushSoon();
            await _room.Task.OrUntil(cancellationToken);
        }

        var taken = TakenOf(sector);
        var last = batch.FirstOffset + batch.Entries.Length - 1;
        if (last <= taken || batch.PreviousOffset > taken)
        {
            return taken;
        }

        _taken[sector] = last;
        _buffer.Add((sector, batch));
        _buffered += batch.Entries.Length;
        FlushSoon();
        return last;
    }

    public ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken) =>
        new(_records.Sectors.TryGetValue(sector, out var history) ? history.Durable : 0);

    public ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken)
    {
        if (offset > TakenOf(sector))
        {
            _taken[sector] = offset;
            _buffer.Add((sector, new RecordedBatch(offset, offset + 1, 0, [])));
            FlushSoon();
        }

        return ValueTask.CompletedTask;
    }

    public Task FlushAsync(CancellationToken cancellationToken) => _flushing = FlushAfterAsync(_flushing);

    public ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken) => throw NotAsked();

    public Task<bool> DeleteAsync(string series, CancellationToken cancellationToken) => throw NotAsked();

    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => throw NotAsked();

    public Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken) => throw NotAsked();

    private static InvalidOperationException NotAsked() => new("The simulated history is only written.");

    private long TakenOf(string sector) => _taken.TryGetValue(sector, out var taken) ? taken : _records.Sectors.TryGetValue(sector, out var history) ? history.Durable : 0;

    private void FlushSoon()
    {
        if (!_isFlushDue)
        {
            _isFlushDue = true;
            _ = FlushLaterAsync();
        }
    }

    /// <summary>On the turn of the one that gave something, after a while.</summary>
    private async Task FlushLaterAsync()
    {
        await Task.Delay(_setup.HistoryFlushAfter, _clock);
        await FlushAsync(CancellationToken.None);
    }

    private async Task FlushAfterAsync(Task former)
    {
        await former;
        _isFlushDue = false;
        if (_buffer.Count == 0)
        {
            return;
        }

        var flushed = _buffer;
        _buffer = [];
        try
        {
            await _operations.AskAsync(Store, "flush", () => Write(flushed));
        }
        catch (IOException)
        {
            // Done or not: what is durable already is passed over when it is tried again.
            _buffer.InsertRange(0, flushed);
            FlushSoon();
            return;
        }

        _buffered = _buffer.Sum(item => item.Batch.Entries.Length);
        _room?.TrySetResult();
        _room = null;
    }

    private bool Write(List<(string Sector, RecordedBatch Batch)> flushed)
    {
        foreach (var (sector, batch) in flushed)
        {
            var history = _records.Of(sector);
            var last = batch.FirstOffset + batch.Entries.Length - 1;
            if (last <= history.Durable)
            {
                continue;
            }

            Add(history, sector, batch);
            history.Durable = last;
        }

        return true;
    }

    private void Add(SectorHistory history, string sector, RecordedBatch batch)
    {
        if (_journal.Keeps(sector))
        {
            for (var index = 0; index < batch.Entries.Length; index++)
            {
                if (batch.FirstOffset + index > history.Durable)
                {
                    history.Entries.Add((batch.FirstOffset + index, batch.Entries[index]));
                }
            }
        }
    }
}
