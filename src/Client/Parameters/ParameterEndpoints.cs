using System.Text.Json;
using Grid.Client.Audit;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Parameters;

/// <summary>The parameters of the rules: defaults of communes and bodies, and what holds for a device.</summary>
internal static class ParameterEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var parameters = api.MapGroup("").WithTags("Parameters");
        MapGet(parameters, "/communes/{insee}/parameters", "getCommuneParameters", "a commune", GetOfCommuneAsync);
        MapPut(parameters, "/communes/{insee}/parameters", "putCommuneParameters", "a commune", PutOfCommuneAsync).RequireRight(Right.ManageDevices);
        MapGet(parameters, "/bodies/{siren}/parameters", "getBodyParameters", "a body", GetOfBodyAsync);

        // They reach the devices of all its members: for whoever may change those.
        MapPut(parameters, "/bodies/{siren}/parameters", "putBodyParameters", "a body", PutOfBodyAsync).RequireRight(Right.Administer);
        parameters.MapGet("/devices/{id}/parameters", GetOfDeviceAsync)
            .WithName("getDeviceParameters")
            .WithSummary("Show the parameters of the rules that hold for a device, and where each comes from.")
            .Produces<DeviceParametersModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Device);
    }

    private static void MapGet(IEndpointRouteBuilder parameters, string route, string name, string whose, Delegate handler) => parameters.MapGet(route, handler)
        .WithName(name)
        .WithSummary($"Show the defaults that {whose} gives to the parameters of the rules, by kind of device. The ETag is their version.")
        .Produces<ParametersModel>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static RouteHandlerBuilder MapPut(IEndpointRouteBuilder parameters, string route, string name, string whose, Delegate handler) => parameters.MapPut(route, handler)
        .WithName(name)
        .WithSummary($"Replace the defaults that {whose} gives to the parameters of the rules: {{kind: {{name: number or flag}}}}. With If-Match, only that version.")
        .Accepts<Dictionary<string, Dictionary<string, JsonElement>>>("application/json")
        .Produces<ParametersModel>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .Audited("parameters.put");

    private static async Task<IResult> GetOfCommuneAsync(string insee, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        table.FindCommune(insee) is null ? Problems.NotFound("such commune") : await GetAsync(http, grains.Parameters(ParameterScopes.OfCommune(insee)));

    private static async Task<IResult> GetOfBodyAsync(string siren, HttpContext http, IBodyRegistry bodies, IGridGrains grains) =>
        await bodies.GetAsync(siren, http.RequestAborted) is null ? Problems.NotFound("such body") : await GetAsync(http, grains.Parameters(ParameterScopes.OfBody(siren)));

    private static async Task<IResult> PutOfCommuneAsync(string insee, HttpContext http, ITerritoryTable table, IGridGrains grains) =>
        table.FindCommune(insee) is null ? Problems.NotFound("such commune") : await PutAsync(http, grains.Parameters(ParameterScopes.OfCommune(insee)));

    private static async Task<IResult> PutOfBodyAsync(string siren, HttpContext http, IBodyRegistry bodies, IGridGrains grains) =>
        await bodies.GetAsync(siren, http.RequestAborted) is null ? Problems.NotFound("such body") : await PutAsync(http, grains.Parameters(ParameterScopes.OfBody(siren)));

    private static async Task<IResult> GetAsync(HttpContext http, IParametersGrain grain) => Show(http, await grain.Get());

    private static async Task<IResult> PutAsync(HttpContext http, IParametersGrain grain)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.DictionaryStringDictionaryStringJsonElement);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        var parameters = ParameterBinding.Bind(input!, errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var answer = await grain.Put(parameters, VersionedChange.VersionOf(http.Request));
        if (!answer.Faults.IsEmpty)
        {
            return Problems.Invalid(answer.Faults.Select(item => new FieldError(item.Field, item.Reason)));
        }

        if (answer.IsConflict)
        {
            return VersionedChange.Conflict("The defaults", answer.View.Version);
        }

        VersionedChange.Audit(http, answer.View.Scope, answer.View.Version, ParameterBinding.Changes(answer.Former, answer.View));
        return Show(http, answer.View);
    }

    private static async Task<IResult> GetOfDeviceAsync(string id, HttpContext http, IDeviceRegistry registry, IGridGrains grains)
    {
        if (!DeviceBinding.IsKey(id) || await registry.GetAsync(id, http.RequestAborted) is not { Descriptor: { } device })
        {
            return Problems.NotFound("such device");
        }

        var holding = await grains.Parameters(ParameterScopes.OfCommune(device.Commune)).Explain(device);
        return TypedResults.Json(
            new DeviceParametersModel(
                device.Id,
                device.Kind,
                device.Commune,
                holding.IsApplied,
                holding.Parameters.ToDictionary(
                    parameter => parameter.Name,
                    parameter => new EffectiveParameterModel(parameter.Value is { } value ? ParameterBinding.Present(value) : null, parameter.From))),
            GridJson.Default.DeviceParametersModel);
    }

    private static IResult Show(HttpContext http, ParametersView view)
    {
        VersionedChange.Tag(http, view.Version);
        return TypedResults.Json(ParameterBinding.Present(view), GridJson.Default.ParametersModel);
    }
}
