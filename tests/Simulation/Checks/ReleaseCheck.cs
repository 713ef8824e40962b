using System.Text.Json;
using Grid.Contracts.Sectors;
using Grid.Grains.Sectors;
using Grid.Simulation.Machine;
using Grid.Storage.Sqlite;
using Orleans;
using Orleans.Runtime;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 when the log is told what it may let go of: the sector's snapshot and history hold it, durably, now. A crash that would show the loss has to come between, and most
/// of what is lost then is hidden by the next reading.
/// </summary>
internal static class ReleaseCheck
{
    public static void Run(World world, GridProcess process, string sector, long offset)
    {
        if (!world.Journal.Keeps(sector))
        {
            return;
        }

        var grain = process.Grains.GetGrain<ISectorGrain>(sector).GetGrainId();
        var books = world.Grains.Records.TryGetValue(("sector", grain), out var record) ? JsonSerializer.Deserialize<SectorState>(record.ToJson(), StateJson.Options)!.Offset : 0;
        if (books < offset)
        {
            world.Violated("I2", $"the log of sector {sector} may go up to {offset}, and the sector's durable snapshot ends at {books}");
        }

        if (world.History.Of(sector).Durable is var history && history < offset)
        {
            world.Violated("I2", $"the log of sector {sector} may go up to {offset}, and history is durable up to {history}");
        }
    }
}
