namespace Grid.Runtime.Execution;

/// <summary>
/// Answers for callers who are no grains, on their way to the thread pool: handed over many at a time, because waking the pool, or going through its
/// queues, costs as much as running a call. There one thread after the other takes them, each the next one; while some are left it stands in the queue
/// again, so that one caller who blocks its thread holds up no other.
/// </summary>
internal sealed class Departures : IThreadPoolWorkItem
{
    private const int Limit = 64;

    private readonly (Action<object?>? Continuation, object State)[] _items = new (Action<object?>?, object)[Limit];
    private int _count;
    private int _taken;
    private int _holders;

    public static Departures Rent() => Pool<Departures>.TryRent() ?? new Departures();

    /// <summary>Answers whether it is full.</summary>
    /// <param name="continuation">Null when the state is a work item itself.</param>
    /// <param name="state">What is handed to the continuation.</param>
    public bool Add(Action<object?>? continuation, object state)
    {
        _items[_count++] = (continuation, state);
        return _count == Limit;
    }

    // Grains and runtime keep off the thread pool; this is where callers who live there get their answers.
#pragma warning disable RS0030
    public void Send()
    {
        _holders = 1;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        if (Volatile.Read(ref _taken) < _count - 1)
        {
            Interlocked.Increment(ref _holders);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }

        while (true)
        {
            var index = Interlocked.Increment(ref _taken) - 1;
            if (index >= _count)
                break;
            var item = _items[index];
            _items[index] = default;
            Go(item);
        }

        if (Interlocked.Decrement(ref _holders) > 0)
            return;

        // The last one who looked at it: none is left in it, and it stands in no queue.
        _count = 0;
        _taken = 0;
        Pool<Departures>.Return(this);
    }
#pragma warning restore RS0030

    /// <summary>As the thread pool runs an item of its own: what one leaves behind on the thread, the next one does not see.</summary>
    private static void Go((Action<object?>? Continuation, object State) item)
    {
        if (item.Continuation is { } continuation)
            continuation(item.State);
        else
            ((IThreadPoolWorkItem)item.State).Execute();
        if (!ReferenceEquals(ExecutionContext.Capture(), Partition.EmptyContext))
            ExecutionContext.Restore(Partition.EmptyContext);
        if (SynchronizationContext.Current is not null)
            SynchronizationContext.SetSynchronizationContext(null);
    }
}
