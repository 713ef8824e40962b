using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Simulation.Checks;

/// <summary>
/// What the log has called durable, kept outside the grid: the truth of what must not be lost. In a large world only some sectors are kept.
/// </summary>
/// <param name="world">Where violations are told.</param>
/// <param name="everySector">1 to keep every sector, n for about one in n.</param>
internal sealed class Journal(World world, int everySector)
{
    private readonly SortedDictionary<string, SectorJournal> _sectors = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>Entries that were acknowledged.</summary>
    public long Acknowledgements { get; private set; }

    /// <summary>An append was answered: its entries are durable from now on.</summary>
    public void Acknowledged(string sector, long firstOffset, ImmutableArray<LogEntry> entries)
    {
        Acknowledgements += entries.Length;
        world.Trace.Add("durable", sector, firstOffset, entries.Length);
        if (everySector > 1 && (uint)Trace.HashOf(System.Text.Encoding.ASCII.GetBytes(sector)) % (uint)everySector != 0)
        {
            return;
        }

        if (!_sectors.TryGetValue(sector, out var journal))
        {
            _sectors.Add(sector, journal = new SectorJournal());
        }

        journal.Add(firstOffset, entries, ++_sequence);
    }

    /// <summary>
    /// After a start: what was acknowledged stands in the log, or is before its checkpoint; and what stands there without having been
    /// acknowledged, because the process died first, counts from now on.
    /// </summary>
    public async Task CompareAsync(IReadingLog log)
    {
        foreach (var sector in world.Registry.Devices.Values.Select(record => record.Sector).Concat(_sectors.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList())
        {
            var checkpoint = await log.GetCheckpointAsync(sector, CancellationToken.None);
            var found = new SortedDictionary<long, LogEntry>();
            await foreach (var batch in log.ReadAsync(sector, checkpoint, CancellationToken.None))
            {
                for (var index = 0; index < batch.Entries.Length; index++)
                {
                    found[batch.FirstOffset + index] = batch.Entries[index];
                }
            }

            if (_sectors.TryGetValue(sector, out var journal))
            {
                foreach (var (offset, entry) in journal.After(checkpoint))
                {
                    if (!found.TryGetValue(offset, out var kept))
                    {
                        world.Violated("I2", $"entry {offset} of sector {sector} ({entry.Device}, {entry.ReceivedAt:HH:mm:ss.fff}) was acknowledged and is not in the log");
                    }
                    else if (!IsSame(entry, kept))
                    {
                        world.Violated("I2", $"entry {offset} of sector {sector} was acknowledged for {entry.Device} and the log has one of {kept.Device} in its place");
                    }
                }
            }

            foreach (var (offset, entry) in found.Where(entry => journal is null || !journal.Has(entry.Key)))
            {
                world.Trace.Add("found durable", sector, offset);
                Acknowledged(sector, offset, [entry]);
            }
        }
    }

    /// <summary>Every entry that was ever durable, with its sector, in an order that is right for each device.</summary>
    public IEnumerable<(string Sector, long Offset, LogEntry Entry)> Entries() => _sectors
        .SelectMany(sector => sector.Value.InOrder().Select(entry => (entry.Sequence, Sector: sector.Key, entry.Offset, entry.Entry)))
        .OrderBy(entry => entry.Sequence)
        .Select(entry => (entry.Sector, entry.Offset, entry.Entry));

    /// <summary>Of every sector that is kept, the entries that were ever durable, by offset.</summary>
    public IEnumerable<(string Sector, IEnumerable<(long Offset, LogEntry Entry)> Entries)> BySector() =>
        _sectors.Select(sector => (sector.Key, sector.Value.After(0)));

    /// <summary>True when the entries of a sector are kept.</summary>
    public bool Keeps(string sector) => _sectors.ContainsKey(sector);

    private static bool IsSame(LogEntry left, LogEntry right) =>
        left.GetType() == right.GetType() && left.Device == right.Device && left.ReceivedAt == right.ReceivedAt
        && (left is not ReadingEntry reading || reading.Metrics.SequenceEqual(((ReadingEntry)right).Metrics));

    private sealed class SectorJournal
    {
        private readonly SortedDictionary<long, (LogEntry Entry, long Sequence)> _entries = [];

        public void Add(long firstOffset, ImmutableArray<LogEntry> entries, long sequence)
        {
            for (var index = 0; index < entries.Length; index++)
            {
                _entries[firstOffset + index] = (entries[index], sequence);
            }
        }

        public bool Has(long offset) => _entries.ContainsKey(offset);

        public IEnumerable<(long Offset, LogEntry Entry)> After(long offset) =>
            _entries.Where(entry => entry.Key > offset).Select(entry => (entry.Key, entry.Value.Entry));

        /// <summary>By offset; answers of one commit may have come in another order, so a sequence is at least that of the entry before.</summary>
        public IEnumerable<(long Sequence, long Offset, LogEntry Entry)> InOrder()
        {
            var sequence = 0L;
            foreach (var (offset, (entry, own)) in _entries)
            {
                sequence = Math.Max(sequence, own);
                yield return (sequence, offset, entry);
            }
        }
    }
}
