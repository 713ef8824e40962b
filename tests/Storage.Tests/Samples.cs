using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;

namespace Grid.Tests.Storage;

/// <summary>Things to store.</summary>
public static class Samples
{
    public static readonly DateTimeOffset Morning = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);

    public static ReadingEntry Reading(int number, string device = "L1") => new()
    {
        Device = device,
        ReceivedAt = Morning.AddMilliseconds(number),
        ObservedAt = Morning.AddMilliseconds(number - 1500),
        Sequence = number,
        Metrics = [new("powerWatts", 40 + (number % 7 * 0.125)), new("dimmingPercent", number % 101)],
    };

    public static ImmutableArray<LogEntry> Readings(int first, int count) => [.. Enumerable.Range(first, count).Select(number => Reading(number))];

    public static LogBatch Batch(string sector, long epoch, int first = 1, int count = 3) => new(sector, epoch, Readings(first, count));

    public static DeviceDescriptor Device(string id, string commune = "29019", DeviceKind kind = DeviceKind.Streetlight) =>
        new() { Id = id, Kind = kind, Commune = commune, Name = id };

    /// <summary>Light points of cabinets with short and long keys, and devices that no cabinet feeds.</summary>
    public static ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> FedDevices =>
    [
        .. new[] { Fed("L1", "C1"), Fed("L2", LongKey), Fed("L3", "C1") with { Name = "cabinet", Position = new GeoPoint(-4.5, 48.4) }, Device("L4"), Fed("B1", "C1") with { Kind = DeviceKind.Building } }
            .Select(device => (device, "29019.0")),
    ];

    private static string LongKey => new('c', 64);

    /// <summary>A light point that a cabinet feeds, with attributes before and behind that one.</summary>
    public static DeviceDescriptor Fed(string id, string cabinet) => Device(id) with
    {
        Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty
            .Add("bracket", AttributeValue.Of("cabinet")).Add("cabinet", AttributeValue.Of(cabinet)).Add("ratedWatts", AttributeValue.Of(42.5)),
    };

    /// <summary>A registry lists <see cref="FedDevices"/> by their cabinets.</summary>
    public static async Task AssertFedAsync(IDeviceRegistry registry)
    {
        async Task<string[]> Of(string cabinet) =>
            [.. (await registry.ListAsync(new DeviceQuery { Cabinet = cabinet }, CancellationToken.None)).Select(device => device.Descriptor.Id)];

        Assert.Equal(["L1", "L3"], await Of("C1"));
        Assert.Equal(["L2"], await Of(LongKey));
        Assert.Empty(await Of("cabinet"));
    }

    /// <summary>Two sectors of one partition.</summary>
    public static (string First, string Second) Neighbours()
    {
        var first = "29019.0";
        return (first, Enumerable.Range(1, 10_000).Select(slice => $"29019.{slice}").First(name => SectorMap.PartitionOf(name) == SectorMap.PartitionOf(first)));
    }

    /// <summary>Sequence numbers of the readings in a sector, in the order in which the log gives them.</summary>
    public static async Task<List<long>> NumbersOf(IReadingLog log, string sector, long after = 0)
    {
        var numbers = new List<long>();
        await foreach (var batch in log.ReadAsync(sector, after, CancellationToken.None))
        {
            numbers.AddRange(batch.Entries.Select(entry => ((ReadingEntry)entry).Sequence!.Value));
        }

        return numbers;
    }

    public static async Task<List<RecordedBatch>> BatchesOf(IReadingLog log, string sector, long after = 0)
    {
        var batches = new List<RecordedBatch>();
        await foreach (var batch in log.ReadAsync(sector, after, CancellationToken.None))
        {
            batches.Add(batch);
        }

        return batches;
    }
}
