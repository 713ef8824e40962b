using System.Text;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>Reads and writes the books of a sector as a compact, versioned block: some 60 bytes a device.</summary>
internal static class SectorSnapshot
{
    private const byte Version = 1;

    public static byte[] Write(SectorBook book)
    {
        using var stream = new MemoryStream(64 + (book.Count * 80));
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        writer.Write7BitEncodedInt64(book.Offset);
        writer.Write7BitEncodedInt64(book.AsOf.ToUnixTimeMilliseconds());
        writer.Write7BitEncodedInt64(book.ChangesKnownFrom);
        writer.Write7BitEncodedInt(book.Count);
        foreach (var device in book.Devices)
        {
            WriteDevice(writer, device);
        }

        var tombstones = book.Tombstones.ToArray();
        writer.Write7BitEncodedInt(tombstones.Length);
        foreach (var tombstone in tombstones)
        {
            writer.Write(tombstone.Device);
            writer.Write7BitEncodedInt64(tombstone.Offset);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Fills empty books from a block.</summary>
    /// <exception cref="InvalidDataException">The block is not one that this version reads.</exception>
    public static SectorBook Read(byte[] block, IGrainFactory grains, SectorBook book)
    {
        if (block.Length == 0)
        {
            return book;
        }

        using var reader = new BinaryReader(new MemoryStream(block, writable: false), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new InvalidDataException($"A sector's snapshot has version {version}; this program reads version {Version}.");
        }

        book.Offset = reader.Read7BitEncodedInt64();
        book.AsOf = DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64());
        var changesKnownFrom = reader.Read7BitEncodedInt64();
        var devices = new SectorDevice[reader.Read7BitEncodedInt()];
        for (var index = 0; index < devices.Length; index++)
        {
            devices[index] = ReadDevice(reader, grains);
        }

        foreach (var device in devices.OrderBy(device => device.ChangedAt))
        {
            book.Add(device);
        }

        for (var count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            book.Bury(new Tombstone(reader.ReadString(), reader.Read7BitEncodedInt64()));
        }

        book.ChangesKnownFrom = changesKnownFrom;
        return book;
    }

    /// <summary>The offset of a block, and the devices in it.</summary>
    /// <exception cref="InvalidDataException">The block is not one that this version reads.</exception>
    public static (long Offset, IReadOnlySet<string> Devices) ReadDevices(byte[] block)
    {
        using var reader = new BinaryReader(new MemoryStream(block, writable: false), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new InvalidDataException($"A sector's snapshot has version {version}; this program reads version {Version}.");
        }

        var offset = reader.Read7BitEncodedInt64();
        _ = reader.Read7BitEncodedInt64();
        _ = reader.Read7BitEncodedInt64();
        var devices = new HashSet<string>(StringComparer.Ordinal);
        for (var count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            devices.Add(ReadDevice(reader, grains: null).Id);
        }

        return (offset, devices);
    }

    private static void WriteDevice(BinaryWriter writer, SectorDevice device)
    {
        writer.Write(device.Id);
        writer.Write((byte)device.Kind);
        writer.Write(device.Position is not null);
        if (device.Position is { } position)
        {
            writer.Write(position.Longitude);
            writer.Write(position.Latitude);
        }

        writer.Write(device.Follows ?? "");
        writer.Write7BitEncodedInt(device.SilentAfter is { } silence ? (int)silence.TotalSeconds : 0);
        writer.Write7BitEncodedInt64(device.Offset);
        writer.Write7BitEncodedInt64(device.ChangedAt);
        writer.Write7BitEncodedInt64(device.LastHeardAt?.ToUnixTimeMilliseconds() ?? 0);
        var contribution = device.Contribution;
        writer.Write((byte)contribution.Kind);
        writer.Write((byte)contribution.Status);
        writer.Write((byte)contribution.Light);
        writer.Write((byte)contribution.Flags);
        writer.Write(contribution.LocalLevel);
        writer.Write7BitEncodedInt64(contribution.PowerMilliwatts);
        writer.Write7BitEncodedInt64(contribution.FlowMillilitresPerHour);
        writer.Write7BitEncodedInt(contribution.Day);
        writer.Write7BitEncodedInt64(contribution.DayAmount);
        writer.Write7BitEncodedInt64(contribution.PreviousDayAmount);
    }

    private static SectorDevice ReadDevice(BinaryReader reader, IGrainFactory? grains)
    {
        var id = reader.ReadString();
        var kind = (DeviceKind)reader.ReadByte();
        var position = reader.ReadBoolean() ? new GeoPoint(reader.ReadDouble(), reader.ReadDouble()) : (GeoPoint?)null;
        var follows = reader.ReadString();
        var silentAfterSeconds = reader.Read7BitEncodedInt();
        var offset = reader.Read7BitEncodedInt64();
        var changedAt = reader.Read7BitEncodedInt64();
        var lastHeard = reader.Read7BitEncodedInt64();
        return new SectorDevice
        {
            Id = id,
            Kind = kind,
            Grain = grains is null ? null! : DeviceGrains.Get(grains, kind, id), // without a factory only what is stored is wanted
            Position = position,
            Follows = follows.Length == 0 ? null : follows,
            SilentAfter = silentAfterSeconds == 0 ? null : TimeSpan.FromSeconds(silentAfterSeconds),
            Offset = offset,
            ChangedAt = changedAt,
            LastHeardAt = lastHeard == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(lastHeard),
            Contribution = new Contribution
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
            },
        };
    }
}
