using System.Buffers.Binary;
using System.Numerics;

namespace Grid.Storage.Codec;

/// <summary>CRC-32C (Castagnoli): one processor instruction for 8 bytes where there is one.</summary>
internal static class Checksum
{
    /// <summary>The checksum of nothing, to start from.</summary>
    public const uint Seed = uint.MaxValue;

    /// <summary>The checksum of <paramref name="bytes"/>, continued from that of what stands before them.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = Seed)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            before = BitOperations.Crc32C(before, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            before = BitOperations.Crc32C(before, value);
        }

        return before;
    }
}
