using Grid.Contracts.Storage;
using Grid.Storage.History;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Grid.Storage;

/// <summary>
/// The embedded storage: the data directory and the ports over it. The ports exist from the beginning, so that they can be injected; before
/// <see cref="OpenAsync"/> has completed they refuse every call.
/// </summary>
public sealed class GridStorage : IAsyncDisposable
{
    private readonly StorageOptions _options;
    private readonly SegmentedReadingLog _log;
    private readonly SqliteStore _registry;
    private readonly SqliteStore _grains;
    private readonly SqliteHistory _history;
    private readonly Func<IHistorySubjects?> _subjects;
    private readonly Func<IHistorySeal?> _seal;
    private readonly Lock _gate = new();
    private DataDirectory? _directory;
    private Task? _opened;
    private Task? _closed;

    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="loggers">Loggers.</param>
    /// <param name="subjects">What history must know of its series, asked for at the opening; null and history stays closed.</param>
    /// <param name="seal">What seals personal history, asked for at the opening; null and a series with a subscriber is refused.</param>
    /// <exception cref="ArgumentException">A setting is out of range: names it, its value and its range.</exception>
    public GridStorage(
        StorageOptions options,
        TimeProvider time,
        StorageMetrics metrics,
        ILoggerFactory loggers,
        Func<IHistorySubjects?>? subjects = null,
        Func<IHistorySeal?>? seal = null)
    {
        _subjects = subjects ?? (static () => null);
        _seal = seal ?? (static () => null);
        _options = options;
        _log = new SegmentedReadingLog(options.Log, time, metrics, loggers.CreateLogger<SegmentedReadingLog>());
        _registry = new SqliteStore(RegistrySchema.Schema, options.Registry, time, metrics, loggers.CreateLogger<SqliteStore>());
        _grains = new SqliteStore(SqliteGrainStorage.Schema, options.Grains, time, metrics, loggers.CreateLogger<SqliteStore>());
        _history = new SqliteHistory(options.History, time, metrics, loggers.CreateLogger<SqliteHistory>());
        Devices = new SqliteDeviceRegistry(_registry);
        Bodies = new SqliteBodyRegistry(_registry);
        Outbox = new SqliteOutbox(_registry);
        Audit = new SqliteAuditLog(_registry);
        Grains = new SqliteGrainStorage(_grains);
    }

    /// <summary>The reading log.</summary>
    public IReadingLog Log => _log;

    /// <summary>What was measured.</summary>
    public IHistory History => _history;

    /// <summary>Who exists.</summary>
    public IDeviceRegistry Devices { get; }

    /// <summary>Bodies and their members.</summary>
    public IBodyRegistry Bodies { get; }

    /// <summary>Downlinks that are not final.</summary>
    public IOutbox Outbox { get; }

    /// <summary>Who changed what.</summary>
    public IAuditLog Audit { get; }

    /// <summary>Grain state.</summary>
    public IGrainStorage Grains { get; }

    /// <summary>Opens the data directory and everything in it, once; a failure leaves nothing open.</summary>
    /// <exception cref="DataDirectoryException">The directory cannot be used.</exception>
    /// <exception cref="LogDamagedException">The reading log is damaged.</exception>
    /// <exception cref="StoreDamagedException">A store is damaged.</exception>
    /// <exception cref="HistoryDamagedException">History is damaged.</exception>
    public Task OpenAsync()
    {
        lock (_gate)
        {
            return _opened ??= OpenAllAsync();
        }
    }

    /// <summary>Closes history, the log, then the stores, then lets go of the directory. What was asked before is done first; what comes later is refused.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            return new ValueTask(_closed ??= CloseAllAsync());
        }
    }

    private async Task OpenAllAsync()
    {
        _directory = DataDirectory.Open(_options.DataDirectory, _options.Progress);
        try
        {
            await Task.WhenAll(
                OpenAllAsync(_directory),
                _subjects() is { } subjects ? _history.OpenAsync(_directory.History, subjects, _seal()) : Task.CompletedTask);
        }
        catch
        {
            await CloseOpenAsync();
            throw;
        }
    }

    /// <summary>
    /// Stores are made before the log: a log without its stores, or stores that were written to and have no log, have lost something, and are not
    /// begun anew.
    /// </summary>
    private async Task OpenAllAsync(DataDirectory directory)
    {
        var stores = new[] { (Store: _registry, File: directory.Registry), (Store: _grains, File: directory.Grains) };
        var hasLog = Directory.EnumerateFiles(directory.Log).Any(file => Segment.NumberOf(Path.GetFileName(file)) is not null);
        if (hasLog)
        {
            if (stores.FirstOrDefault(store => !File.Exists(store.File)) is { File: { } missing })
            {
                throw new StoreDamagedException(missing, "it is missing, and the reading log is there");
            }

            await Task.WhenAll(stores.Select(store => store.Store.OpenAsync(store.File)).Append(_log.OpenAsync(directory.Log)));
            return;
        }

        await Task.WhenAll(stores.Select(store => store.Store.OpenAsync(store.File)));
        if (stores.Any(store => store.Store.CommitsAtOpening > 0))
        {
            throw new LogDamagedException(Segment.NameOf(1), 0, "it is missing, and stores that were written to are there");
        }

        await _log.OpenAsync(directory.Log);
    }

    private async Task CloseAllAsync()
    {
        if (_opened is { } opened)
        {
            await opened.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await CloseOpenAsync();
        }
    }

    private async Task CloseOpenAsync()
    {
        await _history.DisposeAsync();
        await _log.DisposeAsync();
        await _grains.DisposeAsync();
        await _registry.DisposeAsync();
        _directory?.Dispose();
    }
}
