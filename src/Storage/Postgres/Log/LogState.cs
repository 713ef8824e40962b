using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.Log;

/// <summary>
/// What a transaction knows of the log: the partitions concerned, whose rows it has locked, and their sectors concerned, which nobody else changes
/// meanwhile; and what it is to write.
/// </summary>
internal sealed class LogState
{
    private readonly SortedDictionary<int, Partition> _partitions = [];
    private readonly Dictionary<string, Sector> _sectors = new(StringComparer.Ordinal);

    /// <summary>Batches to write.</summary>
    public List<LogRow> Rows { get; } = [];

    /// <summary>Sectors whose checkpoint moves on, with it.</summary>
    public IEnumerable<(string Sector, long Checkpoint)> Checkpoints => _sectors.Values.Where(sector => sector.IsCheckpointed).Select(sector => (sector.Name, sector.Checkpoint));

    /// <summary>Locks the partitions, in their order so that no two processes wait for each other, and reads the sectors.</summary>
    public static async Task<LogState> LockAsync(NpgsqlConnection connection, IReadOnlyCollection<int> acquired, IReadOnlyCollection<string> sectors)
    {
        var state = new LogState();
        short[] partitions = [.. sectors.Select(SectorMap.PartitionOf).Concat(acquired).Distinct().Order().Select(partition => (short)partition)];
        await using var batch = connection.CreateBatch();
        batch.Add("SELECT partition, epoch, last_offset FROM log_partition WHERE partition = ANY($1) ORDER BY partition FOR UPDATE", In(partitions));
        batch.Add("SELECT sector, head, checkpoint FROM log_sector WHERE sector = ANY($1)", In(sectors.ToArray()));
        await using var reader = await batch.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            state._partitions.Add(reader.GetInt16(0), new Partition { Epoch = reader.GetInt64(1), LastOffset = reader.GetInt64(2) });
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            state._sectors.Add(reader.GetString(0), new Sector(reader.GetString(0)) { Head = reader.GetInt64(1), Checkpoint = reader.GetInt64(2) });
        }

        return state;
    }

    /// <summary>Why an owner with that epoch may not write; null when it may.</summary>
    public LogFencedException? Fence(string sector, long epoch)
    {
        var partition = SectorMap.PartitionOf(sector);
        var current = _partitions[partition].Epoch;
        return epoch == current && current != 0 ? null : new LogFencedException(partition, epoch, current);
    }

    public long EpochOf(int partition) => _partitions[partition].Epoch;

    public long HeadOf(string sector) => _sectors.TryGetValue(sector, out var known) ? known.Head : 0;

    public long Acquire(int partition)
    {
        _partitions[partition].IsChanged = true;
        return ++_partitions[partition].Epoch;
    }

    public AppendedBatch Append(string name, long epoch, int entries, ReadOnlyMemory<byte> data)
    {
        var partition = _partitions[SectorMap.PartitionOf(name)];
        var sector = SectorOf(name);
        var previous = sector.Head;
        var first = partition.LastOffset + 1;
        partition.LastOffset = sector.Head = first + entries - 1;
        partition.IsChanged = sector.IsChanged = true;
        Rows.Add(new LogRow(name, previous, sector.Head, epoch, entries, data));
        return new AppendedBatch(name, previous, first, sector.Head);
    }

    /// <summary>Moves a checkpoint on; an older one changes nothing.</summary>
    public void Checkpoint(string name, long offset)
    {
        var sector = SectorOf(name);
        if (offset > sector.Checkpoint)
        {
            sector.Checkpoint = offset;
            sector.IsChanged = sector.IsCheckpointed = true;
        }
    }

    /// <summary>Adds the statements that write the partitions and sectors that have changed.</summary>
    public void Write(NpgsqlBatch batch)
    {
        var partitions = _partitions.Where(partition => partition.Value.IsChanged).ToArray();
        if (partitions.Length > 0)
        {
            batch.Add(
                """
                UPDATE log_partition SET epoch = new.epoch, last_offset = new.last_offset
                FROM unnest($1, $2, $3) AS new(partition, epoch, last_offset) WHERE log_partition.partition = new.partition
                """,
                In(Array.ConvertAll(partitions, partition => (short)partition.Key)),
                In(Array.ConvertAll(partitions, partition => partition.Value.Epoch)),
                In(Array.ConvertAll(partitions, partition => partition.Value.LastOffset)));
        }

        var sectors = _sectors.Values.Where(sector => sector.IsChanged).ToArray();
        if (sectors.Length > 0)
        {
            batch.Add(
                """
                INSERT INTO log_sector(sector, partition, head, checkpoint) SELECT * FROM unnest($1, $2, $3, $4)
                ON CONFLICT(sector) DO UPDATE SET head = excluded.head, checkpoint = excluded.checkpoint
                """,
                In(Array.ConvertAll(sectors, sector => sector.Name)),
                In(Array.ConvertAll(sectors, sector => (short)SectorMap.PartitionOf(sector.Name))),
                In(Array.ConvertAll(sectors, sector => sector.Head)),
                In(Array.ConvertAll(sectors, sector => sector.Checkpoint)));
        }
    }

    private Sector SectorOf(string name)
    {
        if (!_sectors.TryGetValue(name, out var sector))
        {
            _sectors.Add(name, sector = new Sector(name));
        }

        return sector;
    }

    private sealed class Partition
    {
        public long Epoch { get; set; }

        public long LastOffset { get; set; }

        public bool IsChanged { get; set; }
    }

    private sealed class Sector(string name)
    {
        public string Name { get; } = name;

        public long Head { get; set; }

        public long Checkpoint { get; set; }

        public bool IsChanged { get; set; }

        public bool IsCheckpointed { get; set; }
    }
}
