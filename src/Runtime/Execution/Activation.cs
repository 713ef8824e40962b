using Grid.Runtime.Catalog;
using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Runtime.Execution;

/// <summary>
/// A grain in memory. It is the scheduler of its own continuations, so that whatever its code awaits comes back here, one turn at a time.
/// Everything in it belongs to the thread of its partition. Budget: 120 bytes, besides the grain, its key and what it uses of <see cref="ActivationExtras"/>.
/// </summary>
/// <remarks>This file: identity, mailbox and turns. Activation and deactivation are in the other part.</remarks>
internal sealed partial class Activation : TaskScheduler, IGrainContext
{
    public readonly Partition Partition;
    public readonly GrainClass Class;
    public readonly string Key;
    public readonly int KeyHash;
    public Activation? NextInTable;
    public bool IsOnStack;

    private object? _instance;
    private ActivationExtras? _extras;
    private WorkQueue _work;
    private WorkQueue _mail;
    private int _mailCount;
    private int _specialMail;
    private int _lastUsedTenths;
    private ushort _exclusive;
    private ushort _readOnly;
    private ushort _interleaved;
    private ActivationState _state;
    private bool _isScheduled;
    private bool _mustEnd;

    public Activation(Partition partition, GrainClass grainClass, string key, int hash)
    {
        Partition = partition;
        Class = grainClass;
        Key = key;
        KeyHash = hash;
        _lastUsedTenths = partition.NowTenths;
    }

    public EmbeddedGrainRuntime Runtime => Partition.Runtime;

    public GrainId GrainId => Class.IdOf(Key);

    public object? GrainInstance => Class.IsObserver ? ObservedObject : _instance;

    /// <summary>The grain, or the weak handle of an observer: for <see cref="Foresight"/>.</summary>
    public object? Instance => _instance;

    /// <summary>What the methods of a request are called on.</summary>
    public object Target => Class.IsObserver ? ObservedObject! : _instance!;

    public IServiceProvider ActivationServices => Runtime.Services;

    public GrainReference GrainReference => Extras.Reference ??= SelfReference;

    public GrainReference SelfReference => new UntypedReference(Class, Key, KeyHash, Partition.Index) { Cached = Class.IsStatelessWorker ? null : this };

    public ActivationExtras Extras
    {
        get
        {
            if (_extras is { } extras)
                return extras;
            Interlocked.CompareExchange(ref _extras, new ActivationExtras(), null);
            return _extras;
        }
    }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Calls that wait or run.</summary>
    public int Load => _mailCount + RunningCount;

    /// <summary>Nothing runs and nothing waits: a direct call may start.</summary>
    public bool IsIdle => _state == ActivationState.Active && !IsOnStack && !_mustEnd && RunningCount == 0 && _mail.IsEmpty && _work.IsEmpty;

    private int RunningCount => _exclusive + _readOnly + _interleaved;

    private bool IsBlocked => (_exclusive | _readOnly) != 0 && !Class.IsReentrant;

    private object? ObservedObject => ((WeakReference)_instance!).Target;

    public bool Is(GrainReference reference) =>
        KeyHash == reference.KeyHash && ReferenceEquals(Class, reference.GrainClass) && string.Equals(Key, reference.KeyText, StringComparison.Ordinal);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override string ToString() => GrainId.ToString();

    /// <summary>A call comes in. Over the limit it is refused.</summary>
    public void Receive(Request request)
    {
        var isLocal = (request.Options & CallOptions.LocalOnly) != 0;
        if (isLocal && (_mustEnd || _state >= ActivationState.Deactivating))
            return;
        if (_mailCount >= Partition.Limits.MailboxLimit && !isLocal)
        {
            Partition.Counters.CountRejected();
            Log.MailboxFull(Runtime.Logger, this, Partition.Limits.MailboxLimit);
            request.Fail(new LimitExceededException(nameof(EmbeddedRuntimeOptions.MailboxLimit), _mailCount, Partition.Limits.MailboxLimit, ToString()));
            return;
        }

        if (request.HasReply && !request.IsTracked)
            Partition.Track(request);
        _mail.Enqueue(request);
        _mailCount++;
        Partition.Counters.MailboxDepth++;
        if (request.IsSpecial)
            _specialMail++;
        if (!IsBlocked || request.IsSpecial)
            Schedule();
    }

    /// <summary>Queues a continuation, from any thread.</summary>
    public void Queue(WorkItem work)
    {
        if (Partition.IsCurrentThread)
            EnqueueWork(work);
        else
            Partition.Post(work);
    }

    public void EnqueueWork(WorkItem work)
    {
        _work.Enqueue(work);
        Schedule();
    }

    public void Schedule()
    {
        if (_isScheduled)
            return;
        _isScheduled = true;
        Partition.MakeReady(this);
    }

    /// <summary>Runs at most <paramref name="turns"/> turns: continuations first, then calls that may start.</summary>
    public void RunSlice(int turns)
    {
        if (_state == ActivationState.Created)
            Activate();
        while (turns > 0)
        {
            turns--;
            if (!_work.IsEmpty)
            {
                Continue(_work.Dequeue());
            }
            else if (TakeNext() is { } request)
            {
                Start(request);
            }
            else
            {
                _isScheduled = false;
                EndIfDue();
                return;
            }
        }

        _isScheduled = false;
        if (!_work.IsEmpty || !_mail.IsEmpty)
            Schedule();
        else
            EndIfDue();
    }

    public void BeginDirectCall(CallOptions options) => CountIn(options);

    public void EndDirectCall(CallOptions options, Exception? error) => CountOut(options, error);

    public void EndRequest(Request request, Exception? error)
    {
        if (error is not null && !request.HasReply && !request.ReportsFailure)
            Log.OneWayFailed(Runtime.Logger, error, request.MethodName, this);
        CountOut(request.Options, error);
    }

    public void EnterReentrantSection(Guid chain)
    {
        var sections = Extras.ReentrantSections ??= [];
        sections[chain] = sections.GetValueOrDefault(chain) + 1;
        if (_specialMail > 0)
            Schedule();
    }

    public void LeaveReentrantSection(Guid chain)
    {
        if (_extras?.ReentrantSections is not { } sections || !sections.TryGetValue(chain, out var depth))
            return;
        if (depth > 1)
            sections[chain] = depth - 1;
        else
            sections.Remove(chain);
    }

    public void Execute(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task) => Queue(TaskWork.Rent(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        ReferenceEquals(Partition.CurrentActivation, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Continue(WorkItem work)
    {
        var before = Partition.EnterTurn(this);
        try
        {
            work.Continue();
        }
        catch (Exception error)
        {
            Log.TurnFailed(Runtime.Logger, error, this);
        }
        finally
        {
            Partition.LeaveTurn(this, before);
        }
    }

    /// <summary>Begins a call in a turn of its own; nothing else may run that it does not interleave with.</summary>
    public void Start(Request request)
    {
        if (Class.IsObserver && ObservedObject is null)
        {
            _state = ActivationState.Dead;
            request.Fail(new OrleansMessageRejectionException($"The observer {GrainId} is gone."));
            return;
        }

        request.Runner = this;
        CountIn(request.Options);
        var before = Partition.EnterTurn(this);
        try
        {
            if (request.Context is { } context)
                RequestContext.Install(context);
            if (GridDiagnostics.Activities.HasListeners())
                request.StartActivity();
            request.Run();
        }
        catch (Exception error)
        {
            Log.TurnFailed(Runtime.Logger, error, this);
        }
        finally
        {
            Partition.LeaveTurn(this, before);
        }
    }

    private Request? TakeNext()
    {
        if (_mail.IsEmpty || _state != ActivationState.Active || _mustEnd)
            return null;
        if (!IsBlocked)
            return Take(null);
        if (_specialMail == 0)
            return null;
        WorkItem? previous = null;
        for (var item = _mail.Peek(); item is not null; previous = item, item = _mail.After(item))
        {
            if (MayInterleave((Request)item))
                return Take(previous);
        }

        return null;
    }

    private Request? Take(WorkItem? previous)
    {
        var request = (Request)_mail.RemoveAfter(previous);
        _mailCount--;
        Partition.Counters.MailboxDepth--;
        if (request.IsSpecial)
            _specialMail--;
        if (!request.IsAnswered)
            return request;

        // Its caller has given up: it is not run.
        return TakeNext();
    }

    private bool MayInterleave(Request request)
    {
        if ((request.Options & CallOptions.AlwaysInterleave) != 0 || request.IsAnswered)
            return true;
        if (_exclusive == 0 && (request.Options & CallOptions.ReadOnly) != 0)
            return true;
        return _extras?.ReentrantSections is { Count: > 0 } sections
            && RequestContext.ChainOf(request.Context) is var chain && chain != Guid.Empty && sections.ContainsKey(chain);
    }

    private void CountIn(CallOptions options)
    {
        if ((options & CallOptions.DoesNotKeepAlive) == 0)
            _lastUsedTenths = Partition.NowTenths;
        RunningOf(options)++;
    }

    private void CountOut(CallOptions options, Exception? error)
    {
        RunningOf(options)--;
        if ((options & CallOptions.DoesNotKeepAlive) == 0)
            _lastUsedTenths = Partition.NowTenths;
        if (error is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            // The state in memory is not what is stored: the next call reads it again.
            conflict.IsSourceActivation = false;
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, conflict, "The stored state was changed by another."));
        }

        if (!_mail.IsEmpty || _mustEnd)
            Schedule();
    }

    private ref ushort RunningOf(CallOptions options)
    {
        if ((options & CallOptions.AlwaysInterleave) != 0)
            return ref _interleaved;
        if ((options & CallOptions.ReadOnly) != 0)
            return ref _readOnly;
        return ref _exclusive;
    }
}
