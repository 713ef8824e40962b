using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// What a series has on one day, in one run: the bytes of a codec, sealed when the series is a subscriber's. Fragments of a series stand one after
/// the other, the later ones last, so that runs are merged by copying.
/// </summary>
internal static class Fragment
{
    private const byte Plain = 0;
    private const byte Sealed = 1;

    /// <summary>Writes a fragment; false, and nothing is written, when the subscriber's key is destroyed.</summary>
    public static bool Write(ByteWriter writer, int day, string? subscriber, ReadOnlySpan<byte> content, IHistorySeal? seal)
    {
        if (subscriber is null)
        {
            writer.Varint((ulong)(1 + LengthOf((uint)day) + content.Length));
            writer.Byte(Plain);
            writer.Varint((ulong)day);
            writer.Bytes(content);
            return true;
        }

        if (seal is null)
        {
            throw new InvalidOperationException("A series has a subscriber, and history has nothing to seal it with.");
        }

        if (seal.Seal(subscriber, content) is not { } closed)
        {
            return false;
        }

        using var all = new ByteWriter(closed.Length + 128);
        all.Byte(Sealed);
        all.Varint((ulong)day);
        all.Text(subscriber);
        all.Bytes(closed);
        writer.Varint((ulong)all.Length);
        writer.Bytes(all.Written);
        return true;
    }

    private static int LengthOf(uint value) => (38 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    /// <summary>Takes the next fragment: its day and its bytes, to be opened by <see cref="Open"/>.</summary>
    public static (int Day, int Start, int Length) Next(ref ByteReader reader)
    {
        var length = reader.Count();
        var start = reader.Position;
        var fragment = new ByteReader(reader.Bytes(length));
        if (fragment.Byte() is var form && form > Sealed)
        {
            throw reader.Wrong($"a fragment has the unknown form {form}");
        }

        return ((int)fragment.Varint(), start, length);
    }

    /// <summary>The content of a fragment; null when the subscriber's key is destroyed.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> fragment, IHistorySeal? seal)
    {
        var reader = new ByteReader(fragment);
        var form = reader.Byte();
        _ = reader.Varint();
        if (form == Plain)
        {
            return reader.Bytes(reader.Remaining).ToArray();
        }

        var subscriber = reader.Text();
        return (seal ?? throw new InvalidOperationException("A series is sealed, and history has nothing to open it with."))
            .Open(subscriber, reader.Bytes(reader.Remaining));
    }
}
