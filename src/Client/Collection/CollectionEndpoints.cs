using System.Globalization;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Collection;

/// <summary>What bins of a commune to collect, and on which way.</summary>
internal static class CollectionEndpoints
{
    /// <summary>Bins that are looked at.</summary>
    public const int MaximumBins = 5_000;

    private const int MostDaysAhead = 60;

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/communes/{insee}/collection", GetAsync)
        .WithTags("Bins")
        .WithName("getCollection")
        .WithSummary("The bins of a commune that are full by an instant, by round and in the order of the way.")
        .WithDescription(
            "by is an RFC 3339 instant or a local date (until its end), at most 60 days ahead; 24 hours from now without it. stream chooses bins, start=lon,lat is where each way begins, "
            + "fillPercent adds bins that have at least this fill by then. Distances are great circles. Bins that are not heard are listed apart. At most 5,000 bins are looked at.")
        .Produces<CollectionModel>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static async Task<IResult> GetAsync(string insee, HttpContext http, ITerritoryTable table, CommuneViews views, TimeProvider time)
    {
        if (table.FindCommune(insee) is not { } commune)
        {
            return Problems.NotFound("such commune");
        }

        var query = new QueryReader(http.Request.Query);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var by = query.Text("by") is { } text ? InstantOrDate(text, table.FindDepartment(commune.Department)?.ZoneId) : now.AddDays(1);
        if (by is null)
        {
            query.Reject("by", "is neither an RFC 3339 instant (write + as %2B) nor a date such as 2026-11-22");
        }
        else if (by < now || by > now.AddDays(MostDaysAhead))
        {
            query.Reject("by", string.Create(CultureInfo.InvariantCulture, $"is not from now to {MostDaysAhead} days ahead"));
        }

        var stream = query.Text("stream");
        var start = StartIn(query);
        var fill = FillIn(query);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var (bins, isComplete) = await views.OfAsync(
            insee, DeviceKinds.Bin, device => stream is null || device.Text("stream") == stream, MaximumBins, http.RequestAborted);
        return TypedResults.Json(CollectionList.Make(new(insee, now, by!.Value, start, fill), bins, isComplete), GridJson.Default.CollectionModel);
    }

    private static DateTimeOffset? InstantOrDate(string text, string? zone) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < DateOnly.MaxValue ? LocalDates.StartOf(date.AddDays(1), zone)
        : text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant
        : null;

    private static GeoPoint? StartIn(QueryReader query)
    {
        if (query.Text("start") is not { } text)
        {
            return null;
        }

        var parts = text.Split(',');
        if (parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
            && Math.Abs(longitude) <= 180 && Math.Abs(latitude) <= 90)
        {
            return new GeoPoint(longitude, latitude);
        }

        query.Reject("start", "is no place lon,lat in degrees");
        return null;
    }

    private static double? FillIn(QueryReader query)
    {
        if (query.Text("fillPercent") is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100)
        {
            return percent;
        }

        query.Reject("fillPercent", "is no number from 0 to 100");
        return null;
    }
}
