using System.Buffers.Binary;
using Grid.Storage.Codec;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// A segment is a header and then blocks; a block is one commit: what one sync makes durable, whole or not at all.
/// <code>
/// segment header  magic 8 | version 4 | salt 4 | number 8 | first sequence 8 | chain before 4 | checksum 4
/// block           magic 4 | payload length 4 | sequence 8 | durable sequence 8 | chain before 4 | payload checksum 4 | checksum 4 | payload
/// </code>
/// A block's checksum covers its header and, through the checksum before, every block before it: that is the chain. The durable sequence is
/// the last block that was known to be durable when this one was written. So a bad block that a later one calls durable is damage, and one
/// that nothing calls durable is a commit that a crash has torn. After each sync an empty block, the seal, says so for the last commit.
/// The salt of the segment goes into the checksums of block headers: no text that a device sends can pass for a block.
/// </summary>
internal static class BlockFormat
{
    public const int SegmentHeaderBytes = 40;
    public const int BlockHeaderBytes = 36;
    public const uint SegmentVersion = 1;
    public const uint BlockMagic = 0x4B4C4247; // "GBLK"
    public const ulong SegmentMagic = 0x00474F4C44495247; // "GRIDLOG"

    /// <summary>The chain before the first block of a log.</summary>
    public const uint FirstChain = Checksum.Seed;

    public static void WriteSegmentHeader(Span<byte> into, SegmentHeader header)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, SegmentMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], SegmentVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(into[12..], header.Salt);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], header.Number);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], header.FirstSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(into[32..], header.ChainBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(into[36..], Checksum.Of(into[..36]));
    }

    /// <exception cref="LogDamagedException">It is no segment of this version.</exception>
    public static SegmentHeader ReadSegmentHeader(ReadOnlySpan<byte> bytes, string segment)
    {
        if (bytes.Length < SegmentHeaderBytes || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != SegmentMagic)
        {
            throw new LogDamagedException(segment, 0, "it does not begin as a segment does");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]) != Checksum.Of(bytes[..36]))
        {
            throw new LogDamagedException(segment, 0, "the checksum of its header does not match");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return version == SegmentVersion
            ? new SegmentHeader(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]))
            : throw new LogDamagedException(segment, 8, $"it has the unknown version {version}; this program reads {SegmentVersion}");
    }

    /// <summary>Fills the header before a payload that is in place; returns the block's checksum, the chain for the next one.</summary>
    public static uint Seal(Span<byte> block, long sequence, long durableSequence, uint chainBefore, uint salt)
    {
        var payload = block[BlockHeaderBytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(block, BlockMagic);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], durableSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(block[24..], chainBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(block[28..], Checksum.Of(payload));
        var checksum = Checksum.Of(block[..32], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(block[32..], checksum);
        return checksum;
    }

    /// <summary>The header at the beginning of the bytes, false when there is none that was written so.</summary>
    public static bool TryReadBlockHeader(ReadOnlySpan<byte> bytes, uint salt, out BlockHeader header)
    {
        header = default;
        if (bytes.Length < BlockHeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != BlockMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]) != Checksum.Of(bytes[..32], salt))
        {
            return false;
        }

        header = new BlockHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]));
        return true;
    }
}

/// <param name="Number">Segments are numbered from 1 without a gap.</param>
/// <param name="FirstSequence">Sequence of its first block.</param>
/// <param name="ChainBefore">Checksum of the last block of the segment before.</param>
/// <param name="Salt">Start of the checksums of block headers.</param>
internal readonly record struct SegmentHeader(long Number, long FirstSequence, uint ChainBefore, uint Salt);

internal readonly record struct BlockHeader(int PayloadBytes, long Sequence, long DurableSequence, uint ChainBefore, uint PayloadChecksum, uint Checksum);
