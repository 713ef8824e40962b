using Grid.Runtime.Catalog;
using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.Execution;

/// <summary>
/// One event loop with the activations that live on it. All of an activation's turns run here, one at a time, so that nothing of it needs a lock.
/// Other threads reach it by its <see cref="Inbox"/> only.
/// </summary>
/// <remarks>This file: whose thread it is, turns and direct calls. See the other parts for the loop, delivery and deadlines.</remarks>
internal sealed partial class Partition
{
    /// <summary>What is captured where no async local is set.</summary>
    public static readonly ExecutionContext EmptyContext = FindEmptyContext();

    [ThreadStatic]
    private static Partition? _onThisThread;

    private readonly TurnTask _turnTask = TurnTask.Create();
    private readonly LoopScheduler _betweenTurns;

    // What was the thread's current task when a direct call began, by depth: that of a continuation of its caller belongs to the caller's scheduler.
    private readonly Task?[] _callersTasks;
    private readonly int _maxDepth;
    private readonly int _turnsPerSlice;
    private readonly long _timestampsPerTenth;
    private Activation? _current;
    private int _depth;
    private int _directCallsLeft;

    public Partition(EmbeddedGrainRuntime runtime, int index)
    {
        Runtime = runtime;
        Index = index;
        Limits = runtime.Limits;
        _maxDepth = Limits.MaxCallDepth;
        _callersTasks = new Task?[_maxDepth];
        _turnsPerSlice = Limits.TurnsPerSlice;
        _betweenTurns = new LoopScheduler(this);
        _timestampsPerTenth = Math.Max(1, runtime.Clock.TimestampFrequency / 10);
        ReadClock();
    }

    public static Partition? OnThisThread => _onThisThread;

    /// <summary>The activation whose turn runs on this thread.</summary>
    public static Activation? CurrentActivation => _onThisThread?._current;

    public EmbeddedGrainRuntime Runtime { get; }

    public EmbeddedRuntimeLimits Limits { get; }

    public int Index { get; }

    public ActivationTable Activations { get; } = new();

    public PartitionCounters Counters { get; } = new();

    /// <summary>The time of this pass of the loop, as a timestamp of the runtime's clock.</summary>
    public long Now { get; private set; }

    /// <summary>The number of the last stream event that came here.</summary>
    public long StreamPosition { get; set; }

    /// <summary>The activation whose grain is being constructed.</summary>
    public Activation? UnderConstruction { get; set; }

    public bool IsCurrentThread => ReferenceEquals(_onThisThread, this);

    /// <summary>For the watch over long turns: what runs, and the number of the turn. Read by another thread, so only about right.</summary>
    public Activation? Running => Volatile.Read(ref _current);

    /// <summary>Begins a turn. Answers who ran before: direct calls nest.</summary>
    public Activation? EnterTurn(Activation activation)
    {
        var before = _current;
        Volatile.Write(ref _current, activation);
        activation.IsOnStack = true;
        Counters.Turns++;
        _turnTask.Switch(activation);
        return before;
    }

    public void LeaveTurn(Activation activation, Activation? before)
    {
        activation.IsOnStack = false;
        if (!ReferenceEquals(ExecutionContext.Capture(), EmptyContext))
            ExecutionContext.Restore(EmptyContext);
        Volatile.Write(ref _current, before);
        if (before is null)
            _turnTask.Switch(_betweenTurns);
        else
            _turnTask.Switch(before);
    }

    /// <summary>See <see cref="EmbeddedReference.TryEnter"/>.</summary>
    public bool TryEnterDirectly(Activation target, CallOptions options, out Activation caller)
    {
        caller = _current!;
        if (caller is null || !target.IsIdle
            || _depth >= _maxDepth || _directCallsLeft <= 0
            || !ReferenceEquals(ExecutionContext.Capture(), EmptyContext)
            || GridDiagnostics.Activities.HasListeners())
            return false;
        _directCallsLeft--;
        target.BeginDirectCall(options);
        EnterTurn(target);
        _callersTasks[_depth++] = _turnTask.Install(target);
        return true;
    }

    public void LeaveDirectly(Activation target, Activation caller, CallOptions options, Exception? error)
    {
        LeaveDirectTurn(target, caller);
        target.EndDirectCall(options, error);
    }

    /// <summary>The method awaits something: from here on the call is like any other that runs.</summary>
    public void FollowDirectly(Activation target, Activation caller, CallOptions options, Request request, Action attach)
    {
        request.Target = target.SelfReference;
        request.Options = options;
        request.Runner = target;
        Track(request);

        // Still in the target's turn: the continuation is to be its own.
        attach();
        LeaveDirectTurn(target, caller);
    }

    private void LeaveDirectTurn(Activation target, Activation caller)
    {
        LeaveTurn(target, caller);
        TurnTask.Uninstall(_callersTasks[--_depth]);
        _callersTasks[_depth] = null;
    }

    private static ExecutionContext FindEmptyContext()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }

    /// <summary>The scheduler between turns. It keeps continuations of callers who are no grains from running on this thread.</summary>
    private sealed class LoopScheduler(Partition partition) : TaskScheduler
    {
        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => partition.Post(new PartitionWork(_ => TryExecuteTask(task)));

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
