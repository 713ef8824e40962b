using Grid.Contracts.Storage;
using Npgsql;
using Polly;

namespace Grid.Storage.Postgres;

/// <summary>Reads of one store: a few at once, what waits is bounded, and what failed in passing is tried again.</summary>
internal sealed class PostgresReaders : IDisposable
{
    private readonly string _store;
    private readonly PostgresDatabase _database;
    private readonly ResiliencePipeline _retrying;
    private readonly SemaphoreSlim _free;
    private readonly Func<int> _gauge;
    private int _waiting;
    private bool _isClosed;

    public PostgresReaders(string store, PostgresDatabase database)
    {
        _store = store;
        _database = database;
        _retrying = database.Retrying(store);
        _free = new SemaphoreSlim(database.Options.Readers);
        _gauge = () => Volatile.Read(ref _waiting);
        database.Metrics.Watch(store, "read", _gauge);
    }

    /// <exception cref="StorageOverloadedException">Too much waits.</exception>
    /// <exception cref="StorageUnavailableException">The database cannot be reached.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isClosed))
        {
            throw new IOException($"The store {_store} is closed.");
        }

        await EnterAsync(cancellationToken);
        try
        {
            var result = await (_database.IsAway ? ResiliencePipeline.Empty : _retrying).ExecuteAsync(
                async (read, token) =>
                {
                    await using var connection = await _database.ConnectAsync(token);
                    return await read(connection, token);
                },
                work,
                cancellationToken);
            _database.IsAway = false;
            return result;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _database.IsAway = PostgresErrors.IsTransient(error);
            throw _database.Translated(error, _store);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _isClosed, true);
        _database.Metrics.Unwatch(_gauge);
    }

    private async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (_free.Wait(0, CancellationToken.None))
        {
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _waiting) > _database.Options.MaximumQueued)
            {
                _database.Metrics.Refused(_store, "read");
                throw new StorageOverloadedException(_store, _database.Options.RetryAfter);
            }

            await _free.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
