using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Grains.Rules.Trial;

/// <summary>The readings of a device, put together again from the series that history has of it.</summary>
internal sealed class TrialReadings(IHistory history)
{
    private const int Page = 10_000;

    /// <summary>Points that were read.</summary>
    public int Points { get; private set; }

    /// <summary>The readings of a device by time. Values observed at one instant are one reading.</summary>
    public async Task<List<ReadingEntry>> OfAsync(string device, IEnumerable<string> metrics, DateTimeOffset from, DateTimeOffset to, int most, CancellationToken cancellationToken)
    {
        var byTime = new SortedDictionary<DateTimeOffset, List<MetricValue>>();
        foreach (var metric in metrics)
        {
            for (DateTimeOffset? next = from; next is { } start && Points < most;)
            {
                var page = await history.ReadPointsAsync(new HistoryQuery { Series = device, Metric = metric, From = start, To = to, Limit = Math.Min(Page, most - Points) }, cancellationToken);
                foreach (var point in page.Points)
                {
                    if (!byTime.TryGetValue(point.Time, out var values))
                    {
                        byTime.Add(point.Time, values = []);
                    }

                    values.Add(new MetricValue(metric, point.Value));
                }

                Points += page.Points.Length;
                next = page.Next;
            }
        }

        return [.. byTime.Select(pair => new ReadingEntry { Device = device, ReceivedAt = pair.Key, ObservedAt = pair.Key, Metrics = [.. pair.Value] })];
    }

    /// <summary>The values of a figure, by the time at which they were recorded.</summary>
    public async Task<List<HistoryPoint>> OfFigureAsync(string series, string figure, DateTimeOffset from, DateTimeOffset to, int most)
    {
        var points = new List<HistoryPoint>();
        for (DateTimeOffset? next = from; next is { } start && Points < most;)
        {
            var page = await history.ReadPointsAsync(new HistoryQuery { Series = series, Metric = figure, From = start, To = to, Limit = Math.Min(Page, most - Points) }, CancellationToken.None);
            points.AddRange(page.Points);
            Points += page.Points.Length;
            next = page.Next;
        }

        return points;
    }
}
