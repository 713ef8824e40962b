using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;

namespace Grid.Storage.Postgres.History;

/// <summary>What history keeps of a series on a day, as it stands in a row.</summary>
internal readonly record struct HistoryRow(string Series, int Day, short Kind, string Commune, byte[] Data)
{
    public long Checksum => ChecksumOf(Series, Day, Data);

    /// <summary>A row of content that is not empty; null when the subscriber's key is destroyed: then it must not be kept.</summary>
    public static HistoryRow? Of(string series, int day, HistorySubject subject, ReadOnlySpan<byte> content, IHistorySeal? seal)
    {
        using var writer = new ByteWriter(content.Length + 128);
        return Fragment.Write(writer, day, subject.Subscriber, content, seal)
            ? new HistoryRow(series, day, KindOf(subject.Kind), subject.Commune ?? "", writer.Written.ToArray())
            : null;
    }

    public static short KindOf(DeviceKind? kind) => kind is { } known ? (short)known : (short)-1;

    public static DeviceKind? KindOf(short kind) => kind < 0 ? null : (DeviceKind)kind;

    /// <summary>The content; null when the subscriber's key is destroyed.</summary>
    /// <exception cref="HistoryDamagedException">The row is not what was written.</exception>
    public static byte[]? Open(string series, int day, long checksum, byte[] data, IHistorySeal? seal)
    {
        if (checksum != ChecksumOf(series, day, data))
        {
            throw Damaged(series, day, "its checksum does not match");
        }

        try
        {
            var reader = new ByteReader(data);
            var (_, start, length) = Fragment.Next(ref reader);
            return Fragment.Open(data.AsSpan(start, length), seal);
        }
        catch (CodecException error)
        {
            throw Damaged(series, day, error.Message, error);
        }
    }

    public static HistoryDamagedException Damaged(string series, int day, string what, Exception? cause = null) =>
        new($"series {series} on {HistoryPeriod.DateOf(day):yyyy-MM-dd} in the database", what, cause);

    private static long ChecksumOf(string series, int day, ReadOnlySpan<byte> data)
    {
        var checksum = Codec.Checksum.Of(MemoryMarshal.AsBytes(series.AsSpan()));
        checksum = Codec.Checksum.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in day)), checksum);
        return Codec.Checksum.Of(data, checksum);
    }
}
