using Grid.Contracts.Devices;

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
    public static ByteReader Open(ReadOnlySpan<byte> record, string store, string row)
    {
        var reader = new ByteReader(record);
        return record.Length >= ChecksumBytes && reader.Fixed32() == Checksum.Of(record[ChecksumBytes..])
            ? reader
            : throw new StoreDamagedException(store, $"the checksum of {row} does not match");
    }

    public static ReadOnlySpan<byte> Write(ByteWriter writer, DeviceRecord device)
    {
        Begin(writer);
        writer.Varint((ulong)device.Revision);
        writer.Text(device.Sector);
        DescriptorCodec.Write(writer, device.Descriptor);
        return End(writer);
    }

    public static DeviceRecord ReadDevice(ReadOnlySpan<byte> record, string store, string key)
    {
        var reader = Open(record, store, $"device {key}");
        try
        {
            var revision = (long)reader.Varint();
            var sector = reader.Text();
            return new DeviceRecord { Revision = revision, Sector = sector, Descriptor = DescriptorCodec.Read(ref reader) };
        }
        catch (CodecException error)
        {
            throw new StoreDamagedException(store, $"device {key}: {error.Message}", error);
        }
    }
}
