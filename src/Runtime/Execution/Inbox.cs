using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>
/// Where other threads leave work for a partition: any number of writers, one reader that takes all there is in one exchange. Lock-free;
/// a writer's items keep their order.
/// </summary>
internal sealed class Inbox
{
    private WorkItem? _newest;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>
    /// How many items wait, about. Each item notes how many it stands upon, so that counting costs no exchange of its own; what is read of an
    /// item that was taken meanwhile may be stale.
    /// </summary>
    public int Count => Volatile.Read(ref _newest) is { } newest ? newest.Depth : 0;

    public void Push(WorkItem item) => PushChain(item, item, 1);

    /// <summary>Pushes a chain that is linked from its newest to its oldest item.</summary>
    public void PushChain(WorkItem newest, WorkItem oldest, int count)
    {
        var head = Volatile.Read(ref _newest);
        while (true)
        {
            oldest.Next = head;
            newest.Depth = head is null ? count : head.Depth + count;
            var seen = Interlocked.CompareExchange(ref _newest, newest, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }

    /// <summary>Everything that waits, oldest first, linked by <see cref="WorkItem.Next"/>; null when nothing does.</summary>
    public WorkItem? TakeAll()
    {
        if (Volatile.Read(ref _newest) is null)
            return null;
        var item = Interlocked.Exchange(ref _newest, null);
        WorkItem? oldest = null;
        while (item is not null)
        {
            var next = item.Next;
            item.Next = oldest;
            oldest = item;
            item = next;
        }

        return oldest;
    }
}
