using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Http;

/// <summary>The members of a reading: each is read whole, and what is wrong with it is noted by its field.</summary>
public sealed partial class ReadingParser
{
    private static readonly SearchValues<byte> KeyBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"u8);

    private string? ReadDevice(ref Utf8JsonReader reader) =>
        _directory is not null && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && _directory.FindKey(reader.ValueSpan) is { } known
            ? known
            : ReadKey(ref reader, "device");

    private DateTimeOffset? ReadTime(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && Rfc3339.TryParse(reader.ValueSpan, out var instant))
        {
            return instant;
        }

        reader.Skip();
        Reject("time", "is no RFC 3339 instant with an offset, such as 2026-11-22T10:00:00.000Z");
        return null;
    }

    private long? ReadSequence(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var sequence) && sequence >= 0)
        {
            return sequence;
        }

        reader.Skip();
        Reject("seq", "is no whole number of at least 0");
        return null;
    }

    /// <summary>The number of values, which are in the scratch array; a fault is noted.</summary>
    private int ReadMetrics(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            Reject("metrics", "is no JSON object of numbers");
            return 0;
        }

        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadMetricName(ref reader);
            reader.Read();
            if (name is null)
            {
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !double.IsFinite(value))
            {
                reader.Skip();
                Reject("metrics." + name, "is no finite number");
            }
            else if (Holds(name, count))
            {
                Reject("metrics." + name, "appears twice");
            }
            else if (count == MaximumMetrics)
            {
                Reject("metrics", string.Create(CultureInfo.InvariantCulture, $"has more than {MaximumMetrics} values"));
            }
            else
            {
                _metrics[count++] = new(name, value);
            }
        }

        return count;
    }

    private string? ReadMetricName(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            var known = MetricNames.Find(reader.ValueSpan);
            if (known is not null)
            {
                return known;
            }
        }

        var name = ReadKey(ref reader, "metrics");
        return name is null ? null : MetricNames.Find(Encoding.UTF8.GetBytes(name)) ?? name;
    }

    private bool Holds(string name, int count)
    {
        foreach (ref readonly var metric in _metrics.AsSpan(0, count))
        {
            if (ReferenceEquals(metric.Name, name) || string.Equals(metric.Name, name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A text of at most 64 of <c>A-Z a-z 0-9 . _ : -</c>, else a fault is noted. Escapes are allowed, as in any JSON text.</summary>
    private string? ReadKey(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            // An escape takes at most 6 bytes for a character of one byte.
            Span<byte> scratch = stackalloc byte[MaximumKeyLength * 6];
            scoped var text = reader.ValueSpan;
            if (reader.ValueIsEscaped && text.Length <= scratch.Length)
            {
                text = scratch[..Unescape(ref reader, scratch)];
            }

            if (text.Length is > 0 and <= MaximumKeyLength && !text.ContainsAnyExcept(KeyBytes))
            {
                return Encoding.ASCII.GetString(text);
            }
        }
        else
        {
            reader.Skip();
        }

        Reject(field, field == "metrics"
            ? "has a name that is not 1 to 64 of A-Z a-z 0-9 . _ : -"
            : "is no text of 1 to 64 of A-Z a-z 0-9 . _ : -");
        return null;
    }

    private static int Unescape(ref Utf8JsonReader reader, scoped Span<byte> scratch)
    {
        try
        {
            return reader.CopyString(scratch);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no text, so no key.
            return 0;
        }
    }
}
