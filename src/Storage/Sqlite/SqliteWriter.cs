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
    private readonly Func<SqliteJournal> _open;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _hasFailed;

    public SqliteWriter(string store, SqliteOptions options, Func<SqliteJournal> open, TimeProvider time, StorageMetrics metrics, ILogger logger)
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

    public long CommitsAtOpening { get; private set; }

    public Task<T> Submit<T>(SqliteRequest<T> request, CancellationToken cancellationToken) => _queue.Submit(request, cancellationToken);

    public Task CloseAsync()
    {
        _metrics.Unwatch(_queue);
        _queue.Close($"The store {_queue.Store} is closed.");
        return _ended.Task;
    }

    private void Run()
    {
        SqliteJournal journal;
        try
        {
            journal = _open();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _opened.SetException(error);
            return;
        }

        CommitsAtOpening = journal.Commits;
        _metrics.Watch(_queue);
        _opened.SetResult();
        var taken = new List<SqliteRequest>();
        try
        {
            while (_queue.Take(taken, _options.MaximumPerCommit))
            {
                if (_hasFailed)
                {
                    Refuse(taken);
                }
                else
                {
                    Commit(journal, taken);
                }
            }

            Close(journal);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    /// <summary>What waited when the store stopped: nothing is written any more.</summary>
    private void Refuse(List<SqliteRequest> requests)
    {
        foreach (var request in requests)
        {
            request.Error = new IOException(_queue.ClosedBecause);
            request.Complete();
        }
    }

    private void Commit(SqliteJournal journal, List<SqliteRequest> requests)
    {
        var started = _time.GetTimestamp();
        var session = journal.Session;
        try
        {
            session.Run("BEGIN IMMEDIATE");
            foreach (var request in requests)
            {
                Do(session, request);
            }

            journal.Count();
            session.Run("COMMIT");
            TryNote(journal.Committed, session);
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

    /// <summary>What follows a commit can fail and the commit still holds: the next one tries again, unless the disk failed.</summary>
    private void TryNote(Action note, SqliteSession session)
    {
        try
        {
            note();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogNotNoted(error, _queue.Store);
            if (error is StoreDamagedException || (error is SqliteException failure && SqliteErrors.IsFinal(failure)))
            {
                Stop(session, error);
            }
        }
    }

    /// <summary>However that goes, closing the connection takes nothing over: the log stays with what is not in the store's file yet.</summary>
    private void Close(SqliteJournal journal)
    {
        if (!_hasFailed)
        {
            TryNote(journal.Finish, journal.Session);
        }

        journal.Dispose();
    }

    private void Stop(SqliteSession session, Exception error)
    {
        _hasFailed = true;
        _queue.Close($"The store {session.File} has stopped: {error.Message} It takes nothing more until it is opened again.");
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
            Stop(session, error);
        }
    }

    [LoggerMessage(1125, LogLevel.Error, "A commit of the store {Store} failed; its {Requests} requests are undone.")]
    private partial void LogFailed(Exception error, string store, int requests);

    [LoggerMessage(1126, LogLevel.Critical, "A failed commit of the store {Store} could not be undone; it takes nothing more until it is opened again.")]
    private partial void LogNotUndone(Exception error, string store);

    [LoggerMessage(1127, LogLevel.Warning, "The store {Store} made a commit and could not take its pages over; the next commit tries again.")]
    private partial void LogNotNoted(Exception error, string store);
}
