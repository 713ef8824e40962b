using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Grid.Runtime.Execution;

namespace Grid.Runtime.CodeGeneration;

/// <summary>
/// The reply of a pooled request. Like the framework's own core for value task sources, but a continuation that belongs to an activation goes
/// there without a task: the request itself, whose way there is over, is the work item on the way back.
/// </summary>
internal struct ReplySource<T>
{
    private static readonly Action<object?> Completed = static _ => throw new InvalidOperationException("The reply marker was called.");

    private Action<object?>? _continuation;
    private object? _state;
    private object? _scheduler;
    private ExecutionContext? _context;
    private ExceptionDispatchInfo? _error;
    private T? _result;
    private short _version;
    private bool _completed;

    public readonly short Version => _version;

    public void Reset()
    {
        _version++;
        _completed = false;
        _continuation = null;
        _state = null;
        _scheduler = null;
        _context = null;
        _error = null;
        _result = default;
    }

    /// <param name="result">What the awaiting code gets.</param>
    /// <param name="carrier">The request, when nothing else holds it any more; null when it may still stand in a queue.</param>
    public void SetResult(T result, Request? carrier)
    {
        _result = result;
        Publish(carrier);
    }

    /// <inheritdoc cref="SetResult"/>
    public void SetException(Exception error, Request? carrier)
    {
        _error = ExceptionDispatchInfo.Capture(error);
        Publish(carrier);
    }

    /// <summary>Runs what awaits, in a turn of its activation.</summary>
    public readonly void Continue() => Run(_continuation!, _state, _context);

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);

        // That it is completed is said before the marker is set. Whoever went on in between would give the request back, and the marker would be
        // set in the middle of another call.
        if (Volatile.Read(ref _continuation) is null || !_completed)
            return ValueTaskSourceStatus.Pending;
        return _error is null ? ValueTaskSourceStatus.Succeeded
            : _error.SourceException is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    /// <summary>Refuses a reply that was read already or has not come. Until this has passed the request is not the reader's to give back.</summary>
    public readonly void RequireReadable(short token)
    {
        Check(token);
        if (!Volatile.Read(in _completed))
            throw new InvalidOperationException("The reply of a grain call was read before it came.");
    }

    /// <summary>After <see cref="RequireReadable"/>.</summary>
    public readonly T GetResult()
    {
        _error?.Throw();
        return _result!;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            _context = ExecutionContext.Capture();
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
            _scheduler = CurrentScheduler();
        _state = state;
        var before = Interlocked.CompareExchange(ref _continuation, continuation, null);
        if (before is null)
            return;
        if (!ReferenceEquals(before, Completed))
            throw new InvalidOperationException("The reply of a grain call was awaited twice.");
        Dispatch(continuation, null);
    }

    private readonly void Check(short token)
    {
        if (token != _version)
            throw new InvalidOperationException("The reply of a grain call was awaited twice.");
    }

    private void Publish(Request? carrier)
    {
        Volatile.Write(ref _completed, true);
        var continuation = Interlocked.CompareExchange(ref _continuation, Completed, null);
        if (continuation is not null)
            Dispatch(continuation, carrier);
    }

    /// <summary>From the moment the continuation is handed over, the reply may be read and the request reused: nothing is touched after it.</summary>
    private readonly void Dispatch(Action<object?> continuation, Request? carrier)
    {
        var (state, context) = (_state, _context);
        switch (_scheduler)
        {
            case Activation activation when carrier is not null:
                carrier.Return(activation);
                break;
            case Activation activation:
                activation.Queue(ContinuationWork.Rent(activation, continuation, state, context));
                break;
            case null when Partition.OnThisThread is { } pump && pump.Runtime.Options.Pumped:
                RunLater(pump, continuation, state, context);
                break;
            case null:
                LeaveRuntime(continuation, state, context);
                break;
            case SynchronizationContext synchronization:
                synchronization.Post(new SendOrPostCallback(continuation), state);
                break;
            case TaskScheduler scheduler:
                Task.Factory.StartNew(continuation, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
                break;
        }
    }

    // No other threads: what follows runs between turns, in its order. Apart, so that the other ways do not pay for its closure.
    private static void RunLater(Partition pump, Action<object?> continuation, object? state, ExecutionContext? context) =>
        pump.Post(new PartitionWork(_ => Run(continuation, state, context)));

    private static void Run(Action<object?> continuation, object? state, ExecutionContext? context)
    {
        if (context is null)
            continuation(state);
        else
            ExecutionContext.Run(context, new ContextCallback(continuation), state);
    }

    // The caller is no grain: its code must not run on a partition's thread.
#pragma warning disable RS0030
    private static void LeaveRuntime(Action<object?> continuation, object? state, ExecutionContext? context)
    {
        if (context is null && state is not null && Partition.OnThisThread is { } here)
            here.Leave(continuation, state);
        else if (context is null)
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: false);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static run => Run(run.continuation, run.state, run.context), (continuation, state, context), preferLocal: false);
    }
#pragma warning restore RS0030

    private static object? CurrentScheduler()
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
            return context;
        var scheduler = TaskScheduler.Current;
        return ReferenceEquals(scheduler, TaskScheduler.Default) ? null : scheduler;
    }
}
