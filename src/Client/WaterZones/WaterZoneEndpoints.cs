using Grid.Client.Errors;
using Grid.Client.History;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.WaterZones;

/// <summary>Balances of water zones: sums of meters, and never what one of them says.</summary>
internal static class WaterZoneEndpoints
{
    private static readonly HistoryStep ADay = HistoryStep.Parse("P1D")!;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(31);

    public static void Map(IEndpointRouteBuilder api)
    {
        var zones = api.MapGroup("/water-zones").WithTags("Water zones");
        zones.MapGet("", ListAsync)
            .WithName("listWaterZones")
            .WithSummary("Balances of water zones on a local day, the greatest loss in litres a day first. Filters: department, commune. day: yesterday (default) or today.")
            .Produces<WaterZonePage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        zones.MapGet("/{id}", ShowAsync)
            .WithName("getWaterZone")
            .WithSummary("Balance of a water zone on a local day: what came in, left, was delivered and was lost, and how many meters are known. day: yesterday (default) or today.")
            .Produces<WaterZoneModel>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        zones.MapGet("/{id}/history", HistoryAsync)
            .WithName("getWaterZoneHistory")
            .WithSummary("A figure of a water zone over the days that are over.")
            .WithDescription(
                "Needs figure, a name in the balance such as lossLitres. from and to are RFC 3339 instants, to exclusive (default: the last 31 days). step is P1D (default), P1W, P1M, P1Y and the like; "
                + "fn is avg (default) min max sum last count delta of its days.")
            .Produces<FigureHistoryModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ITerritoryTable table, ScopeMembers members, IGridGrains grains)
    {
        var query = new QueryReader(http.Request.Query);
        var (department, commune, day) = (query.Text("department"), query.Text("commune"), DayIn(query));
        var list = $"water-zones?{department}&{commune}&{day}";
        WaterZoneRank? after = query.After(list) is { } text ? WaterZoneRank.Parse(text) : null;
        var limit = query.Limit();
        CheckDepartment(query, table, department);
        var place = commune is null ? null : table.FindCommune(commune);
        if (commune is not null && place is null)
        {
            query.Reject("commune", "is no commune that is known");
        }
        else if (place is not null && department is not null && place.Department != department)
        {
            query.Reject("commune", "is not in the department");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var found = await BalancesAsync(http, place?.Department ?? department, day, members, grains);
        var page = found.Where(zone => place is null || zone.Balance.Communes.Contains(place.InseeCode))
            .Select(zone => (Rank: WaterZoneRank.Of(zone.Department, zone.Balance), zone.Balance))
            .Where(zone => after is not { } last || zone.Rank.CompareTo(last) > 0)
            .OrderBy(zone => zone.Rank).Take(limit + 1).ToList();
        return TypedResults.Json(
            new WaterZonePage(
                [.. page.Take(limit).Select(zone => WaterZonePresenting.Present(zone.Rank.Department, zone.Balance))],
                page.Count > limit ? PageCursor.Encode(list, page[limit - 1].Rank.ToString()) : null),
            GridJson.Default.WaterZonePage);
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, ITerritoryTable table, ScopeMembers members, IGridGrains grains)
    {
        var query = new QueryReader(http.Request.Query);
        var (department, day) = (query.Text("department"), DayIn(query));
        CheckDepartment(query, table, department);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var zone = (await BalancesAsync(http, department, day, members, grains)).FirstOrDefault(zone => zone.Balance.Zone == id);
        return zone.Balance is null ? Problems.NotFound("such water zone") : TypedResults.Json(WaterZonePresenting.Present(zone.Department, zone.Balance), GridJson.Default.WaterZoneModel);
    }

    private static async Task<IResult> HistoryAsync(
        string id, HttpContext http, ITerritoryTable table, ScopeMembers members, IGridGrains grains, WaterZoneHistory history, TimeProvider clock)
    {
        var query = new QueryReader(http.Request.Query);
        var (department, figure) = (query.Text("department"), query.Text("figure"));
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var request = HistoryRequest.Read(query, $"{id}&{department}&{figure}", isIndex: false, now, (ADay, DefaultRange));
        CheckDepartment(query, table, department);
        if (figure is null || !ZoneFigures.ByName.ContainsKey(figure))
        {
            query.Reject("figure", $"{(figure is null ? "is missing" : "is no figure with a history")}; one of {string.Join(' ', ZoneFigures.All.Select(known => known.Name))}");
        }

        if (request.Step!.Length > TimeSpan.Zero)
        {
            query.Reject("step", "is no number of local days, weeks, months or years: a balance is one of a day");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var zone = (await BalancesAsync(http, department, ZoneDay.Yesterday, members, grains)).FirstOrDefault(zone => zone.Balance.Zone == id);
        if ((zone.Department ?? (Territory.Of(http).IsWhole ? department : null)) is not { } found)
        {
            return Problems.NotFound("such water zone");
        }

        var scope = ZoneFigures.ScopeOf(found, id);
        var answer = await history.ReadAsync(scope, figure!, request, http.RequestAborted);
        if (zone.Balance is null && answer.Points.Count == 0)
        {
            return Problems.NotFound("such water zone");
        }

        return TypedResults.Json(
            new FigureHistoryModel
            {
                Scope = scope,
                Figure = figure!,
                Unit = HistoryEndpoints.UnitOf(figure!, request),
                Step = request.Step.Text,
                Fn = request.Function,
                From = answer.From,
                To = answer.To,
                Points = HistoryEndpoints.Present(answer),
            },
            GridJson.Default.FigureHistoryModel);
    }

    private static ZoneDay DayIn(QueryReader query)
    {
        var days = query.Words<ZoneDay>("day");
        if (days.Count > 1)
        {
            query.Reject("day", "is given more than once");
        }

        return days.Count == 0 ? ZoneDay.Yesterday : days[0];
    }

    private static void CheckDepartment(QueryReader query, ITerritoryTable table, string? department)
    {
        if (department is not null && table.FindDepartment(department) is null)
        {
            query.Reject("department", "is no department that is known");
        }
    }

    /// <summary>Of one department, or of all that have a device; only zones of which all communes are the caller's.</summary>
    private static async Task<List<(string Department, WaterZoneBalance Balance)>> BalancesAsync(
        HttpContext http, string? department, ZoneDay day, ScopeMembers members, IGridGrains grains)
    {
        string[] departments = department is null
            ? [.. (await members.DepartmentsWithDevicesAsync(http.RequestAborted)).Select(found => found.Code)]
            : [department];
        var balances = await Task.WhenAll(departments.Select(async code => (Code: code, Balances: await grains.WaterZones(code).GetBalances(day))));
        var territory = Territory.Of(http);
        return
        [
            .. balances.SelectMany(found => found.Balances.Select(balance => (found.Code, balance)))
                .Where(found => territory.IsWhole || found.balance.Communes.All(commune => territory.Covers(commune, DeviceKind.Meter))),
        ];
    }
}
