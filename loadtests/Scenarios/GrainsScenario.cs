using System.Collections.Immutable;
using System.Diagnostics;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Grid.Grains.Sectors;
using Grid.Grains.Territory;
using Grid.Storage;
using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// Reports of simulated devices through the grains of sectors, devices and communes, in memory: what the rules cost is told by the same reports under names of metrics that move no
/// rule. Both in turn, several times, each time on a grid of its own. Grains live where they do in the program that ships, a sector and its devices on one partition, and readings are made
/// before the time in which they are applied, so that it is the grains that are measured.
/// </summary>
internal static class GrainsScenario
{
    private const int MostOfADelivery = 1_000;
    private const string Unruled = "x.";
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
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
        using var folder = new DataFolder();
        var table = TerritoryTable.Shared;
        var bySector = devices
            .GroupBy(device => SectorMap.SectorOf(device.Commune, table.FindCommune(device.Commune)!.Population, device.Text("cabinet") ?? device.Id))
            .ToDictionary(sector => sector.Key, sector => sector.ToImmutableArray());
        var partitions = bySector.SelectMany(sector => sector.Value.Select(device => device.Id).Append(sector.Key), (sector, id) => (id, Partition: SectorMap.PartitionOf(sector.Key)))
            .ToDictionary(grain => grain.id, grain => grain.Partition, StringComparer.Ordinal);
        await using var cluster = await GridCluster.StartAsync(options =>
        {
            options.Services = services =>
            {
                services.AddSingleton(TimeProvider.System);
                services.AddMetrics();
                services.AddGridStorage(new StorageOptions { DataDirectory = folder.Path });
                services.AddGridGrains();

                // Nothing is persisted meanwhile: that is measured elsewhere.
                services.AddSingleton(new SectorOptions { CheckpointAfter = TimeSpan.FromHours(1), SweepEvery = TimeSpan.FromMinutes(10) });
            };
            options.Storage = services => services.GetRequiredService<GridStorage>().Grains;
            options.StreamProviders = [RollUpStreams.Provider];
            options.IdleAge = TimeSpan.FromHours(2);
            options.PlacementHint = grain => partitions.GetValueOrDefault(grain.Key.ToString()!, -1);
        });
        await cluster.Services.GetRequiredService<GridStorage>().OpenAsync();
        await cluster.Services.GetRequiredService<Registrar>().LoadAsync(cancellationToken);
        var sectors = bySector.Select(sector => new Sector(cluster.Grains.GetGrain<ISectorGrain>(sector.Key), sector.Value)).ToList();
        await Task.WhenAll(sectors.Select(sector => sector.DeliverAsync(
            [.. sector.Devices.Select(device => new RegisteredEntry { Device = device.Id, ReceivedAt = Start, Descriptor = device, Revision = 1 })])));

        var fleet = SimulatedFleet.Build(devices, table, seed);
        var (reports, spent) = (0L, default(Spent));
        for (var first = 1; first <= rounds; first += RoundsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var due = sectors.ConvertAll(sector => Enumerable.Range(first, Math.Min(RoundsAtOnce, rounds + 1 - first)).Select(round => Report(fleet, sector, Start + (round * RoundEvery), isRuled)).ToList());

            // What was left over from making them is not the grains' to clear away.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = Spent.Now();
            await Task.WhenAll(sectors.Zip(due, static (sector, rounds) => sector.DeliverAsync(rounds)));

            // The first ones activate what was not active and compile what was not compiled.
            if (first > 1 || rounds <= RoundsAtOnce)
            {
                spent += Spent.Now() - before;
                reports += due.Sum(sector => sector.Sum(entries => (long)entries.Length));
            }
        }

        return new Pace(
            reports / spent.Elapsed.TotalSeconds, spent.Processor.TotalNanoseconds / reports, (double)spent.Allocated / reports, spent.Paused / spent.Elapsed);
    }

    /// <summary>A report of each device of a sector.</summary>
    private static ImmutableArray<LogEntry> Report(SimulatedFleet fleet, Sector sector, DateTimeOffset at, bool isRuled) =>
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

    /// <summary>Time, processor time, memory and the collector's pauses, of the process.</summary>
    private readonly record struct Spent(TimeSpan Elapsed, TimeSpan Processor, long Allocated, TimeSpan Paused)
    {
        public static Spent Now() =>
            new(Stopwatch.GetElapsedTime(0), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalPauseDuration());

        public static Spent operator +(Spent one, Spent other) =>
            new(one.Elapsed + other.Elapsed, one.Processor + other.Processor, one.Allocated + other.Allocated, one.Paused + other.Paused);

        public static Spent operator -(Spent one, Spent other) =>
            new(one.Elapsed - other.Elapsed, one.Processor - other.Processor, one.Allocated - other.Allocated, one.Paused - other.Paused);
    }

    private sealed class Sector(ISectorGrain grain, ImmutableArray<DeviceDescriptor> devices)
    {
        private long _offset;

        public ImmutableArray<DeviceDescriptor> Devices => devices;

        public async Task DeliverAsync(List<ImmutableArray<LogEntry>> rounds)
        {
            foreach (var entries in rounds)
            {
                await DeliverAsync(entries);
            }
        }

        public async Task DeliverAsync(ImmutableArray<LogEntry> entries)
        {
            for (var first = 0; first < entries.Length; first += MostOfADelivery)
            {
                var part = entries.Slice(first, Math.Min(MostOfADelivery, entries.Length - first));
                await grain.Deliver(new SectorDelivery { Epoch = 1, PreviousOffset = _offset, FirstOffset = _offset + 1, Entries = part });
                _offset += part.Length;
            }
        }
    }
}
