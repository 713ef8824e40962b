using Grid.Client.Authentication;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.History;

/// <summary>What devices and territories have measured, over time.</summary>
internal static class HistoryEndpoints
{
    private const string Parameters =
        "from and to are RFC 3339 instants, to exclusive (default: the last 24 hours). step is an ISO 8601 duration: PT15M and the like from midnight UTC, P1D P1W P1M P1Y in "
        + "local days. fn is avg min max sum last count delta. Without a step the values are answered as they are, limit (1 to 10,000, default 10,000) of them, and nextCursor goes on. ";

    public static void Map(IEndpointRouteBuilder api)
    {
        var history = api.MapGroup("").WithTags("History");
        history.MapGet("/devices/{id}/history", DeviceAsync)
            .WithName("getDeviceHistory")
            .WithSummary("A metric of a device over time: raw readings, or one value a step.")
            .WithDescription($"Needs metric. {Parameters}fn defaults to avg, and to delta for an index, which takes neither avg nor sum.")
            .Produces<DeviceHistoryModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Device);
        MapFigures(history, "/communes/{insee}/history", "getCommuneHistory", "commune", CommuneAsync);
        MapFigures(history, "/syndicates/{siren}/history", "getSyndicateHistory", "body", BodyAsync);
        MapFigures(history, "/departments/{code}/history", "getDepartmentHistory", "department", DepartmentAsync);
    }

    private static void MapFigures(IEndpointRouteBuilder history, string route, string name, string what, Delegate handler) => history.MapGet(route, handler)
        .WithName(name)
        .WithSummary($"A figure of a {what} over time: as it was recorded, or one value a step.")
        .WithDescription($"Needs figure, a path in the summary such as lighting.powerWatts. {Parameters}fn defaults to avg.")
        .Produces<FigureHistoryModel>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static async Task<IResult> DeviceAsync(string id, HttpContext http, IDeviceRegistry registry, IGridGrains grains, HistoryReader reader, TimeProvider clock)
    {
        var query = new QueryReader(http.Request.Query);
        var metric = query.Text("metric");
        var isIndex = metric is not null && MetricCatalog.ByName.TryGetValue(metric, out var known) && known.IsIndex;
        var request = HistoryRequest.Read(query, $"{id}&{metric}", isIndex, Now(clock));
        if (!DeviceBinding.IsKey(id) || await registry.GetAsync(id, http.RequestAborted) is not { } record)
        {
            return Problems.NotFound("such device");
        }

        if (!DevicePresenting.Reports(record.Descriptor, Actor.Of(http).SeesPersonalData))
        {
            return Problems.Of(StatusCodes.Status403Forbidden, $"What a person's device reports needs the right {Right.PersonalData}.");
        }

        if (metric is null)
        {
            query.Reject("metric", "is missing");
        }
        else if (!await HasAsync(record.Descriptor, metric, grains))
        {
            query.Reject("metric", "is none of this device: neither one of its kind nor one that it has reported");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (await reader.ReadAsync(id, metric!, isIndex, request, http.RequestAborted) is not { } answer)
        {
            return TooMuch();
        }

        return TypedResults.Json(
            new DeviceHistoryModel
            {
                Metric = metric!,
                Unit = UnitOf(metric!, request),
                Step = request.Step?.Text,
                Fn = request.Step is null ? null : request.Function,
                From = answer.From,
                To = answer.To,
                Points = Present(answer),
                NextCursor = answer.Next is { } next ? request.CursorAt(next) : null,
                Erased = answer.IsErased,
            },
            GridJson.Default.DeviceHistoryModel);
    }

    private static Task<IResult> CommuneAsync(string insee, HttpContext http, ITerritoryTable table, HistoryReader reader, TimeProvider clock) =>
        FigureAsync(http, table.FindCommune(insee) is null ? null : $"commune:{insee}", "such commune", reader, clock);

    private static async Task<IResult> BodyAsync(string siren, HttpContext http, IBodyRegistry bodies, HistoryReader reader, TimeProvider clock) =>
        await FigureAsync(http, await bodies.GetAsync(siren, http.RequestAborted) is null ? null : $"syndicate:{siren}", "such body", reader, clock);

    private static Task<IResult> DepartmentAsync(string code, HttpContext http, ITerritoryTable table, HistoryReader reader, TimeProvider clock) =>
        FigureAsync(http, table.FindDepartment(code) is null ? null : $"department:{code}", "such department", reader, clock);

    private static async Task<IResult> FigureAsync(HttpContext http, string? scope, string what, HistoryReader reader, TimeProvider clock)
    {
        var query = new QueryReader(http.Request.Query);
        var figure = query.Text("figure");
        var request = HistoryRequest.Read(query, $"{scope}&{figure}", isIndex: false, Now(clock));
        if (scope is null)
        {
            return Problems.NotFound(what);
        }

        if (figure is null || !FigureCatalog.ByName.ContainsKey(figure))
        {
            query.Reject("figure", $"{(figure is null ? "is missing" : "is no figure with a history")}; one of {string.Join(' ', FigureCatalog.All.Select(known => known.Name))}");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (await reader.ReadAsync(FigureCatalog.SeriesOf(scope), figure!, isIndex: false, request, http.RequestAborted) is not { } answer)
        {
            return TooMuch();
        }

        return TypedResults.Json(
            new FigureHistoryModel
            {
                Scope = scope,
                Figure = figure!,
                Unit = UnitOf(figure!, request),
                Step = request.Step?.Text,
                Fn = request.Step is null ? null : request.Function,
                From = answer.From,
                To = answer.To,
                Points = Present(answer),
                NextCursor = answer.Next is { } next ? request.CursorAt(next) : null,
            },
            GridJson.Default.FigureHistoryModel);
    }

    /// <summary>True for a metric of the device's kind, and for any other that it has reported.</summary>
    private static async Task<bool> HasAsync(DeviceDescriptor device, string metric, IGridGrains grains) =>
        (MetricCatalog.ByName.TryGetValue(metric, out var known) && known.Kinds.HasFlag((DeviceKinds)(1 << (int)device.Kind)))
        || (await grains.Device(device.Kind, device.Id).GetView()).Reported.Any(reported => reported.Name == metric);

    internal static PointModel[] Present(HistoryAnswer answer) => [.. answer.Points.Select(point => new PointModel(point.Time, point.Value))];

    internal static string? UnitOf(string name, HistoryRequest request) =>
        request is { Step: not null, Function: HistoryFunction.Count } ? null : MetricUnits.Of(name);

    private static IResult TooMuch() => Problems.Invalid(
        "step", $"has to be made from more than {HistoryReader.MaximumRead} readings in this range; take a multiple of PT15M, local days, or a shorter range");

    private static DateTimeOffset Now(TimeProvider clock) => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
