namespace Grid.Runtime.Execution;

/// <summary>
/// Spare objects of one type. Each thread keeps some of its own; full and empty threads exchange whole stacks under a lock, so that objects
/// rented on one thread and returned on another still come back, and the lock is taken once in <see cref="StackSize"/> uses.
/// </summary>
/// <remarks>Bound: two stacks a thread and <see cref="SharedStacks"/> shared ones; what does not fit is left to the collector.</remarks>
internal static class Pool<T>
    where T : class
{
    private const int StackSize = 256;
    private const int SharedStacks = 64;

    private static readonly Lock Gate = new();
    private static readonly T[]?[] Full = new T[]?[SharedStacks];
    private static readonly T[]?[] Empty = new T[]?[SharedStacks];
    private static int _fullCount;
    private static int _emptyCount;

    [ThreadStatic]
    private static T[]? _items;

    [ThreadStatic]
    private static int _count;

    public static T? TryRent()
    {
        var items = _items;
        var count = _count;
        if (items is null || count == 0)
            return TryRefill();
        count--;
        var item = items[count];
        _count = count;
        return item;
    }

    public static void Return(T item)
    {
        var items = _items ??= new T[StackSize];
        var count = _count;
        if (count == StackSize)
        {
            GiveAway(items);
            items = _items!;
            count = _count;
        }

        items[count] = item;
        _count = count + 1;
    }

    private static T? TryRefill()
    {
        if (Volatile.Read(ref _fullCount) == 0)
            return null;
        lock (Gate)
        {
            if (_fullCount == 0)
                return null;
            if (_items is { } empty && _emptyCount < SharedStacks)
                Empty[_emptyCount++] = empty;
            _fullCount--;
            _items = Full[_fullCount];
            Full[_fullCount] = null;
        }

        var item = _items![StackSize - 1];
        _count = StackSize - 1;
        return item;
    }

    private static void GiveAway(T[] full)
    {
        lock (Gate)
        {
            if (_fullCount < SharedStacks)
            {
                Full[_fullCount++] = full;
                _items = _emptyCount > 0 ? Empty[--_emptyCount]! : new T[StackSize];
                _count = 0;
                return;
            }
        }

        // Everything is full: forget half of what this thread keeps.
        Array.Clear(full, StackSize / 2, StackSize / 2);
        _count = StackSize / 2;
    }
}
