using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Grid.Client.Metrics;

/// <summary>What Prometheus calls the type of a metric.</summary>
internal enum FamilyType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>A metric with its series, one for each set of tags, up to a limit.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series of one metric; measurements of further ones are dropped and counted.</summary>
    public const int MaximumSeries = 512;

    private static readonly double[] SecondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly double[] CountBounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000];

    private readonly ConcurrentDictionary<TagSet, MetricSeries> _series = new();
    private readonly bool _isSum;

    [ThreadStatic]
    private static KeyValuePair<string, object?>[]? _scratch;

    public MetricFamily(string name, string help, FamilyType type, bool isObserved, double[]? bounds)
    {
        Name = name;
        Help = help;
        Type = type;
        IsObserved = isObserved;
        Bounds = type == FamilyType.Histogram ? bounds ?? [] : [];
    }

    /// <summary>A gauge that is the sum of its changes: an up-down counter.</summary>
    public MetricFamily(string name, string help)
        : this(name, help, FamilyType.Gauge, isObserved: false, bounds: null) => _isSum = true;

    public string Name { get; }

    public string Help { get; }

    public FamilyType Type { get; }

    /// <summary>True when its instrument is asked at each scrape and tells whole values, not changes.</summary>
    public bool IsObserved { get; }

    /// <summary>Upper bounds of the buckets, growing.</summary>
    public double[] Bounds { get; }

    public IEnumerable<(string Labels, MetricSeries Series)> Series =>
        _series.OrderBy(pair => pair.Key.Labels, StringComparer.Ordinal).Select(pair => (pair.Key.Labels, pair.Value));

    /// <summary>The bounds that an instrument asks for, or the usual ones of its unit.</summary>
    public static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<float> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => instrument.Unit == "s" ? SecondsBounds : CountBounds,
    };

    /// <summary>Takes a measurement; false when it would make one series too many.</summary>
    public bool Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is not { } series)
        {
            return false;
        }

        if (Type == FamilyType.Histogram)
        {
            series.Observe(value, Bounds);
        }
        else if (IsObserved || (Type == FamilyType.Gauge && !_isSum))
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }

        return true;
    }

    /// <summary>Forgets the values of an observed instrument, which is about to tell them anew.</summary>
    public void Clear() => _series.Clear();

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The copy for the look-up lives on the thread: a measurement of a known series allocates nothing.
        var scratch = _scratch is { } held && held.Length >= tags.Length ? held : _scratch = new KeyValuePair<string, object?>[Math.Max(8, tags.Length)];
        tags.CopyTo(scratch);
        if (_series.TryGetValue(new TagSet(scratch, tags.Length), out var series))
        {
            return series;
        }

        return _series.Count >= MaximumSeries ? null : _series.GetOrAdd(new TagSet(tags.ToArray(), tags.Length), static (_, bounds) => new(bounds), Bounds.Length);
    }
}

/// <summary>Tags in the order they were given, equal by value.</summary>
internal readonly struct TagSet(KeyValuePair<string, object?>[] tags, int count) : IEquatable<TagSet>
{
    private readonly KeyValuePair<string, object?>[] _tags = tags;
    private readonly int _count = count;

    /// <summary>The labels as the text format writes them, without braces.</summary>
    public string Labels => PrometheusText.Labels(_tags.AsSpan(0, _count));

    public bool Equals(TagSet other)
    {
        if (_count != other._count)
        {
            return false;
        }

        for (var i = 0; i < _count; i++)
        {
            if (!string.Equals(_tags[i].Key, other._tags[i].Key, StringComparison.Ordinal) || !Equals(_tags[i].Value, other._tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is TagSet other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (var i = 0; i < _count; i++)
        {
            hash.Add(_tags[i].Key);
            hash.Add(_tags[i].Value);
        }

        return hash.ToHashCode();
    }
}

/// <summary>The numbers of one series.</summary>
internal sealed class MetricSeries(int bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds];
    private double _value;
    private long _count;

    public void Add(double value)
    {
        lock (_gate)
        {
            _value += value;
        }
    }

    public void Set(double value)
    {
        lock (_gate)
        {
            _value = value;
        }
    }

    public void Observe(double value, double[] upperBounds)
    {
        lock (_gate)
        {
            _value += value;
            _count++;
            for (var i = 0; i < upperBounds.Length; i++)
            {
                if (value <= upperBounds[i])
                {
                    _buckets[i]++;
                    break;
                }
            }
        }
    }

    /// <summary>Value or sum, count, and the count of each bucket by itself.</summary>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_gate)
        {
            return (_value, _count, [.. _buckets]);
        }
    }
}
