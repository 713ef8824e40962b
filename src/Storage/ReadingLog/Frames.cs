using System.Buffers.Binary;
using Grid.Storage.Codec;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// What stands in a block. A batch has a checksum of its own, so that it can be read back without its block.
/// <code>
/// batch       kind 1 | checksum 4 | body length 4 | body: entry version, sector, epoch, previous offset, first offset, count, entries
/// epoch       kind 1 | partition, epoch
/// checkpoint  kind 1 | sector, offset
/// lost        kind 1 | sector, offset      (made by a repair: entries of the sector up to the offset may be missing)
/// state       kind 1 | partitions: number, epoch, last offset | sectors: name, head, checkpoint     (first block of a segment)
/// </code>
/// The state makes each segment a beginning: those before it can go once their batches are checkpointed.
/// </summary>
internal static class Frames
{
    public const int BatchPrefixBytes = 9;

    public enum Kind : byte
    {
        Batch = 1,
        Epoch = 2,
        Checkpoint = 3,
        State = 4,
        Lost = 5,
    }

    public static void WriteBatch(ByteWriter writer, BatchHeader header, ReadOnlySpan<byte> entries)
    {
        var start = writer.Length;
        writer.Reserve(BatchPrefixBytes);
        writer.Byte(EntryCodec.Version);
        writer.Text(header.Sector);
        writer.Varint((ulong)header.Epoch);
        writer.Varint((ulong)header.PreviousOffset);
        writer.Varint((ulong)header.FirstOffset);
        writer.Varint((ulong)header.Count);
        writer.Bytes(entries);

        var frame = writer.Written[start..];
        var body = frame[BatchPrefixBytes..];
        frame[0] = (byte)Kind.Batch;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[1..], Checksum.Of(body));
        BinaryPrimitives.WriteInt32LittleEndian(frame[5..], body.Length);
    }

    /// <summary>The body of a batch frame after its kind was read; its checksum is verified.</summary>
    public static ReadOnlySpan<byte> ReadBatchBody(ref ByteReader reader)
    {
        var checksum = reader.Fixed32();
        var body = reader.Bytes((int)reader.Fixed32());
        return Checksum.Of(body) == checksum ? body : throw reader.Wrong("the checksum of a batch does not match");
    }

    public static BatchHeader ReadBatchHeader(ref ByteReader reader)
    {
        var version = reader.Byte();
        if (version != EntryCodec.Version)
        {
            throw reader.Wrong($"a batch is stored in the unknown version {version}; this program reads {EntryCodec.Version}");
        }

        return new BatchHeader(reader.Text(), (long)reader.Varint(), (long)reader.Varint(), (long)reader.Varint(), reader.Count());
    }

    public static void WriteEpoch(ByteWriter writer, int partition, long epoch)
    {
        writer.Byte((byte)Kind.Epoch);
        writer.Varint((ulong)partition);
        writer.Varint((ulong)epoch);
    }

    public static void WriteLost(ByteWriter writer, string sector, long offset)
    {
        writer.Byte((byte)Kind.Lost);
        writer.Text(sector);
        writer.Varint((ulong)offset);
    }

    public static void WriteCheckpoint(ByteWriter writer, string sector, long offset)
    {
        writer.Byte((byte)Kind.Checkpoint);
        writer.Text(sector);
        writer.Varint((ulong)offset);
    }
}

internal readonly record struct BatchHeader(string Sector, long Epoch, long PreviousOffset, long FirstOffset, int Count)
{
    public long LastOffset => FirstOffset + Count - 1;
}
