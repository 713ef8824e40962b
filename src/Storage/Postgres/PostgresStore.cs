using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>A few tables with one writer of this process, whose waiting requests share commits, and readers.</summary>
internal sealed class PostgresStore : IAsyncDisposable
{
    private readonly string _name;
    private readonly PostgresDatabase _database;
    private readonly RequestQueue<IStoreRequest> _queue;
    private readonly GroupWriter<IStoreRequest> _writer;
    private readonly PostgresReaders _readers;
    private bool _isOpen;

    /// <param name="name">For messages and counters.</param>
    /// <param name="database">The database.</param>
    /// <param name="orderedBy">The counter whose row orders the writers of all processes; null where their order does not matter.</param>
    /// <param name="logger">Where to log.</param>
    public PostgresStore(string name, PostgresDatabase database, string? orderedBy, ILogger logger)
    {
        _name = name;
        _database = database;
        _queue = new RequestQueue<IStoreRequest>($"The store {name} is closed.");
        _writer = new GroupWriter<IStoreRequest>(name, _queue, database, new Work(orderedBy), (database.Options.MaximumPerCommit, database.Options.CommitBytes), logger);
        _readers = new PostgresReaders(name, database);
    }

    /// <summary>The store for messages about its rows.</summary>
    public string Place => $"{_name} in {_database.Name}";

    public async Task OpenAsync()
    {
        await _writer.StartAsync();
        Volatile.Write(ref _isOpen, true);
    }

    /// <summary>Runs the work in the next commit; completes when it is durable. What it throws undoes it alone. It may run again after a transaction that was undone.</summary>
    /// <exception cref="StorageOverloadedException">Too much waits.</exception>
    public Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        RequireOpen();
        if (_queue.Count >= _database.Options.MaximumQueued)
        {
            _database.Metrics.Refused(_name, "write");
            throw new StorageOverloadedException(_name, _database.Options.RetryAfter);
        }

        var request = new StoreRequest<T>(work);
        _queue.Add(request, cancellationToken);
        return request.Task;
    }

    /// <summary>Runs the work on a reader.</summary>
    /// <exception cref="StorageOverloadedException">Too much waits.</exception>
    public Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        RequireOpen();
        return _readers.ReadAsync(work, cancellationToken);
    }

    /// <summary>Finishes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        await _writer.CloseAsync();
    }

    private void RequireOpen()
    {
        if (!Volatile.Read(ref _isOpen))
        {
            throw new InvalidOperationException($"The store {_name} is not open.");
        }
    }

    private sealed class Work(string? orderedBy) : IGroupWork<IStoreRequest>
    {
        public async Task<NpgsqlBatch> DoAsync(NpgsqlConnection connection, IReadOnlyList<IStoreRequest> requests)
        {
            if (orderedBy is not null)
            {
                await connection.RunAsync(CancellationToken.None, "SELECT FROM counter WHERE name = $1 FOR UPDATE", PostgresCommands.In(orderedBy));
            }

            foreach (var request in requests)
            {
                try
                {
                    await request.DoAsync(connection);
                }
                catch (Exception error) when (error is not OutOfMemoryException && !PostgresErrors.IsTransient(error))
                {
                    throw new RequestFailedException(request, error);
                }
            }

            return connection.CreateBatch();
        }
    }
}

/// <summary>Work that waits for a store's writer.</summary>
internal interface IStoreRequest : IPostgresRequest
{
    /// <summary>Does the work and keeps its result.</summary>
    Task DoAsync(NpgsqlConnection connection);
}

/// <inheritdoc/>
internal sealed class StoreRequest<T>(Func<NpgsqlConnection, Task<T>> work) : PostgresRequest<T>, IStoreRequest
{
    public async Task DoAsync(NpgsqlConnection connection) => Result = await work(connection);
}
