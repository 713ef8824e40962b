using System.Globalization;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Storage.Checking;

/// <summary>Checks the reading log: every block and batch, the chain over all of them, the offsets, and that no segment is missing.</summary>
internal static class LogCheck
{
    private const string Repair =
        "Restore a backup, or run repair: it keeps every batch that is whole, sets the damaged segments aside and lists what was lost.";

    /// <summary>The log's index when it is whole; null otherwise.</summary>
    public static LogIndex? Run(CheckedFiles check, TimeProvider time)
    {
        var directory = Path.Combine(check.Directory, "log");
        var files = new DiskLogFiles(directory);
        if (!Directory.Exists(directory) || !files.List().Any(name => Segment.NumberOf(name) is not null))
        {
            return null;
        }

        foreach (var name in files.List())
        {
            check.Advance(check.Begin(NameOf(name)) ?? 0);
            if (Segment.IsUnfinished(name))
            {
                check.Note(NameOf(name), null, "a segment that was being made when the program stopped", "Nothing was in it.", "Nothing: the next start removes it.");
            }
            else if (Segment.NumberOf(name) is null)
            {
                check.Note(NameOf(name), null, "no file of the reading log", "Grid did not make it and leaves it alone.", "Move it away if you do not know it.");
            }
        }

        try
        {
            var log = new LogRecovery(files, time, NullLogger.Instance).Verify();
            if (log.TornBytes > 0)
            {
                check.Note(
                    NameOf(log.LastSegment),
                    log.LastLength,
                    string.Create(CultureInfo.InvariantCulture, $"the last commit is torn: {log.TornBytes} bytes belong to no whole commit"),
                    "The program was stopped while it wrote it. It was never acknowledged.",
                    "Nothing: the next start cuts it; repair does so too.");
            }

            return log.Index;
        }
        catch (LogDamagedException damage)
        {
            check.Damage(NameOf(damage.Segment), damage.Position, damage.Reason, "Entries that were acknowledged may be unreadable. The program refuses to start on it.", Repair);
            foreach (var segment in LogSalvage.Scan(files))
            {
                foreach (var (from, to) in segment.Unreadable)
                {
                    check.Damage(
                        NameOf(segment.Name),
                        from,
                        string.Create(CultureInfo.InvariantCulture, $"bytes {from} to {to - 1} are no whole block"),
                        "What was committed there is lost.",
                        Repair);
                }
            }

            return null;
        }
    }

    private static string NameOf(string segment) => "log/" + segment;
}
