namespace Grid.Runtime.Execution;

/// <summary>The activations that have something to do, in turn. A ring that grows; each activation is in it at most once. Not thread-safe.</summary>
internal sealed class ReadyQueue
{
    private Activation?[] _ring = new Activation?[256];
    private int _head;
    private int _count;

    public int Count => _count;

    public void Enqueue(Activation activation)
    {
        if (_count == _ring.Length)
            Grow();
        _ring[(_head + _count) & (_ring.Length - 1)] = activation;
        _count++;
    }

    public Activation Dequeue()
    {
        var activation = _ring[_head]!;
        _ring[_head] = null;
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
        return activation;
    }

    private void Grow()
    {
        var larger = new Activation?[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }
}
