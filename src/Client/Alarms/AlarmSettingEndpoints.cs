using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Parameters;
using Grid.Client.Rights;
using Grid.Contracts.Alarms;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Alarms;

/// <summary>What communes, bodies, departments and everybody together give to the definitions of alarms.</summary>
internal static class AlarmSettingEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var alarms = api.MapGroup("").WithTags("Alarms");
        MapGet(alarms, "/communes/{insee}/alarm-definitions", "getCommuneAlarmDefinitions", "a commune", GetOfCommuneAsync);
        MapPut(alarms, "/communes/{insee}/alarm-definitions", "putCommuneAlarmDefinitions", "a commune", PutOfCommuneAsync).RequireRight(Right.ManageDevices);

        // They reach the alarms of many communes: for whoever may change those.
        MapGet(alarms, "/bodies/{siren}/alarm-definitions", "getBodyAlarmDefinitions", "a body", GetOfBodyAsync);
        MapPut(alarms, "/bodies/{siren}/alarm-definitions", "putBodyAlarmDefinitions", "a body", PutOfBodyAsync).RequireRight(Right.Administer);
        MapGet(alarms, "/departments/{code}/alarm-definitions", "getDepartmentAlarmDefinitions", "a department", GetOfDepartmentAsync);
        MapPut(alarms, "/departments/{code}/alarm-definitions", "putDepartmentAlarmDefinitions", "a department", PutOfDepartmentAsync).RequireRight(Right.Administer);
        MapGet(alarms, "/alarm-definitions/all", "getAlarmDefinitionsOfAll", "everybody together", (HttpContext http, IGridGrains grains) => GetAsync(http, grains.AlarmSettings(AlarmScopes.All)));
        MapPut(alarms, "/alarm-definitions/all", "putAlarmDefinitionsOfAll", "everybody together", (HttpContext http, IGridGrains grains) => PutAsync(http, grains.AlarmSettings(AlarmScopes.All)))
            .RequireRight(Right.Administer);
    }

    private static void MapGet(IEndpointRouteBuilder alarms, string route, string name, string whose, Delegate handler) => alarms.MapGet(route, handler)
        .WithName(name)
        .WithSummary($"Show what {whose} gives to the definitions of alarms, by kind of device (or all) and condition. The ETag is the version.")
        .Produces<AlarmSettingsModel>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static RouteHandlerBuilder MapPut(IEndpointRouteBuilder alarms, string route, string name, string whose, Delegate handler) => alarms.MapPut(route, handler)
        .WithName(name)
        .WithSummary($"Replace what {whose} gives to the definitions of alarms: {{kind or all: {{condition: {{priority, class, timeToRespond, onDelay, offDelay, enabled}}}}}}. With If-Match, only that version.")
        .Accepts<Dictionary<string, Dictionary<string, AlarmSettingModel>>>("application/json")
        .Produces<AlarmSettingsModel>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .Audited("alarm-definitions.put");

    private static async Task<IResult> GetOfCommuneAsync(string insee, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        table.FindCommune(insee) is null ? Problems.NotFound("such commune") : await GetAsync(http, grains.AlarmSettings(ParameterScopes.OfCommune(insee)));

    private static async Task<IResult> PutOfCommuneAsync(string insee, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        table.FindCommune(insee) is null ? Problems.NotFound("such commune") : await PutAsync(http, grains.AlarmSettings(ParameterScopes.OfCommune(insee)));

    private static async Task<IResult> GetOfBodyAsync(string siren, HttpContext http, IBodyRegistry bodies, IGridGrains grains) =>
        await bodies.GetAsync(siren, http.RequestAborted) is null ? Problems.NotFound("such body") : await GetAsync(http, grains.AlarmSettings(ParameterScopes.OfBody(siren)));

    private static async Task<IResult> PutOfBodyAsync(string siren, HttpContext http, IBodyRegistry bodies, IGridGrains grains) =>
        await bodies.GetAsync(siren, http.RequestAborted) is null ? Problems.NotFound("such body") : await PutAsync(http, grains.AlarmSettings(ParameterScopes.OfBody(siren)));

    private static async Task<IResult> GetOfDepartmentAsync(string code, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        table.FindDepartment(code) is null ? Problems.NotFound("such department") : await GetAsync(http, grains.AlarmSettings(AlarmScopes.OfDepartment(code)));

    private static async Task<IResult> PutOfDepartmentAsync(string code, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        table.FindDepartment(code) is null ? Problems.NotFound("such department") : await PutAsync(http, grains.AlarmSettings(AlarmScopes.OfDepartment(code)));

    private static async Task<IResult> GetAsync(HttpContext http, IAlarmSettingsGrain grain) => Show(http, await grain.Get());

    private static async Task<IResult> PutAsync(HttpContext http, IAlarmSettingsGrain grain)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.DictionaryStringDictionaryStringAlarmSettingModel);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        var settings = AlarmSettingBinding.Bind(input!, errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var answer = await grain.Put(settings, VersionedChange.VersionOf(http.Request));
        if (!answer.Faults.IsEmpty)
        {
            return Problems.Invalid(answer.Faults.Select(item => new FieldError(item.Field, item.Reason)));
        }

        if (answer.IsConflict)
        {
            return VersionedChange.Conflict("The definitions", answer.View.Version);
        }

        VersionedChange.Audit(http, answer.View.Scope, answer.View.Version, AlarmSettingBinding.Changes(answer.Former, answer.View));
        return Show(http, answer.View);
    }

    private static IResult Show(HttpContext http, AlarmSettingsView view)
    {
        VersionedChange.Tag(http, view.Version);
        return TypedResults.Json(AlarmSettingBinding.Present(view), GridJson.Default.AlarmSettingsModel);
    }
}
