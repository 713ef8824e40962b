using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;

namespace Grid.Tests.Storage;

/// <summary>What every device registry does.</summary>
public abstract class DeviceRegistryConformance : Conformance<IDeviceRegistry>
{
    private const string Sector = "29019.0";
    private static readonly CancellationToken None = CancellationToken.None;

    private static DeviceDescriptor Full(string id) => Samples.Device(id) with
    {
        Name = "Réverbère 100 % _quai_",
        Position = new GeoPoint(-4.4861, 48.3904),
        Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty
            .Add("cabinet", AttributeValue.Of("C1")).Add("ratedWatts", AttributeValue.Of(42.5)).Add("passive", AttributeValue.Of(true)),
        Connector = new ConnectorSpec { Type = "http", Url = "https://example.org", Secret = "s3cret", Mapping = ImmutableSortedDictionary<string, string>.Empty.Add("p", "powerWatts") },
    };

    private async Task<PendingChange> Put(DeviceDescriptor device, string sector = Sector) => Assert.Single(await Port.PutAsync([(device, sector)], None));

    private async Task<string[]> Keys(DeviceQuery query) => [.. (await Port.ListAsync(query, None)).Select(device => device.Descriptor.Id)];

    private static void Same(DeviceDescriptor expected, DeviceDescriptor actual)
    {
        Assert.Equal(expected.Attributes.AsEnumerable(), actual.Attributes.AsEnumerable());
        Assert.Equal(expected.Connector?.Mapping.AsEnumerable() ?? [], actual.Connector?.Mapping.AsEnumerable() ?? []);
        Assert.Equal(expected with { Attributes = actual.Attributes, Connector = expected.Connector is null ? null : expected.Connector with { Mapping = actual.Connector!.Mapping } }, actual);
    }

    [Fact]
    public async Task A_device_comes_back_as_it_was_put_also_after_a_restart()
    {
        var change = await Put(Full("L1"));
        await RestartAsync();

        var device = await Port.GetAsync("L1", None);
        Same(Full("L1"), device!.Descriptor);
        Assert.Equal((Sector, change.Revision), (device.Sector, device.Revision));
        Assert.Equal(1, await Port.CountAsync(None));
        Assert.Null(await Port.GetAsync("l1", None));
    }

    [Fact]
    public async Task Each_change_has_a_greater_revision_than_every_former_one_also_after_a_restart_and_a_removal()
    {
        var changes = await Port.PutAsync([(Samples.Device("B"), Sector), (Samples.Device("A"), Sector)], None);
        Assert.Equal([1, 2], changes.Select(change => change.Revision));
        Assert.Equal(3, (await Port.RemoveAsync("A", None))!.Revision);
        await RestartAsync();
        Assert.Equal(4, (await Put(Samples.Device("B"))).Revision);
    }

    [Fact]
    public async Task A_put_tells_the_former_device_and_a_new_one_has_none()
    {
        var first = await Put(Full("L1"));
        Assert.Null(first.Former);
        Assert.Equal("L1", first.Current!.Descriptor.Id);
        await Port.CompleteAsync([first.Revision], None);

        var second = await Put(Samples.Device("L1", "29232"), "29232.0");
        Assert.Equal((Sector, first.Revision), (second.Former!.Sector, second.Former.Revision));
        Same(Full("L1"), second.Former.Descriptor);
        Assert.Equal("29232.0", second.Current!.Sector);
        Assert.Equal(1, await Port.CountAsync(None));
    }

    [Fact]
    public async Task A_change_is_pending_until_it_is_completed_also_after_a_restart()
    {
        var changes = await Port.PutAsync([(Samples.Device("A"), Sector), (Full("B"), Sector)], None);
        await Port.CompleteAsync([changes[0].Revision], None);
        await RestartAsync();

        var pending = Assert.Single(await Port.GetPendingAsync(10, None));
        Assert.Equal(("B", changes[1].Revision), (pending.Device, pending.Revision));
        Same(Full("B"), pending.Current!.Descriptor);
        Assert.Null(pending.Former);
        await Port.CompleteAsync([pending.Revision], None);
        Assert.Empty(await Port.GetPendingAsync(10, None));
    }

    [Fact]
    public async Task A_pending_change_that_is_changed_again_keeps_its_oldest_former_and_the_former_revision_completes_nothing()
    {
        var known = await Put(Samples.Device("L1"));
        await Port.CompleteAsync([known.Revision], None);
        var second = await Put(Samples.Device("L1", "29232"), "29232.0");
        var third = await Put(Samples.Device("L1", "29151"), "29151.0");

        Assert.Equal(Sector, third.Former!.Sector);
        await Port.CompleteAsync([second.Revision], None);
        var pending = Assert.Single(await Port.GetPendingAsync(10, None));
        Assert.Equal((third.Revision, Sector, "29151.0"), (pending.Revision, pending.Former!.Sector, pending.Current!.Sector));
    }

    [Fact]
    public async Task A_removal_is_pending_with_the_device_that_was_there()
    {
        var put = await Put(Full("L1"));
        await Port.CompleteAsync([put.Revision], None);

        var removed = await Port.RemoveAsync("L1", None);

        Assert.Null(removed!.Current);
        Assert.Equal(put.Revision, removed.Former!.Revision);
        Assert.Null(await Port.GetAsync("L1", None));
        Assert.Equal(0, await Port.CountAsync(None));
        Assert.Empty(await Keys(new DeviceQuery { Box = new BoundingBox(-180, -90, 180, 90) }));
        var pending = Assert.Single(await Port.GetPendingAsync(10, None));
        Assert.Null(pending.Current);
        Assert.Null(await Port.RemoveAsync("L1", None));
    }

    [Fact]
    public async Task Pending_changes_come_by_revision_and_no_more_than_asked()
    {
        await Port.PutAsync([.. Enumerable.Range(0, 10).Select(number => (Samples.Device($"D{9 - number}"), Sector))], None);

        Assert.Equal(["D9", "D8", "D7"], (await Port.GetPendingAsync(3, None)).Select(change => change.Device));
    }

    [Fact]
    public async Task Pages_by_key_give_every_device_once_in_ordinal_order()
    {
        string[] ids = [.. Enumerable.Range(0, 250).Select(number => $"{(number % 2 == 0 ? 'a' : 'Z')}:{number}"), "_", "-", ".", "~".Replace('~', '0')];
        await Port.PutAsync([.. ids.Select(id => (Samples.Device(id, id.Length % 2 == 0 ? "29019" : "29232"), Sector))], None);

        foreach (var communes in (ImmutableArray<(string, DeviceKinds)>[])[default, [("29019", DeviceKinds.All), ("29232", DeviceKinds.All)]])
        {
            var seen = new List<string>();
            for (string? after = null; ;)
            {
                var page = await Keys(new DeviceQuery { Communes = communes, After = after, Limit = 7 });
                seen.AddRange(page);
                if (page.Length < 7)
                {
                    break;
                }

                after = page[^1];
            }

            Assert.Equal(ids.Order(StringComparer.Ordinal), seen);
        }
    }

    [Fact]
    public async Task A_list_by_communes_and_kinds_gives_only_these()
    {
        await Port.PutAsync(
            [
                (Samples.Device("1", "29019", DeviceKind.Bin), Sector), (Samples.Device("2", "29019", DeviceKind.Meter), Sector),
                (Samples.Device("3", "29232", DeviceKind.Bin), Sector), (Samples.Device("4", "29232", DeviceKind.Meter), Sector),
                (Samples.Device("5", "2A004", DeviceKind.Bin), Sector),
            ],
            None);

        Assert.Equal(["1", "3", "4"], await Keys(new DeviceQuery { Communes = [("29232", DeviceKinds.All), ("29019", DeviceKinds.Bin)] }));
        Assert.Equal(["1", "3"], await Keys(new DeviceQuery { Communes = [("29232", DeviceKinds.All), ("29019", DeviceKinds.Bin)], Kinds = DeviceKinds.Bin }));
        Assert.Equal(["1", "2"], await Keys(new DeviceQuery { Communes = [("29019", DeviceKinds.Bin), ("29019", DeviceKinds.Meter)] }));
        Assert.Equal(["1", "3", "5"], await Keys(new DeviceQuery { Kinds = DeviceKinds.Bin }));
        Assert.Equal(["3"], await Keys(new DeviceQuery { Communes = [("29232", DeviceKinds.All), ("29019", DeviceKinds.All)], Kinds = DeviceKinds.Bin, After = "2" }));
        Assert.Empty(await Keys(new DeviceQuery { Communes = [] }));
        Assert.Empty(await Keys(new DeviceQuery { Kinds = DeviceKinds.None }));
        Assert.Empty(await Keys(new DeviceQuery { Communes = [("75056", DeviceKinds.All)] }));
    }

    [Fact]
    public async Task A_list_over_300_communes_gives_the_first_keys_of_all_of_them()
    {
        var communes = Enumerable.Range(0, 300).Select(number => $"29{number:D3}").ToArray();
        await Port.PutAsync([.. Enumerable.Range(0, 3000).Select(number => (Samples.Device($"D{number * 7919 % 3000:D4}", communes[number % 300]), Sector))], None);

        var wanted = communes.Select(commune => (commune, DeviceKinds.All)).ToImmutableArray();
        Assert.Equal(Enumerable.Range(100, 100).Select(number => $"D{number:D4}"), await Keys(new DeviceQuery { Communes = wanted, After = "D0099", Limit = 100 }));
    }

    [Fact]
    public async Task A_list_by_box_gives_the_devices_in_it_borders_included_and_those_without_a_position_never()
    {
        await Port.PutAsync(
            [
                (Samples.Device("in") with { Position = new GeoPoint(-4.5, 48.4) }, Sector),
                (Samples.Device("border") with { Position = new GeoPoint(-4.4, 48.3) }, Sector),
                (Samples.Device("just-out") with { Position = new GeoPoint(-4.3999999, 48.4) }, Sector),
                (Samples.Device("nowhere"), Sector),
                (Samples.Device("suva") with { Position = new GeoPoint(178.44, -18.14) }, Sector),
                (Samples.Device("samoa") with { Position = new GeoPoint(-171.76, -13.83) }, Sector),
                (Samples.Device("line") with { Position = new GeoPoint(180, 0) }, Sector),
            ],
            None);

        Assert.Equal(["border", "in"], await Keys(new DeviceQuery { Box = new BoundingBox(-4.6, 48.3, -4.4, 48.5) }));
        Assert.Equal(["line", "samoa", "suva"], await Keys(new DeviceQuery { Box = new BoundingBox(170, -30, -170, 30) }));
        Assert.Equal(["samoa"], await Keys(new DeviceQuery { Box = new BoundingBox(170, -30, -170, 30), After = "line", Limit = 1 }));
        Assert.Empty(await Keys(new DeviceQuery { Box = new BoundingBox(170, -30, -170, 30), Communes = [("29232", DeviceKinds.All)] }));
        Assert.Equal(["in"], await Keys(new DeviceQuery { Box = new BoundingBox(-4.6, 48.35, -4.4, 48.5), Communes = [("29019", DeviceKinds.Streetlight)] }));
        Assert.Empty(await Keys(new DeviceQuery { Box = new BoundingBox(-4.6, 48.35, -4.4, 48.5), Communes = [("29019", DeviceKinds.Bin)] }));
    }

    [Fact]
    public async Task A_box_follows_a_device_that_moves_or_loses_its_position()
    {
        var here = new DeviceQuery { Box = new BoundingBox(-5, 48, -4, 49) };
        var there = new DeviceQuery { Box = new BoundingBox(2, 48, 3, 49) };
        await Put(Samples.Device("L1") with { Position = new GeoPoint(-4.5, 48.4) });
        await Put(Samples.Device("L1") with { Position = new GeoPoint(2.35, 48.85) });
        Assert.Empty(await Keys(here));
        Assert.Equal(["L1"], await Keys(there));

        await Put(Samples.Device("L1"));
        Assert.Empty(await Keys(there));
    }

    [Theory]
    [InlineData("%", "a%b")]
    [InlineData("_", "a_b")]
    [InlineData("\\", "back\\slash")]
    [InlineData("ÉCOLE", "ecole")]
    [InlineData("lamp-7", "LAMP-7")]
    [InlineData("'; DROP TABLE device; --", "evil")]
    public async Task Text_is_found_literally_in_key_or_name_without_regard_to_case(string text, string key)
    {
        (string Key, string Name)[] devices =
        [
            ("a%b", "x"), ("a_b", "x"), ("back\\slash", "x"), ("ecole", "Préau de l'école"), ("LAMP-7", "x"), ("plain", "y"), ("evil", "'; DROP TABLE device; --"),
        ];
        await Port.PutAsync([.. devices.Select(device => (Samples.Device(device.Key) with { Name = device.Name == "x" ? device.Key : device.Name }, Sector))], None);

        Assert.Equal([key], await Keys(new DeviceQuery { Text = text }));
    }

    [Fact]
    public async Task A_list_by_connector_gives_only_devices_that_are_reached_so()
    {
        await Port.PutAsync([(Full("H1"), Sector), (Samples.Device("N1"), Sector), (Samples.Device("S1") with { Connector = new ConnectorSpec { Type = "simulator" } }, Sector)], None);

        Assert.Equal(["S1"], await Keys(new DeviceQuery { Connector = "simulator" }));
        Assert.Equal(["H1"], await Keys(new DeviceQuery { Connector = "http", Communes = [("29019", DeviceKinds.All)] }));
        Assert.Empty(await Keys(new DeviceQuery { Connector = "mqtt" }));
    }

    [Fact]
    public async Task A_list_by_cabinet_gives_the_light_points_that_it_feeds_also_after_a_restart()
    {
        static DeviceDescriptor Fed(string id, string cabinet, DeviceKind kind = DeviceKind.Streetlight, string commune = "29019") =>
            Samples.Device(id, commune, kind) with { Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("cabinet", AttributeValue.Of(cabinet)) };

        await Port.PutAsync(
            [
                (Fed("L1", "C1"), Sector), (Fed("L2", "C2"), Sector), (Fed("L3", "C1") with { Name = "quai", Position = new GeoPoint(-4.5, 48.4) }, Sector),
                (Fed("L4", "C1"), Sector), (Fed("B1", "C1", DeviceKind.Building), Sector), (Samples.Device("L5"), Sector), (Fed("L6", "C1", commune: "29232"), "29232.0"),
            ],
            None);
        await RestartAsync();

        Assert.Equal(["L1", "L3", "L4", "L6"], await Keys(new DeviceQuery { Cabinet = "C1" }));
        Assert.Equal(["L3", "L4"], await Keys(new DeviceQuery { Cabinet = "C1", After = "L1", Limit = 2 }));
        Assert.Equal(["L6"], await Keys(new DeviceQuery { Cabinet = "C1", Communes = [("29232", DeviceKinds.All), ("29001", DeviceKinds.All)], Limit = 1 }));
        Assert.Equal(["L3"], await Keys(new DeviceQuery { Cabinet = "C1", Text = "quai" }));
        Assert.Equal(["L3"], await Keys(new DeviceQuery { Cabinet = "C1", Box = new BoundingBox(-5, 48, -4, 49) }));
        Assert.Empty(await Keys(new DeviceQuery { Cabinet = "C1", Kinds = DeviceKinds.Building }));
        Assert.Empty(await Keys(new DeviceQuery { Cabinet = "c1" }));

        await Put(Fed("L1", "C2"));
        await Port.RemoveAsync("L3", None);
        Assert.Equal(["L4", "L6"], await Keys(new DeviceQuery { Cabinet = "C1" }));
        Assert.Equal(["L1", "L2"], await Keys(new DeviceQuery { Cabinet = "C2" }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public async Task A_limit_out_of_range_is_refused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Port.ListAsync(new DeviceQuery { Limit = limit }, None));

    [Fact]
    public async Task Reading_all_gives_every_device_once()
    {
        var ids = Enumerable.Range(0, 10_000).Select(number => $"D{number * 7919 % 10_000:D5}").ToArray();
        await Port.PutAsync([.. ids.Select(id => (Samples.Device(id), Sector))], None);
        await Port.RemoveAsync("D00005", None);

        var seen = new List<string>();
        await foreach (var device in Port.ReadAllAsync(None))
        {
            seen.Add(device.Descriptor.Id);
        }

        Assert.Equal(ids.Where(id => id != "D00005").Order(), seen.Order());
    }

    [Fact]
    public async Task The_directory_has_of_every_device_what_the_door_must_know()
    {
        var lamp = Full("A-LAMP");
        var meter = Samples.Device("B-METER") with
        {
            Kind = DeviceKind.Meter,
            Connector = null,
            Attributes = lamp.Attributes.Clear().Add("indexMaximum", AttributeValue.Of(99_999.5)).Add("fluid", AttributeValue.Of("water")),
        };
        var persons = Full("C-PERSON") with { Attributes = lamp.Attributes.SetItem(PersonalData.Subscriber, AttributeValue.Of("S-1")) };
        var dwelling = meter with { Id = "D-DWELLING", Attributes = meter.Attributes.SetItem(PersonalData.Dwelling, AttributeValue.Of(true)) };
        await Port.PutAsync([(lamp, Sector), (meter, "29019:1"), (persons, Sector), (dwelling, Sector)], None);

        var entries = new List<DirectoryEntry>();
        await foreach (var page in Port.ReadDirectoryAsync(None))
        {
            entries.AddRange(page);
        }

        entries.Sort((left, right) => string.CompareOrdinal(left.Id, right.Id));
        Assert.Equal(["A-LAMP", "B-METER", "C-PERSON", "D-DWELLING"], entries.Select(entry => entry.Id));
        Assert.Equal([Sector, "29019:1", Sector, Sector], entries.Select(entry => entry.Sector));
        Assert.Equal([lamp.Kind, DeviceKind.Meter, persons.Kind, DeviceKind.Meter], entries.Select(entry => entry.Kind));
        Assert.Equal([lamp.Connector?.Type, null, persons.Connector?.Type, null], entries.Select(entry => entry.Connector));
        Assert.Equal([null, 99_999.5, null, 99_999.5], entries.Select(entry => entry.IndexMaximum));
        Assert.Equal([null, null, "S-1", "D-DWELLING"], entries.Select(entry => entry.Personal is { } device ? PersonalData.SubscriberOf(device) : null));
    }

    [Fact]
    public async Task Concurrent_puts_all_happen_with_revisions_of_their_own()
    {
        var changes = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() => Put(Samples.Device($"D{number % 50}")))));

        Assert.Equal(Enumerable.Range(1, 200).Select(number => (long)number), changes.Select(change => change.Revision).Order());
        Assert.Equal(50, await Port.CountAsync(None));
    }
}
