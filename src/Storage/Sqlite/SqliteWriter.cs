using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.Sqlite;

/// <summary>
/// The one thread that writes to a store: what waits is done in one transaction, each request in a savepoint of its own, and is answered after
/// the commit. Thousands of writes at once cost a few commits.
/// </summary>
internal sealed partial class SqliteWriter
{
    private readonly SqliteQueue _queue;
    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Func<SqliteSession> _open;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SqliteWriter(string store, SqliteOptions options, Func<SqliteSession> open, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        _queue = new SqliteQueue(store, "write", options, metrics);
        _options = options;
        _open = open;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        new Thread(Run) { IsBackground = true, Name = $"{store} writer" }.Start();
    }

    public Task Opened => _opened.Task;

    public Task<T> Submit<T>(SqliteRequest<T> request, CancellationToken cancellationToken) => _queue.Submit(request, cancellationToken);

    public Task CloseAsync()
    {
        _metrics.Unwatch(_queue);
        _queue.Close($"The store {_queue.Store} is closed.");
        return _ended.Task;
    }

    private void Run()
    {
        SqliteSession session;
        try
        {
            session = _open();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _opened.SetException(error);
            return;
        }

        _metrics.Watch(_queue);
        _opened.SetResult();
        var taken = new List<SqliteRequest>();
        while (_queue.Take(taken, _options.MaximumPerCommit))
        {
            Commit(session, taken);
        }

        session.Dispose();
        _ended.SetResult();
    }

    private void Commit(SqliteSession session, List<SqliteRequest> requests)
    {
        var started = _time.GetTimestamp();
        try
        {
            session.Run("BEGIN IMMEDIATE");
            foreach (var request in requests)
            {
                Do(session, request);
            }

            session.Run("COMMIT");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Undo(session, requests, error);
        }

        _metrics.SqliteCommitted(_queue.Store, _time.GetElapsedTime(started), requests.Count);
        foreach (var request in requests)
        {
            request.Complete();
        }
    }

    /// <summary>Does one request; what it throws undoes it alone, unless SQLite has undone the whole transaction.</summary>
    private static void Do(SqliteSession session, SqliteRequest request)
    {
        session.Run("SAVEPOINT request");
        try
        {
            request.Do(session);
        }
        catch (Exception error) when (error is not OutOfMemoryException && !session.IsAutocommit)
        {
            request.Error = SqliteErrors.Translated(error, session.File);
            session.Run("ROLLBACK TO request");
            if (error is SqliteException failure && SqliteErrors.IsFinal(failure))
            {
                throw;
            }
        }

        session.Run("RELEASE request");
    }

    /// <summary>Nothing of the transaction holds: every request gets the error.</summary>
    private void Undo(SqliteSession session, List<SqliteRequest> requests, Exception error)
    {
        LogFailed(error, _queue.Store, requests.Count);
        foreach (var request in requests)
        {
            request.Error = SqliteErrors.Translated(error, session.File);
        }

        var isFinal = error is SqliteException failure && SqliteErrors.IsFinal(failure);
        try
        {
            if (!session.IsAutocommit)
            {
                session.Run("ROLLBACK");
            }
        }
        catch (SqliteException second)
        {
            LogNotUndone(second, _queue.Store);
            isFinal = true;
        }

        if (isFinal)
        {
            _queue.Close($"The store {session.File} has stopped: {error.Message} It takes nothing more until it is opened again.");
        }
    }

    [LoggerMessage(1101, LogLevel.Error, "A commit of the store {Store} failed; its {Requests} requests are undone.")]
    private partial void LogFailed(Exception error, string store, int requests);

    [LoggerMessage(1102, LogLevel.Critical, "A failed commit of the store {Store} could not be undone; it takes nothing more until it is opened again.")]
    private partial void LogNotUndone(Exception error, string store);
}
