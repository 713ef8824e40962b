using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.Privacy;

/// <summary>What is personal is sealed above every engine: no file of the data directory holds it.</summary>
public sealed class SealingTests : IDisposable
{
    private const string Sector = "29019.0";
    private const double Index = 987_654.321;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static DeviceDescriptor Meter(string id, bool isPersonal) => new()
    {
        Id = id,
        Kind = DeviceKind.Meter,
        Commune = "29019",
        Name = "Madame Planted",
        Position = new GeoPoint(-4.123457, 48.654321),
        Attributes = new Dictionary<string, AttributeValue>
        {
            ["fluid"] = AttributeValue.Of("water"),
            ["address"] = AttributeValue.Of("12 rue du Plant"),
        }.Concat(isPersonal
            ? [KeyValuePair.Create("dwelling", AttributeValue.Of(true)), KeyValuePair.Create("subscriber", AttributeValue.Of("planted-subscriber"))]
            : Array.Empty<KeyValuePair<string, AttributeValue>>()).ToImmutableSortedDictionary(),
        Connector = new ConnectorSpec { Type = "mqtt", Topic = "meters/planted-topic" },
    };

    private static ReadingEntry Reading(string id, bool isPersonal) => new()
    {
        Device = id,
        ReceivedAt = Samples.Morning,
        ObservedAt = Samples.Morning.AddHours(-2),
        Session = "planted-session",
        Sequence = 7,
        Metrics = [new("indexLitres", Index), new("plantedMetric", 1)],
        Personal = isPersonal ? new PersonalReading { Subscriber = "planted-subscriber", Day = Samples.Morning.AddHours(-7) } : null,
    };

    private static readonly string[] Planted = ["Madame Planted", "MADAME PLANTED", "madame planted", "rue du Plant", "planted-subscriber", "planted-topic", "planted-session", "plantedMetric"];

    private async Task<GridStorage> OpenAsync()
    {
        var storage = new GridStorage(
            new StorageOptions { DataDirectory = Path.Combine(_directory.Path, "data") }, new ManualTime(), new StorageMetrics(), NullLoggerFactory.Instance);
        await storage.OpenAsync();
        return storage;
    }

    private static async Task WriteAsync(GridStorage storage, string id, bool isPersonal)
    {
        var epoch = await storage.Log.AcquireAsync(SectorMap.PartitionOf(Sector), CancellationToken.None);
        await storage.Devices.PutAsync([(Meter(id, isPersonal), Sector)], CancellationToken.None);
        var registered = new RegisteredEntry { Device = id, ReceivedAt = Samples.Morning, Descriptor = Meter(id, isPersonal), Revision = 1 };
        await storage.Log.AppendAsync([new LogBatch(Sector, epoch, [Samples.Reading(1), registered, Reading(id, isPersonal), Samples.Reading(2)])], CancellationToken.None);
    }

    /// <summary>What of the planted things stands in a file of the directory, in any form in which it may stand there.</summary>
    private string[] Found()
    {
        var forms = Planted.Select(text => (Name: text, Bytes: Encoding.UTF8.GetBytes(text)))
            .Concat(Planted.Select(text => (Name: text, Bytes: Encoding.Unicode.GetBytes(text))))
            .Append((Name: "the index", Bytes: BitConverter.GetBytes(Index)))
            .Append((Name: "the index", Bytes: Varint(987_654_321UL << 1)))
            .Append((Name: "the index", Bytes: Encoding.ASCII.GetBytes(Index.ToString(CultureInfo.InvariantCulture))))
            .Append((Name: "the longitude", Bytes: BitConverter.GetBytes(-4.123457)))
            .ToArray();
        var files = Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
        return [.. forms.Where(form => files.Any(file => file.AsSpan().IndexOf(form.Bytes) >= 0)).Select(form => form.Name).Distinct()];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    [Fact]
    public async Task Nothing_personal_stands_in_a_file_and_all_of_it_is_read_back()
    {
        await using (var storage = await OpenAsync())
        {
            await storage.Keys.EnsureAsync(["planted-subscriber"], CancellationToken.None);
            await WriteAsync(storage, "M1", isPersonal: true);
        }

        Assert.Empty(Found());
        await using var again = await OpenAsync();
        var record = await again.Devices.GetAsync("M1", CancellationToken.None);
        AssertSame(Meter("M1", isPersonal: true), record!.Descriptor);
        var entries = (await Samples.BatchesOf(again.Log, Sector)).SelectMany(batch => batch.Entries).ToArray();
        Assert.Equal(4, entries.Length);
        AssertSame(Meter("M1", isPersonal: true), Assert.IsType<RegisteredEntry>(entries[1]).Descriptor);
        var reading = Assert.IsType<ReadingEntry>(entries[2]);
        var expected = Reading("M1", isPersonal: true);
        Assert.Equal(expected.Metrics, reading.Metrics);
        Assert.Equal((expected.Personal, expected.ObservedAt, expected.ReceivedAt, expected.Session), (reading.Personal, reading.ObservedAt, reading.ReceivedAt, reading.Session));
        Assert.Null(Assert.IsType<ReadingEntry>(entries[3]).Personal);
    }

    [Fact]
    public async Task The_control_finds_everything_of_a_meter_that_is_nobodys()
    {
        await using (var storage = await OpenAsync())
        {
            await WriteAsync(storage, "M1", isPersonal: false);
        }

        Assert.Equivalent(new[] { "Madame Planted", "rue du Plant", "planted-topic", "planted-session", "plantedMetric", "the index", "the longitude" }, Found());
    }

    [Fact]
    public async Task Once_the_key_is_destroyed_the_log_keeps_its_order_and_the_registry_what_is_not_personal()
    {
        await using (var storage = await OpenAsync())
        {
            await storage.Keys.EnsureAsync(["planted-subscriber"], CancellationToken.None);
            await WriteAsync(storage, "M1", isPersonal: true);
            await storage.Keys.DestroyAsync("planted-subscriber", CancellationToken.None);
        }

        await using var again = await OpenAsync();
        var entries = (await Samples.BatchesOf(again.Log, Sector)).SelectMany(batch => batch.Entries).ToArray();
        Assert.Equal([typeof(ReadingEntry), typeof(RegisteredEntry), typeof(ErasedEntry), typeof(ReadingEntry)], entries.Select(entry => entry.GetType()));
        Assert.Equal("M1", entries[2].Device);
        foreach (var descriptor in new[] { ((RegisteredEntry)entries[1]).Descriptor, (await again.Devices.GetAsync("M1", CancellationToken.None))!.Descriptor })
        {
            AssertSame(PersonalData.WithoutPersonal(Meter("M1", isPersonal: true)), descriptor);
        }
    }

    [Fact]
    public async Task A_sealed_row_put_in_the_place_of_another_device_is_refused()
    {
        await using var storage = await OpenAsync();
        await storage.Keys.EnsureAsync(["planted-subscriber"], CancellationToken.None);
        var bytes = storage.Keys.Seal("planted-subscriber", "M1", "registry", "anything"u8)!;
        Assert.Throws<SealBrokenException>(() => storage.Keys.Open("M2", "registry", bytes));
    }

    private static void AssertSame(DeviceDescriptor expected, DeviceDescriptor actual)
    {
        Assert.Equal((expected.Id, expected.Name, expected.Position, expected.Commune, expected.Kind), (actual.Id, actual.Name, actual.Position, actual.Commune, actual.Kind));
        Assert.Equal(expected.Attributes, actual.Attributes);
        Assert.Equal((expected.Connector?.Type, expected.Connector?.Topic), (actual.Connector?.Type, actual.Connector?.Topic));
    }
}
