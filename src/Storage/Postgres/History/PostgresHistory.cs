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

    /// <summary>One flush, close, sweep or deletion of this process at a time.</summary>
    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>Days that may have several rows for a series.</summary>
    private readonly HashSet<int> _open = [];
    private PostgresHistoryCore? _core;
    private PostgresHistoryFlusher _flusher = null!;
    private PostgresHistoryRetention _retention = null!;
    private FlushPlan? _plan;
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
        var core = new PostgresHistoryCore(_database, _options, subjects, seal, _metrics);
        _flusher = new PostgresHistoryFlusher(core);
        _retention = new PostgresHistoryRetention(core);
        await using (var connection = await _database.ConnectAsync(CancellationToken.None))
        {
            await core.ReadSweptAsync(connection);
            foreach (var (sector, durable) in await connection.RowsAsync(
                CancellationToken.None, row => (row.GetString(0), row.GetInt64(1)), "SELECT sector, durable FROM history_sector"))
            {
                core.Intake.Resume(sector, durable);
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
        var intake = Core.Intake;
        await intake.WaitForRoomAsync(Request, cancellationToken);
        if (batch.PreviousOffset > intake.TakenOf(sector))
        {
            // Another process may have had the sector meanwhile.
            await LookAgainAsync(sector, cancellationToken);
        }

        var (taken, isHalfFull) = intake.Append(sector, batch);
        if (isHalfFull)
        {
            Request();
        }

        return taken;
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken)
    {
        var intake = Core.Intake;
        await intake.WaitForRoomAsync(Request, cancellationToken);
        intake.Record(samples);
    }

    /// <inheritdoc/>
    public ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken) => ValueTask.FromResult(Core.Intake.DurableOf(sector));

    /// <inheritdoc/>
    public async ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken)
    {
        Core.Intake.SkipTo(sector, offset);
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
        query.RequireLimit();
        var core = Core;
        return await _readers.ReadAsync((connection, token) => new PostgresHistoryReader(core, query).PointsAsync(connection, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        query.RequireLimit();
        var core = Core;
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
            lock (core.Intake.Gate)
            {
                // From here on the key is that of a new series, of which nothing is made durable before the old one is deleted.
                info = core.Series.Find(series);
                if (info is not null)
                {
                    core.Series.Detach(info);
                }

                _plan = core.Intake.Begin();
            }

            await FlushPlanAsync();
            await using var connection = await _database.ConnectAsync(CancellationToken.None);
            var isFound = await PostgresHistoryRetention.DeleteAsync(connection, series);
            if (info is not null)
            {
                lock (core.Intake.Gate)
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

    private async Task LookAgainAsync(string sector, CancellationToken cancellationToken)
    {
        var durable = await _readers.ReadAsync(
            (connection, token) => connection.RowsAsync(token, row => row.GetInt64(0), "SELECT durable FROM history_sector WHERE sector = $1", In(sector)), cancellationToken);
        if (durable.Count > 0)
        {
            Core.Intake.Resume(sector, durable[0]);
        }
    }

    [LoggerMessage(1158, LogLevel.Error, "Work on history failed; it is tried again.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(1159, LogLevel.Error, "History could not be made durable at the stop; the reading log is read again at the next start.")]
    private partial void LogNotFlushed(Exception error);
}
