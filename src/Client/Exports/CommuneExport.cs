using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Grid.Client.Devices;
using Grid.Client.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Client.Exports;

/// <summary>What an export is asked for.</summary>
/// <param name="Commune">The commune.</param>
/// <param name="From">Readings from this instant on.</param>
/// <param name="To">Readings before this instant.</param>
/// <param name="WithPersonal">True when the caller may see what is personal.</param>
internal sealed record ExportRequest(Commune Commune, DateTimeOffset From, DateTimeOffset To, bool WithPersonal);

/// <summary>
/// Everything of a commune in open formats: its devices, their readings by day, and a manifest with checksums. Without the right to personal data a
/// person's device is there as what is open of it, and its readings only within the day's sums of at least <see cref="LeastDwellings"/> meters.
/// </summary>
internal sealed class CommuneExport(IDeviceRegistry registry, IGridGrains grains, IHistory history, IHistorySubjects subjects, TimeProvider time)
{
    /// <summary>Dwelling meters that a sum must have to be told.</summary>
    public const int LeastDwellings = 11;

    private const int Page = 1_000;
    private const string Licence = "Licence Ouverte 2.0 (https://www.etalab.gouv.fr/licence-ouverte-open-licence)";
    private const string Attribution = "Grid; communes: découpage administratif (Etalab), GeoNames (CC BY 4.0)";

    private static readonly string[] IndexMetrics = ["indexLitres", "indexWattHours"];

    private readonly HistoryRows _rows = new(history);

    public async Task WriteAsync(ExportRequest request, Stream to, CancellationToken cancellationToken)
    {
        await using var archive = await ExportArchive.BeginAsync(to, cancellationToken);
        await archive.AddAsync("devices.csv", "id,kind,commune,name,longitude,latitude,status,lastSeen,attributes", ItemsAsync(request, CsvOf, cancellationToken), cancellationToken);
        await archive.AddAsync(
            "devices.ndjson", null, ItemsAsync(request, item => JsonSerializer.Serialize(item, GridJson.Default.DeviceItem), cancellationToken), cancellationToken);
        for (var from = request.From; from < request.To; from = Next(from))
        {
            var until = Next(from) < request.To ? Next(from) : request.To;
            await archive.AddAsync($"readings/{from.UtcDateTime:yyyy-MM-dd}.csv", HistoryRows.PointHeader, ReadingsAsync(request, from, until, cancellationToken), cancellationToken);
        }

        await archive.AddAsync("dwellings.csv", "day,metric,meters,amount", DwellingsAsync(request, cancellationToken), cancellationToken);
        var manifest = new ExportManifest(
            request.Commune.InseeCode, request.Commune.Name, time.GetUtcNow(), request.From, request.To, request.WithPersonal, LeastDwellings, Licence, Attribution, [.. archive.Files]);
        await archive.AddAsync("manifest.json", null, ExportArchive.One(JsonSerializer.Serialize(manifest, GridJson.Default.ExportManifest)), cancellationToken);
    }

    private static DateTimeOffset Next(DateTimeOffset instant) => new(instant.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    private static string CsvOf(DeviceItem item) => CsvRow.Of(
        item.Id,
        Words<DeviceKind>.Of(item.Kind),
        item.Commune,
        item.Name,
        item.Position?.Lon.ToString(CultureInfo.InvariantCulture),
        item.Position?.Lat.ToString(CultureInfo.InvariantCulture),
        Words<DeviceStatus>.Of(item.Status),
        item.LastSeen?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        JsonSerializer.Serialize(item.Attributes, GridJson.Default.IReadOnlyDictionaryStringJsonElement));

    private async IAsyncEnumerable<DeviceRecord> RecordsAsync(ExportRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new DeviceQuery { Communes = [(request.Commune.InseeCode, DeviceKinds.All)], Limit = Page };
        while (true)
        {
            var page = await registry.ListAsync(query, cancellationToken);
            foreach (var record in page)
            {
                yield return record;
            }

            if (page.Length < Page)
            {
                yield break;
            }

            query = query with { After = page[^1].Descriptor.Id };
        }
    }

    private async IAsyncEnumerable<string> ItemsAsync(ExportRequest request, Func<DeviceItem, string> write, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in RecordsAsync(request, cancellationToken))
        {
            var glance = (await grains.Sector(record.Sector).GetGlances([record.Descriptor.Id]))[0];
            yield return write(DevicePresenting.PresentItem(record.Descriptor, glance, request.WithPersonal));
        }
    }

    private async IAsyncEnumerable<string> ReadingsAsync(
        ExportRequest request, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in RecordsAsync(request, cancellationToken))
        {
            var device = record.Descriptor;
            if (!DevicePresenting.Reports(device, request.WithPersonal))
            {
                continue;
            }

            await foreach (var row in _rows.PointsAsync(device.Id, HistoryRows.MetricsOf(device.Kind), from, to, cancellationToken))
            {
                yield return row;
            }
        }
    }

    /// <summary>What the dwellings consumed by local day, where enough of them were measured.</summary>
    private async IAsyncEnumerable<string> DwellingsAsync(ExportRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sums = new SortedDictionary<(string Day, string Metric), (int Meters, decimal Amount)>();
        await foreach (var record in RecordsAsync(request, cancellationToken))
        {
            if (!record.Descriptor.Flag(PersonalData.Dwelling))
            {
                continue;
            }

            var zone = subjects.Find(record.Descriptor.Id)?.Zone ?? "Europe/Paris";
            foreach (var metric in IndexMetrics)
            {
                // One day more before, whose last index is what the first day begins from, and the midnight that ends the last day.
                var query = new HistoryQuery { Series = record.Descriptor.Id, Metric = metric, From = request.From.AddDays(-1), To = request.To.AddMilliseconds(1) };
                var (former, counted) = (default(HistoryPoint?), default(DateOnly));
                foreach (var point in (await history.ReadPointsAsync(query with { Limit = 100_000 }, cancellationToken)).Points)
                {
                    // An index has grown before it is read: one of midnight is the last of the day that ends, unless it stands for the day that begins.
                    var grown = subjects.StandsForDay(query.Series, point.Time) ? point.Time : point.Time.AddMilliseconds(-1);
                    if (former is { } before && point.Value >= before.Value && grown >= request.From && grown < request.To)
                    {
                        var day = subjects.DayOf(zone, grown).Date;
                        var key = (day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), metric);
                        var (meters, amount) = sums.GetValueOrDefault(key);
                        sums[key] = (meters + (day == counted ? 0 : 1), amount + ((decimal)point.Value - (decimal)before.Value));
                        counted = day;
                    }

                    former = point;
                }
            }
        }

        foreach (var (key, sum) in sums.Where(pair => pair.Value.Meters >= LeastDwellings))
        {
            yield return CsvRow.Of(key.Day, key.Metric, sum.Meters.ToString(CultureInfo.InvariantCulture), sum.Amount.ToString(CultureInfo.InvariantCulture));
        }
    }
}
