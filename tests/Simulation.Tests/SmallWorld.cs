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

    public static string Describe(SimulationResult result) =>
        $"seed {result.Options.Seed}: {string.Join("; ", result.Violations)}\n  dotnet run --project loadtests -c Release -- simulate {result.Options.ToCommand()}";
}
