using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.History;

/// <summary>
/// History in SQLite files, one a day of raw points. Readings are gathered in memory and made durable together; one thread flushes, one merges and
/// compacts, a few read. See docs/history.md.
/// </summary>
internal sealed partial class SqliteHistory : IHistory, IAsyncDisposable
{
    private readonly HistoryOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private HistoryCore? _core;
    private HistoryFlusher? _flusher;
    private HistoryCompactor? _compactor;
    private HistoryRetention? _retention;
    private HistoryDeletion? _deletion;
    private HistoryThread? _writer;
    private HistoryThread? _changer;
    private HistoryThread? _readers;
    private ITimer? _timer;
    private FlushPlan? _plan;
    private ThreadLocal<HistoryReader>? _reader;
    private int _flushesWaiting;
    private int _stepsWaiting;
    private bool _isClosing;

    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public SqliteHistory(HistoryOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        (_options, _time, _metrics, _logger) = (options.Validated(), time, metrics, logger);
    }

    /// <summary>Called at the points where a crash is of interest, with their names: for tests.</summary>
    internal Action<string>? OnStep { get; init; }

    private HistoryCore Core => _core ?? throw new InvalidOperationException("The store history is not open.");

    /// <summary>Memory of what is not durable yet.</summary>
    internal long BufferBytes => _core?.Intake.Bytes ?? 0;

    /// <summary>Runs that wait to be merged.</summary>
    internal long Backlog => _compactor?.Backlog ?? 0;

    /// <summary>Opens the directory, made when it is missing. Until then every call is refused.</summary>
    /// <exception cref="DataDirectoryException">The catalogue is of another version.</exception>
    /// <exception cref="HistoryDamagedException">A file is missing or damaged.</exception>
    public async Task OpenAsync(string directory, IHistorySubjects subjects, IHistorySeal? seal)
    {
        var (core, durable, covered) = await HistoryOpening.OpenAsync(directory, _options, subjects, seal, _time, _metrics, OnStep);
        foreach (var (sector, offset) in durable)
        {
            core.Intake.Resume(sector, offset);
        }

        foreach (var (day, sector, offset) in covered)
        {
            core.Intake.Cover(sector, day, offset);
        }

        (_core, _flusher, _compactor) = (core, new HistoryFlusher(core), new HistoryCompactor(core));
        _retention = new HistoryRetention(core, _compactor);
        _deletion = new HistoryDeletion(core, _compactor);
        var directories = new DirectoryCache();
        _reader = new ThreadLocal<HistoryReader>(() => new HistoryReader(core, directories));
        _writer = new HistoryThread("flush", 1, 1_000, _metrics);
        _changer = new HistoryThread("compact", 1, 1_000, _metrics);
        _readers = new HistoryThread("read", _options.Readers, _options.MaximumQueued, _metrics);
        _metrics.Watch(this);
        await _changer.Submit(_deletion.Finish, CancellationToken.None);
        _timer = _time.CreateTimer(_ => OnTimer(), null, _options.FlushEvery, _options.FlushEvery);
    }

    /// <inheritdoc/>
    public async ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken)
    {
        var intake = Core.Intake;
        await intake.WaitForRoomAsync(RequestFlush, cancellationToken);
        var (taken, isHalfFull) = intake.Append(sector, batch);
        if (isHalfFull)
        {
            RequestFlush();
        }

        return taken;
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken)
    {
        var intake = Core.Intake;
        await intake.WaitForRoomAsync(RequestFlush, cancellationToken);
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
    public Task FlushAsync(CancellationToken cancellationToken) => (_writer ?? throw NotOpen()).Submit(
        () =>
        {
            // Twice: a plan that failed before holds less than what was taken before this call.
            Flush();
            Flush();
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        query.RequireLimit();
        return await (_readers ?? throw NotOpen()).Submit(() => _reader!.Value!.ReadPoints(query), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        query.RequireLimit();
        return await (_readers ?? throw NotOpen()).Submit(() => _reader!.Value!.ReadBuckets(query, resolution), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string series, CancellationToken cancellationToken)
    {
        var core = Core;
        SeriesInfo? info;
        lock (core.Intake.Gate)
        {
            info = core.Series.Find(series);
            if (info is null)
            {
                return false;
            }

            // From here on the key is that of a new series; what came before is made durable, and deleted as a whole.
            core.Series.Detach(info);
        }

        await FlushAsync(cancellationToken);
        return await _changer!.Submit(() => _deletion!.Delete(info), CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) =>
        (_changer ?? throw NotOpen()).Submit(() => _retention!.Sweep(policy, now), cancellationToken);

    /// <inheritdoc/>
    public async Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken) =>
        [.. await (_readers ?? throw NotOpen()).Submit(() => _retention!.OldestKept(), cancellationToken)];

    /// <summary>Merges and closes until nothing is due.</summary>
    internal Task CompactAsync(CancellationToken cancellationToken) => (_changer ?? throw NotOpen()).Submit(
        () =>
        {
            while (_compactor!.Step())
            {
            }

            return true;
        },
        cancellationToken);

    /// <summary>Makes durable what was taken, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_core is not { } core)
        {
            return;
        }

        _isClosing = true;
        _metrics.Unwatch(this);
        await (_timer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _readers!.CloseAsync();
        await _changer!.CloseAsync();
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (IOException error)
        {
            LogNotFlushed(error);
        }

        await _writer!.CloseAsync();
        core.Sessions.Dispose();
        core.Catalog.Dispose();
        _reader!.Dispose();
        _core = null;
    }

    /// <summary>Closes without making anything durable, as a crash would: for tests.</summary>
    internal async Task CrashAsync()
    {
        _isClosing = true;
        _metrics.Unwatch(this);
        await _timer!.DisposeAsync();
        await Task.WhenAll(_readers!.CloseAsync(), _changer!.CloseAsync(), _writer!.CloseAsync());
        Core.Sessions.Dispose();
        Core.Catalog.Dispose();
        _core = null;
    }

    private static InvalidOperationException NotOpen() => new("The store history is not open.");

    [LoggerMessage(1135, LogLevel.Error, "Work on history failed; it is tried again.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(1136, LogLevel.Error, "History could not be made durable at the stop; the reading log is read again at the next start.")]
    private partial void LogNotFlushed(Exception error);
}
