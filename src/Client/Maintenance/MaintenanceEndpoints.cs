using System.Globalization;
using Grid.Client.Authentication;
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

namespace Grid.Client.Maintenance;

/// <summary>Lamps and batteries of a commune that are expected to fail, by date.</summary>
internal static class MaintenanceEndpoints
{
    /// <summary>Devices that are asked.</summary>
    public const int MaximumDevices = 30_000;

    private const DeviceKinds Wearing = DeviceKinds.Streetlight | DeviceKinds.Meter | DeviceKinds.Bin | DeviceKinds.Environment;

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/communes/{insee}/maintenance", GetAsync)
        .WithTags("Maintenance")
        .WithName("getMaintenance")
        .WithSummary("Lamps and batteries of a commune that are expected to fail until a day, by date.")
        .WithDescription(
            "by is a local date, the end of next month without it. kind chooses devices. What is overdue comes first. Passive light points have no lamp of their own to ask; without the right "
            + "to personal data, devices of persons are left out. At most 30,000 devices are asked; each page asks them again.")
        .Produces<MaintenancePage>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static async Task<IResult> GetAsync(string insee, HttpContext http, ITerritoryTable table, CommuneViews views, TimeProvider time)
    {
        if (table.FindCommune(insee) is not { } commune)
        {
            return Problems.NotFound("such commune");
        }

        var zone = table.FindDepartment(commune.Department)?.ZoneId;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var query = new QueryReader(http.Request.Query);
        var by = ReadDay(query) ?? EndOfNextMonth(LocalDates.Of(now, zone));
        var kinds = query.Kinds("kind") & Wearing;
        var list = string.Create(CultureInfo.InvariantCulture, $"maintenance?{insee}&{by:yyyy-MM-dd}&{kinds:D}");
        var after = query.After(list);
        var limit = query.Limit();
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var seesPersonal = Actor.Of(http).SeesPersonalData;
        var (devices, isComplete) = await views.OfAsync(
            insee, kinds, device => !device.Flag("passive") && DevicePresenting.Reports(device, seesPersonal), MaximumDevices, http.RequestAborted);
        var until = LocalDates.StartOf(by.AddDays(1), zone);
        var found = devices
            .SelectMany(device => FailureEstimate.Of(device.View).Where(estimate => estimate.At < until).Select(estimate => (device.Device, Estimate: estimate, Key: KeyOf(device.Device, estimate))))
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Where(item => after is null || string.CompareOrdinal(item.Key, after) > 0)
            .Take(limit + 1)
            .ToArray();
        return TypedResults.Json(
            new MaintenancePage
            {
                Commune = insee,
                AsOf = now,
                By = by,
                Devices = devices.Length,
                IsComplete = isComplete,
                Items = [.. found.Take(limit).Select(item => Present(item.Device, item.Estimate, zone))],
                NextCursor = found.Length > limit ? PageCursor.Encode(list, found[limit - 1].Key) : null,
            },
            GridJson.Default.MaintenancePage);
    }

    private static DateOnly EndOfNextMonth(DateOnly today) => new DateOnly(today.Year, today.Month, 1).AddMonths(2).AddDays(-1);

    private static DateOnly? ReadDay(QueryReader query)
    {
        if (query.Text("by") is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and <= 2199)
        {
            return day;
        }

        query.Reject("by", "is no date from 1970-01-01 to 2199-12-31, such as 2026-12-31");
        return null;
    }

    /// <summary>Sorts as date, device, part.</summary>
    private static string KeyOf(DeviceDescriptor device, FailureEstimate estimate) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, estimate.At.ToUnixTimeMilliseconds()):D15} {device.Id} {estimate.Part}");

    private static MaintenanceItem Present(DeviceDescriptor device, FailureEstimate estimate, string? zone) => new(
        LocalDates.Of(estimate.At, zone).ToString("yyyy-MM", CultureInfo.InvariantCulture),
        device.Id,
        device.Kind,
        device.Name,
        estimate.Part,
        estimate.At,
        estimate.Basis,
        estimate.Evidence);
}
