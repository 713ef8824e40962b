using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Zones;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;

namespace Grid.Grains.Sectors;

/// <summary>A device of a block: where it stands, when it was heard, what it contributes. What is personal of a person's device is sealed.</summary>
internal static partial class SectorSnapshot
{
    private static void WriteDevice(BlockWriter writer, SectorDevice device, ISubscriberKeys keys)
    {
        writer.Text(device.Id);
        writer.Byte((byte)device.Kind);
        writer.Byte((byte)(device.Subscriber is not null ? Placing.Sealed : device.Position is not null ? Placing.Known : Placing.Unknown));
        if (device.Subscriber is { } subscriber)
        {
            var bytes = keys.Seal(subscriber, device.Id, Place, PersonalPartOf(device, subscriber)) ?? [];
            writer.Number(bytes.Length);
            writer.Bytes(bytes);
        }
        else if (device.Position is { } position)
        {
            writer.Double(position.Longitude);
            writer.Double(position.Latitude);
        }

        writer.Text(device.Follows ?? "");
        writer.Number(device.SilentAfter is { } silence ? (int)silence.TotalSeconds : 0);
        writer.Number(device.Offset);
        writer.Number(device.ChangedAt);
        writer.Number(device.LastHeardAt?.ToUnixTimeMilliseconds() ?? 0);
        writer.Byte((byte)((device.Own.IntervalMinutes is not null ? OwnInterval : 0) | (device.HasNotedOwn ? NotedOwn : 0) | (device.IsLinked ? Linked : 0)
            | (device.IsUnderWorks ? UnderWorks : 0) | (device.Topology is null ? 0 : HangsOnSomething)
            | (device.Own.BoundMinutes is null ? 0 : OwnBound)));
        writer.Number(device.Holding);
        writer.Number(device.IntervalMinutes);
        if (device.Own.IntervalMinutes is { } minutes)
        {
            writer.Number(minutes);
        }

        if (device.Own.BoundMinutes is { } bound)
        {
            writer.Number(bound);
        }

        if (device.Topology is { } topology)
        {
            writer.Text(topology.Cabinet ?? "");
            writer.Text(topology.Gateway ?? "");
            writer.Text(topology.Network ?? "");
        }

        if (device.Kind == DeviceKind.Meter)
        {
            writer.Text(device.Zone ?? "");
            writer.Byte((byte)device.ZoneRole);
        }

        if (device.Subscriber is null)
        {
            WriteContribution(writer, device.Contribution);
            WriteZoneReadings(writer, device);
            if (device.Kind == DeviceKind.Streetlight)
            {
                writer.Number(device.Contribution.SavedDay);
                writer.Number(device.Contribution.DaySaved);
                writer.Number(device.Contribution.PreviousDaySaved);
            }
        }
    }

    /// <summary>A device of a block; without keys only what is stored in the clear is wanted.</summary>
    private static SectorDevice ReadDevice(BinaryReader reader, byte version, ISubscriberKeys? keys)
    {
        var id = reader.ReadString();
        var kind = (DeviceKind)reader.ReadByte();
        var placing = (Placing)reader.ReadByte();
        var stored = placing == Placing.Sealed ? reader.ReadBytes(reader.Read7BitEncodedInt()) : [];
        var position = placing == Placing.Known ? new GeoPoint(reader.ReadDouble(), reader.ReadDouble()) : (GeoPoint?)null;
        var follows = reader.ReadString();
        var silentAfterSeconds = reader.Read7BitEncodedInt();
        var offset = reader.Read7BitEncodedInt64();
        var changedAt = reader.Read7BitEncodedInt64();
        var lastHeard = reader.Read7BitEncodedInt64();
        var noted = version >= FirstWithParameters ? reader.ReadByte() : 0;
        var holding = version >= FirstWithAlarms ? reader.Read7BitEncodedInt() : 0;
        var interval = version >= FirstWithRhythm ? reader.Read7BitEncodedInt() : silentAfterSeconds / 60 / FormerIntervals;
        var own = ReadRhythm(reader, version, noted, silentAfterSeconds);
        var topology = (noted & HangsOnSomething) != 0
            ? new AlarmTopology(TextOrNull(reader), TextOrNull(reader), TextOrNull(reader))
            : version < FirstWithAlarms && follows.Length > 0 ? new AlarmTopology(follows, null, null) : null;
        var zone = version >= FirstWithZones && kind == DeviceKind.Meter ? reader.ReadString() : "";
        var role = version >= FirstWithZones && kind == DeviceKind.Meter ? (ZoneRole)reader.ReadByte() : default;
        var device = new SectorDevice
        {
            Id = id,
            Kind = kind,
            Position = position,
            Follows = follows.Length == 0 ? null : follows,
            SilentAfter = silentAfterSeconds == 0 ? null : TimeSpan.FromSeconds(silentAfterSeconds),
            Offset = offset,
            ChangedAt = changedAt,
            LastHeardAt = lastHeard == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(lastHeard),
            ExpectedSince = lastHeard == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(lastHeard),
            Own = own,
            IntervalMinutes = interval,
            HasNotedOwn = (noted & NotedOwn) != 0,
            Zone = zone.Length == 0 ? null : zone,
            ZoneRole = role,
            IsLinked = (noted & Linked) != 0,
            IsUnderWorks = (noted & UnderWorks) != 0,
            Holding = holding,
            Topology = topology,
            Contribution = placing == Placing.Sealed ? new Contribution { Kind = kind, Status = DeviceStatus.Unknown } : ReadContribution(reader, version),
        };
        if (version >= FirstWithZones && placing != Placing.Sealed)
        {
            ReadZoneReadings(reader, device);
        }

        if (version >= FirstWithSavings && kind == DeviceKind.Streetlight && placing != Placing.Sealed)
        {
            device.Contribution = device.Contribution with
            {
                SavedDay = reader.Read7BitEncodedInt(),
                DaySaved = reader.Read7BitEncodedInt64(),
                PreviousDaySaved = reader.Read7BitEncodedInt64(),
            };
        }

        if (placing == Placing.Sealed && keys is not null)
        {
            OpenPersonalPart(device, stored, version, keys);
        }

        return device;
    }

    private static StatedRhythm ReadRhythm(BinaryReader reader, byte version, int noted, int silentAfterSeconds)
    {
        var hasInterval = (noted & OwnInterval) != 0;
        return version >= FirstWithRhythm
            ? new StatedRhythm(hasInterval ? reader.Read7BitEncodedInt() : null, (noted & OwnBound) != 0 ? reader.Read7BitEncodedInt() : null)
            : new StatedRhythm(hasInterval && silentAfterSeconds > 0 ? Math.Max(1, silentAfterSeconds / 60 / FormerIntervals) : null, null);
    }

    private static string? TextOrNull(BinaryReader reader) => reader.ReadString() is { Length: > 0 } text ? text : null;

    /// <summary>Where the device stands and what it contributes: for a dwelling, where somebody lives and what is consumed there.</summary>
    private static byte[] PersonalPartOf(SectorDevice device, string subscriber)
    {
        var writer = new BlockWriter(128);
        writer.Text(subscriber);
        writer.Boolean(device.Position is not null);
        if (device.Position is { } position)
        {
            writer.Double(position.Longitude);
            writer.Double(position.Latitude);
        }

        WriteContribution(writer, device.Contribution);
        WriteZoneReadings(writer, device);
        return writer.ToArray();
    }

    /// <summary>Where the key is destroyed, the device is nobody's and contributes nothing until it is heard.</summary>
    private static void OpenPersonalPart(SectorDevice device, byte[] stored, byte version, ISubscriberKeys keys)
    {
        if (stored.Length == 0 || keys.Open(device.Id, Place, stored) is not { } plain)
        {
            device.Subscriber = device.Id;
            return;
        }

        using var reader = new BinaryReader(new MemoryStream(plain, writable: false), Encoding.UTF8);
        device.Subscriber = reader.ReadString();
        device.Position = reader.ReadBoolean() ? new GeoPoint(reader.ReadDouble(), reader.ReadDouble()) : null;
        device.Contribution = ReadContribution(reader, version);
        if (version >= FirstWithZones)
        {
            ReadZoneReadings(reader, device);
        }
    }

    private static void WriteContribution(BlockWriter writer, in Contribution contribution)
    {
        writer.Byte((byte)contribution.Kind);
        writer.Byte((byte)contribution.Status);
        writer.Byte((byte)contribution.Light);
        writer.Byte((byte)contribution.Flags);
        writer.Byte(contribution.LocalLevel);
        writer.Number(contribution.PowerMilliwatts);
        writer.Number(contribution.FlowMillilitresPerHour);
        writer.Number(contribution.Day);
        writer.Number(contribution.DayAmount);
        writer.Number(contribution.PreviousDayAmount);
        writer.Byte((byte)contribution.Bounds);
    }

    private static void WriteZoneReadings(BlockWriter writer, SectorDevice device)
    {
        if (device.Kind != DeviceKind.Meter)
        {
            return;
        }

        writer.Boolean(device.Contribution.Zone is not null);
        if (device.Contribution.Zone is { } readings)
        {
            writer.Number(readings.DayReadAt);
            writer.Number(readings.PreviousDayReadAt);
            writer.Number(readings.BaseReadAt);
            writer.Number(readings.NightDay);
            writer.Number(readings.NightMinimumMillilitresPerHour);
            writer.Boolean(readings.PreviousNightMinimumMillilitresPerHour is not null);
            writer.Number(readings.PreviousNightMinimumMillilitresPerHour ?? 0);
        }
    }

    private static void ReadZoneReadings(BinaryReader reader, SectorDevice device)
    {
        if (device.Kind != DeviceKind.Meter || !reader.ReadBoolean())
        {
            return;
        }

        var readings = new ZoneReadings
        {
            DayReadAt = reader.Read7BitEncodedInt64(),
            PreviousDayReadAt = reader.Read7BitEncodedInt64(),
            BaseReadAt = reader.Read7BitEncodedInt64(),
            NightDay = reader.Read7BitEncodedInt(),
            NightMinimumMillilitresPerHour = reader.Read7BitEncodedInt64(),
        };
        var isKnown = reader.ReadBoolean();
        var previous = reader.Read7BitEncodedInt64();
        device.Contribution = device.Contribution with { Zone = readings with { PreviousNightMinimumMillilitresPerHour = isKnown ? previous : null } };
    }

    private static Contribution ReadContribution(BinaryReader reader, byte version)
    {
        var contribution = ReadAmounts(reader);

        // Before bounds were kept, none is known, until the device is heard again.
        var counts = contribution.Day != 0 || contribution.Kind is DeviceKind.Streetlight or DeviceKind.Building;
        return contribution with { Bounds = version >= FirstWithBounds ? (DayBounds)reader.ReadByte() : counts ? DayBounds.Counts : DayBounds.None };
    }

    private static Contribution ReadAmounts(BinaryReader reader) => new()
    {
        Kind = (DeviceKind)reader.ReadByte(),
        Status = (DeviceStatus)reader.ReadByte(),
        Light = (LightState)reader.ReadByte(),
        Flags = (ContributionFlags)reader.ReadByte(),
        LocalLevel = reader.ReadByte(),
        PowerMilliwatts = reader.Read7BitEncodedInt64(),
        FlowMillilitresPerHour = reader.Read7BitEncodedInt64(),
        Day = reader.Read7BitEncodedInt(),
        DayAmount = reader.Read7BitEncodedInt64(),
        PreviousDayAmount = reader.Read7BitEncodedInt64(),
    };
}
