using Grid.Runtime.CodeGeneration;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.Execution;

/// <remarks>This file: how requests come in and find their activation.</remarks>
internal sealed partial class Partition
{
    private readonly Inbox _inbox = new();
    private readonly ReadyQueue _ready = new();

    // What this partition's thread has for the others, oldest first, until it is handed over in one exchange.
    private readonly Outgoing[] _outgoing = new Outgoing[EmbeddedRuntimeOptions.MostPartitions];
    private int _outgoingCount;
    private Departures? _departures;

    public int InboxCount => _inbox.Count;

    /// <summary>From this partition's own thread: the call waits in its grain's mailbox.</summary>
    public void Accept(Request request) => FindOrFail(request)?.Receive(request);

    /// <summary>From the inbox, where no turn is under way: a grain that is idle runs the call at once, without a way through its mailbox.</summary>
    public void AcceptArrived(Request request)
    {
        if (FindOrFail(request) is not { } activation)
            return;
        if (activation.IsIdle)
            activation.Start(request);
        else
            activation.Receive(request);
    }

    private Activation? FindOrFail(Request request)
    {
        if (request.Found is { CanBeFound: true } found)
            return found;
        var target = request.Target;
        if (target.Cached is { CanBeFound: true } cached)
            return cached;
        var activation = Resolve(target);
        if (activation is null)
        {
            request.Fail(target.GrainClass.IsObserver
                ? new OrleansMessageRejectionException($"The observer {target.GrainId} is gone.")
                : new SiloUnavailableException($"The grain runtime is stopping: {target.GrainId} is not activated any more."));
        }
        else if (!target.GrainClass.IsStatelessWorker)
        {
            target.Cached = activation;
        }

        return activation;
    }

    /// <summary>From a thread that is not this partition's: another partition's, or a caller's outside.</summary>
    public void Deliver(Request request)
    {
        if (Runtime.IsStopped)
        {
            request.Fail(new SiloUnavailableException("The grain runtime has stopped."));
            return;
        }

        if (_inbox.Count >= Limits.InboxLimit)
        {
            Counters.CountRejected();
            request.Fail(new LimitExceededException(nameof(EmbeddedRuntimeOptions.InboxLimit), _inbox.Count, Limits.InboxLimit, $"partition {Index}"));
            return;
        }

        Post(request);
    }

    /// <summary>From any thread. Never refused: replies and continuations come this way.</summary>
    public void Post(WorkItem item)
    {
        if (_onThisThread is { } here && !ReferenceEquals(here, this) && ReferenceEquals(here.Runtime, Runtime))
        {
            here.Hold(item, this);
            return;
        }

        if (_pumpThread != 0 && _pumpThread != Environment.CurrentManagedThreadId)
            CountForeignPost();
        _inbox.Push(item);
        Wake();
    }

    public void MakeReady(Activation activation) => _ready.Enqueue(activation);

    /// <summary>The activation of a grain of this partition, if there is one that the reference may keep.</summary>
    public Activation? Find(GrainReference reference)
    {
        if (reference.PartitionNumber != Index || !ReferenceEquals(reference.Runtime, Runtime) || reference.GrainClass.IsObserver)
            return null;
        if (reference.Cached is { CanBeFound: true } cached)
            return cached;
        if (reference.GrainClass.IsStatelessWorker)
            return null;
        return reference.Cached = Activations.Find(reference.GrainClass, reference.KeyText, reference.KeyHash);
    }

    private Activation? Resolve(GrainReference reference)
    {
        var grainClass = reference.GrainClass;
        if (grainClass.IsStatelessWorker)
            return ResolveWorker(reference);
        var activation = Activations.Find(grainClass, reference.KeyText, reference.KeyHash);
        if (activation is not null)
            return activation;
        if (Runtime.IsStopping || grainClass.IsObserver)
            return null;
        activation = new Activation(this, grainClass, reference.KeyText, reference.KeyHash);
        Activations.Add(activation);
        Counters.ActivationsCreated++;
        activation.Schedule();
        return activation;
    }

    /// <summary>The least busy worker of that key; a new one as long as all are busy and the class allows more.</summary>
    private Activation? ResolveWorker(GrainReference reference)
    {
        Activation? best = null;
        var workers = 0;
        for (var activation = Activations.BucketOf(reference.KeyHash); activation is not null; activation = activation.NextInTable)
        {
            if (!activation.Is(reference) || !activation.TakesCalls)
                continue;
            workers++;
            if (best is null || activation.Load < best.Load)
                best = activation;
        }

        if (best is { Load: 0 } || workers >= reference.GrainClass.MaxWorkers)
            return best;
        if (Runtime.IsStopping)
            return best;
        var worker = new Activation(this, reference.GrainClass, reference.KeyText, reference.KeyHash);
        Activations.Add(worker);
        Counters.ActivationsCreated++;
        worker.Schedule();
        return worker;
    }

    private void Hold(WorkItem item, Partition there)
    {
        ref var chain = ref _outgoing[there.Index];
        if (chain.Newest is null)
            chain.Oldest = item;
        else
            chain.Newest.Next = item;
        chain.Newest = item;
        chain.Count++;
        if (++_outgoingCount >= Limits.HandOverBatch)
            HandOver();
    }

    private void HandOver()
    {
        if (_outgoingCount == 0)
            return;
        _outgoingCount = 0;
        var partitions = Runtime.Partitions;
        for (var i = 0; i < partitions.Length; i++)
        {
            ref var chain = ref _outgoing[i];
            if (chain.Newest is null)
                continue;
            partitions[i]._inbox.PushChain(chain.Oldest!, chain.Newest, chain.Count);
            chain = default;
            partitions[i].Wake();
        }
    }

    /// <summary>From this partition's thread: the answer for a caller who is no grain. It leaves at the end of the pass, with others.</summary>
    /// <param name="continuation">Null when the state is a work item of the thread pool.</param>
    /// <param name="state">What is handed to the continuation.</param>
    public void Leave(Action<object?>? continuation, object state)
    {
        if ((_departures ??= Departures.Rent()).Add(continuation, state))
            SendHome();
    }

    private void SendHome()
    {
        if (_departures is not { } departures)
            return;
        _departures = null;
        departures.Send();
    }

    private struct Outgoing
    {
        public WorkItem? Newest;
        public WorkItem? Oldest;
        public int Count;
    }
}
