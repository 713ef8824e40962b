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

    public PostgresReaders(string store, PostgresDatabase database)
    {
        _store = store;
        _database = database;
        _retrying = database.Retrying(store, database.Options.Retries);
        _free = new SemaphoreSlim(database.Options.Readers);
        _gauge = () => Volatile.Read(ref _waiting);
        database.Metrics.Watch(store, "read", _gauge);
    }

    /// <exception cref="StorageOverloadedException">Too much waits.</exception>
    /// <exception cref="StorageUnavailableException">The database cannot be reached.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            return await _retrying.ExecuteAsync(
                async (read, token) =>
                {
                    await using var connection = await _database.ConnectAsync(token);
                    return await read(connection, token);
                },
                work,
                cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _database.Translated(error, _store);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _database.Metrics.Unwatch(_gauge);

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
