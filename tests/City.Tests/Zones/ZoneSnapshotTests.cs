using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Zones;
using Grid.Grains.Sectors;

namespace Grid.Tests.City.Zones;

/// <summary>What a sector knows of water zones outlives it.</summary>
public sealed class ZoneSnapshotTests
{
    private static readonly ZoneReadings Readings = new()
    {
        DayReadAt = 1_767_225_600_123,
        PreviousDayReadAt = 1_767_139_200_000,
        BaseReadAt = 1_767_052_800_000,
        NightDay = 20_454,
        NightMinimumMillilitresPerHour = 512_000,
        PreviousNightMinimumMillilitresPerHour = 498_000,
    };

    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData("S1", true)]
    [InlineData("S1", false)]
    public void Zone_role_and_readings_are_read_as_they_were_written(string? subscriber, bool hasPreviousNight)
    {
        var readings = hasPreviousNight ? Readings : Readings with { PreviousNightMinimumMillilitresPerHour = null };
        var book = new SectorBook();
        book.Add(Meter("M1", subscriber, "Z-1", ZoneRole.Inlet, readings));
        book.Add(Meter("M2", subscriber, "Z-1", ZoneRole.Customer, null));
        book.Add(Meter("M3", subscriber, null, ZoneRole.Customer, null));
        var keys = new PlainKeys();

        var read = SectorSnapshot.Read(SectorSnapshot.Write(book, keys), new SectorBook(), keys);

        Assert.Equal(("Z-1", ZoneRole.Inlet, readings), (read.Find("M1")!.Zone, read.Find("M1")!.ZoneRole, read.Find("M1")!.Contribution.Zone));
        Assert.Equal(("Z-1", ZoneRole.Customer, null), (read.Find("M2")!.Zone, read.Find("M2")!.ZoneRole, read.Find("M2")!.Contribution.Zone));
        Assert.Null(read.Find("M3")!.Zone);
        var day = new Grains.Devices.LocalDay(1, 0, 1) { Night = default };
        Assert.Equal(new ZoneSide(1, 0, 0), Assert.Single(read.Zones.On(day, day, default, 0)).Inlets);
        Assert.Equal(3, SectorSnapshot.ReadDevices(SectorSnapshot.Write(book, keys)).Devices.Count);
    }

    [Fact]
    public void Books_from_before_there_were_zones_are_read()
    {
        var book = new SectorBook { Offset = 7 };
        var meter = Meter("M1", null, null, ZoneRole.Customer, null);
        meter.Contribution = new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Ok };
        book.Add(meter);
        var block = SectorSnapshot.Write(book, new PlainKeys());

        // From its end: no tombstone, no parameter, no readings of a zone, a contribution of eleven bytes (the last one its bounds), the role, the empty name of a zone, no interval and no condition.
        byte[] former = [4, .. block[1..^18], .. block[^14..^4], .. block[^2..]];
        var read = SectorSnapshot.Read(former, new SectorBook(), new PlainKeys());

        Assert.Equal((7, DeviceStatus.Ok, null), (read.Offset, read.Find("M1")!.Contribution.Status, read.Find("M1")!.Zone));
        Assert.Equal(["M1"], SectorSnapshot.ReadDevices(former).Devices);
        Assert.Equal(block, SectorSnapshot.Write(read, new PlainKeys()));
    }

    [Fact]
    public void Of_books_from_before_bounds_were_kept_no_bound_is_known()
    {
        var book = new SectorBook();
        var meter = Meter("M1", null, null, ZoneRole.Customer, null);
        meter.Contribution = meter.Contribution with { Bounds = DayBounds.Counts | DayBounds.Begins | DayBounds.PreviousIsWhole };
        book.Add(meter);
        var block = SectorSnapshot.Write(book, new PlainKeys());
        Assert.Equal(meter.Contribution, SectorSnapshot.Read(block, new SectorBook(), new PlainKeys()).Find("M1")!.Contribution);

        // From its end: no tombstone, no parameter, no readings of a zone, the bounds, the rest of the contribution, the role, the empty name of a zone, and no interval.
        var read = SectorSnapshot.Read([6, .. block[1..^17], .. block[^16..^4], .. block[^3..]], new SectorBook(), new PlainKeys());

        Assert.Equal(meter.Contribution with { Bounds = DayBounds.Counts }, read.Find("M1")!.Contribution);
    }

    [Fact]
    public void A_meter_that_leaves_its_zone_or_its_sector_is_counted_there_no_more()
    {
        var book = new SectorBook();
        var (one, other) = (Meter("M1", null, "Z-1", ZoneRole.Inlet, null), Meter("M2", null, "Z-1", ZoneRole.Customer, null));
        book.Add(one);
        book.Add(other);

        book.Zones.Place(one, new ZonePlace("Z-2", ZoneRole.Outlet));
        Assert.Equal(["Z-1 0 0 1", "Z-2 0 1 0"], Shown(book));
        book.Remove(other, 9);
        Assert.Equal(["Z-2 0 1 0"], Shown(book));
        book.Zones.Place(one, null);
        Assert.Empty(Shown(book));
    }

    private static IEnumerable<string> Shown(SectorBook book)
    {
        var day = new Grains.Devices.LocalDay(1, 0, 1) { Night = default };
        return book.Zones.On(day, day, default, 0).Select(zone => $"{zone.Zone} {zone.Inlets.Meters} {zone.Outlets.Meters} {zone.Customers.Meters}");
    }

    private static SectorDevice Meter(string id, string? subscriber, string? zone, ZoneRole role, ZoneReadings? readings) => new()
    {
        Id = id,
        Kind = DeviceKind.Meter,
        Subscriber = subscriber,
        Zone = zone,
        ZoneRole = role,
        Contribution = new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Ok, Day = 20_454, DayAmount = 5, PreviousDayAmount = 7, Zone = readings },
    };

    /// <summary>Keys that seal nothing but a whole device: what is sealed of one opens for it alone.</summary>
    private sealed class PlainKeys : ISubscriberKeys
    {
        public KeyCounts Counts => default;

        public byte[] Seal(string subscriber, string device, string place, ReadOnlySpan<byte> plain) => [(byte)device[^1], .. plain];

        public byte[]? Open(string device, string place, ReadOnlySpan<byte> sealedBytes) => sealedBytes[0] == device[^1] ? sealedBytes[1..].ToArray() : null;

        public ValueTask EnsureAsync(IReadOnlyCollection<string> subscribers, CancellationToken cancellationToken) => throw new NotSupportedException();

        public bool Has(string subscriber) => throw new NotSupportedException();

        public Task<bool> DestroyAsync(string subscriber, CancellationToken cancellationToken) => throw new NotSupportedException();

        public DateTimeOffset? ErasedAt(string subscriber) => throw new NotSupportedException();

        public string PseudonymOf(string subscriber) => throw new NotSupportedException();
    }
}
