using System.ComponentModel;
using System.Threading.Tasks.Sources;

namespace Grid.Runtime.CodeGeneration;

/// <summary>A call answered by a <see cref="ValueTask"/> whose source is the request itself: its reply allocates nothing.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PooledRequest<T> : Request, IValueTaskSource<T>, IValueTaskSource
{
    private ReplySource<T> _reply;
    private Task? _running;
    private Action? _onEnded;

    /// <summary>Answered from outside while it may still stand in a mailbox or run: never used again.</summary>
    private bool _abandoned;

    private protected PooledRequest()
    {
    }

    internal short Version => _reply.Version;

    public ValueTaskSourceStatus GetStatus(short token) => _reply.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reply.OnCompleted(continuation, state, token, flags);

    public T GetResult(short token)
    {
        _reply.RequireReadable(token);
        try
        {
            return _reply.GetResult();
        }
        finally
        {
            if (!_abandoned)
            {
                _reply.Reset();
                Reset();
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    internal sealed override void Continue() => _reply.Continue();

    internal sealed override void Fail(Exception error)
    {
        if (!TakeAnswer())
            return;
        _abandoned = true;
        if (HasReply)
            _reply.SetException(error, null);
    }

    private protected void Succeed(T result)
    {
        End(null);
        if (!TakeAnswer())
            return;
        if (HasReply)
            _reply.SetResult(Message.Copy(result), this);
        else
            Reset();
    }

    private protected void Throw(Exception error)
    {
        End(error);
        if (!TakeAnswer())
            return;
        if (HasReply)
            _reply.SetException(error, this);
        else
            Reset();
    }

    private protected void Follow(Task task)
    {
        TrackOnceUnderWay();
        _running = task;
        task.GetAwaiter().UnsafeOnCompleted(_onEnded ??= OnEnded);
    }

    private protected abstract T ResultOf(Task task);

    private void OnEnded()
    {
        var task = _running!;
        _running = null;
        if (task.IsCompletedSuccessfully)
            Succeed(ResultOf(task));
        else
            Throw(PromiseRequest<T>.ErrorOf(task));
    }
}

/// <summary>A call of a method that returns <see cref="ValueTask{TResult}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ValueTaskRequest<T> : PooledRequest<T>
{
    protected abstract ValueTask<T> Invoke(object target);

    internal sealed override void Run()
    {
        T result;
        try
        {
            var task = Invoke(Runner!.Target);
            if (!task.IsCompleted)
            {
                Follow(task.AsTask());
                return;
            }

            result = task.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Throw(error);
            return;
        }

        Succeed(result);
    }

    private protected sealed override T ResultOf(Task task) => ((Task<T>)task).GetAwaiter().GetResult();
}

/// <summary>A call of a method that returns <see cref="ValueTask"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ValueTaskRequest : PooledRequest<ValueTuple>
{
    protected abstract ValueTask Invoke(object target);

    internal sealed override void Run()
    {
        try
        {
            var task = Invoke(Runner!.Target);
            if (!task.IsCompleted)
            {
                Follow(task.AsTask());
                return;
            }

            task.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Throw(error);
            return;
        }

        Succeed(default);
    }

    private protected sealed override ValueTuple ResultOf(Task task) => default;
}

/// <summary>A call of a method that returns nothing: always one-way.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class VoidRequest : Request
{
    protected abstract void Invoke(object target);

    internal sealed override void Run()
    {
        Exception? error = null;
        try
        {
            Invoke(Runner!.Target);
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        End(error);
        if (TakeAnswer())
            Reset();
    }

    internal sealed override void Fail(Exception error) => TakeAnswer();
}
