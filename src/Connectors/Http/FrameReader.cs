using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Connectors.Http;

/// <summary>
/// Reads what a reading says of the intervals after it: <c>deltas</c> and <c>interval</c>. What is wrong there is rejected by itself and costs neither the reading nor the deltas before it;
/// the index after a delta that is not known is not known either. One a parser, made when the first frame comes.
/// </summary>
internal sealed class FrameReader
{
    private const int MaximumIndexes = 4;

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly string Indexes = string.Join(", ", MetricCatalog.All.Where(metric => metric.IsIndex).Select(metric => metric.Name));

    private readonly List<(string Field, string Reason)> _faults = [];
    private readonly List<IndexDeltas> _deltas = [];
    private readonly List<double> _values = [];
    private TimeSpan? _interval = TimeSpan.FromHours(1);

    /// <summary>Begins another reading.</summary>
    public void Clear()
    {
        _faults.Clear();
        _deltas.Clear();
        _interval = TimeSpan.FromHours(1);
    }

    /// <summary>Reads the value of <c>interval</c>.</summary>
    public void ReadInterval(ref Utf8JsonReader reader)
    {
        _interval = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && FrameInterval.TryParse(reader.ValueSpan, out var interval) && interval >= Shortest && interval <= Longest
            ? interval
            : null;
        reader.Skip();
    }

    /// <summary>Reads the value of <c>deltas</c>.</summary>
    public void ReadDeltas(ref Utf8JsonReader reader)
    {
        _faults.Clear();
        _deltas.Clear();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            _faults.Add(("deltas", "is no JSON object of arrays of numbers"));
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueIsEscaped ? null : MetricNames.Find(reader.ValueSpan);
            reader.Read();
            if (Refuse(name, reader.TokenType) is { } fault)
            {
                reader.Skip();
                _faults.Add(fault);
            }
            else
            {
                ReadSeries(ref reader, name!);
            }
        }
    }

    /// <summary>The reading with what follows it, and a rejection for each fault.</summary>
    public IncomingReading Complete(IncomingReading reading, List<Rejection> rejections)
    {
        foreach (var (field, reason) in _faults)
        {
            rejections.Add(new(reading.Index, reading.Device, field, reason));
        }

        for (var series = _deltas.Count - 1; series >= 0; series--)
        {
            var name = _deltas[series].Metric;
            if (!Holds(reading.Metrics, name))
            {
                rejections.Add(new(reading.Index, reading.Device, "deltas." + name, $"needs metrics.{name}, the index at time"));
                _deltas.RemoveAt(series);
            }
        }

        if (_deltas.Count > 0 && _interval is null)
        {
            rejections.Add(new(reading.Index, reading.Device, "interval", "is no ISO 8601 duration from PT1M to P1D in whole days, hours, minutes and seconds"));
            _deltas.Clear();
        }

        return _deltas.Count == 0 ? reading
            : new IncomingFrame(reading.Index, reading.Device, reading.Time!.Value, reading.Metrics, [.. _deltas], _interval!.Value, reading.Session, reading.Sequence);
    }

    private (string Field, string Reason)? Refuse(string? name, JsonTokenType value) =>
        name is null || !MetricCatalog.ByName[name].IsIndex ? ("deltas", $"has a name that is no index; these are {Indexes}")
        : _deltas.Any(deltas => deltas.Metric == name) ? ("deltas." + name, "appears twice")
        : _deltas.Count == MaximumIndexes ? ("deltas", string.Create(CultureInfo.InvariantCulture, $"has more than {MaximumIndexes} indexes"))
        : value != JsonTokenType.StartArray ? ("deltas." + name, "is no JSON array of numbers")
        : null;

    private void ReadSeries(ref Utf8JsonReader reader, string name)
    {
        _values.Clear();
        var faults = _faults.Count;
        var (count, bad) = (0, -1);
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count >= IncomingFrame.MaximumDeltas)
            {
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !double.IsFinite(value) || value < 0)
            {
                reader.Skip();
                bad = bad < 0 ? count : bad;
                _faults.Add((FieldOf(name, count), "is no number of at least 0"));
            }
            else if (bad >= 0)
            {
                _faults.Add((FieldOf(name, count), $"follows {FieldOf(name, bad)}, so its index is not known"));
            }
            else
            {
                _values.Add(value);
            }
        }

        if (count > IncomingFrame.MaximumDeltas)
        {
            _faults.RemoveRange(faults, _faults.Count - faults);
            _faults.Add(("deltas." + name, string.Create(CultureInfo.InvariantCulture, $"has more than {IncomingFrame.MaximumDeltas} deltas")));
        }
        else if (_values.Count > 0)
        {
            _deltas.Add(new IndexDeltas(name, [.. _values]));
        }
    }

    private static string FieldOf(string name, int place) => string.Create(CultureInfo.InvariantCulture, $"deltas.{name}[{place}]");

    private static bool Holds(ImmutableArray<MetricValue> metrics, string name)
    {
        foreach (var metric in metrics)
        {
            if (metric.Name == name)
            {
                return true;
            }
        }

        return false;
    }
}
