using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;

namespace Grid.Storage.Postgres.History;

/// <summary>What history keeps of a series on a day, as it stands in a row.</summary>
internal readonly record struct HistoryRow(string Series, int Day, short Kind, string Commune, bool IsPersonal, byte[] Data)
{
    private const byte Plain = 0;
    private const byte Sealed = 1;

    public long Checksum => ChecksumOf(Series, Day, Data);

    /// <summary>A row of content that is not empty; null when the subscriber's key is destroyed: then it must not be kept.</summary>
    /// <exception cref="InvalidOperationException">There is a subscriber, and nothing to seal with.</exception>
    public static HistoryRow? Of(string series, HistoryResolution resolution, int day, HistorySubject subject, ReadOnlySpan<byte> content, IHistorySeal? seal)
    {
        using var writer = new ByteWriter(content.Length + 128);
        if (subject.Subscriber is not { } subscriber)
        {
            writer.Byte(Plain);
            writer.Bytes(content);
        }
        else
        {
            var sealing = seal ?? throw new InvalidOperationException("A series has a subscriber, and history has nothing to seal it with.");
            if (sealing.Seal(subscriber, series, PlaceOf(resolution, day), content) is not { } closed)
            {
                return null;
            }

            writer.Byte(Sealed);
            writer.Text(subscriber);
            writer.Bytes(closed);
        }

        return new HistoryRow(series, day, KindOf(subject.Kind), subject.Commune ?? "", subject.Subscriber is not null, writer.Written.ToArray());
    }

    /// <summary>Whose the row is; null when it is nobody's.</summary>
    public static string? SubscriberOf(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        return reader.Byte() == Sealed ? reader.Text() : null;
    }

    public static short KindOf(DeviceKind? kind) => kind is { } known ? (short)known : (short)-1;

    public static DeviceKind? KindOf(short kind) => kind < 0 ? null : (DeviceKind)kind;

    /// <summary>The content; null when the subscriber's key is destroyed.</summary>
    /// <exception cref="HistoryDamagedException">The row is not what was written.</exception>
    public static byte[]? Open(string series, HistoryResolution resolution, int day, long checksum, byte[] data, IHistorySeal? seal)
    {
        if (checksum != ChecksumOf(series, day, data))
        {
            throw Damaged(series, day, "its checksum does not match");
        }

        try
        {
            var reader = new ByteReader(data);
            switch (reader.Byte())
            {
                case Plain:
                    return reader.Bytes(reader.Remaining).ToArray();
                case Sealed:
                    _ = reader.Text();
                    return (seal ?? throw new InvalidOperationException("A series is sealed, and history has nothing to open it with."))
                        .Open(series, PlaceOf(resolution, day), reader.Bytes(reader.Remaining));
                case var form:
                    throw reader.Wrong($"it has the unknown form {form}");
            }
        }
        catch (CodecException error)
        {
            throw Damaged(series, day, error.Message, error);
        }
    }

    public static HistoryDamagedException Damaged(string series, int day, string what, Exception? cause = null) =>
        new($"series {series} on {HistoryPeriod.DateOf(day):yyyy-MM-dd} in the database", what, cause);

    private static string PlaceOf(HistoryResolution resolution, int day) => resolution switch
    {
        HistoryResolution.Raw => $"history/raw/{HistoryPeriod.DateOf(day):yyyy-MM-dd}",
        HistoryResolution.QuarterHour => $"history/quarters/{HistoryPeriod.DateOf(day):yyyy-MM-dd}",
        _ => $"history/days/{HistoryPeriod.DateOf(day):yyyy-MM-dd}",
    };

    private static long ChecksumOf(string series, int day, ReadOnlySpan<byte> data)
    {
        var checksum = Codec.Checksum.Of(MemoryMarshal.AsBytes(series.AsSpan()));
        checksum = Codec.Checksum.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in day)), checksum);
        return Codec.Checksum.Of(data, checksum);
    }
}
