using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>Work that continues a call which already runs: it goes before new calls.</summary>
internal abstract class TurnWork : WorkItem
{
    public Activation Activation = null!;

    internal sealed override void Arrive(Partition partition) => Activation.EnqueueWork(this);

}

/// <summary>A task queued on an activation: the continuation of an await.</summary>
internal sealed class TaskWork : TurnWork
{
    private Task _task = null!;

    public static TaskWork Rent(Activation activation, Task task)
    {
        var work = Pool<TaskWork>.TryRent() ?? new TaskWork();
        work.Activation = activation;
        work._task = task;
        return work;
    }

    internal override void Continue()
    {
        var (activation, task) = (Activation, _task);
        (Activation, _task) = (null!, null!);
        Pool<TaskWork>.Return(this);
        activation.Execute(task);
    }
}

/// <summary>The continuation of an await on a pooled reply whose request cannot carry it.</summary>
internal sealed class ContinuationWork : TurnWork
{
    private Action<object?> _continuation = null!;
    private object? _state;
    private ExecutionContext? _context;

    public static ContinuationWork Rent(Activation activation, Action<object?> continuation, object? state, ExecutionContext? context)
    {
        var work = Pool<ContinuationWork>.TryRent() ?? new ContinuationWork();
        work.Activation = activation;
        work._continuation = continuation;
        work._state = state;
        work._context = context;
        return work;
    }

    internal override void Continue()
    {
        var (continuation, state, context) = (_continuation, _state, _context);
        (Activation, _continuation, _state, _context) = (null!, null!, null, null);
        Pool<ContinuationWork>.Return(this);
        if (context is null)
            continuation(state);
        else
            ExecutionContext.Run(context, new ContextCallback(continuation), state);
    }
}

/// <summary>Something to do on a partition's thread, outside any activation.</summary>
internal sealed class PartitionWork(Action<Partition> action) : WorkItem
{
    internal override void Arrive(Partition partition) => action(partition);
}
