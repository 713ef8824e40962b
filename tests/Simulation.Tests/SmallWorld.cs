using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.Tests.Simulation;

/// <summary>A world that is small enough to run hundreds of.</summary>
internal static class SmallWorld
{
    public static SimulationOptions Of(int seed) => new()
    {
        Seed = seed,
        Devices = 60,
        Communes = 3,
        Hours = 4,
        CheckEvery = TimeSpan.FromHours(2),
        Clients = 3,
        Faults = FaultRates.All,
    };

    /// <summary>Worlds of consecutive seeds, one for each core at a time.</summary>
    public static IReadOnlyList<SimulationResult> RunAll(int firstSeed, int count, Func<SimulationOptions, SimulationOptions>? change = null) =>
        Simulations.RunAll([.. Enumerable.Range(firstSeed, count).Select(seed => change is null ? Of(seed) : change(Of(seed)))], Environment.ProcessorCount);

    public static string Describe(SimulationResult result) =>
        $"seed {result.Options.Seed}: {string.Join("; ", result.Violations)}\n  dotnet run --project loadtests -c Release -- simulate {result.Options.ToCommand()}";
}
