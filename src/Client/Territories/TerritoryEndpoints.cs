using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Territories;

/// <summary>Figures of communes, bodies and departments.</summary>
internal static class TerritoryEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var territories = api.MapGroup("").WithTags("Territories");
        territories.MapGet("/communes", ListAsync)
            .WithName("listCommunes")
            .WithSummary("Figures of communes, by INSEE code. Filters: department, syndicate (any body).")
            .Produces<SummaryPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        territories.MapGet("/communes/{insee}", CommuneAsync)
            .WithName("getCommune")
            .WithSummary("Figures of a commune.")
            .Produces<SummaryModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read);
        territories.MapGet("/syndicates/{siren}", BodyAsync)
            .WithName("getSyndicate")
            .WithSummary("Figures of a body: syndicate, EPCI or department; each member counted for the body's competence.")
            .Produces<SummaryModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read);
        territories.MapGet("/departments", DepartmentsAsync)
            .WithName("listDepartments")
            .WithSummary("Figures of the departments that have a device, by code.")
            .Produces<SummaryPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        territories.MapGet("/departments/{code}", DepartmentAsync)
            .WithName("getDepartment")
            .WithSummary("Figures of a department.")
            .Produces<SummaryModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ITerritoryTable table, ScopeMembers members, IGridGrains grains)
    {
        var query = new QueryReader(http.Request.Query);
        var department = query.Text("department");
        var body = query.Text("syndicate");
        var list = $"communes?{department}&{body}";
        var after = query.After(list);
        var limit = query.Limit();
        var communes = department is null ? table.Communes.AsEnumerable() : table.CommunesOf(department);
        if (department is not null && table.FindDepartment(department) is null)
        {
            query.Reject("department", "is no department that is known");
        }

        if (body is not null)
        {
            if (await members.OfBodyAsync(body, http.RequestAborted) is { } found)
            {
                var codes = found.Select(member => member.Commune.InseeCode).ToHashSet();
                communes = communes.Where(commune => codes.Contains(commune.InseeCode));
            }
            else
            {
                query.Reject("syndicate", "is no body that is known");
            }
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var territory = Territory.Of(http);
        Commune[] page =
        [
            .. communes.Where(commune => territory.Covers(commune.InseeCode, DeviceKinds.All)).Where(commune => after is null || string.CompareOrdinal(commune.InseeCode, after) > 0)
                .OrderBy(commune => commune.InseeCode, StringComparer.Ordinal).Take(limit + 1),
        ];
        var summaries = await Task.WhenAll(page.Take(limit).Select(async commune => Placed(commune, await grains.Commune(commune.InseeCode).GetSummary())));
        return TypedResults.Json(
            new SummaryPage(summaries, page.Length > limit ? PageCursor.Encode(list, page[limit - 1].InseeCode) : null), GridJson.Default.SummaryPage);
    }

    private static async Task<IResult> DepartmentsAsync(HttpContext http, ScopeMembers members, IGridGrains grains)
    {
        var query = new QueryReader(http.Request.Query);
        const string List = "departments";
        var after = query.After(List);
        var limit = query.Limit();
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var territory = Territory.Of(http);
        Department[] page =
        [
            .. (await members.DepartmentsWithDevicesAsync(http.RequestAborted))
                .Where(department => territory.CoversTerritory(new LiveScope(ScopeKind.Department, department.Code)))
                .Where(department => after is null || string.CompareOrdinal(department.Code, after) > 0)
                .OrderBy(department => department.Code, StringComparer.Ordinal).Take(limit + 1),
        ];
        var summaries = await Task.WhenAll(
            page.Take(limit).Select(async department => SummaryPresenting.Present(await grains.Body($"department:{department.Code}").GetSummary())));
        return TypedResults.Json(
            new SummaryPage(summaries, page.Length > limit ? PageCursor.Encode(List, page[limit - 1].Code) : null), GridJson.Default.SummaryPage);
    }

    private static async Task<IResult> CommuneAsync(string insee, HttpContext http, ITerritoryTable table, IGridGrains grains)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        if (table.FindCommune(insee) is not { } commune)
        {
            return Problems.NotFound("such commune");
        }

        var flags = await grains.Flags(insee).Get();
        return TypedResults.Json(Placed(commune, await grains.Commune(insee).GetSummary()) with { Flags = flags.IsEmpty ? null : flags }, GridJson.Default.SummaryModel);
    }

    private static SummaryModel Placed(Commune commune, TerritorySummary summary) => SummaryPresenting.Present(summary) with
    {
        Population = commune.Population,
        Position = new(commune.Longitude, commune.Latitude),
    };

    private static async Task<IResult> BodyAsync(string siren, HttpContext http, IBodyRegistry bodies, IGridGrains grains) =>
        await SummaryAsync(http, await bodies.GetAsync(siren, http.RequestAborted) is null ? null : grains.Body(siren), "such body");

    private static Task<IResult> DepartmentAsync(string code, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        SummaryAsync(http, table.FindDepartment(code) is null ? null : grains.Body($"department:{code}"), "such department");

    private static async Task<IResult> SummaryAsync(HttpContext http, ITerritoryGrain? territory, string what)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        return territory is null
            ? Problems.NotFound(what)
            : TypedResults.Json(SummaryPresenting.Present(await territory.GetSummary()), GridJson.Default.SummaryModel);
    }
}
