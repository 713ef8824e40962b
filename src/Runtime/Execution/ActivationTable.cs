using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Grid.Runtime.Catalog;

namespace Grid.Runtime.Execution;

/// <summary>
/// The activations of a partition by grain. The chain runs through the activations themselves: 8 to 16 bytes each. It grows a few buckets with each
/// new activation, so that none of them waits for all the others to move. Not thread-safe.
/// </summary>
internal sealed class ActivationTable
{
    /// <summary>More than one, so that a growth has ended when the next one is due.</summary>
    private const int BucketsMovedPerAddition = 4;

    private Activation?[] _buckets = new Activation?[64];

    // While it grows: those buckets before _moved are empty, what they held is in the new ones.
    private Activation?[]? _former;
    private int _moved;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether some are still to be moved.</summary>
    public bool IsGrowing => _former is not null;

    /// <summary>In how many parts <see cref="Scan"/> goes over all that is there. Stays valid for a scan when the table grows meanwhile.</summary>
    public int ScanParts => _former?.Length ?? _buckets.Length;

    public Activation? Find(GrainClass grainClass, string key, int hash)
    {
        for (var activation = BucketOf(hash); activation is not null; activation = activation.NextInTable)
        {
            if (activation.KeyHash == hash && ReferenceEquals(activation.Class, grainClass) && string.Equals(activation.Key, key, StringComparison.Ordinal))
                return activation;
        }

        return null;
    }

    public void Add(Activation activation)
    {
        if (_former is not null)
            Move(BucketsMovedPerAddition);
        else if (_count >= _buckets.Length)
            BeginGrowth();
        ref var bucket = ref BucketOf(activation.KeyHash);
        activation.NextInTable = bucket;
        bucket = activation;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Remove(Activation activation)
    {
        ref var link = ref BucketOf(activation.KeyHash);
        while (link is not null)
        {
            if (ReferenceEquals(link, activation))
            {
                link = activation.NextInTable;
                activation.NextInTable = null;
                Volatile.Write(ref _count, _count - 1);
                return;
            }

            link = ref link.NextInTable;
        }
    }

    /// <summary>Where the activations with that hash are, among others.</summary>
    public ref Activation? BucketOf(int hash)
    {
        if (_former is { } former)
        {
            var index = hash & (former.Length - 1);
            if (index >= _moved)
                return ref former[index];
        }

        return ref _buckets[hash & (_buckets.Length - 1)];
    }

    /// <summary>Has the first activation of a part fetched, which will be scanned soon: they lie all over the memory, and a scan would wait for each.</summary>
    public void Foresee(int part)
    {
        if (part < _buckets.Length && _buckets[part] is { } first)
            Fetch(first);
    }

    /// <summary>Has the second activation of a part fetched, when the first has come.</summary>
    public void ForeseeSecond(int part)
    {
        if (part < _buckets.Length && _buckets[part]?.NextInTable is { } second)
            Fetch(second);
    }

    /// <summary>Adds the activations of one part to the list.</summary>
    /// <param name="part">From 0, less than <paramref name="parts"/>.</param>
    /// <param name="parts">What <see cref="ScanParts"/> was when the scan began.</param>
    /// <param name="found">What is found is added here.</param>
    public void Scan(int part, int parts, List<Activation> found)
    {
        if (_former is { } former)
        {
            for (var index = part; index < former.Length; index += parts)
                AddAll(former[index], found);
        }

        for (var index = part; index < _buckets.Length; index += parts)
            AddAll(_buckets[index], found);
    }

    private static unsafe void Fetch(Activation activation)
    {
        if (Sse.IsSupported)
        {
            // A prefetch never faults: the collector may move the object meanwhile.
            var address = (byte*)Unsafe.As<Activation, nint>(ref activation);
            Sse.Prefetch0(address);
            Sse.Prefetch0(address + 64);
            Sse.Prefetch0(address + 128);
        }
    }

    private static void AddAll(Activation? first, List<Activation> found)
    {
        for (var activation = first; activation is not null; activation = activation.NextInTable)
            found.Add(activation);
    }

    private void BeginGrowth()
    {
        _former = _buckets;
        _moved = 0;
        _buckets = new Activation?[_former.Length * 2];
    }

    private void Move(int buckets)
    {
        var former = _former!;
        for (; buckets > 0 && _moved < former.Length; buckets--)
        {
            for (var activation = former[_moved]; activation is not null;)
            {
                var next = activation.NextInTable;
                ref var bucket = ref _buckets[activation.KeyHash & (_buckets.Length - 1)];
                activation.NextInTable = bucket;
                bucket = activation;
                activation = next;
            }

            former[_moved++] = null;
        }

        if (_moved == former.Length)
            _former = null;
    }
}
