using System.Runtime.ExceptionServices;
using Grid.Contracts.Storage;
using Grid.Storage.Backups;
using Grid.Storage.History;
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
    private readonly TimeProvider _time;
    private readonly SubscriberKeys _keys;
    private readonly SegmentedReadingLog _log;
    private readonly SqliteStore _registry;
    private readonly SqliteStore _grains;
    private readonly SqliteHistory _history;
    private readonly Func<IHistorySubjects?> _subjects;
    private readonly Lock _gate = new();
    private DataDirectory? _directory;
    private Task? _opened;
    private Task? _closed;

    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="loggers">Loggers.</param>
    /// <param name="subjects">What history must know of its series, asked for at the opening; null and history stays closed.</param>
    /// <exception cref="ArgumentException">A setting is out of range: names it, its value and its range.</exception>
    public GridStorage(
        StorageOptions options,
        TimeProvider time,
        StorageMetrics metrics,
        ILoggerFactory loggers,
        Func<IHistorySubjects?>? subjects = null)
    {
        _subjects = subjects ?? (static () => null);
        _options = options;
        _time = time;
        _log = new SegmentedReadingLog(options.Log, time, metrics, loggers.CreateLogger<SegmentedReadingLog>());
        _registry = new SqliteStore(RegistrySchema.Schema, options.Registry, time, metrics, loggers.CreateLogger<SqliteStore>());
        _grains = new SqliteStore(SqliteGrainStorage.Schema, options.Grains, time, metrics, loggers.CreateLogger<SqliteStore>());
        _history = new SqliteHistory(options.History, time, metrics, loggers.CreateLogger<SqliteHistory>());
        _keys = new SubscriberKeys(options.Random, time, loggers.CreateLogger<SubscriberKeys>());
        Log = new SealingReadingLog(_log, _keys);
        Devices = new SealingDeviceRegistry(new SqliteDeviceRegistry(_registry), _keys);
        Bodies = new SqliteBodyRegistry(_registry);
        Outbox = new SqliteOutbox(_registry);
        Notifications = new SqliteNotificationOutbox(_registry);
        Audit = new SqliteAuditLog(_registry);
        Grains = new SqliteGrainStorage(_grains);
    }

    /// <summary>Keys per subscriber.</summary>
    public ISubscriberKeys Keys => _keys;

    /// <summary>The reading log.</summary>
    public IReadingLog Log { get; }

    /// <summary>What was measured.</summary>
    public IHistory History => _history;

    /// <summary>Who exists.</summary>
    public IDeviceRegistry Devices { get; }

    /// <summary>Bodies and their members.</summary>
    public IBodyRegistry Bodies { get; }

    /// <summary>Downlinks that are not final.</summary>
    public IOutbox Outbox { get; }

    /// <summary>Notifications and how their delivery goes.</summary>
    public INotificationOutbox Notifications { get; }

    /// <summary>Who changed what.</summary>
    public IAuditLog Audit { get; }

    /// <summary>Grain state.</summary>
    public IGrainStorage Grains { get; }

    /// <summary>Opens the data directory and everything in it, once; a failure leaves nothing open.</summary>
    /// <exception cref="DataDirectoryException">The directory cannot be used.</exception>
    /// <exception cref="LogDamagedException">The reading log is damaged.</exception>
    /// <exception cref="StoreDamagedException">A store is damaged, or a file of keys.</exception>
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

    /// <summary>
    /// Writes a backup to a new directory, or to one file when the path ends with <c>.tar</c>. Everything that was acknowledged before the call is in it;
    /// writers are held for a moment, and then go on while it is copied and verified. Gives its size in bytes.
    /// </summary>
    /// <exception cref="DataDirectoryException">Something is at that place already, or it cannot be made.</exception>
    /// <exception cref="IOException">It could not be written or does not verify: nothing of it is left.</exception>
    public async Task<long> BackUpAsync(string to, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var directory = _directory ?? throw new InvalidOperationException("The storage is not open.");
        var target = Path.GetFullPath(to);
        BackupWriter.RequireFree(target);
        using var cut = await StorageCut.TakeAsync(_log, [_registry, _grains], _history, cancellationToken);
        var madeAt = _time.GetUtcNow();

        // A thread of its own, for as long as it takes to copy and to verify.
        return await Task.Factory.StartNew(
            () => BackupWriter.Run(cut, directory.Path, target, madeAt, _time, progress, cancellationToken).Bytes,
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private async Task OpenAllAsync()
    {
        _directory = DataDirectory.Open(_options.DataDirectory, _options.Progress);
        try
        {
            _keys.Open(_directory.Path, _options.KeysDirectory is { } keys ? Path.GetFullPath(keys) : _directory.Keys);
            await Task.WhenAll(
                OpenAllAsync(_directory),
                _subjects() is { } subjects ? _history.OpenAsync(_directory.History, subjects, new SubscriberSeal(_keys)) : Task.CompletedTask);
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

    /// <summary>Closes all of it, also when something could not be closed as it should: fails as the first that failed.</summary>
    private async Task CloseOpenAsync()
    {
        try
        {
            var failure = default(ExceptionDispatchInfo);
            foreach (var part in (IAsyncDisposable[])[_history, _log, _grains, _registry])
            {
                try
                {
                    await part.DisposeAsync();
                }
                catch (Exception error)
                {
                    failure ??= ExceptionDispatchInfo.Capture(error);
                }
            }

            failure?.Throw();
        }
        finally
        {
            _keys.Dispose();
            _directory?.Dispose();
        }
    }
}
