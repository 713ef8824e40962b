using Grid.Contracts.Devices;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

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
    /// <exception cref="StoreDamagedException">The record is not what was written.</exception>
    public static ByteReader Open(ReadOnlySpan<byte> record, SqliteSession session, string row)
    {
        var reader = new ByteReader(record);
        return record.Length >= ChecksumBytes && reader.Fixed32() == Checksum.Of(record[ChecksumBytes..])
            ? reader
            : throw new StoreDamagedException(session.File, $"the checksum of {row} does not match");
    }

    public static ReadOnlySpan<byte> Write(ByteWriter writer, DeviceRecord device)
    {
        Begin(writer);
        writer.Varint((ulong)device.Revision);
        writer.Text(device.Sector);
        DescriptorCodec.Write(writer, device.Descriptor);
        return End(writer);
    }

    public static DeviceRecord ReadDevice(ReadOnlySpan<byte> record, SqliteSession session, string key)
    {
        var reader = Open(record, session, $"device {key}");
        try
        {
            var revision = (long)reader.Varint();
            var sector = reader.Text();
            return new DeviceRecord { Revision = revision, Sector = sector, Descriptor = DescriptorCodec.Read(ref reader) };
        }
        catch (CodecException error)
        {
            throw new StoreDamagedException(session.File, $"device {key}: {error.Message}", error);
        }
    }
}
