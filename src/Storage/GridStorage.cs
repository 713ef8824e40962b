using Grid.Contracts.Storage;
using Grid.Storage.Keys;
using Grid.Storage.Privacy;
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
    private readonly SubscriberKeys _keys;
    private readonly SegmentedReadingLog _log;
    private readonly SqliteStore _registry;
    private readonly SqliteStore _grains;
    private readonly Lock _gate = new();
    private DataDirectory? _directory;
    private Task? _opened;
    private Task? _closed;

    /// <exception cref="ArgumentException">A setting is out of range: names it, its value and its range.</exception>
    public GridStorage(StorageOptions options, TimeProvider time, StorageMetrics metrics, ILoggerFactory loggers)
    {
        _options = options;
        _keys = new SubscriberKeys(options.Random, time, loggers.CreateLogger<SubscriberKeys>());
        _log = new SegmentedReadingLog(options.Log, time, metrics, loggers.CreateLogger<SegmentedReadingLog>());
        _registry = new SqliteStore(RegistrySchema.Schema, options.Registry, time, metrics, loggers.CreateLogger<SqliteStore>());
        _grains = new SqliteStore(SqliteGrainStorage.Schema, options.Grains, time, metrics, loggers.CreateLogger<SqliteStore>());
        Log = new SealingReadingLog(_log, _keys);
        Devices = new SealingDeviceRegistry(new SqliteDeviceRegistry(_registry), _keys);
        Bodies = new SqliteBodyRegistry(_registry);
        Outbox = new SqliteOutbox(_registry);
        Audit = new SqliteAuditLog(_registry);
        Grains = new SqliteGrainStorage(_grains);
    }

    /// <summary>Keys per subscriber.</summary>
    public ISubscriberKeys Keys => _keys;

    /// <summary>The reading log.</summary>
    public IReadingLog Log { get; }

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
    /// <exception cref="StoreDamagedException">A store is damaged, or a file of keys.</exception>
    public Task OpenAsync()
    {
        lock (_gate)
        {
            return _opened ??= OpenAllAsync();
        }
    }

    /// <summary>Closes the log, then the stores, then lets go of the directory. What was asked before is done first; what comes later is refused.</summary>
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
            _keys.Open(_directory.Path, _options.KeysDirectory is { } keys ? Path.GetFullPath(keys) : _directory.Keys);
            await OpenAllAsync(_directory);
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
        await _log.DisposeAsync();
        await _grains.DisposeAsync();
        await _registry.DisposeAsync();
        _keys.Dispose();
        _directory?.Dispose();
    }
}
