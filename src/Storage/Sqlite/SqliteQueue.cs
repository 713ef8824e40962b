using Grid.Contracts.Storage;

namespace Grid.Storage.Sqlite;

/// <summary>Requests that wait for the threads of a store: bounded, and what is over the bound is refused and counted.</summary>
internal sealed class SqliteQueue(string store, string use, SqliteOptions options, StorageMetrics metrics)
{
    private readonly object _gate = new();
    private readonly Queue<SqliteRequest> _waiting = new();
    private IOException? _closed;

    public string Store => store;

    public string Use => use;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Why it takes no more; null while it does.</summary>
    public string? ClosedBecause
    {
        get
        {
            lock (_gate)
            {
                return _closed?.Message;
            }
        }
    }

    public Task<T> Submit<T>(SqliteRequest<T> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (cancellationToken.CanBeCanceled)
        {
            request.Cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((SqliteRequest)state!).TryCancel(token), request);
        }

        lock (_gate)
        {
            if (_closed is { } closed)
            {
                request.Cancellation.Unregister();
                throw new IOException(closed.Message, closed);
            }

            if (_waiting.Count >= options.MaximumQueued)
            {
                request.Cancellation.Unregister();
                metrics.SqliteRefused(store, use);
                throw new StorageOverloadedException(store, options.RetryAfter);
            }

            _waiting.Enqueue(request);
            Monitor.Pulse(_gate);
        }

        return request.Task;
    }

    /// <summary>Takes up to a number of requests, waiting for the first; false when the queue is closed and empty.</summary>
    public bool Take(List<SqliteRequest> taken, int limit)
    {
        taken.Clear();
        lock (_gate)
        {
            while (taken.Count == 0)
            {
                while (_waiting.Count == 0)
                {
                    if (_closed is not null)
                    {
                        return false;
                    }

                    Monitor.Wait(_gate);
                }

                while (taken.Count < limit && _waiting.TryDequeue(out var request))
                {
                    if (request.TryTake())
                    {
                        taken.Add(request);
                    }
                }
            }
        }

        return true;
    }

    /// <summary>Takes no more; what waits is still given out.</summary>
    public void Close(string reason)
    {
        lock (_gate)
        {
            _closed ??= new IOException(reason);
            Monitor.PulseAll(_gate);
        }
    }
}
