using System.Collections.Immutable;
using System.Threading.Channels;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.History;
using Microsoft.Extensions.Logging;
using Polly;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.History;

/// <summary>
/// History in PostgreSQL. Readings are gathered in memory and made durable together, a row for each series and day; closed days have one row for each series. What
/// a process has not made durable it reads again from the log.
/// </summary>
internal sealed partial class PostgresHistory : IHistory, IAsyncDisposable
{
    private const string Name = "history";
    private const int DaysLookedAtWhenOpened = 3;
    private readonly PostgresDatabase _database;
    private readonly HistoryOptions _options;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly PostgresReaders _readers;
    private readonly ResiliencePipeline _retrying;
    private readonly Dictionary<string, SectorOffsets> _sectors = new(StringComparer.Ordinal);

    /// <summary>One flush, close, sweep or deletion of this process at a time.</summary>
    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>Days that may have several rows for a series.</summary>
    private readonly HashSet<int> _open = [];
    private PostgresHistoryCore? _core;
    private PostgresHistoryFlusher _flusher = null!;
    private PostgresHistoryRetention _retention = null!;
    private HistoryBatch? _batch;
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _background = Task.CompletedTask;

    public PostgresHistory(PostgresDatabase database, HistoryOptions options, StorageMetrics metrics, ILogger logger)
    {
        (_database, _options, _metrics, _logger) = (database, options.Validated(), metrics, logger);
        _readers = new PostgresReaders(Name, database);
        _retrying = database.Retrying(Name);
    }

    private PostgresHistoryCore Core => Volatile.Read(ref _core) ?? throw new InvalidOperationException("The store history is not open.");

    /// <summary>Begins to take readings. Until then every call is refused.</summary>
    public async Task OpenAsync(IHistorySubjects subjects, IHistorySeal? seal)
    {
        var core = new PostgresHistoryCore(_database, subjects, seal, _metrics);
        _flusher = new PostgresHistoryFlusher(core);
        _retention = new PostgresHistoryRetention(core);
        await using (var connection = await _database.ConnectAsync(CancellationToken.None))
        {
            await core.ReadSweptAsync(connection);
            foreach (var (sector, durable) in await connection.RowsAsync(
                CancellationToken.None, row => (row.GetString(0), row.GetInt64(1)), "SELECT sector, durable FROM history_sector"))
            {
                _sectors[sector] = new SectorOffsets { Taken = durable, Durable = durable };
            }

            _open.UnionWith(await connection.RowsAsync(
                CancellationToken.None,
                row => row.GetInt32(0),
                "SELECT DISTINCT day FROM history_points WHERE day >= $1",
                In(Days.Of(_database.Time.GetUtcNow()) - DaysLookedAtWhenOpened)));
        }

        Volatile.Write(ref _core, core);
        _background = RunAsync();
        _timer = _database.Time.CreateTimer(_ => Request(), null, _options.FlushEvery, _options.FlushEvery);
    }

    /// <inheritdoc/>
    public async ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(cancellationToken);
        if (batch.PreviousOffset > TakenOf(sector))
        {
            // Another process may have had the sector meanwhile.
            await LookAgainAsync(sector, cancellationToken);
        }

        var core = Core;
        long taken;
        bool isFull;
        lock (core.Gate)
        {
            var offsets = SectorOf(sector);
            var last = batch.FirstOffset + batch.Entries.Length - 1;
            if (batch.PreviousOffset > offsets.Taken || last <= offsets.Taken)
            {
                return offsets.Taken;
            }

            for (var index = (int)Math.Max(0, offsets.Taken + 1 - batch.FirstOffset); index < batch.Entries.Length; index++)
            {
                if (batch.Entries[index] is ReadingEntry reading)
                {
                    Add(core, reading.Device, reading.KeptAt, reading.Metrics.AsSpan());
                }
            }

            taken = offsets.Taken = last;
            isFull = core.Buffer.Bytes >= _options.BufferBytes / 2;
        }

        if (isFull)
        {
            Request();
        }

        return taken;
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(cancellationToken);
        var core = Core;
        lock (core.Gate)
        {
            foreach (var sample in samples)
            {
                Add(core, sample.Series, sample.Time, [new MetricValue(sample.Metric, sample.Value)]);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken)
    {
        lock (Core.Gate)
        {
            return ValueTask.FromResult(_sectors.GetValueOrDefault(sector)?.Durable ?? 0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken)
    {
        lock (Core.Gate)
        {
            var offsets = SectorOf(sector);
            offsets.Taken = Math.Max(offsets.Taken, offset);
        }

        await FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            await FlushAllAsync();
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var core = Checked(query);
        return await _readers.ReadAsync((connection, token) => new PostgresHistoryReader(core, query).PointsAsync(connection, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        var core = Checked(query);
        return resolution == HistoryResolution.Raw
            ? throw new ArgumentException("Buckets are of 15 minutes or of a day.", nameof(resolution))
            : await _readers.ReadAsync((connection, token) => new PostgresHistoryReader(core, query).BucketsAsync(connection, resolution, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string series, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var core = Core;
            await FlushAllAsync();
            SeriesInfo? info;
            lock (core.Gate)
            {
                // From here on the key is that of a new series, of which nothing is made durable before the old one is deleted.
                info = core.Series.Find(series);
                if (info is not null)
                {
                    core.Series.Detach(info);
                }

                _batch = Begin(core);
            }

            await FlushBatchAsync();
            await using var connection = await _database.ConnectAsync(CancellationToken.None);
            var isFound = await PostgresHistoryRetention.DeleteAsync(connection, series);
            if (info is not null)
            {
                lock (core.Gate)
                {
                    core.Series.Forget(info);
                }
            }

            return isFound;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            await using var connection = await _database.ConnectAsync(CancellationToken.None);
            return await _retention.SweepAsync(connection, policy, now);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken)
    {
        _ = Core;
        return _readers.ReadAsync(PostgresHistoryRetention.OldestKeptAsync, cancellationToken);
    }

    /// <summary>Joins the rows of the days that are over.</summary>
    internal Task CloseDaysAsync(DateTimeOffset now, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var over = _open.Where(day => Days.At(day + 1, 0) + _options.CloseAfter <= now).ToArray();
            if (over.Length > 0)
            {
                await using var connection = await _database.ConnectAsync(CancellationToken.None);
                foreach (var day in over)
                {
                    await _retention.CloseAsync(connection, day);
                    _open.Remove(day);
                    _metrics.HistoryClosed();
                }
            }

            return true;
        },
        cancellationToken);

    /// <summary>Makes durable what was taken.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_core is null)
        {
            return;
        }

        _wake.Writer.TryComplete();
        await (_timer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _background;
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (IOException error)
        {
            LogNotFlushed(error);
        }

        _readers.Dispose();
        Volatile.Write(ref _core, null);
    }

    private PostgresHistoryCore Checked(HistoryQuery query) => query.Limit is < 1 or > 100_000
        ? throw new ArgumentException($"Limit is {query.Limit}; it must be from 1 to 100000.", nameof(query))
        : Core;

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        _ = Core;
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await _retrying.ExecuteAsync(async (work, _) => await work(), change, CancellationToken.None);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _database.Translated(error, Name);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes durable what was taken before, twice: a batch that failed before holds less.</summary>
    private async Task FlushAllAsync()
    {
        for (var isLeft = _batch is not null; ; isLeft = false)
        {
            await FlushBatchAsync();
            if (!isLeft)
            {
                return;
            }
        }
    }

    private async Task FlushBatchAsync()
    {
        var core = Core;
        var batch = _batch ??= Begin(core);
        if (batch.View.Slabs.Length > 0 || batch.Offsets.Count > 0)
        {
            var started = _database.Time.GetTimestamp();
            _open.UnionWith(await _flusher.FlushAsync(batch));
            _metrics.HistoryFlushed(_database.Time.GetElapsedTime(started), batch.View.Counts.Sum());
        }

        TaskCompletionSource room;
        lock (core.Gate)
        {
            core.Buffer.EndFlush();
            foreach (var (sector, offset) in batch.Offsets)
            {
                var offsets = SectorOf(sector);
                offsets.Durable = Math.Max(offsets.Durable, offset);
            }

            (room, _room) = (_room, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        _batch = null;
        room.SetResult();
    }

    private HistoryBatch Begin(PostgresHistoryCore core)
    {
        lock (core.Gate)
        {
            var offsets = _sectors.Where(pair => pair.Value.Taken > pair.Value.Durable).ToDictionary(pair => pair.Key, pair => pair.Value.Taken, StringComparer.Ordinal);
            return new HistoryBatch(core.Buffer.BeginFlush(), offsets);
        }
    }

    private void Add(PostgresHistoryCore core, string key, DateTimeOffset at, ReadOnlySpan<MetricValue> metrics)
    {
        if (!metrics.IsEmpty && core.Buffer.Add(core.Series.FindOrAdd(key).Id, at.ToUnixTimeMilliseconds(), metrics, core.Metrics) is var dropped and > 0)
        {
            _metrics.HistoryDropped("metrics", dropped);
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

    private long TakenOf(string sector)
    {
        lock (Core.Gate)
        {
            return _sectors.GetValueOrDefault(sector)?.Taken ?? 0;
        }
    }

    private async Task LookAgainAsync(string sector, CancellationToken cancellationToken)
    {
        var durable = await _readers.ReadAsync(
            (connection, token) => connection.RowsAsync(token, row => row.GetInt64(0), "SELECT durable FROM history_sector WHERE sector = $1", In(sector)), cancellationToken);
        lock (Core.Gate)
        {
            if (durable.Count > 0 && durable[0] > SectorOf(sector).Taken)
            {
                (_sectors[sector].Taken, _sectors[sector].Durable) = (durable[0], durable[0]);
            }
        }
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (Core.Gate)
            {
                if (Core.Buffer.Bytes < _options.BufferBytes)
                {
                    return;
                }

                room = _room.Task;
            }

            _metrics.HistoryWaited();
            Request();
            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Asks for a flush in the background, once however often it is asked for.</summary>
    private void Request() => _wake.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            try
            {
                await FlushAsync(CancellationToken.None);
                await CloseDaysAsync(_database.Time.GetUtcNow(), CancellationToken.None);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _metrics.HistoryFailed();
                LogFailed(error);
            }
        }
    }

    [LoggerMessage(1158, LogLevel.Error, "Work on history failed; it is tried again.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(1159, LogLevel.Error, "History could not be made durable at the stop; the reading log is read again at the next start.")]
    private partial void LogNotFlushed(Exception error);

    /// <summary>How far a sector is: taken, and durable.</summary>
    private sealed class SectorOffsets
    {
        public long Taken { get; set; }

        public long Durable { get; set; }
    }
}
