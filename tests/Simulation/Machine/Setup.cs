using Grid.Grains.History;
using Grid.Grains.Sectors;
using Grid.Simulation.Faults;
using Grid.Storage.ReadingLog;

namespace Grid.Simulation.Machine;

/// <summary>
/// How the processes of a world are set up. Small worlds differ in it, by their seeds: what waits, is full or is read back in a large one only under load does so in
/// some small ones at any time.
/// </summary>
internal sealed record Setup
{
    public SectorOptions Sectors { get; init; } = new();

    public HistoryFeedOptions Feed { get; init; } = new();

    /// <summary>From the first point that history takes until it is durable. Later than sectors take their snapshots, these wait for it.</summary>
    public TimeSpan HistoryFlushAfter { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Entries that history takes before they are durable; the next one waits.</summary>
    public int HistoryBuffered { get; init; } = 20_000;

    /// <summary>Senders of downlinks, as after a failover in which the former one still runs.</summary>
    public int Senders { get; init; } = 1;

    /// <summary>Between two looks of a sender. Rarer than those of a real one, which are for nothing nearly always.</summary>
    public TimeSpan OutboxPollEvery { get; init; } = TimeSpan.FromSeconds(5);

    public ReadingLogOptions Log { get; init; } = new() { SegmentBytes = 64 << 10, MaximumRetainedBytes = 64L << 20 };

    /// <summary>Of a department: as it is in a real one. At a switch point there is a row for each of its sectors, and a look takes some of those to one gateway.</summary>
    public static Setup Large { get; } = new()
    {
        OutboxPollEvery = TimeSpan.FromSeconds(1),
        Log = new ReadingLogOptions { SegmentBytes = 4 << 20 },
    };

    /// <summary>Of a small world: each setting at its default, or at what makes others wait.</summary>
    public static Setup Small(Chance chance) => new()
    {
        Sectors = new SectorOptions { ReplayAtOnce = chance.OneOf([200, 200, 0]) },
        Feed = new HistoryFeedOptions { MaximumHeld = chance.OneOf([200_000, 20, 0]), EntriesPerTurn = chance.OneOf([5_000, 5]) },
        HistoryFlushAfter = TimeSpan.FromSeconds(chance.OneOf([35, 35, 10, 1])),
        HistoryBuffered = chance.OneOf([20_000, 20]),
        Senders = chance.OneOf([1, 1, 2]),
    };
}
