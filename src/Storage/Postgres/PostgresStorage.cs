using Grid.Contracts.Storage;
using Grid.Storage.Keys;
using Grid.Storage.Postgres.History;
using Grid.Storage.Postgres.Log;
using Grid.Storage.Postgres.Schema;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Storage;

namespace Grid.Storage.Postgres;

/// <summary>
/// The storage in PostgreSQL: the ports over one database. The ports exist from the beginning, so that they can be injected; before
/// <see cref="OpenAsync"/> has completed they refuse every call.
/// </summary>
public sealed partial class PostgresStorage : IAsyncDisposable
{
    private readonly PostgresOptions _options;
    private readonly PostgresDatabase _database;
    private readonly Func<IHistorySubjects?> _subjects;
    private readonly Func<IHistorySeal?> _seal;
    private readonly PostgresReadingLog _log;
    private readonly PostgresHistory _history;
    private readonly PostgresStore _registry;
    private readonly PostgresStore _outbox;
    private readonly PostgresStore _notifications;
    private readonly PostgresStore _audit;
    private readonly PostgresGrainStorage _grains;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Task? _opened;
    private Task? _closed;

    /// <param name="options">The database.</param>
    /// <param name="storage">Settings of the log and of history.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="loggers">Loggers.</param>
    /// <param name="subjects">What history must know of its series, asked for at the opening; null and history stays closed.</param>
    /// <param name="seal">What seals personal history, asked for at the opening; null and a series with a subscriber is refused.</param>
    /// <exception cref="ArgumentException">A setting is out of range: names it, its value and its range.</exception>
    /// <exception cref="DatabaseUnusableException">The connection string cannot be read.</exception>
    public PostgresStorage(
        PostgresOptions options,
        StorageOptions storage,
        TimeProvider time,
        StorageMetrics metrics,
        ILoggerFactory loggers,
        Func<IHistorySubjects?>? subjects = null,
        Func<IHistorySeal?>? seal = null)
    {
        _subjects = subjects ?? (static () => null);
        _seal = seal ?? (static () => null);
        _options = options;
        _logger = loggers.CreateLogger<PostgresStorage>();
        _database = new PostgresDatabase(options, time, metrics, _logger);
        _log = new PostgresReadingLog(_database, storage.Log, metrics, _logger);
        _history = new PostgresHistory(_database, storage.History, metrics, _logger);
        _registry = new PostgresStore("registry", _database, PostgresDeviceRegistry.Revision, _logger);
        _outbox = new PostgresStore("outbox", _database, null, _logger);
        _notifications = new PostgresStore("notifications", _database, PostgresNotificationOutbox.Counter, _logger);
        _audit = new PostgresStore("audit", _database, PostgresAuditLog.Counter, _logger);
        _grains = new PostgresGrainStorage(_database, _logger);
        Devices = new PostgresDeviceRegistry(_registry);
        Bodies = new PostgresBodyRegistry(_registry);
        Outbox = new PostgresOutbox(_outbox);
        Notifications = new PostgresNotificationOutbox(_notifications);
        Audit = new PostgresAuditLog(_audit);
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

    /// <summary>Notifications and how their delivery goes.</summary>
    public INotificationOutbox Notifications { get; }

    /// <summary>Who changed what.</summary>
    public IAuditLog Audit { get; }

    /// <summary>Grain state.</summary>
    public IGrainStorage Grains => _grains;

    /// <summary>Opens the storage, once.</summary>
    /// <exception cref="DatabaseUnusableException">The database cannot be reached, or is not Grid's of this version.</exception>
    public Task OpenAsync()
    {
        lock (_gate)
        {
            return _opened ??= OpenAllAsync();
        }
    }

    /// <summary>Checks that this process has the keys of the persons in the database, and has it say so when it makes some.</summary>
    /// <exception cref="DatabaseUnusableException">The keys of another process are needed.</exception>
    public async Task RequireKeysAsync(SubscriberKeys keys, string keysDirectory)
    {
        var masters = new PostgresKeys(_database);
        await masters.RequireAsync(keys.MasterId, keysDirectory);

        // Once in the life of a database: the registration of its first person waits for it.
        keys.MasterMade = master => masters.ClaimAsync(master, keysDirectory).GetAwaiter().GetResult();
    }

    /// <summary>Closes history, the log, then the stores. What was asked before is done first; what comes later is refused.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            return new ValueTask(_closed ??= CloseAllAsync());
        }
    }

    private async Task OpenAllAsync()
    {
        await new SchemaMigrator(_options).RequireCurrentAsync(CancellationToken.None);
        try
        {
            await WarnOfLossAsync();
            await Task.WhenAll(
                _log.OpenAsync(),
                _registry.OpenAsync(),
                _outbox.OpenAsync(),
                _notifications.OpenAsync(),
                _audit.OpenAsync(),
                _grains.OpenAsync(),
                _subjects() is { } subjects ? _history.OpenAsync(subjects, _seal()) : Task.CompletedTask);
        }
        catch (NpgsqlException error)
        {
            throw new DatabaseUnusableException($"the database {_database.Name} cannot be used: {PostgresErrors.Reason(error)}", error);
        }
    }

    /// <summary>A server that was told not to sync acknowledges what a loss of power takes away: it may be meant so, but not unsaid.</summary>
    private async Task WarnOfLossAsync()
    {
        await using var connection = await _database.ConnectAsync(CancellationToken.None);
        await using var fsync = connection.Query("SELECT current_setting('fsync')");
        if (await fsync.ExecuteScalarAsync() is "off")
        {
            LogNoSync(_database.Name);
        }
    }

    private async Task CloseAllAsync()
    {
        if (_opened is { } opened)
        {
            await opened.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await _history.DisposeAsync();
            await _log.DisposeAsync();
            await _grains.DisposeAsync();
            await _outbox.DisposeAsync();
            await _notifications.DisposeAsync();
            await _audit.DisposeAsync();
            await _registry.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    [LoggerMessage(1150, LogLevel.Warning, "The server of database {Database} has fsync=off: a loss of power loses what was acknowledged.")]
    private partial void LogNoSync(string database);
}
