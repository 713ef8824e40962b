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
    public static bool Write(ByteWriter writer, HistoryResolution resolution, int day, SeriesInfo series, ReadOnlySpan<byte> content, IHistorySeal? seal)
    {
        if (series.Subject?.Subscriber is not { } subscriber)
        {
            Write(writer, Plain, day, content);
            return true;
        }

        if (seal is null)
        {
            throw new InvalidOperationException("A series has a subscriber, and history has nothing to seal it with.");
        }

        if (seal.Seal(subscriber, series.Key, PlaceOf(resolution, day), content) is not { } closed)
        {
            return false;
        }

        Write(writer, Sealed, day, closed);
        return true;
    }

    private static void Write(ByteWriter writer, byte form, int day, ReadOnlySpan<byte> content)
    {
        writer.Varint((ulong)(1 + LengthOf((uint)day) + content.Length));
        writer.Byte(form);
        writer.Varint((ulong)day);
        writer.Bytes(content);
    }

    private static string PlaceOf(HistoryResolution resolution, int day) => resolution switch
    {
        HistoryResolution.Raw => $"history/raw/{HistoryPeriod.DateOf(day):yyyy-MM-dd}",
        HistoryResolution.QuarterHour => $"history/quarters/{HistoryPeriod.DateOf(day):yyyy-MM-dd}",
        _ => $"history/days/{HistoryPeriod.DateOf(day):yyyy-MM-dd}",
    };

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
    public static byte[]? Open(ReadOnlySpan<byte> fragment, HistoryResolution resolution, SeriesInfo series, IHistorySeal? seal)
    {
        var reader = new ByteReader(fragment);
        var form = reader.Byte();
        var day = (int)reader.Varint();
        var content = reader.Bytes(reader.Remaining);
        return form == Plain
            ? content.ToArray()
            : (seal ?? throw new InvalidOperationException("A series is sealed, and history has nothing to open it with.")).Open(series.Key, PlaceOf(resolution, day), content);
    }
}
