using Grid.Contracts.Devices;
using Grid.Simulation.Stores;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for history: after quiet, every entry that was acknowledged is durable in history, once, in log order, with its values; and nothing else is.
/// What a former check has seen is not looked at again.
/// </summary>
internal static class HistoryCheck
{
    public static void Run(World world)
    {
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
            && (left is not ReadingEntry reading || (reading.ObservedAt == ((ReadingEntry)right).ObservedAt && reading.Metrics.SequenceEqual(((ReadingEntry)right).Metrics))));
}
