using System.Buffers.Binary;
using Grid.Storage.Codec;

namespace Grid.Storage.ReadingLog;

/// <summary>A block that is whole by itself, whatever stands around it.</summary>
internal readonly record struct WholeBlock(int Position, BlockHeader Header);

/// <summary>What of a segment is readable when the chain is left out of account.</summary>
/// <param name="Name">File name.</param>
/// <param name="Header">Its header; null when that is damaged.</param>
/// <param name="Blocks">Its whole blocks, in order.</param>
/// <param name="Unreadable">The rest, as ranges of bytes (the second is behind the last).</param>
internal sealed record SalvagedSegment(string Name, SegmentHeader? Header, IReadOnlyList<WholeBlock> Blocks, IReadOnlyList<(long From, long To)> Unreadable);

/// <summary>Finds the whole blocks of a damaged log, each for itself.</summary>
internal static class LogSalvage
{
    public static IEnumerable<SalvagedSegment> Scan(ILogFiles files)
    {
        foreach (var number in files.List().Select(Segment.NumberOf).OfType<long>().Order())
        {
            var name = Segment.NameOf(number);
            yield return Scan(name, Read(files, name));
        }
    }

    public static byte[] Read(ILogFiles files, string name)
    {
        using var file = files.Open(name);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    public static SalvagedSegment Scan(string name, ReadOnlySpan<byte> bytes)
    {
        var unreadable = new List<(long, long)>();
        var blocks = new List<WholeBlock>();
        SegmentHeader? segment = null;
        try
        {
            segment = BlockFormat.ReadSegmentHeader(bytes, name);
        }
        catch (LogDamagedException)
        {
            unreadable.Add((0, Math.Min(bytes.Length, BlockFormat.SegmentHeaderBytes)));
        }

        // Block headers carry the segment's salt: where its header is damaged, the salt is what makes the first block's checksum right.
        var salt = segment?.Salt ?? (bytes.Length >= 16 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) : 0);
        var position = BlockFormat.SegmentHeaderBytes;
        while (position < bytes.Length)
        {
            if (IsWhole(bytes[position..], salt, out var header))
            {
                blocks.Add(new WholeBlock(position, header));
                position += BlockFormat.BlockHeaderBytes + header.PayloadBytes;
                continue;
            }

            var next = NextWhole(bytes, position + 1, salt);
            unreadable.Add((position, next));
            position = next;
        }

        return new SalvagedSegment(name, segment, blocks, unreadable);
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes, uint salt, out BlockHeader header) =>
        BlockFormat.TryReadBlockHeader(bytes, salt, out header)
        && header.PayloadBytes >= 0
        && header.PayloadBytes <= bytes.Length - BlockFormat.BlockHeaderBytes
        && Checksum.Of(bytes.Slice(BlockFormat.BlockHeaderBytes, header.PayloadBytes)) == header.PayloadChecksum;

    private static int NextWhole(ReadOnlySpan<byte> bytes, int from, uint salt)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, BlockFormat.BlockMagic);
        while (from < bytes.Length)
        {
            var found = bytes[from..].IndexOf(magic);
            if (found < 0)
            {
                break;
            }

            if (IsWhole(bytes[(from + found)..], salt, out _))
            {
                return from + found;
            }

            from += found + 1;
        }

        return bytes.Length;
    }
}
