namespace Grid.Storage.Sqlite;

/// <summary>Work that waits for a thread of a store.</summary>
internal abstract class SqliteRequest
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;
    private int _phase;

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Why the work was undone; null when it was done.</summary>
    public Exception? Error { get; set; }

    /// <summary>From now on it is the store's; false when the caller has cancelled it before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _phase, Taken, Waiting) == Waiting;

    /// <summary>Cancels it if no thread has taken it: cancelled means that nothing was done.</summary>
    public void TryCancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _phase, Cancelled, Waiting) == Waiting)
        {
            SetCancelled(token);
        }
    }

    /// <summary>Does the work and keeps its result.</summary>
    public abstract void Do(SqliteSession session);

    /// <summary>Answers the caller: with <see cref="Error"/>, or with the result.</summary>
    public abstract void Complete();

    protected abstract void SetCancelled(CancellationToken token);
}

/// <inheritdoc/>
internal sealed class SqliteRequest<T>(Func<SqliteSession, T> work) : SqliteRequest
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _completion.Task;

    public override void Do(SqliteSession session) => _result = work(session);

    public override void Complete()
    {
        Cancellation.Unregister();
        if (Error is null)
        {
            _completion.SetResult(_result!);
        }
        else
        {
            _completion.SetException(Error);
        }
    }

    protected override void SetCancelled(CancellationToken token) => _completion.TrySetCanceled(token);
}
