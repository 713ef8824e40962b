using System.Collections.Immutable;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Territory;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// Reports of simulated devices through the grains of sectors, devices and communes, in memory: what the rules cost is told by the same reports under names of metrics that move no
/// rule. Both in turn, several times, each time on a grid of its own (<see cref="GrainsWorld"/>). Readings are made before the time in which they are applied, so that it is the grains
/// that are measured.
/// </summary>
internal static class GrainsScenario
{
    private const string Unruled = "x.";
    private const int RoundsAtOnce = 8;
    private static readonly TimeSpan RoundEvery = TimeSpan.FromMinutes(15);

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 100, 1_000_000);
        var rounds = options.Number("rounds", 40, 2, 10_000);
        var turns = options.Number("turns", 2, 1, 20);
        var seed = options.Number("seed", 1, 0, int.MaxValue);
        var fleet = DemoFleet.Create(TerritoryTable.Shared, options.Text("department", "29"), devices, seed).ToImmutableArray();
        var (with, without) = (default(Pace), default(Pace));
        for (var turn = 0; turn < turns; turn++)
        {
            with = Better(with, await MeasureAsync(fleet, seed, rounds, isRuled: true, cancellationToken));
            without = Better(without, await MeasureAsync(fleet, seed, rounds, isRuled: false, cancellationToken));
        }

        return new ScenarioOutcome(
            [
                new("devices", fleet.Length, "devices"),
                new("reportsPerSecond", with.ReportsPerSecond, "reports/s"),
                new("reportsPerSecondWithoutRules", without.ReportsPerSecond, "reports/s"),
                new("rulesShare", 1 - (with.ReportsPerSecond / without.ReportsPerSecond), "1"),
                new("processorNanosPerReport", with.ProcessorNanos, "ns"),
                new("processorNanosPerReportWithoutRules", without.ProcessorNanos, "ns"),
                new("allocatedBytesPerReport", with.AllocatedBytes, "bytes"),
                new("collectorPauseShare", with.PauseShare, "1"),
            ],
            []);
    }

    private static Pace Better(Pace one, Pace other) => one.ReportsPerSecond > other.ReportsPerSecond ? one : other;

    private static async Task<Pace> MeasureAsync(ImmutableArray<DeviceDescriptor> devices, long seed, int rounds, bool isRuled, CancellationToken cancellationToken)
    {
        await using var world = await GrainsWorld.CreateAsync(devices, cancellationToken);
        await world.RegisterAsync();
        var fleet = SimulatedFleet.Build(devices, TerritoryTable.Shared, seed);
        var (reports, spent) = (0L, default(Spent));
        for (var first = 1; first <= rounds; first += RoundsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var due = world.Sectors.Select(sector => Enumerable.Range(first, Math.Min(RoundsAtOnce, rounds + 1 - first))
                .Select(round => Report(fleet, sector, GrainsWorld.Start + (round * RoundEvery), isRuled)).ToList()).ToList();
            var part = await world.DeliverAsync(due);

            // The first ones activate what was not active and compile what was not compiled.
            if (first > 1 || rounds <= RoundsAtOnce)
            {
                spent += part;
                reports += due.Sum(sector => sector.Sum(entries => (long)entries.Length));
            }
        }

        return new Pace(
            reports / spent.Elapsed.TotalSeconds, spent.Processor.TotalNanoseconds / reports, (double)spent.Allocated / reports, spent.Paused / spent.Elapsed);
    }

    /// <summary>A report of each device of a sector.</summary>
    private static ImmutableArray<LogEntry> Report(SimulatedFleet fleet, GrainsSector sector, DateTimeOffset at, bool isRuled) =>
    [
        .. sector.Devices.Select(device => fleet.Read(device.Id, at)).OfType<IncomingReading>().Select(reading => new ReadingEntry
        {
            Device = reading.Device,
            ObservedAt = at,
            ReceivedAt = at,
            Metrics = isRuled ? reading.Metrics : [.. reading.Metrics.Select(static metric => metric with { Name = string.Intern(Unruled + metric.Name) })],
        }),
    ];

    /// <summary>How fast reports are applied, and what each costs.</summary>
    private readonly record struct Pace(double ReportsPerSecond, double ProcessorNanos, double AllocatedBytes, double PauseShare);
}
