using Grid.Client.Devices;
using Grid.Contracts.Devices;

namespace Grid.Client.Collection;

/// <summary>What is asked for.</summary>
/// <param name="Commune">INSEE code.</param>
/// <param name="AsOf">Now.</param>
/// <param name="By">Until when bins must not be full.</param>
/// <param name="Start">Where each way begins; null for anywhere.</param>
/// <param name="FillPercent">Bins are collected from this fill on, too; null for full ones only.</param>
internal sealed record CollectionRequest(string Commune, DateTimeOffset AsOf, DateTimeOffset By, GeoPoint? Start, double? FillPercent);

/// <summary>From what bins show of themselves to what is to be collected, and on which way. Pure.</summary>
internal static class CollectionList
{
    private const string RoundAttribute = "round";
    private const string StreamAttribute = "stream";
    private const double Full = 100;

    public static CollectionModel Make(CollectionRequest request, IReadOnlyList<ViewedDevice> bins, bool isComplete)
    {
        var rounds = bins
            .Where(bin => UnknownReasonOf(bin) is null)
            .Select(bin => (Bin: bin, Stop: StopOf(request, bin)))
            .Where(item => item.Stop is not null)
            .GroupBy(item => (Round: item.Bin.Device.Text(RoundAttribute), Stream: item.Bin.Device.Text(RoundAttribute) is null ? item.Bin.Device.Text(StreamAttribute) : null))
            .OrderBy(group => group.Key.Round is null)
            .ThenBy(group => group.Key.Round ?? group.Key.Stream, StringComparer.Ordinal)
            .Select(group => RoundOf(group.Key.Round, group.Key.Stream, [.. group.Select(item => item.Stop!)], request.Start))
            .ToArray();
        return new CollectionModel
        {
            Commune = request.Commune,
            AsOf = request.AsOf,
            By = request.By,
            Bins = bins.Count,
            IsComplete = isComplete,
            DistanceMetres = rounds.Sum(round => round.DistanceMetres),
            Rounds = rounds,
            Unknown = [.. bins.Where(bin => UnknownReasonOf(bin) is not null).Select(bin => UnknownOf(request, bin))],
        };
    }

    private static UnknownReason? UnknownReasonOf(ViewedDevice bin) =>
        bin.View.LastSeen is null ? UnknownReason.NeverHeard
        : bin.View.Status == DeviceStatus.Silent ? UnknownReason.Silent
        : Figure(bin, "expectedFillPercent") is null ? UnknownReason.NoFill
        : null;

    private static CollectionStopModel? StopOf(CollectionRequest request, ViewedDevice bin)
    {
        var full = Figure(bin, "fullAt")?.At;
        var expected = ExpectedAt(request, bin)!.Value;
        CollectionReason? reason = bin.View.Conditions.Any(condition => condition.Condition == "overflow") ? CollectionReason.Overflowing
            : full <= request.By ? CollectionReason.Full
            : expected >= request.FillPercent ? CollectionReason.Fill
            : null;
        return reason is null ? null : new CollectionStopModel(
            bin.Device.Id,
            bin.Device.Name,
            DevicePresenting.Position(bin.Device),
            bin.Device.Text(StreamAttribute),
            reason.Value,
            Tenths(Figure(bin, "expectedFillPercent")!.Value!.Value),
            Tenths(expected),
            full,
            null);
    }

    private static UnknownBinModel UnknownOf(CollectionRequest request, ViewedDevice bin) => new(
        bin.Device.Id,
        bin.Device.Name,
        DevicePresenting.Position(bin.Device),
        bin.Device.Text(StreamAttribute),
        UnknownReasonOf(bin)!.Value,
        bin.View.LastSeen,
        ExpectedAt(request, bin) is { } expected ? Tenths(expected) : null,
        Figure(bin, "fullAt")?.At);

    private static double? ExpectedAt(CollectionRequest request, ViewedDevice bin) =>
        Figure(bin, "expectedFillPercent")?.Value + ((Figure(bin, "fillRatePercentPerHour")?.Value ?? 0) * (request.By - request.AsOf).TotalHours) is { } expected
            ? Math.Min(Full, expected)
            : null;

    private static CollectionRoundModel RoundOf(string? round, string? stream, CollectionStopModel[] stops, GeoPoint? start)
    {
        var placed = stops.Where(stop => stop.Position is not null).ToArray();
        GeoPoint[] places = [.. placed.Select(stop => new GeoPoint(stop.Position!.Lon, stop.Position.Lat))];
        var (way, before, sum) = (new List<CollectionStopModel>(stops.Length), start, 0L);
        foreach (var index in RoundRoute.Order(places, start))
        {
            var leg = before is { } from ? (long)Math.Round(RoundRoute.Metres(from, places[index])) : default(long?);
            way.Add(placed[index] with { LegMetres = leg });
            (before, sum) = (places[index], sum + (leg ?? 0));
        }

        return new(round, stream, sum, [.. way, .. stops.Where(stop => stop.Position is null)]);
    }

    private static DerivedFigure? Figure(ViewedDevice bin, string name) =>
        bin.View.Derived.IsDefault ? null : bin.View.Derived.FirstOrDefault(figure => figure.Name == name);

    private static double Tenths(double percent) => Math.Round(percent, 1);
}
