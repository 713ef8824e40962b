namespace Grid.Storage.Postgres;

/// <summary>Something that waits to be committed together with others.</summary>
internal interface IPostgresRequest
{
    /// <summary>Bytes that it holds while it waits.</summary>
    int Bytes { get; }

    /// <summary>Why nothing of it was done, set anew at each attempt; null when it was done.</summary>
    Exception? Refusal { get; set; }

    CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>From now on it is the writer's; false when the caller has cancelled it before.</summary>
    bool TryTake();

    /// <summary>Cancels it if the writer has not taken it: cancelled means that nothing was done.</summary>
    void TryCancel(CancellationToken token);

    /// <summary>Answers the caller after the commit: with <see cref="Refusal"/>, or with the result.</summary>
    void Complete();

    /// <summary>Nothing of it was done.</summary>
    void Fail(Exception error);
}

/// <inheritdoc cref="IPostgresRequest"/>
internal abstract class PostgresRequest<T> : IPostgresRequest
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _phase;

    public Task<T> Task => _completion.Task;

    public virtual int Bytes => 0;

    public Exception? Refusal { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>The result, set anew at each attempt.</summary>
    protected T Result { get; set; } = default!;

    public bool TryTake() => Interlocked.CompareExchange(ref _phase, Taken, Waiting) == Waiting;

    public void TryCancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _phase, Cancelled, Waiting) == Waiting)
        {
            _completion.TrySetCanceled(token);
        }
    }

    public void Complete()
    {
        Cancellation.Unregister();
        if (Refusal is { } refusal)
        {
            _completion.SetException(refusal);
        }
        else
        {
            _completion.SetResult(Result);
        }
    }

    public void Fail(Exception error)
    {
        Cancellation.Unregister();
        _completion.TrySetException(error);
    }
}
