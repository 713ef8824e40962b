using System.Collections.Immutable;
using System.Diagnostics;
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
/// The grains of sectors, devices and communes in this process. They live where they do in the program that ships, a sector and its devices on one partition, and are handed entries
/// as from their logs. Nothing is persisted meanwhile but what rules have to have done, and no sector looks at territories or at time by itself.
/// </summary>
internal sealed class GrainsWorld : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly DataFolder _folder;
    private readonly GridCluster _cluster;

    private GrainsWorld(DataFolder folder, GridCluster cluster, List<GrainsSector> sectors) => (_folder, _cluster, Sectors) = (folder, cluster, sectors);

    public IServiceProvider Services => _cluster.Services;

    public IReadOnlyList<GrainsSector> Sectors { get; }

    /// <summary>A world of devices that are not registered yet.</summary>
    public static async Task<GrainsWorld> CreateAsync(ImmutableArray<DeviceDescriptor> devices, CancellationToken cancellationToken)
    {
        var table = TerritoryTable.Shared;
        var bySector = devices
            .GroupBy(device => SectorMap.SectorOf(device.Commune, table.FindCommune(device.Commune)!.Population, device.Text("cabinet") ?? device.Id))
            .ToDictionary(sector => sector.Key, sector => sector.ToImmutableArray());
        var partitions = bySector.SelectMany(sector => sector.Value.Select(device => device.Id).Append(sector.Key), (sector, id) => (id, Partition: SectorMap.PartitionOf(sector.Key)))
            .ToDictionary(grain => grain.id, grain => grain.Partition, StringComparer.Ordinal);
        var folder = new DataFolder();
        var cluster = await GridCluster.StartAsync(options =>
        {
            options.Services = services =>
            {
                services.AddSingleton<TimeProvider>(new StandingClock());
                services.AddMetrics();
                services.AddGridStorage(new StorageOptions { DataDirectory = folder.Path });
                services.AddGridGrains();
                services.AddSingleton(new SectorOptions
                {
                    CheckpointAfter = TimeSpan.FromHours(1),
                    SweepEvery = TimeSpan.FromMinutes(10),
                    CatchUpAfter = TimeSpan.FromHours(1),
                    RulesLookEvery = TimeSpan.FromHours(1),
                });
            };
            options.Storage = services => services.GetRequiredService<GridStorage>().Grains;
            options.StreamProviders = [RollUpStreams.Provider];
            options.IdleAge = TimeSpan.FromHours(2);
            options.PlacementHint = grain => partitions.GetValueOrDefault(grain.Key.ToString()!, -1);
        });
        await cluster.Services.GetRequiredService<GridStorage>().OpenAsync();
        await cluster.Services.GetRequiredService<Registrar>().LoadAsync(cancellationToken);
        return new GrainsWorld(folder, cluster, [.. bySector.Select(sector => new GrainsSector(sector.Key, cluster.Grains.GetGrain<ISectorGrain>(sector.Key), sector.Value))]);
    }

    /// <summary>Registers all devices.</summary>
    public Task RegisterAsync() => Task.WhenAll(Sectors.Select(sector => sector.DeliverAsync(
        [.. sector.Devices.Select(device => new RegisteredEntry { Device = device.Id, ReceivedAt = Start, Descriptor = device, Revision = 1 })])));

    /// <summary>Hands each sector its entries, a delivery after the other, all sectors at once, and says what that took.</summary>
    /// <param name="due">The deliveries of each sector, in the order of <see cref="Sectors"/>.</param>
    public async Task<Spent> DeliverAsync(List<List<ImmutableArray<LogEntry>>> due)
    {
        // What was left over from making them is not the grains' to clear away.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Spent.Now();
        await Task.WhenAll(Sectors.Zip(due, static (sector, rounds) => sector.DeliverAsync(rounds)));
        return Spent.Now() - before;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Timers run as ever, but it is always the beginning: the time of the reports is the only one, and comes with them.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start;
    }
}

/// <summary>A sector and its devices, without the log from which it is handed its entries.</summary>
internal sealed class GrainsSector(string id, ISectorGrain grain, ImmutableArray<DeviceDescriptor> devices)
{
    private const int MostOfADelivery = 1_000;

    private long _offset;

    public string Id => id;

    public ISectorGrain Grain => grain;

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

/// <summary>Time, processor time, memory and the collector's pauses, of the process.</summary>
internal readonly record struct Spent(TimeSpan Elapsed, TimeSpan Processor, long Allocated, TimeSpan Paused)
{
    public static Spent Now() =>
        new(Stopwatch.GetElapsedTime(0), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalPauseDuration());

    public static Spent operator +(Spent one, Spent other) =>
        new(one.Elapsed + other.Elapsed, one.Processor + other.Processor, one.Allocated + other.Allocated, one.Paused + other.Paused);

    public static Spent operator -(Spent one, Spent other) =>
        new(one.Elapsed - other.Elapsed, one.Processor - other.Processor, one.Allocated - other.Allocated, one.Paused - other.Paused);
}
