using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.Storage;
using Grid.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Host.Flips;

/// <summary>History without the rest of the program: what a directory has of it, and the closing of its days.</summary>
internal static class StoredHistory
{
    /// <summary>Of series it knows what their catalogue says.</summary>
    public static IHistorySubjects Subjects { get; } = new CatalogSubjects();

    /// <summary>Closes and rolls up every day that is over, as the program does some time after.</summary>
    /// <param name="data">The data directory; nobody uses it.</param>
    public static async Task CloseDaysAsync(string data)
    {
        using var metrics = new StorageMetrics();
        var options = new StorageOptions { DataDirectory = data, History = new HistoryOptions { ReopenedFor = TimeSpan.Zero, CloseAfter = TimeSpan.Zero } };
        await using var storage = new GridStorage(options, TimeProvider.System, metrics, NullLoggerFactory.Instance, () => Subjects);
        await storage.OpenAsync();
        await ((SqliteHistory)storage.History).CompactAsync(CancellationToken.None);
    }

    /// <summary>Every point and roll-up of the devices, line by line.</summary>
    /// <exception cref="IOException">History refuses, and says why.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(IHistory history, IEnumerable<DeviceDescriptor> devices)
    {
        var lines = new List<string>();
        foreach (var device in devices)
        {
            foreach (var metric in MetricCatalog.All.Where(metric => metric.Kinds.HasFlag((DeviceKinds)(1 << (int)device.Kind))))
            {
                var query = new HistoryQuery { Series = device.Id, Metric = metric.Name, From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UtcNow.AddYears(1), Limit = 100_000 };
                var points = await history.ReadPointsAsync(query, CancellationToken.None);
                lines.AddRange(points.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"point {device.Id} {metric.Name} {point.Time:O} {point.Value:R} {points.IsErased}")));
                foreach (var resolution in (HistoryResolution[])[HistoryResolution.QuarterHour, HistoryResolution.Day])
                {
                    var buckets = await history.ReadBucketsAsync(query, resolution, CancellationToken.None);
                    lines.AddRange(buckets.Buckets.Select(bucket => $"{resolution} {device.Id} {metric.Name} {bucket} {buckets.IsErased}"));
                }
            }
        }

        return lines;
    }

    private sealed class CatalogSubjects : IHistorySubjects
    {
        private readonly LocalCalendars _calendars = new(TerritoryTable.Shared);

        public HistorySubject? Find(string series) => null;

        public HistoryDay DayOf(string zone, DateTimeOffset instant)
        {
            var day = _calendars.OfZone(zone).DayOf(instant.ToUnixTimeMilliseconds());
            return new HistoryDay(
                DateOnly.FromDayNumber(day.Day + new DateOnly(1970, 1, 1).DayNumber), DateTimeOffset.FromUnixTimeMilliseconds(day.Start), DateTimeOffset.FromUnixTimeMilliseconds(day.End));
        }
    }
}
