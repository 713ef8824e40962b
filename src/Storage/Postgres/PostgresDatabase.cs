using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Polly.Retry;

namespace Grid.Storage.Postgres;

/// <summary>The database: its pool of connections, and how what fails in passing is tried again.</summary>
internal sealed partial class PostgresDatabase : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly NpgsqlDataSource _source;
    private readonly ILogger _logger;
    private bool _isAway;

    /// <exception cref="DatabaseUnusableException">The connection string cannot be read.</exception>
    public PostgresDatabase(PostgresOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        Options = options.Validated();
        Time = time;
        Metrics = metrics.Postgres;
        _logger = logger;
        var connection = Options.Complete();
        Name = $"{connection.Database} at {connection.Host}:{connection.Port}";
        _source = new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }

    public PostgresOptions Options { get; }

    public TimeProvider Time { get; }

    public PostgresMetrics Metrics { get; }

    /// <summary>The database for messages: nothing secret is in it.</summary>
    public string Name { get; }

    /// <summary>What was tried again to the end has failed: until something succeeds, everything is tried once.</summary>
    public bool IsAway
    {
        get => Volatile.Read(ref _isAway);
        set => Volatile.Write(ref _isAway, value);
    }

    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Tries again, with pauses, what failed in passing.</summary>
    public ResiliencePipeline Retrying(string store) => Options.Retries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(PostgresErrors.IsTransient),
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                MaxRetryAttempts = Options.Retries,
                OnRetry = retry =>
                {
                    Metrics.Retried(store);
                    LogRetry(store, Name, PostgresErrors.Reason(retry.Outcome.Exception!), retry.AttemptNumber + 1, retry.RetryDelay.TotalMilliseconds);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    public Exception Translated(Exception error, string store) => PostgresErrors.Translated(error, store, Options.RetryAfter);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [LoggerMessage(1151, LogLevel.Warning, "The store {Store} in database {Database}: {Reason}; try {Attempt} in {PauseMilliseconds} ms.")]
    private partial void LogRetry(string store, string database, string reason, int attempt, double pauseMilliseconds);
}
