namespace Grid.Storage.Sqlite;

/// <summary>Threads that read, each with a connection of its own, opened when it is first needed.</summary>
internal sealed class SqliteReaders
{
    private const int TakenAtOnce = 16;
    private readonly SqliteQueue _queue;
    private readonly StorageMetrics _metrics;
    private readonly Func<SqliteSession> _open;
    private readonly Task[] _ended;

    public SqliteReaders(string store, SqliteOptions options, Func<SqliteSession> open, StorageMetrics metrics)
    {
        _queue = new SqliteQueue(store, "read", options, metrics);
        _metrics = metrics;
        _open = open;
        _ended = new Task[options.Readers];
        for (var index = 0; index < _ended.Length; index++)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ended[index] = ended.Task;
            new Thread(() => Run(ended)) { IsBackground = true, Name = $"{store} reader {index + 1}" }.Start();
        }

        metrics.Watch(_queue);
    }

    public Task<T> Submit<T>(SqliteRequest<T> request, CancellationToken cancellationToken) => _queue.Submit(request, cancellationToken);

    public Task CloseAsync()
    {
        _metrics.Unwatch(_queue);
        _queue.Close($"The store {_queue.Store} is closed.");
        return Task.WhenAll(_ended);
    }

    private void Run(TaskCompletionSource ended)
    {
        SqliteSession? session = null;
        var taken = new List<SqliteRequest>();
        while (_queue.Take(taken, TakenAtOnce))
        {
            foreach (var request in taken)
            {
                try
                {
                    session ??= _open();
                    request.Do(session);
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    request.Error = SqliteErrors.Translated(error, session?.File ?? _queue.Store);
                }

                request.Complete();
            }
        }

        session?.Dispose();
        ended.SetResult();
    }
}
