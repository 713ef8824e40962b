using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for history: after quiet, every entry that was acknowledged is durable in history, once, in log order, with its values; and nothing else is.
/// What a former check has seen is not looked at again.
/// </summary>
internal static class HistoryCheck
{
    public static async Task RunAsync(World world, GridProcess process)
    {
        // Sweeps go on while it is quiet: what they have found is flushed too, and what they find while history that is full is waited for.
        long acknowledged;
        do
        {
            acknowledged = world.Journal.Acknowledgements;
            await process.Get<HistoryFeed>().CatchUpAsync(CancellationToken.None);
            await process.Get<IHistory>().FlushAsync(CancellationToken.None);
        }
        while (world.Journal.Acknowledgements != acknowledged);

        foreach (var (sector, entries) in world.Journal.BySector())
        {
            var history = world.History.Of(sector);
            var kept = history.Entries;
            var place = history.Checked;
            foreach (var (offset, entry) in entries.Skip(history.Checked))
            {
                if (place >= kept.Count || kept[place].Offset != offset)
                {
                    var found = place >= kept.Count ? "nothing" : $"entry {kept[place].Offset}";
                    world.Violated("I2", $"history of sector {sector} has {found} where entry {offset} ({entry.Device}, {entry.ReceivedAt:HH:mm:ss.fff}) must be");
                    return;
                }

                if (!IsSame(entry, kept[place].Entry))
                {
                    world.Violated("I2", $"entry {offset} of sector {sector} was acknowledged for {entry.Device} and history has other values for it");
                    return;
                }

                place++;
            }

            if (place < kept.Count)
            {
                world.Violated("I2", $"history of sector {sector} has entry {kept[place].Offset}, which was never acknowledged or is there twice");
                return;
            }

            history.Checked = place;
        }
    }

    private static bool IsSame(LogEntry left, LogEntry right) =>
        ReferenceEquals(left, right)
        || (left.GetType() == right.GetType() && left.Device == right.Device && left.ReceivedAt == right.ReceivedAt
            && (left is not ReadingEntry reading || IsSame(reading, (ReadingEntry)right)));

    /// <summary>A person's reading that stands for its day is kept under the day.</summary>
    private static bool IsSame(ReadingEntry acknowledged, ReadingEntry kept) =>
        (acknowledged.Personal?.Day ?? acknowledged.ObservedAt) == kept.ObservedAt && acknowledged.Metrics.SequenceEqual(kept.Metrics);
}
