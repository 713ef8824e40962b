using Grid.Contracts.Sectors;

namespace Grid.Storage.Postgres.Log;

/// <summary>
/// What the log holds of the partitions that this process owns and has not checkpointed: about 50 bytes of memory for each batch. So a sector that
/// stopped to checkpoint is refused before it fills the database.
/// </summary>
internal sealed class LogLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Held>> _sectors = new(StringComparer.Ordinal);
    private readonly long[] _epochs = new long[SectorMap.Partitions];
    private int _batches;
    private long _bytes;
    private long _entries;

    /// <summary>Batches that are not checkpointed.</summary>
    public int Batches => Volatile.Read(ref _batches);

    /// <summary>Bytes of these batches.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Entries of these batches: how far checkpoints are behind.</summary>
    public long Entries => Volatile.Read(ref _entries);

    /// <summary>The partition has this process as its owner now, under that epoch: what it holds is as was read.</summary>
    public void Acquired(int partition, long epoch, IEnumerable<Held> held)
    {
        lock (_gate)
        {
            _epochs[partition] = epoch;
            Forget(partition);
            foreach (var batch in held)
            {
                Add(batch);
            }
        }
    }

    /// <summary>Someone was refused because the partition is owned under that epoch: what another process owns is not counted here.</summary>
    public void Fenced(int partition, long epoch)
    {
        lock (_gate)
        {
            if (_epochs[partition] != epoch)
            {
                Forget(partition);
            }
        }
    }

    public void Appended(Held batch)
    {
        lock (_gate)
        {
            Add(batch);
        }
    }

    public void Checkpointed(string sector, long offset)
    {
        lock (_gate)
        {
            Forget(sector, offset);
        }
    }

    private void Add(Held batch)
    {
        if (!_sectors.TryGetValue(batch.Sector, out var held))
        {
            _sectors.Add(batch.Sector, held = new Queue<Held>());
        }

        held.Enqueue(batch);
        Count(batch, 1);
    }

    private void Forget(int partition)
    {
        foreach (var sector in _sectors.Keys.Where(name => SectorMap.PartitionOf(name) == partition).ToArray())
        {
            Forget(sector, long.MaxValue);
            _sectors.Remove(sector);
        }
    }

    private void Forget(string sector, long offset)
    {
        if (_sectors.TryGetValue(sector, out var held))
        {
            while (held.TryPeek(out var batch) && batch.LastOffset <= offset)
            {
                held.Dequeue();
                Count(batch, -1);
            }
        }
    }

    private void Count(Held batch, int sign)
    {
        _batches += sign;
        _bytes += sign * batch.Bytes;
        _entries += sign * batch.Entries;
    }

    /// <summary>A batch that the log holds.</summary>
    internal readonly record struct Held(string Sector, long LastOffset, int Entries, int Bytes);
}
