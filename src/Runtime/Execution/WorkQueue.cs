using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>A first-in first-out queue of linked items, in one field: the last item points to the first. Not thread-safe.</summary>
internal struct WorkQueue
{
    private WorkItem? _last;

    public readonly bool IsEmpty => _last is null;

    public void Enqueue(WorkItem item)
    {
        if (_last is null)
        {
            item.Next = item;
        }
        else
        {
            item.Next = _last.Next;
            _last.Next = item;
        }

        _last = item;
    }

    public readonly WorkItem? Peek() => _last?.Next;

    public WorkItem Dequeue()
    {
        var first = _last!.Next!;
        _last = ReferenceEquals(first, _last) ? null : Relink(first);
        first.Next = null;
        return first;
    }

    /// <summary>Takes out the item after <paramref name="previous"/>; null stands for the first one.</summary>
    public WorkItem RemoveAfter(WorkItem? previous)
    {
        if (previous is null)
            return Dequeue();
        var item = previous.Next!;
        previous.Next = item.Next;
        if (ReferenceEquals(item, _last))
            _last = previous;
        item.Next = null;
        return item;
    }

    /// <summary>The item after <paramref name="item"/>, or null at the end.</summary>
    public readonly WorkItem? After(WorkItem item) => ReferenceEquals(item, _last) ? null : item.Next;

    private readonly WorkItem Relink(WorkItem first)
    {
        _last!.Next = first.Next;
        return _last;
    }
}
