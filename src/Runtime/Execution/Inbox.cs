using System.Runtime.InteropServices;
using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>
/// Where other threads leave work for a partition: any number of writers, one reader. Lock-free; a writer's items keep their order. Items are linked from
/// the oldest to the newest, so that the reader touches each once, when its turn comes.
/// </summary>
/// <remarks>
/// A writer counts what it brings, puts its newest item at the end in one exchange, then links what was the end before to its oldest. Between the two the
/// reader sees the end of what is there too early: it comes back, because the count tells that there is more.
/// </remarks>
internal sealed class Inbox
{
    private Ends _ends;

    public Inbox()
    {
        _ends.Mark = new EndMark();
        _ends.Oldest = _ends.Mark;
        _ends.Newest = _ends.Mark;
    }

    /// <summary>Whether nothing was pushed that is not marked as taken.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>How many items wait, as of the reader's last <see cref="MarkTaken"/>.</summary>
    public int Count => Volatile.Read(ref _ends.Pushed) - Volatile.Read(ref _ends.Taken);

    public void Push(WorkItem item) => PushChain(item, item, 1);

    /// <summary>Pushes a chain that is linked from its oldest to its newest item; nothing follows the newest.</summary>
    public void PushChain(WorkItem oldest, WorkItem newest, int count)
    {
        // Before the item can be seen, so that the reader does not sleep on it. It wraps after 4 billion: differences stay true.
        Interlocked.Add(ref _ends.Pushed, count);
        Append(oldest, newest);
    }

    /// <summary>The oldest item, or null when nothing is there yet. <see cref="WorkItem.Next"/> of what is answered is null.</summary>
    public WorkItem? Take()
    {
        var item = _ends.Oldest;
        var next = Volatile.Read(ref item.Next);
        if (ReferenceEquals(item, _ends.Mark))
        {
            if (next is null)
                return null;
            item.Next = null;
            _ends.Oldest = item = next;
            next = Volatile.Read(ref item.Next);
        }

        if (next is null)
        {
            // The last one leaves only when something follows it: a writer may be about to link to it.
            if (!ReferenceEquals(item, Volatile.Read(ref _ends.Newest)))
                return null;
            Append(_ends.Mark, _ends.Mark);
            next = Volatile.Read(ref item.Next);
            if (next is null)
                return null;
        }

        _ends.Oldest = next;
        item.Next = null;
        return item;
    }

    /// <summary>What <see cref="Take"/> would answer next, if that is known. Not to be touched but to look at.</summary>
    public WorkItem? Peek() => _ends.Oldest;

    /// <summary>Tells writers how many were taken since this was last said.</summary>
    public void MarkTaken(int count) => Volatile.Write(ref _ends.Taken, _ends.Taken + count);

    private void Append(WorkItem oldest, WorkItem newest)
    {
        var before = Interlocked.Exchange(ref _ends.Newest, newest);
        Volatile.Write(ref before.Next, oldest);
    }

    /// <summary>Each side's fields on cache lines of their own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Ends
    {
        [FieldOffset(64)]
        public WorkItem Newest;

        [FieldOffset(72)]
        public int Pushed;

        [FieldOffset(192)]
        public WorkItem Oldest;

        [FieldOffset(200)]
        public WorkItem Mark;

        /// <summary>Written by the reader, read by writers now and then.</summary>
        [FieldOffset(256)]
        public int Taken;
    }

    /// <summary>Stands in the queue where no item can be last.</summary>
    private sealed class EndMark : WorkItem
    {
        internal override void Arrive(Partition partition) => throw new InvalidOperationException("The mark of the inbox's end was taken for work.");
    }
}
