using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Simulation.Faults;
using Grid.Simulation.Stores;
using Grid.Storage;
using Grid.Storage.Sqlite;
using Grid.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Simulation.Stores;

/// <summary>Whatever is done to them, the simulated registry and the real one give the same answers.</summary>
public sealed class RegistryDifferenceTests
{
    private const int Operations = 150;

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Communes = ["29019", "29232", "29001", "35238"];
    private static readonly string[] Names = ["Réverbère", "lampadaire", "LAMP 100 %", "compteur_1", ""];

    private readonly List<long> _revisions = [];
    private readonly List<string> _history = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task The_simulated_registry_answers_as_the_real_one(int seed)
    {
        using var directory = new TempDirectory();
        await using var store = new SqliteStore(RegistrySchema.Schema, new SqliteOptions(), TimeProvider.System, new StorageMetrics(), NullLogger.Instance);
        await store.OpenAsync(Path.Combine(directory.Path, "registry.db"));
        IDeviceRegistry real = new SqliteDeviceRegistry(store), simulated = new SimulatedRegistry(new RegistryRecords(), new QuietProcess().Operations);
        var chance = new Chance(seed, "registry");

        for (var number = 0; number < Operations; number++)
        {
            var (what, ask) = Next(chance);
            _history.Add(what);
            var (expected, actual) = (await ask(real), await ask(simulated));
            Assert.True(expected == actual, $"seed {seed}, after {string.Join("; ", _history.TakeLast(12))}:\n  real      {expected}\n  simulated {actual}");
        }
    }

    private (string What, Func<IDeviceRegistry, Task<string>> Ask) Next(Chance chance)
    {
        switch (chance.Below(10))
        {
            case 0 or 1 or 2:
                ImmutableArray<(DeviceDescriptor, string)> devices = [.. Enumerable.Range(0, 1 + chance.Below(4)).Select(_ => Device(chance))];
                return ($"put {string.Join(",", devices.Select(device => device.Item1.Id))}", async registry => Text(Remember(await registry.PutAsync(devices, None))));
            case 3:
                var gone = Id(chance);
                return ($"remove {gone}", async registry => await registry.RemoveAsync(gone, None) is { } change ? Text(Remember([change])) : "none");
            case 4:
                ImmutableArray<long> complete = [.. _revisions.Where(_ => chance.Happens(0.4))];
                return ($"complete {string.Join(",", complete)}", registry => CompleteAsync(registry, complete));
            case 5:
                var limit = 1 + chance.Below(20);
                return ($"pending {limit}", async registry => Text(await registry.GetPendingAsync(limit, None)));
            case 6:
                var device = Id(chance);
                return ($"get {device}", async registry => $"{Text(await registry.GetAsync(device, None))} of {await registry.CountAsync(None)}");
            case 7:
                return ("all", AllAsync);
            default:
                var query = Query(chance);
                return ($"list {query} in {(query.Communes.IsDefault ? "all" : string.Join(",", query.Communes))}", async registry => string.Join('\n', (await registry.ListAsync(query, None)).Select(Text)));
        }
    }

    private static async Task<string> CompleteAsync(IDeviceRegistry registry, ImmutableArray<long> revisions)
    {
        await registry.CompleteAsync(revisions, None);
        return "";
    }

    private static async Task<string> AllAsync(IDeviceRegistry registry)
    {
        var all = new List<DeviceRecord>();
        await foreach (var record in registry.ReadAllAsync(None))
        {
            all.Add(record);
        }

        return string.Join('\n', all.OrderBy(record => record.Descriptor.Id, StringComparer.Ordinal).Select(Text));
    }

    private ImmutableArray<PendingChange> Remember(ImmutableArray<PendingChange> changes)
    {
        _revisions.AddRange(changes.Select(change => change.Revision).Except(_revisions));
        return changes;
    }

    private static DeviceQuery Query(Chance chance) => new()
    {
        Communes = chance.Happens(0.4) ? default : [.. Enumerable.Range(0, chance.Below(4)).Select(_ => (chance.OneOf(Communes), Kinds(chance)))],
        Kinds = chance.Happens(0.5) ? DeviceKinds.All : Kinds(chance),
        Box = chance.Happens(0.3) ? new BoundingBox(-4.9, 48.0, chance.Between(-4.8, -4.0), chance.Between(48.1, 48.9)) : null,
        Text = chance.Happens(0.3) ? chance.OneOf(["l", "LAMP", "100 %", "_1", "é", "d1"]) : null,
        Connector = chance.Happens(0.3) ? chance.OneOf(["http", "simulator"]) : null,
        Cabinet = chance.Happens(0.3) ? Id(chance) : null,
        After = chance.Happens(0.3) ? Id(chance) : null,
        Limit = 1 + chance.Below(12),
    };

    private static (DeviceDescriptor, string) Device(Chance chance)
    {
        var commune = chance.OneOf(Communes);
        return (
            new DeviceDescriptor
            {
                Id = Id(chance),
                Kind = chance.OneOf(Enum.GetValues<DeviceKind>()),
                Commune = commune,
                Name = chance.OneOf(Names),
                Position = chance.Happens(0.7) ? new GeoPoint(chance.Between(-4.9, -4.0), chance.Between(48.0, 48.9)) : null,
                Connector = chance.Happens(0.5) ? new ConnectorSpec { Type = chance.OneOf(["http", "simulator"]) } : null,
                Attributes = chance.Happens(0.5) ? ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("cabinet", AttributeValue.Of($"d{chance.Below(3)}")) : ImmutableSortedDictionary<string, AttributeValue>.Empty,
            },
            $"{commune}.{chance.Below(2)}");
    }

    private static string Id(Chance chance) => $"d{chance.Below(14)}";

    private static DeviceKinds Kinds(Chance chance) => (DeviceKinds)(1 + chance.Below((int)DeviceKinds.All));

    private static string Text(ImmutableArray<PendingChange> changes) =>
        string.Join('\n', changes.Select(change => $"{change.Device} {change.Revision} now {Text(change.Current)} before {Text(change.Former)}"));

    private static string Text(DeviceRecord? record) => record is not { Descriptor: var device }
        ? "none"
        : FormattableString.Invariant($"{device.Id} {device.Kind} {device.Commune} '{device.Name}' {device.Position} {device.Connector?.Type} in {record.Sector} at {record.Revision}");
}
