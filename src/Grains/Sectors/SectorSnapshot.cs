using System.Collections.Immutable;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Sectors;

/// <summary>Reads and writes the books of a sector as a compact, versioned block: some 60 bytes a device.</summary>
internal static partial class SectorSnapshot
{
    private const byte Version = 7;
    private const byte FirstWithRhythm = 7;
    private const byte FirstWithBounds = 7;
    private const byte FirstWithAlarms = 6;
    private const byte FirstWithZones = 5;
    private const byte FirstWithParameters = 4;
    private const byte FirstWithSavings = 3;
    private const byte FirstVersion = 1;
    private const string Place = "sector";
    private const int OwnInterval = 1;
    private const int NotedOwn = 2;
    private const int Linked = 4;
    private const int UnderWorks = 8;
    private const int HangsOnSomething = 16;
    private const int OwnBound = 32;

    /// <summary>Before <see cref="FirstWithRhythm"/> only what follows from it was stored: three intervals, at least an hour.</summary>
    private const int FormerIntervals = 3;

    private enum Placing : byte
    {
        Unknown = 0,
        Known = 1,
        Sealed = 2,
    }

    public static byte[] Write(SectorBook book, ISubscriberKeys keys)
    {
        var writer = new BlockWriter(64 + (book.Count * 96));
        writer.Byte(Version);
        writer.Number(book.Offset);
        writer.Number(book.AsOf.ToUnixTimeMilliseconds());
        writer.Number(book.ChangesKnownFrom);
        writer.Number(book.Count);
        foreach (var device in book.Devices)
        {
            WriteDevice(writer, device, keys);
        }

        WriteParameters(writer, book.Parameters.At(book.Offset));

        var tombstones = book.Tombstones.ToArray();
        writer.Number(tombstones.Length);
        foreach (var tombstone in tombstones)
        {
            writer.Text(tombstone.Device);
            writer.Number(tombstone.Offset);
        }

        return writer.ToArray();
    }

    /// <summary>Fills empty books from a block.</summary>
    /// <exception cref="InvalidDataException">The block is not one that this version reads.</exception>
    public static SectorBook Read(byte[] block, SectorBook book, ISubscriberKeys keys)
    {
        if (block.Length == 0)
        {
            return book;
        }

        using var reader = new BinaryReader(new MemoryStream(block, writable: false), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version is < FirstVersion or > Version)
        {
            throw new InvalidDataException($"A sector's snapshot has version {version}; this program reads versions {FirstVersion} to {Version}.");
        }

        book.Offset = reader.Read7BitEncodedInt64();
        book.AsOf = DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64());
        var changesKnownFrom = reader.Read7BitEncodedInt64();
        var devices = new SectorDevice[reader.Read7BitEncodedInt()];
        for (var index = 0; index < devices.Length; index++)
        {
            devices[index] = ReadDevice(reader, version, keys);
        }

        foreach (var device in devices.OrderBy(device => device.ChangedAt))
        {
            book.Add(device);
        }

        if (version >= FirstWithParameters)
        {
            book.Parameters.Resume(ReadParameters(reader));
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
        if (version is < FirstVersion or > Version)
        {
            throw new InvalidDataException($"A sector's snapshot has version {version}; this program reads versions {FirstVersion} to {Version}.");
        }

        var offset = reader.Read7BitEncodedInt64();
        _ = reader.Read7BitEncodedInt64();
        _ = reader.Read7BitEncodedInt64();
        var devices = new HashSet<string>(StringComparer.Ordinal);
        for (var count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            devices.Add(ReadDevice(reader, version, keys: null).Id);
        }

        return (offset, devices);
    }

    private static void WriteParameters(BlockWriter writer, ImmutableArray<ParameterSet> sets)
    {
        writer.Number(sets.Length);
        foreach (var set in sets)
        {
            writer.Byte((byte)set.Kind);
            writer.Number(set.Values.Length);
            foreach (var (name, value) in set.Values)
            {
                writer.Text(name);
                writer.Boolean(value.Flag is not null);
                writer.Double(value.Number ?? (value.Flag == true ? 1 : 0));
            }
        }
    }

    private static ImmutableArray<ParameterSet> ReadParameters(BinaryReader reader)
    {
        var sets = new ParameterSet[reader.Read7BitEncodedInt()];
        for (var place = 0; place < sets.Length; place++)
        {
            var kind = (DeviceKind)reader.ReadByte();
            var values = new ParameterValue[reader.Read7BitEncodedInt()];
            for (var index = 0; index < values.Length; index++)
            {
                var name = reader.ReadString();
                var isFlag = reader.ReadBoolean();
                var number = reader.ReadDouble();
                values[index] = new ParameterValue(ParameterTable.Find(kind, name)?.Name ?? name, isFlag ? AttributeValue.Of(number != 0) : AttributeValue.Of(number));
            }

            sets[place] = new ParameterSet { Kind = kind, Values = [.. values] };
        }

        return [.. sets];
    }
}
