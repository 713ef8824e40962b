using Grid.Runtime.Catalog;

namespace Grid.Runtime.Execution;

/// <summary>The activations of a partition by grain. The chain runs through the activations themselves: 8 to 16 bytes each. Not thread-safe.</summary>
internal sealed class ActivationTable
{
    private Activation?[] _buckets = new Activation?[64];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public int BucketCount => _buckets.Length;

    public Activation? Find(GrainClass grainClass, string key, int hash)
    {
        for (var activation = _buckets[hash & (_buckets.Length - 1)]; activation is not null; activation = activation.NextInTable)
        {
            if (activation.KeyHash == hash && ReferenceEquals(activation.Class, grainClass) && string.Equals(activation.Key, key, StringComparison.Ordinal))
                return activation;
        }

        return null;
    }

    public void Add(Activation activation)
    {
        if (_count >= _buckets.Length)
            Grow();
        ref var bucket = ref _buckets[activation.KeyHash & (_buckets.Length - 1)];
        activation.NextInTable = bucket;
        bucket = activation;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Remove(Activation activation)
    {
        ref var link = ref _buckets[activation.KeyHash & (_buckets.Length - 1)];
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

    public Activation? BucketOf(int hash) => _buckets[hash & (_buckets.Length - 1)];

    /// <summary>The first activation of a bucket; the others follow by <see cref="Activation.NextInTable"/>.</summary>
    public Activation? Bucket(int index) => _buckets[index];

    private void Grow()
    {
        var old = _buckets;
        _buckets = new Activation?[old.Length * 2];
        foreach (var first in old)
        {
            for (var activation = first; activation is not null;)
            {
                var next = activation.NextInTable;
                ref var bucket = ref _buckets[activation.KeyHash & (_buckets.Length - 1)];
                activation.NextInTable = bucket;
                bucket = activation;
                activation = next;
            }
        }
    }
}
