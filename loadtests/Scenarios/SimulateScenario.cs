using System.Diagnostics;
using System.Globalization;
using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// The grid in a simulated world: with <c>--seeds</c> a sweep of small worlds, otherwise one world of <c>--seed</c>. A world whose invariants do not
/// hold is named with the command that runs it again.
/// </summary>
internal static class SimulateScenario
{
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(5);

    public static Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken) =>
        Task.FromResult(options.Has("seeds") ? Sweep(options, cancellationToken) : One(options));

    private static ScenarioOutcome Sweep(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var seeds = options.Number("seeds", 200, 1, 1_000_000);
        var first = options.Number("seed", 1, 0, int.MaxValue - seeds);
        var threads = options.Number("threads", Environment.ProcessorCount, 1, 256);
        var small = Small(options, FaultRates.Parse(options.Text("faults", "all")));
        var clock = Stopwatch.StartNew();
        var (said, ended, failed) = (clock.Elapsed, 0, 0);
        var results = Simulations.RunAll(
            [.. Enumerable.Range(first, seeds).Select(seed => small with { Seed = seed })],
            threads,
            result =>
            {
                ended++;
                if (result.Violations.Count > 0)
                {
                    failed++;
                    Console.Error.WriteLine(Describe(result));
                }

                if (clock.Elapsed - said > SayEvery)
                {
                    said = clock.Elapsed;
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ended:N0} of {seeds:N0} seeds, {failed} failed"));
                }
            },
            cancellationToken);
        return Report(results, clock.Elapsed);
    }

    private static ScenarioOutcome One(ScenarioOptions options)
    {
        var path = options.Text("trace");
        using var lines = path is null ? null : new StreamWriter(path);
        var faults = FaultRates.Parse(options.Text("faults", "none"));
        var devices = options.Number("devices", 100_000, 1, 1_000_000);
        var hours = options.Number("hours", 24, 1, 8_760);
        var seed = options.Number("seed", 1, 0, int.MaxValue);
        var department = options.Text("department", "29");
        var world = options.Number("communes", devices > 5_000 ? 0 : 5, 0, 2_000) == 0
            ? SimulationOptions.OfDepartment(department, devices, hours, seed, faults)
            : Small(options, faults) with { Seed = seed };
        var clock = Stopwatch.StartNew();
        return Report(
            [Simulations.Run(world with { Lines = lines, Clients = options.Number("clients", 4, 0, 1_000), Plant = options.Text("plant") })], clock.Elapsed);
    }

    private static SimulationOptions Small(ScenarioOptions options, FaultRates faults) => new()
    {
        Department = options.Text("department", "29"),
        Devices = options.Number("devices", 300, 1, 100_000),
        Communes = options.Number("communes", 5, 1, 2_000),
        Hours = options.Number("hours", 6, 1, 8_760),
        Clients = options.Number("clients", 4, 0, 1_000),
        Faults = faults,
        Plant = options.Text("plant"),
    };

    private static ScenarioOutcome Report(IReadOnlyList<SimulationResult> results, TimeSpan wall)
    {
        var hash = results.Count == 1
            ? results[0].TraceHash
            : results.Aggregate(0UL, (all, result) => (all * 31) + Convert.ToUInt64(result.TraceHash, 16)).ToString("x16", CultureInfo.InvariantCulture);
        return new ScenarioOutcome(
            [
                new("virtualHours", results.Sum(result => (double)result.Options.Hours), "h"),
                new("wallSeconds", wall.TotalSeconds, "s"),
                new("devices", results.Sum(result => (double)result.Options.Devices), "devices"),
                new("readings", results.Sum(result => (double)result.Readings), "readings"),
                new("commands", results.Sum(result => (double)result.CommandEnds.Values.Sum()), "commands"),
                new("events", results.Sum(result => (double)result.Events), "events"),
                new("processes", results.Sum(result => (double)result.Processes), "processes"),
                new("traceHash", 0, hash),
                new("seeds", results.Count, "seeds"),
                new("violations", results.Sum(result => (double)result.Violations.Count), "violations"),
            ],
            [.. results.Where(result => result.Violations.Count > 0).Select(Describe)]);
    }

    private static string Describe(SimulationResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {result.Options.Seed}: {string.Join("; ", result.Violations.Take(3))}{(result.Violations.Count > 3 ? $"; and {result.Violations.Count - 3} more" : "")}\n  run it again: dotnet run --project loadtests -c Release -- simulate {result.Options.ToCommand()}");
}
