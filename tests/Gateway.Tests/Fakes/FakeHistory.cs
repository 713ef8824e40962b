using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Tests.Gateway.Fakes;

/// <summary>History in memory: points by series and metric, roll-ups made when they are asked for.</summary>
internal sealed class FakeHistory(FakeSubjects subjects) : IHistory
{
    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);

    private readonly Dictionary<(string Series, string Metric), SortedDictionary<DateTimeOffset, double>> _series = [];

    /// <summary>Raw points before this instant are past their retention; roll-ups of them are kept.</summary>
    public DateTimeOffset RawFrom { get; set; } = DateTimeOffset.MinValue;

    /// <summary>What was read, in order.</summary>
    public ConcurrentQueue<HistoryResolution> Asked { get; } = new();

    public ImmutableArray<OldestKept> Oldest { get; set; } = [];

    public HashSet<string> Deleted { get; } = [];

    public void Add(string series, string metric, params (string Time, double Value)[] points)
    {
        if (!_series.TryGetValue((series, metric), out var known))
        {
            _series.Add((series, metric), known = []);
        }

        foreach (var (time, value) in points)
        {
            known[DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime()] = value;
        }
    }

    public ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        Asked.Enqueue(HistoryResolution.Raw);
        var found = Points(query).Where(point => point.Time >= RawFrom).Take(query.Limit + 1).ToImmutableArray();
        return new(new HistoryPoints
        {
            Points = [.. found.Take(query.Limit)],
            Next = found.Length > query.Limit ? found[query.Limit].Time : null,
        });
    }

    public ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        Asked.Enqueue(resolution);
        var subject = subjects.Find(query.Series);
        IndexCounting? index = MetricCatalog.ByName.TryGetValue(query.Metric, out var metric) && metric.IsIndex ? new IndexCounting(subject?.IndexMaximum ?? 0) : null;
        var buckets = new List<HistoryBucket>();
        foreach (var point in Points(query with { From = BoundsOf(query.From, subject, resolution).Start }))
        {
            var (start, end) = BoundsOf(point.Time, subject, resolution);
            if (buckets.Count > 0 && buckets[^1].Start == start)
            {
                buckets[^1] = buckets[^1].With(point, index);
            }
            else
            {
                buckets.Add(HistoryBucket.Of(start, end, point));
            }
        }

        return new(new HistoryBuckets
        {
            Buckets = [.. buckets.Take(query.Limit)],
            Next = buckets.Count > query.Limit ? buckets[query.Limit].Start : null,
        });
    }

    public Task<bool> DeleteAsync(string series, CancellationToken cancellationToken) => throw new InvalidOperationException("The gateway forgets through the registrar.");

    public Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken) => Task.FromResult(Oldest);

    public bool Forget(string series)
    {
        Deleted.Add(series);
        return _series.Keys.Where(key => key.Series == series).ToList().Count(_series.Remove) > 0;
    }

    public ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken) => throw NotWritten();

    public ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken) => throw NotWritten();

    public ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken) => throw NotWritten();

    public ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken) => throw NotWritten();

    public Task FlushAsync(CancellationToken cancellationToken) => throw NotWritten();

    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => throw NotWritten();

    private static InvalidOperationException NotWritten() => new("The gateway only reads history.");

    private IEnumerable<HistoryPoint> Points(HistoryQuery query) =>
        _series.TryGetValue((query.Series, query.Metric), out var points)
            ? points.Where(point => point.Key >= query.From && point.Key < query.To).Select(point => new HistoryPoint(point.Key, point.Value))
            : [];

    private (DateTimeOffset Start, DateTimeOffset End) BoundsOf(DateTimeOffset instant, HistorySubject? subject, HistoryResolution resolution)
    {
        if (resolution == HistoryResolution.Day)
        {
            var day = subjects.DayOf(subject?.Zone ?? "Europe/Paris", instant);
            return (day.Start, day.End);
        }

        var start = DateTimeOffset.UnixEpoch + TimeSpan.FromTicks((instant - DateTimeOffset.UnixEpoch).Ticks / QuarterHour.Ticks * QuarterHour.Ticks);
        return (start, start + QuarterHour);
    }
}

/// <summary>Devices and territories of Paris' time, or of another zone when told so.</summary>
internal sealed class FakeSubjects : IHistorySubjects
{
    public string Zone { get; set; } = "Europe/Paris";

    public double IndexMaximum { get; set; }

    /// <summary>True for dwellings of which one value a day may be kept.</summary>
    public bool AreKeptByDay { get; set; }

    public bool StandsForDay(string series, DateTimeOffset instant) => AreKeptByDay;

    public HistorySubject? Find(string series) => new() { Kind = DeviceKind.Meter, Commune = "29232", Zone = Zone, IndexMaximum = IndexMaximum };

    public HistoryDay DayOf(string zone, DateTimeOffset instant)
    {
        var found = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, found).DateTime);
        return new(date, StartOf(date, found), StartOf(date.AddDays(1), found));
    }

    private static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
