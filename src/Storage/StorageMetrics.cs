using System.Diagnostics.Metrics;
using Grid.Storage.History;
using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Log;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;

namespace Grid.Storage;

/// <summary>The meter <c>Grid.Storage</c>: how long commits take, what waits, what is refused and why.</summary>
public sealed class StorageMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Grid.Storage";

    private readonly Meter _meter;
    private readonly Lock _gate = new();
    private readonly List<LogWriter> _logs = [];
    private readonly List<LogLedger> _ledgers = [];
    private readonly List<SqliteQueue> _queues = [];
    private readonly List<SqliteHistory> _histories = [];
    private readonly Histogram<double> _historyFlushTime;
    private readonly Counter<long> _historyReadings;
    private readonly Counter<long> _historyDropped;
    private readonly Counter<long> _historyWaited;
    private readonly Counter<long> _historyFailed;
    private readonly Counter<long> _historyMerged;
    private readonly Counter<long> _historyClosed;
    private readonly Histogram<double> _logCommitTime;
    private readonly Counter<long> _logCommits;
    private readonly Counter<long> _logAppends;
    private readonly Counter<long> _logEntries;
    private readonly Counter<long> _logBytes;
    private readonly Counter<long> _logRefused;
    private readonly Counter<long> _logStopped;
    private readonly Counter<long> _logSegmentsDeleted;
    private readonly Histogram<double> _sqliteCommitTime;
    private readonly Counter<long> _sqliteCommits;
    private readonly Counter<long> _sqliteWrites;
    private readonly Counter<long> _sqliteRefused;

    /// <param name="factory">Makes the meter; null for one of its own.</param>
    public StorageMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _logCommitTime = _meter.CreateHistogram<double>("grid.log.commit.duration", "s", "Time to write and sync a commit of the reading log.");
        _logCommits = _meter.CreateCounter<long>("grid.log.commits", "{commit}", "Commits of the reading log.");
        _logAppends = _meter.CreateCounter<long>("grid.log.appends", "{append}", "Appends, acquisitions and checkpoints that were committed.");
        _logEntries = _meter.CreateCounter<long>("grid.log.entries", "{entry}", "Entries appended.");
        _logBytes = _meter.CreateCounter<long>("grid.log.bytes", "By", "Bytes written to the reading log.");
        _logRefused = _meter.CreateCounter<long>("grid.log.refused", "{append}", "Appends refused, by reason: queue, retained, fenced.");
        _logStopped = _meter.CreateCounter<long>("grid.log.stopped", "{stop}", "Times that the reading log stopped after an error of the disk.");
        _logSegmentsDeleted = _meter.CreateCounter<long>("grid.log.segments.deleted", "{segment}", "Segments let go after checkpoints.");
        _sqliteCommitTime = _meter.CreateHistogram<double>("grid.sqlite.commit.duration", "s", "Time to do and commit what shared a commit, by store.");
        _sqliteCommits = _meter.CreateCounter<long>("grid.sqlite.commits", "{commit}", "Commits, by store.");
        _sqliteWrites = _meter.CreateCounter<long>("grid.sqlite.writes", "{request}", "Requests that were committed, by store.");
        _sqliteRefused = _meter.CreateCounter<long>("grid.sqlite.refused", "{request}", "Requests refused because too many waited, by store and use.");
        _historyFlushTime = _meter.CreateHistogram<double>("grid.history.flush.duration", "s", "Time to make what was gathered durable.");
        _historyReadings = _meter.CreateCounter<long>("grid.history.readings", "{reading}", "Readings made durable in history.");
        _historyDropped = _meter.CreateCounter<long>(
            "grid.history.dropped", "{point}", "Points not taken, by reason: expired (older than raw points are kept), erased (the subscriber's key is destroyed), metrics (too many names).");
        _historyWaited = _meter.CreateCounter<long>("grid.history.waited", "{append}", "Times that an append waited for room in the buffer.");
        _historyFailed = _meter.CreateCounter<long>("grid.history.failed", "{attempt}", "Flushes and compactions that failed and are tried again.");
        _historyMerged = _meter.CreateCounter<long>("grid.history.merges", "{merge}", "Merges of runs.");
        _historyClosed = _meter.CreateCounter<long>("grid.history.days.closed", "{day}", "Days compacted and rolled up.");
        _meter.CreateObservableGauge("grid.history.buffer", () => Sum(history => history.BufferBytes), "By", "Memory of what is not durable yet.");
        _meter.CreateObservableGauge("grid.history.backlog", () => Sum(history => history.Backlog), "{run}", "Runs that wait to be merged.");
        _meter.CreateObservableGauge("grid.sqlite.queue", Queues, "{request}", "Requests that wait, by store and use.");
        _meter.CreateObservableGauge("grid.log.queue", () => Sum(log => log.QueuedAppends, _ => 0), "{append}", "Appends that wait to be committed.");
        _meter.CreateObservableGauge("grid.log.retained", () => Sum(log => log.RetainedBytes, ledger => ledger.Bytes), "By", "Bytes that the reading log holds.");
        _meter.CreateObservableGauge("grid.log.checkpoint.lag", () => Sum(log => log.Index.LiveEntries, ledger => ledger.Entries), "{entry}", "Entries that are not checkpointed.");
        Postgres = new PostgresMetrics(_meter);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal bool Owns(Meter meter) => ReferenceEquals(meter, _meter);

    internal void Watch(LogWriter log)
    {
        lock (_gate)
        {
            _logs.Add(log);
        }
    }

    internal void Unwatch(LogWriter log)
    {
        lock (_gate)
        {
            _logs.Remove(log);
        }
    }

    internal void Watch(SqliteHistory history)
    {
        lock (_gate)
        {
            _histories.Add(history);
        }
    }

    internal void Unwatch(SqliteHistory history)
    {
        lock (_gate)
        {
            _histories.Remove(history);
        }
    }

    internal void HistoryFlushed(TimeSpan took, int readings)
    {
        _historyFlushTime.Record(took.TotalSeconds);
        _historyReadings.Add(readings);
    }

    internal void HistoryDropped(string reason, int points) => _historyDropped.Add(points, KeyValuePair.Create<string, object?>("reason", reason));

    internal void HistoryWaited() => _historyWaited.Add(1);

    internal void HistoryFailed() => _historyFailed.Add(1);

    internal void HistoryMerged() => _historyMerged.Add(1);

    internal void HistoryClosed() => _historyClosed.Add(1);

    /// <summary>The instruments of PostgreSQL.</summary>
    internal PostgresMetrics Postgres { get; }

    internal void Watch(LogLedger ledger)
    {
        lock (_gate)
        {
            _ledgers.Add(ledger);
        }
    }

    internal void Unwatch(LogLedger ledger)
    {
        lock (_gate)
        {
            _ledgers.Remove(ledger);
        }
    }

    /// <summary>A commit of a log that keeps its time elsewhere.</summary>
    internal void LogCommitted(int appends, long entries, long bytes)
    {
        _logCommits.Add(1);
        _logAppends.Add(appends);
        _logEntries.Add(entries);
        _logBytes.Add(bytes);
    }

    internal void LogCommitted(TimeSpan took, IReadOnlyList<LogRequest> requests, long bytes)
    {
        var entries = 0L;
        var refused = 0;
        foreach (var request in requests)
        {
            entries += request.Refusal is null ? request.Entries : 0;
            refused += request.Refusal is null ? 0 : 1;
        }

        _logCommitTime.Record(took.TotalSeconds);
        _logCommits.Add(1);
        _logAppends.Add(requests.Count - refused);
        _logEntries.Add(entries);
        _logBytes.Add(bytes);
    }

    internal void LogRefused(string reason) => _logRefused.Add(1, KeyValuePair.Create<string, object?>("reason", reason));

    internal void LogStopped() => _logStopped.Add(1);

    internal void SegmentDeleted() => _logSegmentsDeleted.Add(1);

    internal void Watch(SqliteQueue queue)
    {
        lock (_gate)
        {
            _queues.Add(queue);
        }
    }

    internal void Unwatch(SqliteQueue queue)
    {
        lock (_gate)
        {
            _queues.Remove(queue);
        }
    }

    internal void SqliteCommitted(string store, TimeSpan took, int requests)
    {
        var tag = KeyValuePair.Create<string, object?>("store", store);
        _sqliteCommitTime.Record(took.TotalSeconds, tag);
        _sqliteCommits.Add(1, tag);
        _sqliteWrites.Add(requests, tag);
    }

    internal void SqliteRefused(string store, string use) =>
        _sqliteRefused.Add(1, KeyValuePair.Create<string, object?>("store", store), KeyValuePair.Create<string, object?>("use", use));

    private IEnumerable<Measurement<long>> Queues()
    {
        lock (_gate)
        {
            return [.. _queues.Select(queue => new Measurement<long>(
                queue.Count, KeyValuePair.Create<string, object?>("store", queue.Store), KeyValuePair.Create<string, object?>("use", queue.Use)))];
        }
    }

    private long Sum(Func<SqliteHistory, long> part)
    {
        lock (_gate)
        {
            return _histories.Sum(part);
        }
    }

    private long Sum(Func<LogWriter, long> part, Func<LogLedger, long> ledgerPart)
    {
        lock (_gate)
        {
            return _logs.Sum(part) + _ledgers.Sum(ledgerPart);
        }
    }
}
