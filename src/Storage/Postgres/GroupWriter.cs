using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;

namespace Grid.Storage.Postgres;

/// <summary>
/// The one writer of a store in this process: what waits is done in one transaction and answered after its commit. A transaction that failed in
/// passing is done again whole; one whose COMMIT was not answered is looked up first, for as long as it takes, so that nothing is acknowledged
/// that is not there, nothing is refused that is, and nothing is done twice.
/// </summary>
/// <typeparam name="TRequest">What is committed.</typeparam>
internal sealed partial class GroupWriter<TRequest>
    where TRequest : class, IPostgresRequest
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(250);
    private readonly string _store;
    private readonly RequestQueue<TRequest> _queue;
    private readonly PostgresDatabase _database;
    private readonly IGroupWork<TRequest> _work;
    private readonly (int Requests, long Bytes) _most;
    private readonly ILogger _logger;
    private readonly Func<int> _gauge;
    private readonly ResiliencePipeline _patient;
    private readonly CancellationTokenSource _abandon = new();
    private CommitMark _mark = null!;
    private Task _running = Task.CompletedTask;

    public GroupWriter(string store, RequestQueue<TRequest> queue, PostgresDatabase database, IGroupWork<TRequest> work, (int Requests, long Bytes) most, ILogger logger)
    {
        (_store, _queue, _database, _work, _most, _logger) = (store, queue, database, work, most, logger);
        _gauge = () => queue.Count;
        _patient = database.Retrying(store);
    }

    /// <summary>Begins to commit what waits.</summary>
    public async Task StartAsync()
    {
        await using (var connection = await _database.ConnectAsync(CancellationToken.None))
        {
            _mark = await CommitMark.NewAsync(connection, CancellationToken.None);
        }

        _database.Metrics.Watch(_store, "write", _gauge);
        _running = RunAsync();
    }

    /// <summary>Takes no more, commits what waits, and ends.</summary>
    public async Task CloseAsync()
    {
        _database.Metrics.Unwatch(_gauge);
        _queue.Close();
        await using (_database.Time.CreateTimer(static abandon => ((CancellationTokenSource)abandon!).Cancel(), _abandon, _database.Options.ResolveAtStop, Timeout.InfiniteTimeSpan))
        {
            await _running;
        }

        _abandon.Dispose();
    }

    private async Task RunAsync()
    {
        var taken = new List<TRequest>();
        while (await _queue.TakeAsync(taken, _most.Requests, _most.Bytes))
        {
            await CommitAsync(taken);
        }
    }

    private async Task CommitAsync(List<TRequest> requests)
    {
        while (requests.Count > 0)
        {
            try
            {
                var started = _database.Time.GetTimestamp();
                await (_database.IsAway ? ResiliencePipeline.Empty : _patient).ExecuteAsync(
                    static async (attempt, _) => await attempt.Writer.TryAsync(attempt.Requests), (Writer: this, Requests: requests), CancellationToken.None);
                _database.IsAway = false;
                _work.Committed(requests);
                _database.Metrics.Committed(_store, _database.Time.GetElapsedTime(started), requests.Count);
                foreach (var request in requests)
                {
                    request.Complete();
                }

                return;
            }
            catch (RequestFailedException failed)
            {
                // Nothing holds of that transaction: the others are done without the one that cannot be done.
                ((TRequest)failed.Request).Fail(_database.Translated(failed.InnerException!, _store));
                requests.Remove((TRequest)failed.Request);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _database.IsAway = PostgresErrors.IsTransient(error);
                LogFailed(error, _store, requests.Count);
                var told = _database.Translated(error, _store);
                foreach (var request in requests)
                {
                    request.Fail(told);
                }

                return;
            }
        }
    }

    private async Task TryAsync(List<TRequest> requests)
    {
        foreach (var request in requests)
        {
            request.Refusal = null;
        }

        await using var connection = await _database.ConnectAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync();
        await using var last = await _work.DoAsync(connection, requests);
        var number = _mark.Set(last);
        await last.ExecuteNonQueryAsync();
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception error) when (!PostgresErrors.IsRefusedCommit(error))
        {
            await LookUpAsync(number, error);
        }
    }

    /// <summary>Returns when the commit has happened; throws what is tried again when it has not.</summary>
    private async Task LookUpAsync(long number, Exception lost)
    {
        LogDoubtful(_store, PostgresErrors.Reason(lost));
        while (true)
        {
            try
            {
                await using var connection = await _database.ConnectAsync(_abandon.Token);
                var isCommitted = await _mark.IsCommittedAsync(connection, number, _abandon.Token);
                _database.Metrics.Doubtful(_store, isCommitted ? "committed" : "lost");
                LogResolved(_store, isCommitted);
                if (isCommitted)
                {
                    return;
                }
            }
            catch (Exception error) when (!_abandon.IsCancellationRequested)
            {
                LogStillDoubtful(_store, PostgresErrors.Reason(error));
                await Pause();
                continue;
            }
            catch (Exception error)
            {
                _database.Metrics.Doubtful(_store, "unknown");
                throw new IOException($"The store {_store} was closed before it could learn whether its last commit has happened.", error);
            }

            throw new CommitLostException(lost);
        }
    }

    private async Task Pause()
    {
        try
        {
            await Task.Delay(LookAgainAfter, _database.Time, _abandon.Token);
        }
        catch (OperationCanceledException)
        {
            LogAbandoned(_store);
        }
    }

    [LoggerMessage(1152, LogLevel.Error, "A commit of the store {Store} failed; its {Requests} requests are undone.")]
    private partial void LogFailed(Exception error, string store, int requests);

    [LoggerMessage(1153, LogLevel.Warning, "The answer to a commit of the store {Store} was lost: {Reason}. Looking whether it has happened.")]
    private partial void LogDoubtful(string store, string reason);

    [LoggerMessage(1154, LogLevel.Information, "The commit of the store {Store} whose answer was lost has happened: {IsCommitted}.")]
    private partial void LogResolved(string store, bool isCommitted);

    [LoggerMessage(1155, LogLevel.Warning, "Whether the last commit of the store {Store} has happened cannot be learnt yet: {Reason}")]
    private partial void LogStillDoubtful(string store, string reason);

    [LoggerMessage(1156, LogLevel.Error, "The store {Store} is closed without having learnt whether its last commit has happened.")]
    private partial void LogAbandoned(string store);
}

/// <summary>What a writer does in its transactions.</summary>
/// <typeparam name="TRequest">What is committed.</typeparam>
internal interface IGroupWork<TRequest>
    where TRequest : class, IPostgresRequest
{
    /// <summary>
    /// Does the requests in the connection's transaction and sets their results or refusals. It may be called again for the same requests after a
    /// transaction that was undone. Returns the statements that are to be run last; they may be none.
    /// </summary>
    /// <exception cref="RequestFailedException">One of them cannot be done.</exception>
    Task<NpgsqlBatch> DoAsync(NpgsqlConnection connection, IReadOnlyList<TRequest> requests);

    /// <summary>They are durable, and about to be answered.</summary>
    void Committed(IReadOnlyList<TRequest> requests)
    {
    }
}

/// <summary>A request cannot be done, whatever the others are.</summary>
internal sealed class RequestFailedException(IPostgresRequest request, Exception cause) : Exception(cause.Message, cause)
{
    public IPostgresRequest Request { get; } = request;
}
