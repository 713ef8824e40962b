using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>
/// Answers for callers who are no grains, on their way to the thread pool: handed over many at a time, because waking the pool costs more than
/// running a call. There each becomes a work item of its own, so that one caller who blocks its thread holds up no other.
/// </summary>
internal sealed class Departures : IThreadPoolWorkItem
{
    private const int Limit = 64;

    private readonly (Action<object?>? Continuation, object State)[] _items = new (Action<object?>?, object)[Limit];
    private int _count;

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
    public void Send() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Execute()
    {
        // A pool thread takes its own newest item first: the other way round, they run in the order of their answers.
        while (_count > 0)
        {
            ref var item = ref _items[--_count];
            if (item.Continuation is { } continuation)
                ThreadPool.UnsafeQueueUserWorkItem(continuation, item.State, preferLocal: true);
            else
                ThreadPool.UnsafeQueueUserWorkItem((IThreadPoolWorkItem)item.State, preferLocal: true);
            item = default;
        }

        Pool<Departures>.Return(this);
    }
#pragma warning restore RS0030
}
