using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.History;

namespace Grid.Grains.Rules.Trial;

/// <summary>
/// The entries of a device as its sector had them, put together again from what history has of it: what was measured, and how that came (<see cref="Course"/>). What came before
/// history kept how is taken as having come at once.
/// </summary>
/// <param name="history">History.</param>
internal sealed class TrialReadings(IHistory history)
{
    private const int Page = 10_000;

    /// <summary>How much later than observed a report may have come to be one with its values; what is later was heard, and says nothing.</summary>
    private static readonly TimeSpan MostLate = TimeSpan.FromDays(31);

    /// <summary>Points that were read.</summary>
    public long Points { get; private set; }

    /// <summary>What came of a device, in the order in which it came.</summary>
    /// <param name="device">The device's key.</param>
    /// <param name="metrics">Its metrics.</param>
    /// <param name="from">From when on.</param>
    /// <param name="to">Before when.</param>
    public async Task<TrialCourse> OfAsync(string device, IEnumerable<string> metrics, DateTimeOffset from, DateTimeOffset to)
    {
        var arrived = await OfSeriesAsync(device, Course.Arrived, from, to);
        var arrivals = arrived.Select(Course.ArrivalOf).ToList();
        var (first, last) = (from, to);
        foreach (var (_, observed) in arrivals)
        {
            first = observed < first ? observed : first;
            last = observed >= last ? observed.AddMilliseconds(1) : last;
        }

        var values = await ValuesAsync(device, metrics, first < from - MostLate ? from - MostLate : first, last);
        var silences = await OfSeriesAsync(device, Course.Silenced, from, to);
        var entries = new List<(LogEntry Entry, DateTimeOffset Place)>(arrivals.Count + silences.Count);
        var known = arrivals.Count > 0 ? arrivals[0].Accepted : to;
        if (known > from)
        {
            var came = arrivals.Select(arrival => arrival.Observed).ToHashSet();
            entries.AddRange(values.Where(pair => pair.Key >= from && pair.Key < known && !came.Contains(pair.Key)).Select(pair => (ReadingOf(device, pair.Key, pair.Key, pair.Value), pair.Key)));
        }

        entries.AddRange(arrivals.Zip(arrived, (arrival, point) => (ReadingOf(device, arrival.Accepted, arrival.Observed, values.GetValueOrDefault(arrival.Observed)), point.Time)));
        foreach (var point in silences)
        {
            var (found, since) = Course.ArrivalOf(point);
            entries.Add((new SilencedEntry { Device = device, ReceivedAt = found, LastHeardAt = since }, point.Time));
        }

        return new TrialCourse([.. entries.OrderBy(one => one.Entry.ReceivedAt).ThenBy(one => one.Place).Select(one => one.Entry)], arrivals.Count > 0 || silences.Count > 0);
    }

    /// <summary>Since when a device is in its sector; null when it was before.</summary>
    public async Task<DateTimeOffset?> JoinedAsync(DeviceRecord device, DateTimeOffset from, DateTimeOffset to)
    {
        var (id, here) = (device.Descriptor.Id, Course.NumberOf(device.Sector));
        var registrations = await OfSeriesAsync(id, Course.Here, from, to);
        DateTimeOffset? joined = null;
        foreach (var (at, sector) in registrations)
        {
            joined = sector != here ? null : joined ?? at;
        }

        // Registered again it was here before: it was heard, or registered, some time ago.
        return joined is null || registrations.Any(point => point.Value != here) || !await IsKnownBeforeAsync(id, joined.Value) ? joined : null;
    }

    /// <summary>How many devices left a sector.</summary>
    public async Task<int> LeftAsync(string sector, DateTimeOffset from, DateTimeOffset to) => (int)(await OfSeriesAsync(Course.SeriesOf(sector), Course.Left, from, to)).Sum(point => point.Value);

    /// <summary>The values of one metric of a series, by time.</summary>
    public async Task<List<HistoryPoint>> OfSeriesAsync(string series, string metric, DateTimeOffset from, DateTimeOffset to)
    {
        var points = new List<HistoryPoint>();
        for (DateTimeOffset? next = from; next is { } start && start < to;)
        {
            var page = await history.ReadPointsAsync(new HistoryQuery { Series = series, Metric = metric, From = start, To = to, Limit = Page }, CancellationToken.None);
            points.AddRange(page.Points);
            Points += page.Points.Length;
            next = page.Next;
        }

        return points;
    }

    private async Task<bool> IsKnownBeforeAsync(string device, DateTimeOffset instant)
    {
        foreach (var metric in (string[])[Course.Here, Course.Arrived])
        {
            var page = await history.ReadPointsAsync(new HistoryQuery { Series = device, Metric = metric, From = instant - MostLate, To = instant, Limit = 1 }, CancellationToken.None);
            if (!page.Points.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<SortedDictionary<DateTimeOffset, List<MetricValue>>> ValuesAsync(string device, IEnumerable<string> metrics, DateTimeOffset from, DateTimeOffset to)
    {
        var byTime = new SortedDictionary<DateTimeOffset, List<MetricValue>>();
        foreach (var metric in metrics)
        {
            foreach (var point in await OfSeriesAsync(device, metric, from, to))
            {
                if (!byTime.TryGetValue(point.Time, out var values))
                {
                    byTime.Add(point.Time, values = []);
                }

                values.Add(new MetricValue(metric, point.Value));
            }
        }

        return byTime;
    }

    private static LogEntry ReadingOf(string device, DateTimeOffset accepted, DateTimeOffset observed, List<MetricValue>? values) =>
        new ReadingEntry { Device = device, ReceivedAt = accepted, ObservedAt = observed, Metrics = values is null ? [] : [.. values] };
}

/// <summary>What came of a device.</summary>
/// <param name="Entries">In the order in which it came.</param>
/// <param name="IsKnown">History knows how it came, and so when the device was found silent.</param>
internal readonly record struct TrialCourse(List<LogEntry> Entries, bool IsKnown)
{
    /// <summary>What a device has heard too: what came at one instant of its cabinet comes first.</summary>
    public TrialCourse With(TrialCourse heard) => new([.. heard.Entries.Concat(Entries).OrderBy(entry => entry.ReceivedAt)], IsKnown || heard.IsKnown);
}
