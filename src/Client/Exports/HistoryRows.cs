using System.Globalization;
using System.Runtime.CompilerServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Client.Exports;

/// <summary>What history has of a device, as rows of CSV.</summary>
internal sealed class HistoryRows(IHistory history)
{
    public const string PointHeader = "device,metric,time,value";
    public const string BucketHeader = "device,metric,start,end,count,minimum,maximum,sum,first,last,consumed";

    /// <summary>The metrics of a device's kind.</summary>
    public static IEnumerable<string> MetricsOf(DeviceKind kind) =>
        MetricCatalog.All.Where(metric => metric.Kinds.HasFlag((DeviceKinds)(1 << (int)kind))).Select(metric => metric.Name);

    /// <summary>Readings as they were observed.</summary>
    public async IAsyncEnumerable<string> PointsAsync(
        string device, IEnumerable<string> metrics, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var query in metrics.Select(metric => new HistoryQuery { Series = device, Metric = metric, From = from, To = to }))
        {
            for (DateTimeOffset? at = from; at is { } start;)
            {
                var page = await history.ReadPointsAsync(query with { From = start }, cancellationToken);
                foreach (var point in page.Points)
                {
                    yield return CsvRow.Of(device, query.Metric, Instant(point.Time), Number(point.Value));
                }

                at = page.Next;
            }
        }
    }

    /// <summary>Roll-ups.</summary>
    public async IAsyncEnumerable<string> BucketsAsync(
        string device, IEnumerable<string> metrics, HistoryResolution resolution, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var query in metrics.Select(metric => new HistoryQuery { Series = device, Metric = metric, From = from, To = to }))
        {
            for (DateTimeOffset? at = from; at is { } start;)
            {
                var page = await history.ReadBucketsAsync(query with { From = start }, resolution, cancellationToken);
                foreach (var bucket in page.Buckets)
                {
                    yield return CsvRow.Of(
                        device,
                        query.Metric,
                        Instant(bucket.Start),
                        Instant(bucket.End),
                        bucket.Count.ToString(CultureInfo.InvariantCulture),
                        Number(bucket.Minimum),
                        Number(bucket.Maximum),
                        Number(bucket.Sum),
                        Number(bucket.First.Value),
                        Number(bucket.Last.Value),
                        Number(bucket.Consumed));
                }

                at = page.Next;
            }
        }
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
