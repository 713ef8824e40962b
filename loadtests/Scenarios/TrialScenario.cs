using System.Collections.Immutable;
using System.Diagnostics;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Grains.Territory;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// Rules tried over a stored day of many devices: how long that takes and what memory it needs, of a rule that is for each device and of one that counts neighbours. What came is written to history as
/// live, from a day before on, with how it came.
/// </summary>
internal static class TrialScenario
{
    private const int SamplesAtOnce = 20_000;

    private static readonly (string Name, string Text)[] Rules =
    [
        ("device", "when status = silent for 1 h then notify ops \"silent\""),
        ("neighbours", "each cabinet when share(of kind streetlight where same cabinet: status = silent or lampFailure) > 20 % for 10 min then notify ops \"dark\""),
    ];

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var seed = options.Number("seed", 1, 0, int.MaxValue);
        var fleet = DemoFleet.Create(TerritoryTable.Shared, options.Text("department", "29"), options.Number("devices", 10_000, 100, 500_000), seed)
            .Where(device => PersonalData.SubscriberOf(device) is null).ToImmutableArray();
        await using var world = await GrainsWorld.CreateAsync(fleet, cancellationToken);
        await world.Services.GetRequiredService<IDeviceRegistry>().PutAsync(
            [.. world.Sectors.SelectMany(sector => sector.Devices.Select(device => (device, sector.Id)))], cancellationToken);
        var (from, to) = (GrainsWorld.Start, GrainsWorld.Start.AddDays(1));
        var written = await WriteAsync(world, fleet, seed, from.AddDays(-1), to, cancellationToken);
        var results = new List<Result> { new("devices", fleet.Length, "devices"), new("readings", written, "readings") };
        var violations = new List<string>();
        foreach (var (name, text) in Rules)
        {
            var (answer, took, processor, memory) = await TryAsync(world, text, from, to, cancellationToken);
            results.AddRange(
            [
                new($"{name}Devices", answer.Devices, "devices"),
                new($"{name}Events", answer.Counts.Sum(count => count.Count), "events"),
                new($"{name}Seconds", took.TotalSeconds, "s"),
                new($"{name}ProcessorSeconds", processor.TotalSeconds, "s"),
                new($"{name}MemoryMegabytes", memory / 1e6, "MB"),
            ]);
            violations.AddRange(answer.Problems.Select(problem => $"{name}: {problem.Field} {problem.Reason}"));
            violations.AddRange(answer.Cut is { } cut ? [$"{name}: {cut.En}"] : []);
            violations.AddRange(answer.Inexact.Select(reason => $"{name}: {reason.En}"));
        }

        return new ScenarioOutcome([.. results], [.. violations]);
    }

    private static async Task<(RuleTrialAnswer Answer, TimeSpan Took, TimeSpan Processor, long Memory)> TryAsync(
        GrainsWorld world, string text, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var trial = world.Services.GetRequiredService<Orleans.IGrainFactory>().GetGrain<IRuleTrialGrain>(text[..8]);
        var request = new RuleTrialRequest { Rule = new RuleDraft { Name = "trial", Scope = "department:29", Text = text }, From = from, To = to };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (started, used, most) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, before);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(over.Token);
        RuleTrialAnswer answer;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            answer = await trial.Try(request);
        }
        while (!answer.IsDone);
        var (took, processor) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - used);
        await over.CancelAsync();
        await watching;
        return (answer, took, processor, most - before);

        async Task WatchAsync(CancellationToken stopping)
        {
            while (!stopping.IsCancellationRequested)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
        }
    }

    /// <summary>What the devices report, accepted up to 3 s later; one reading in a hundred is lost, one in 200 comes up to 5 hours late. How many came.</summary>
    private static async Task<long> WriteAsync(GrainsWorld world, ImmutableArray<DeviceDescriptor> devices, int seed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var history = world.Services.GetRequiredService<IHistory>();
        var fleet = SimulatedFleet.Build(devices, TerritoryTable.Shared, seed);
        var schedule = new FleetSchedule(fleet.Reporting, null, seed);
        var random = new Random(seed);
        var sectorOf = world.Sectors.SelectMany(sector => sector.Devices.Select(device => (device.Id, Sector: sector.Id))).ToDictionary(pair => pair.Id, pair => pair.Sector, StringComparer.Ordinal);
        var courses = world.Sectors.ToDictionary(sector => sector.Id, sector => new SectorCourse(sector.Id), StringComparer.Ordinal);
        var samples = ImmutableArray.CreateBuilder<HistorySample>();
        var late = new PriorityQueue<ReadingEntry, DateTimeOffset>();
        var written = 0L;
        for (var at = from; at < to; at = at.AddSeconds(10))
        {
            var due = schedule.Due(at, at.AddSeconds(10));
            for (var index = 0; index < due.Count; index++)
            {
                if (random.Next(100) > 0 && fleet.Read(due[index].Device, due[index].At) is { } reading)
                {
                    var accepted = due[index].At.AddMilliseconds(random.Next(200) == 0 ? random.Next(60_000, 18_000_000) : random.Next(1, 3_000));
                    late.Enqueue(new ReadingEntry { Device = reading.Device, ReceivedAt = accepted, ObservedAt = due[index].At, Metrics = reading.Metrics }, accepted);
                }
            }

            while (late.TryPeek(out var entry, out var accepted) && accepted < at.AddSeconds(10))
            {
                late.Dequeue();
                written++;
                samples.AddRange(courses[sectorOf[entry.Device]].Of([entry]));
                samples.AddRange(entry.Metrics.Select(metric => new HistorySample(entry.Device, entry.ObservedAt, metric.Name, metric.Value)));
                if (samples.Count > SamplesAtOnce)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await history.RecordAsync(samples.DrainToImmutable(), cancellationToken);
                }
            }
        }

        await history.RecordAsync(samples.DrainToImmutable(), cancellationToken);
        await history.FlushAsync(cancellationToken);
        return written;
    }
}
