using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Parameters;
using Grid.Client.Rights;
using Grid.Contracts.Interventions;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Interventions;

/// <summary>The table of contracts: who repairs what, and within which time.</summary>
internal static class ContractEndpoints
{
    private const int MaximumIdLength = 64;

    public static void Map(IEndpointRouteBuilder api)
    {
        var contracts = api.MapGroup("/contracts").WithTags("Work orders");
        contracts.MapGet("", ListAsync)
            .WithName("listContracts")
            .WithSummary("The contracts, by id.")
            .Produces<ContractPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        contracts.MapGet("/{id}", GetAsync)
            .WithName("getContract")
            .WithSummary("Show a contract. The ETag is its version.")
            .Produces<ContractModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        contracts.MapPut("/{id}", PutAsync)
            .WithName("putContract")
            .WithSummary("Create or replace a contract. With If-Match, only that version. Orders that are open keep the terms that they were opened with.")
            .Accepts<ContractInput>("application/json")
            .Produces<ContractModel>(StatusCodes.Status201Created)
            .Produces<ContractModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .Audited("contract.put")
            .RequireRight(Right.Administer)
            .Reaches(Reach.Handler);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IGridGrains grains, TerritoryRights rights)
    {
        const string List = "contracts";
        var query = new QueryReader(http.Request.Query);
        var (after, limit) = (query.After(List), query.Limit());
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var found = new List<ContractView>();
        while (await grains.ServiceContracts().List(after, limit + 1) is { IsEmpty: false } some && found.Count <= limit)
        {
            foreach (var contract in some)
            {
                if (found.Count <= limit && await rights.CoversAsync(Territory.Of(http), contract.Contract.Holder, http.RequestAborted))
                {
                    found.Add(contract);
                }
            }

            after = some[^1].Contract.Id;
        }

        return TypedResults.Json(
            new ContractPage([.. found.Take(limit).Select(ContractBinding.Present)], found.Count > limit ? PageCursor.Encode(List, found[limit - 1].Contract.Id) : null),
            GridJson.Default.ContractPage);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, IGridGrains grains, TerritoryRights rights) =>
        id.Length > MaximumIdLength || await grains.ServiceContracts().Get(id) is not { } view ? Problems.NotFound("such contract")
        : await rights.CoversAsync(Territory.Of(http), view.Contract.Holder, http.RequestAborted) ? Show(http, view, StatusCodes.Status200OK)
        : RouteReaches.Forbidden(http);

    private static async Task<IResult> PutAsync(string id, HttpContext http, ITerritoryTable table, IGridGrains grains, TerritoryRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.ContractInput);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        if (ContractBinding.Bind(id, input, table, errors) is not { } contract)
        {
            return Problems.Invalid(errors);
        }

        var territory = Territory.Of(http);
        if (!await rights.CoversAsync(territory, contract.Holder, http.RequestAborted)
            || (await grains.ServiceContracts().Get(id) is { } former && !await rights.CoversAsync(territory, former.Contract.Holder, http.RequestAborted)))
        {
            return RouteReaches.Forbidden(http);
        }

        var answer = await grains.ServiceContracts().Put(contract, VersionedChange.VersionOf(http.Request));
        if (!answer.Faults.IsEmpty)
        {
            return Problems.Invalid(answer.Faults.Select(item => new FieldError(item.Field, item.Reason)));
        }

        if (answer.IsConflict)
        {
            return Problems.Of(
                StatusCodes.Status412PreconditionFailed,
                string.Create(CultureInfo.InvariantCulture, $"The contract has version {answer.View?.Version ?? 0}, which is not that of If-Match. Read it again."));
        }

        var view = answer.View!;
        http.Audit(
            $"contract:{id}",
            string.Create(CultureInfo.InvariantCulture, $"version {view.Version}{(view.Version == answer.Former?.Version ? ", as before" : $": {view.Contract.Contractor} for {view.Contract.Holder}, {view.Contract.Lots.Length} lots")}"));
        return Show(http, view, answer.Former is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static IResult Show(HttpContext http, ContractView view, int status)
    {
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{view.Version}\"");
        return TypedResults.Json(ContractBinding.Present(view), GridJson.Default.ContractModel, statusCode: status);
    }
}
