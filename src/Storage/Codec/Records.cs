using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Storage.Codec;

/// <summary>Blobs with a checksum before them, as they stand in rows.</summary>
internal static class Records
{
    private const int ChecksumBytes = sizeof(uint);

    /// <summary>Begins a record in a writer that is emptied first.</summary>
    public static ByteWriter Begin(ByteWriter writer)
    {
        writer.Clear();
        writer.Reserve(ChecksumBytes);
        return writer;
    }

    /// <summary>The finished record, valid until the writer is used again.</summary>
    public static ReadOnlySpan<byte> End(ByteWriter writer)
    {
        var record = writer.Written;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum.Of(record[ChecksumBytes..]));
        return record;
    }

    /// <summary>A reader behind the checksum.</summary>
    /// <param name="record">What stands in the row.</param>
    /// <param name="store">The store, for messages.</param>
    /// <param name="row">The row, for messages.</param>
    /// <exception cref="StoreDamagedException">The record is not what was written.</exception>
    public static ByteReader Open(ReadOnlySpan<byte> record, string store, string row) =>
        TryOpen(record, out var reader) ? reader : throw new StoreDamagedException(store, $"the checksum of {row} does not match");

    public static ReadOnlySpan<byte> Write(ByteWriter writer, DeviceRecord device)
    {
        Begin(writer);
        writer.Varint((ulong)device.Revision);
        writer.Text(device.Sector);
        DescriptorCodec.Write(writer, device.Descriptor);
        return End(writer);
    }

    public static DeviceRecord ReadDevice(ReadOnlySpan<byte> record, string store, string key) => ReadDevice(record, new RecordPlace(store, Key: key));

    /// <summary>The device of a record.</summary>
    public static DeviceRecord ReadDevice(ReadOnlySpan<byte> record, RecordPlace place)
    {
        var reader = Open(record, place);
        try
        {
            var revision = (long)reader.Varint();
            var sector = reader.Text();
            return new DeviceRecord { Revision = revision, Sector = sector, Descriptor = DescriptorCodec.Read(ref reader) };
        }
        catch (CodecException error)
        {
            throw new StoreDamagedException(place.Store, $"{place.Words}: {error.Message}", error);
        }
    }

    /// <summary>Of the device of a record what the directory holds.</summary>
    public static DirectoryEntry ReadEntry(ReadOnlySpan<byte> record, RecordPlace place, SharedTexts texts)
    {
        var reader = Open(record, place);
        try
        {
            _ = reader.Varint(); // its revision
            return DescriptorCodec.ReadEntry(ref reader, texts.Of(reader.TextBytes()), texts);
        }
        catch (CodecException error)
        {
            throw new StoreDamagedException(place.Store, $"{place.Words}: {error.Message}", error);
        }
    }

    private static ByteReader Open(ReadOnlySpan<byte> record, RecordPlace place) =>
        TryOpen(record, out var reader) ? reader : throw new StoreDamagedException(place.Store, $"the checksum of {place.Words} does not match");

    private static bool TryOpen(ReadOnlySpan<byte> record, out ByteReader reader)
    {
        reader = new ByteReader(record);
        return record.Length >= ChecksumBytes && reader.Fixed32() == Checksum.Of(record[ChecksumBytes..]);
    }
}

/// <summary>Where the record of a device stands. Its words are made only for a message.</summary>
/// <param name="Store">The store.</param>
/// <param name="Row">Number of its row, where that is all that is known.</param>
/// <param name="Key">The device's key, where that is known.</param>
internal readonly record struct RecordPlace(string Store, long Row = 0, string? Key = null)
{
    public string Words => Key is null ? string.Create(CultureInfo.InvariantCulture, $"device of row {Row}") : $"device {Key}";
}
