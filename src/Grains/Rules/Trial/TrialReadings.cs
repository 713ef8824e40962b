using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Grains.Rules.Language;

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

    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(Course.LateMilliseconds);

    /// <summary>A sector that is heard says once a day that its course is kept; one that is not has nothing to keep.</summary>
    private static readonly TimeSpan KeptWithin = TimeSpan.FromDays(2);

    /// <summary>Points that were read.</summary>
    public long Points { get; private set; }

    /// <summary>What came of a device, in the order in which it came.</summary>
    /// <param name="device">The device's key.</param>
    /// <param name="metrics">Its metrics.</param>
    /// <param name="from">From when on.</param>
    /// <param name="to">Before when.</param>
    /// <param name="keptSince">Since when history keeps how its reports came.</param>
    public async Task<TrialCourse> OfAsync(string device, IEnumerable<string> metrics, DateTimeOffset from, DateTimeOffset to, DateTimeOffset keptSince)
    {
        var late = (await OfSeriesAsync(device, Course.Late, from, to)).ConvertAll(Course.LateOf);
        var (first, last) = (from - InTime, to);
        foreach (var (_, _, observed) in late)
        {
            first = observed < first ? observed : first;
            last = observed >= last ? observed.AddMilliseconds(1) : last;
        }

        var values = await ValuesAsync(device, metrics, first < from - MostLate ? from - MostLate : first, last);
        var arrived = (await OfSeriesAsync(device, Course.Arrived, from - InTime, to)).ToDictionary(point => point.Time, Course.AcceptanceOf);
        var tardy = (await OfSeriesAsync(device, Course.Tardy, from - InTime, to)).Select(point => point.Time).ToHashSet();
        var entries = new List<(LogEntry Entry, int Place)>(values.Count + late.Count);
        foreach (var observed in values.Keys.Union(arrived.Keys).Where(time => time >= from - InTime && time < to))
        {
            var isKnown = arrived.TryGetValue(observed, out var acceptance);
            var (accepted, place) = isKnown ? acceptance : (observed, 0);
            if (accepted >= from && accepted < to && (isKnown || !tardy.Contains(observed)))
            {
                entries.Add((ReadingOf(device, accepted, observed, values.GetValueOrDefault(observed)), place));
            }
        }

        entries.AddRange(late.Select(one => (ReadingOf(device, one.Accepted, one.Observed, values.GetValueOrDefault(one.Observed)), one.Place)));
        foreach (var (found, place, since) in (await OfSeriesAsync(device, Course.Silenced, from, to)).ConvertAll(Course.LateOf))
        {
            entries.Add((new SilencedEntry { Device = device, ReceivedAt = found, LastHeardAt = since }, place));
        }

        return new TrialCourse([.. entries.OrderBy(one => one.Entry.ReceivedAt).ThenBy(one => one.Place).Select(one => one.Entry)], keptSince);
    }

    /// <summary>Since when history keeps how the reports of a sector came, as far as that matters from an instant on; the end when it does not.</summary>
    public async Task<DateTimeOffset> KeptSinceAsync(string sector, DateTimeOffset from, DateTimeOffset to)
    {
        var kept = await OfSeriesAsync(Course.SeriesOf(sector), Course.Kept, from - KeptWithin, to);
        return kept.Count > 0 ? kept[0].Time : to;
    }

    /// <summary>When the rules of a sector were looked at, and which it followed.</summary>
    /// <param name="sector">The sector.</param>
    /// <param name="json">What the rule that is tried says.</param>
    /// <param name="isFollowed">Whether the sector follows it now.</param>
    /// <param name="from">From when on.</param>
    /// <param name="to">Before when.</param>
    public async Task<TrialLooks> LooksAsync(string sector, string json, bool isFollowed, DateTimeOffset from, DateTimeOffset to)
    {
        var number = Course.NumberOf(json);
        var follows = new List<(DateTimeOffset At, bool Follows)>();
        foreach (var (time, value) in await OfSeriesAsync(Course.SeriesOf(sector), Course.Follows, from - MostLate, to))
        {
            if (value < 0)
            {
                follows.Add((time, false));
            }
            else if (value == number && follows.Count > 0)
            {
                follows[^1] = (follows[^1].At, true);
            }
        }

        var judged = await OfSeriesAsync(Course.SeriesOf(sector), Course.Judged, from, to);
        return new TrialLooks([.. judged.Select(look => (look.Time, look.Value < 0 ? (DateTimeOffset?)null : look.Time.AddMilliseconds(-look.Value)))], follows, isFollowed);
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
        return joined is null || registrations.Any(point => point.Value != here) || !await IsKnownBeforeAsync(device.Descriptor, joined.Value) ? joined : null;
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

    private async Task<bool> IsKnownBeforeAsync(DeviceDescriptor device, DateTimeOffset instant)
    {
        var metrics = MetricCatalog.All.Where(metric => (metric.Kinds & Vocabulary.SetOf(device.Kind)) != 0).Select(metric => metric.Name);
        foreach (var metric in metrics.Prepend(Course.Late).Prepend(Course.Here))
        {
            var page = await history.ReadPointsAsync(new HistoryQuery { Series = device.Id, Metric = metric, From = instant - MostLate, To = instant, Limit = 1 }, CancellationToken.None);
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
/// <param name="KeptSince">Since when history knows how it came, and so when the device was found silent.</param>
internal readonly record struct TrialCourse(List<LogEntry> Entries, DateTimeOffset KeptSince)
{
    /// <summary>What a device has heard too: what came at one instant of its cabinet comes first.</summary>
    public TrialCourse With(TrialCourse heard) => new([.. heard.Entries.Concat(Entries).OrderBy(entry => entry.ReceivedAt)], heard.KeptSince > KeptSince ? heard.KeptSince : KeptSince);

    /// <summary>True when something came from an instant on of which history does not know how.</summary>
    public bool IsGuessedFrom(DateTimeOffset instant) => KeptSince is var since && Entries.Exists(entry => entry.ReceivedAt >= instant && entry.ReceivedAt < since);
}
