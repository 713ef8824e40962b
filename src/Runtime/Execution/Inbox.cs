using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>
/// Where other threads leave work for a partition: any number of writers, one reader that takes all there is in one exchange. Lock-free;
/// a writer's items keep their order.
/// </summary>
internal sealed class Inbox
{
    private WorkItem? _newest;
    private int _count;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>How many items wait, about.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Push(WorkItem item)
    {
        Interlocked.Increment(ref _count);
        Link(item, item);
    }

    /// <summary>Pushes a chain that is linked from its newest to its oldest item.</summary>
    public void PushChain(WorkItem newest, WorkItem oldest, int count)
    {
        Interlocked.Add(ref _count, count);
        Link(newest, oldest);
    }

    /// <summary>Everything that waits, oldest first, linked by <see cref="WorkItem.Next"/>; null when nothing does.</summary>
    public WorkItem? TakeAll(out int count)
    {
        count = 0;
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
            count++;
        }

        Interlocked.Add(ref _count, -count);
        return oldest;
    }

    private void Link(WorkItem newest, WorkItem oldest)
    {
        var head = Volatile.Read(ref _newest);
        while (true)
        {
            oldest.Next = head;
            var seen = Interlocked.CompareExchange(ref _newest, newest, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }
}
