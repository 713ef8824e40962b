using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Tests.Storage.History;

/// <summary>Things to measure.</summary>
public static class HistorySamples
{
    public const string Sector = "29019.0";
    public static readonly DateTimeOffset Day = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    public static ReadingEntry Reading(string device, DateTimeOffset at, params (string Metric, double Value)[] values) => new()
    {
        Device = device,
        ReceivedAt = at,
        ObservedAt = at,
        Metrics = [.. values.Select(value => new MetricValue(value.Metric, value.Value))],
    };

    public static RecordedBatch Batch(long firstOffset, params LogEntry[] entries) => new(firstOffset - 1, firstOffset, 1, [.. entries]);

    public static HistoryQuery Query(string series, string metric, DateTimeOffset? from = null, DateTimeOffset? to = null, int limit = 10_000) => new()
    {
        Series = series,
        Metric = metric,
        From = from ?? Day.AddYears(-1),
        To = to ?? Day.AddYears(1),
        Limit = limit,
    };

    public static HistoryPoint Point(DateTimeOffset at, double value) => new(at, value);
}

/// <summary>Who is who: every device is a meter of Brest, unless it was said otherwise. Local days are two hours ahead of UTC, or as a zone of UTC says.</summary>
public sealed class KnownSubjects : IHistorySubjects
{
    private static readonly HistorySubject Meter = new() { Kind = DeviceKind.Meter, Commune = "29019", Zone = "Etc/GMT-2", IndexMaximum = 1_000 };
    private readonly Dictionary<string, HistorySubject> _known = new(StringComparer.Ordinal);

    public void Say(string series, Func<HistorySubject, HistorySubject> change) => _known[series] = change(Meter);

    public HistorySubject? Find(string series) => series.StartsWith("scope:", StringComparison.Ordinal)
        ? new HistorySubject { Kind = null, Commune = null, Zone = "Etc/UTC" }
        : _known.GetValueOrDefault(series, Meter);

    public HistoryDay DayOf(string zone, DateTimeOffset instant)
    {
        var offset = TimeSpan.FromHours(zone == "Etc/GMT-2" ? 2 : 0);
        var date = DateOnly.FromDateTime((instant.UtcDateTime + offset));
        var start = new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) - offset;
        return new HistoryDay(date, start, start.AddDays(1));
    }
}

/// <summary>A key for each subscriber, in memory, until it is destroyed.</summary>
public sealed class KeyRing : IHistorySeal
{
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _destroyed = new(StringComparer.Ordinal);

    public void Destroy(string subscriber)
    {
        _keys.Remove(subscriber);
        _destroyed.Add(subscriber);
    }

    public byte[]? Seal(string subscriber, string series, string place, ReadOnlySpan<byte> plain)
    {
        if (_destroyed.Contains(subscriber))
        {
            return null;
        }

        if (!_keys.TryGetValue(subscriber, out var key))
        {
            _keys[subscriber] = key = RandomNumberGenerator.GetBytes(32);
        }

        using var cipher = new AesGcm(key, 16);
        var sealedBytes = new byte[12 + 16 + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, 12));
        cipher.Encrypt(sealedBytes.AsSpan(0, 12), plain, sealedBytes.AsSpan(28), sealedBytes.AsSpan(12, 16), Encoding.UTF8.GetBytes($"{series} {place}"));
        var name = Encoding.UTF8.GetBytes(subscriber);
        return [(byte)name.Length, .. name, .. sealedBytes];
    }

    public byte[]? Open(string series, string place, ReadOnlySpan<byte> sealedBytes)
    {
        var subscriber = Encoding.UTF8.GetString(sealedBytes.Slice(1, sealedBytes[0]));
        sealedBytes = sealedBytes[(1 + sealedBytes[0])..];
        if (!_keys.TryGetValue(subscriber, out var key))
        {
            return null;
        }

        using var cipher = new AesGcm(key, 16);
        var plain = new byte[sealedBytes.Length - 28];
        cipher.Decrypt(sealedBytes[..12], sealedBytes[28..], sealedBytes[12..28], plain, Encoding.UTF8.GetBytes($"{series} {place}"));
        return plain;
    }
}
