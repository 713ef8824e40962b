using Grid.Client.Live;
using Grid.Grains.Intake;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>I7: what is queued, held or kept has a bound, and is gone after quiet.</summary>
internal static class BoundsCheck
{
    /// <summary>At any time.</summary>
    public static void Run(World world, GridProcess process)
    {
        var writer = process.Get<LogWriter>();
        AtMost(world, "entries that are durable and not applied", writer.Waiting, new LogWriterOptions().MaximumWaiting);
        AtMost(world, "bytes of the log", world.Disk.Length, world.Setup.Log.MaximumRetainedBytes);
        if (process.ForeignPosts > 0)
        {
            world.Violated("I8", $"{process.ForeignPosts} pieces of work came from threads that are not the world's; the trace says from where");
            world.Trace.Say(process.ForeignPostStack ?? "");
        }
    }

    /// <summary>After quiet.</summary>
    public static void RunAfterQuiet(World world, GridProcess process, int clients)
    {
        Run(world, process);
        AtMost(world, "entries that are durable and not applied after quiet", process.Get<LogWriter>().Waiting, 0);
        AtMost(world, "live feeds", process.Get<LiveFeeds>().Count, clients);
        AtMost(world, "registrations that are pending after quiet", world.Registry.Pending.Count, 0);

        // A checkpoint lets go of whole segments: what is left is the open one and what it begins with.
        AtMost(world, "bytes of the log after quiet", world.Disk.Length, 3 * world.Setup.Log.SegmentBytes);
    }

    private static void AtMost(World world, string what, long value, long bound)
    {
        if (value > bound)
        {
            world.Violated("I7", $"there are {value} {what}; the bound is {bound}");
        }
    }
}
