using System.ComponentModel;
using Grid.Runtime.Catalog;
using Grid.Runtime.Diagnostics;
using Grid.Runtime.Execution;
using Orleans.Runtime;

namespace Grid.Runtime.CodeGeneration;

/// <summary>What a generated reference needs to exist.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ReferenceSeed
{
    internal ReferenceSeed(GrainClass grainClass, string key, int hash, int partition)
    {
        Class = grainClass;
        Key = key;
        Hash = hash;
        Partition = partition;
    }

    internal GrainClass Class { get; }

    internal string Key { get; }

    internal int Hash { get; }

    internal int Partition { get; }
}

/// <summary>Base of the generated grain references.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class EmbeddedReference : GrainReference
{
    protected EmbeddedReference(ReferenceSeed seed)
        : base(seed.Class, seed.Key, seed.Hash, seed.Partition)
    {
    }

    /// <summary>A spare request, or a new one.</summary>
    protected static TRequest Rent<TRequest>()
        where TRequest : Request, new() => Pool<TRequest>.TryRent() ?? new TRequest();

    /// <summary>The token that the method is given: its callbacks run in turns of the callee, and not where the caller cancels.</summary>
    protected static CancellationToken TokenOf(Request request, CancellationToken caller) => caller.CanBeCanceled ? request.OwnToken() : caller;

    /// <summary>
    /// Whether the call can run here and now: the target is idle on this very partition and nothing waits before this call. Then the target's
    /// turn has begun, and <see cref="DirectTurn"/> must end it.
    /// </summary>
    protected bool TryEnter(CallOptions options, out DirectTurn turn)
    {
        var partition = Partition.OnThisThread;
        if (partition is null || partition.Find(this) is not { } target || !partition.TryEnterDirectly(target, options, out var caller))
        {
            turn = default;
            return false;
        }

        turn = new DirectTurn(partition, target, caller, options);
        return true;
    }

    protected Task<T> Call<T>(TaskRequest<T> request, CallOptions options, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellation);
        var reply = request.Promise();
        Send(request, options, cancellation);
        return reply;
    }

    protected Task Call(TaskRequest request, CallOptions options, CancellationToken cancellation = default)
    {
        if ((options & CallOptions.OneWay) != 0)
        {
            Send(request, options, cancellation);
            return Task.CompletedTask;
        }

        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled(cancellation);
        var reply = request.Promise();
        Send(request, options, cancellation);
        return reply;
    }

    protected ValueTask<T> Call<T>(ValueTaskRequest<T> request, CallOptions options, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellation);
        var version = request.Version;
        Send(request, options, cancellation);
        return new ValueTask<T>(request, version);
    }

    protected ValueTask Call(ValueTaskRequest request, CallOptions options, CancellationToken cancellation = default)
    {
        if ((options & CallOptions.OneWay) != 0)
        {
            Send(request, options, cancellation);
            return default;
        }

        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellation);
        var version = request.Version;
        Send(request, options, cancellation);
        return new ValueTask(request, version);
    }

    protected void Call(VoidRequest request, CallOptions options) => Send(request, options | CallOptions.OneWay, default);

    private void Send(Request request, CallOptions options, CancellationToken cancellation)
    {
        request.Prepare(this, options, cancellation);
        var there = Partition;
        if (there.IsCurrentThread)
        {
            there.Accept(request);
            return;
        }

        request.IsFromOutside = !there.Limits.IsPumped && Execution.Partition.OnThisThread is null;
        there.Deliver(request);
    }
}

/// <summary>A turn of the callee on the caller's stack. Everything that a queued call would see holds here too.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct DirectTurn
{
    private readonly Partition _partition;
    private readonly Activation _target;
    private readonly Activation _caller;
    private readonly CallOptions _options;

    internal DirectTurn(Partition partition, Activation target, Activation caller, CallOptions options)
    {
        _partition = partition;
        _target = target;
        _caller = caller;
        _options = options;
    }

    /// <summary>The grain to call.</summary>
    public object Target => _target.Target;

    public Task<T> Leave<T>(Task<T>? task, string method)
    {
        task ??= Task.FromException<T>(new InvalidOperationException($"{method} returned null instead of a task."));
        if (task.IsCompleted)
        {
            _partition.LeaveDirectly(_target, _caller, _options, task.IsCompletedSuccessfully ? null : PromiseRequest<T>.ErrorOf(task));
            return Message.IsImmutable<T>() || !task.IsCompletedSuccessfully ? task : Task.FromResult(Message.Copy(task.Result));
        }

        return Follow<T>(task, method);
    }

    public Task Leave(Task? task, string method)
    {
        task ??= Task.FromException(new InvalidOperationException($"{method} returned null instead of a task."));
        if (task.IsCompleted)
        {
            _partition.LeaveDirectly(_target, _caller, _options, task.IsCompletedSuccessfully ? null : PromiseRequest<ValueTuple>.ErrorOf(task));
            return task;
        }

        return Follow<ValueTuple>(task, method);
    }

    public ValueTask<T> Leave<T>(ValueTask<T> task, string method)
    {
        if (!task.IsCompletedSuccessfully)
            return new ValueTask<T>(Leave(task.AsTask(), method));
        if (Message.IsImmutable<T>())
        {
            // The caller takes the result as it is: one large value is not copied twice more.
            _partition.LeaveDirectly(_target, _caller, _options, null);
            return task;
        }

        var result = task.Result;
        _partition.LeaveDirectly(_target, _caller, _options, null);
        return new ValueTask<T>(Message.Copy(result));
    }

    public ValueTask Leave(ValueTask task, string method)
    {
        if (!task.IsCompletedSuccessfully)
            return new ValueTask(Leave(task.AsTask(), method));
        task.GetAwaiter().GetResult();
        _partition.LeaveDirectly(_target, _caller, _options, null);
        return default;
    }

    private Task<T> Follow<T>(Task task, string method)
    {
        var request = new DirectRequest<T>(method);
        var reply = request.Promise();
        _partition.FollowDirectly(_target, _caller, _options, request, () => request.Attach(task));
        return reply;
    }
}
