using Grid.Storage.Sqlite;

namespace Grid.Storage.History;

/// <summary>
/// A thread of history and what waits for it: bounded, and one more is refused. Its requests rent the connections that they need, so they are given none.
/// </summary>
internal sealed class HistoryThread
{
    private readonly SqliteQueue _queue;
    private readonly StorageMetrics _metrics;
    private readonly TaskCompletionSource[] _ended;

    public HistoryThread(string use, int threads, int maximumQueued, StorageMetrics metrics)
    {
        _queue = new SqliteQueue("history", use, new SqliteOptions { MaximumQueued = maximumQueued }, metrics);
        _metrics = metrics;
        _ended = [.. Enumerable.Range(0, threads).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        metrics.Watch(_queue);
        foreach (var ended in _ended)
        {
            new Thread(() => Run(ended)) { IsBackground = true, Name = $"history {use}" }.Start();
        }
    }

    public int Waiting => _queue.Count;

    public Task<T> Submit<T>(Func<T> work, CancellationToken cancellationToken) => _queue.Submit(new SqliteRequest<T>(_ => work()), cancellationToken);

    /// <summary>Does what waits, then ends.</summary>
    public Task CloseAsync()
    {
        _metrics.Unwatch(_queue);
        _queue.Close("The store history is closed.");
        return Task.WhenAll(_ended.Select(ended => ended.Task));
    }

    private void Run(TaskCompletionSource ended)
    {
        var taken = new List<SqliteRequest>();
        while (_queue.Take(taken, 1))
        {
            var request = taken[0];
            try
            {
                request.Do(null!);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                request.Error = SqliteErrors.Translated(error, "history");
            }

            request.Complete();
        }

        ended.SetResult();
    }
}
