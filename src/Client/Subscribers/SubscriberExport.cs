using System.Runtime.CompilerServices;
using System.Text.Json;
using Grid.Client.Exports;
using Grid.Client.Json;
using Grid.Contracts.Storage;

namespace Grid.Client.Subscribers;

/// <summary>What an export of a person is made of: the last file of the archive, so that one that was cut short has none.</summary>
/// <param name="ExportedAt">When it was made.</param>
/// <param name="Files">The other files.</param>
public sealed record SubscriberManifest(DateTimeOffset ExportedAt, IReadOnlyList<ExportedFile> Files);

/// <summary>
/// Everything that is held of one person, in open formats (RGPD, articles 15 and 20): what is registered and shown now, and all that history keeps of
/// the person's devices.
/// </summary>
internal sealed class SubscriberExport(IHistory history, TimeProvider time)
{
    private readonly HistoryRows _rows = new(history);

    public async Task WriteAsync(SubscriberModel subscriber, Stream to, CancellationToken cancellationToken)
    {
        await using var archive = await ExportArchive.BeginAsync(to, cancellationToken);
        await archive.AddAsync("subscriber.json", null, ExportArchive.One(JsonSerializer.Serialize(subscriber, GridJson.Default.SubscriberModel)), cancellationToken);
        var end = time.GetUtcNow().AddDays(1);
        await archive.AddAsync(
            "readings.csv",
            HistoryRows.PointHeader,
            EachAsync(subscriber, (device, metrics) => _rows.PointsAsync(device, metrics, DateTimeOffset.UnixEpoch, end, cancellationToken), cancellationToken),
            cancellationToken);
        foreach (var (name, resolution) in (IEnumerable<(string, HistoryResolution)>)[("quarter-hours.csv", HistoryResolution.QuarterHour), ("days.csv", HistoryResolution.Day)])
        {
            await archive.AddAsync(
                name,
                HistoryRows.BucketHeader,
                EachAsync(subscriber, (device, metrics) => _rows.BucketsAsync(device, metrics, resolution, DateTimeOffset.UnixEpoch, end, cancellationToken), cancellationToken),
                cancellationToken);
        }

        var manifest = new SubscriberManifest(subscriber.ExportedAt, [.. archive.Files]);
        await archive.AddAsync("manifest.json", null, ExportArchive.One(JsonSerializer.Serialize(manifest, GridJson.Default.SubscriberManifest)), cancellationToken);
    }

    private static async IAsyncEnumerable<string> EachAsync(
        SubscriberModel subscriber, Func<string, IEnumerable<string>, IAsyncEnumerable<string>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (device, _, _) in subscriber.Devices)
        {
            // What it has reported beyond the metrics of its kind is the person's as well.
            var metrics = HistoryRows.MetricsOf(device.Kind).Union(device.Reported.Keys, StringComparer.Ordinal);
            await foreach (var row in read(device.Id, metrics).WithCancellation(cancellationToken))
            {
                yield return row;
            }
        }
    }
}
