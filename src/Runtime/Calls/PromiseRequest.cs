using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Grid.Runtime.CodeGeneration;

/// <summary>A call answered by a <see cref="Task"/>: the task is the one allocation of its reply.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PromiseRequest<T> : Request
{
    private AsyncTaskMethodBuilder<T> _promise;
    private Task? _running;
    private Action? _onEnded;
    private T? _result;
    private Exception? _error;

    private protected PromiseRequest()
    {
    }

    internal Task<T> Promise() => _promise.Task;

    internal sealed override void Fail(Exception error)
    {
        if (!TakeAnswer())
            return;
        if (HasReply)
        {
            // It may still stand in a mailbox or run: it is left to the collector.
            _promise.SetException(error);
            return;
        }

        Reset();
        OnFinished(error);
    }

    /// <summary>For requests without a reply: the call is over, well or not, and this object may be used again.</summary>
    private protected virtual void OnFinished(Exception? error)
    {
    }

    private protected void Follow(Task task)
    {
        if (task.IsCompleted)
        {
            Finish(task);
            return;
        }

        TrackOnceUnderWay();
        _running = task;
        task.GetAwaiter().UnsafeOnCompleted(_onEnded ??= OnEnded);
    }

    private protected abstract T ResultOf(Task task);

    private void OnEnded()
    {
        var task = _running!;
        _running = null;
        Finish(task);
    }

    private void Finish(Task task)
    {
        var error = task.IsCompletedSuccessfully ? null : ErrorOf(task);
        End(error);
        if (!TakeAnswer())
            return;
        if (!HasReply)
        {
            Reset();
            OnFinished(error);
            return;
        }

        (_result, _error) = error is null ? (Message.Copy(ResultOf(task)), null) : (default(T), error);
        if (IsFromOutside && Execution.Partition.OnThisThread is { } here)
            here.Leave(null, this);
        else
            Answer();
    }

    private protected sealed override void Answer()
    {
        var (promise, result, error) = (_promise, _result, _error);
        (_promise, _result, _error) = (default, default, null);
        Reset();
        if (error is null)
            promise.SetResult(result!);
        else
            promise.SetException(error);
    }

    internal static Exception ErrorOf(Task task) =>
        task.IsFaulted ? task.Exception.InnerException ?? task.Exception : new TaskCanceledException(task);
}

/// <summary>A call of a method that returns <see cref="Task{TResult}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TaskRequest<T> : PromiseRequest<T>
{
    protected abstract Task<T> Invoke(object target);

    internal sealed override void Run()
    {
        Task<T> task;
        try
        {
            task = Invoke(Runner!.Target) ?? throw NoTask(MethodName);
        }
        catch (Exception error)
        {
            task = Task.FromException<T>(error);
        }

        Follow(task);
    }

    private protected sealed override T ResultOf(Task task) => ((Task<T>)task).GetAwaiter().GetResult();
}

/// <summary>A call of a method that returns <see cref="Task"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TaskRequest : PromiseRequest<ValueTuple>
{
    protected abstract Task Invoke(object target);

    internal sealed override void Run()
    {
        Task task;
        try
        {
            task = Invoke(Runner!.Target) ?? throw NoTask(MethodName);
        }
        catch (Exception error)
        {
            task = Task.FromException(error);
        }

        Follow(task);
    }

    private protected sealed override ValueTuple ResultOf(Task task) => default;
}

/// <summary>Follows a call that was executed directly and did not end at once.</summary>
internal sealed class DirectRequest<T>(string method) : PromiseRequest<T>
{
    public override string MethodName => method;

    public void Attach(Task task) => Follow(task);

    internal override void Run() => throw new InvalidOperationException("A direct call runs before it is followed.");

    protected override void Recycle()
    {
    }

    private protected override T ResultOf(Task task) => task is Task<T> typed ? typed.GetAwaiter().GetResult() : default!;
}
