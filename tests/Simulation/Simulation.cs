namespace Grid.Simulation;

/// <summary>What became of a world.</summary>
/// <param name="Options">The world.</param>
/// <param name="TraceHash">The hash of everything that happened.</param>
/// <param name="Events">How much happened.</param>
/// <param name="Readings">Readings that devices made.</param>
/// <param name="Processes">Processes that were started: one more than died.</param>
/// <param name="Violations">What did not hold.</param>
public sealed record SimulationResult(
    SimulationOptions Options, string TraceHash, long Events, long Readings, int Processes, IReadOnlyList<string> Violations);

/// <summary>Runs worlds.</summary>
public static class Simulations
{
    /// <summary>Bugs that can be planted: see <see cref="SimulationOptions.Plant"/>.</summary>
    public static IReadOnlyList<string> Plants => Grid.Simulation.Plants.Plant.Names;

    /// <summary>Runs a world to its end, or to the first check that fails.</summary>
    /// <exception cref="ArgumentException">An option is wrong: see <see cref="SimulationOptions.Validate"/>.</exception>
    public static SimulationResult Run(SimulationOptions options)
    {
        options.Validate();
        var world = new World(options);
        try
        {
            world.Run();
        }
        finally
        {
            world.Process?.End();
        }

        return new SimulationResult(options, world.Trace.Hash, world.Trace.Count, world.Field.Readings, world.Processes, world.Violations);
    }
}
