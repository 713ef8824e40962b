using System.Collections.Immutable;
using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Lighting;

/// <summary>Lighting plans, what they are assigned to, and what a night is under them.</summary>
internal static class LightingPlanEndpoints
{
    private const int AssignmentsBodyBytes = 2 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var plans = api.MapGroup("").WithTags("Lighting");
        plans.MapGet("/lighting-plans", ListAsync)
            .WithName("listLightingPlans")
            .WithSummary("List lighting plans by id.")
            .Produces<LightingPlanPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        plans.MapGet("/lighting-plans/{id}", GetAsync)
            .WithName("getLightingPlan")
            .WithSummary("Show a lighting plan with its assignments and warnings.")
            .Produces<LightingPlanModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        plans.MapPut("/lighting-plans/{id}", PutAsync)
            .WithName("putLightingPlan")
            .WithSummary("Create or replace a lighting plan. Its assignments stay as they are.")
            .Accepts<LightingPlanInput>("application/json")
            .Produces<LightingPlanModel>()
            .Produces<LightingPlanModel>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .Audited("lighting-plan.put")
            .RequireRight(Right.Command)
            .Reaches(Reach.Handler);
        plans.MapDelete("/lighting-plans/{id}", DeleteAsync)
            .WithName("deleteLightingPlan")
            .WithSummary("Remove a lighting plan and its assignments.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("lighting-plan.delete")
            .RequireRight(Right.Command)
            .Reaches(Reach.Handler);
        plans.MapPut("/lighting-plans/{id}/assignments", AssignAsync)
            .WithName("putLightingPlanAssignments")
            .WithSummary("Replace what a lighting plan is assigned to: an array of {commune?, syndicate?, cabinet?, ids?, group?}.")
            .Accepts<List<AssignmentModel>>("application/json")
            .Produces<LightingPlanModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithMetadata(new Limits.BodyLimit(AssignmentsBodyBytes))
            .Audited("lighting-plan.assign")
            .RequireRight(Right.Command)
            .Reaches(Reach.Handler);
        plans.MapGet("/lighting-plans/{id}/preview", PreviewAsync)
            .WithName("previewLightingPlan")
            .WithSummary("What a light does under a plan in a commune, in the night that begins on a date.")
            .Produces<PreviewModel>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        plans.MapGet("/devices/{id}/night", NightAsync)
            .WithName("getDeviceNight")
            .WithSummary("What a cabinet or a light point should do in the night that begins on a date, under the plan that it is under.")
            .Produces<PreviewModel>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Device);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IGridGrains grains, PlanRights rights)
    {
        const string List = "lighting-plans";
        var query = new QueryReader(http.Request.Query);
        var after = query.After(List);
        var limit = query.Limit();
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var page = new List<PlanSummary>();
        while (await grains.LightingDirectory().List(after, limit + 1) is { IsEmpty: false } some && page.Count <= limit)
        {
            foreach (var plan in some)
            {
                if (page.Count <= limit && await rights.SeenAsync(http, plan.Assignments) is { } assignments)
                {
                    page.Add(plan with { Assignments = assignments });
                }
            }

            after = some[^1].Id;
        }

        return TypedResults.Json(
            new LightingPlanPage([.. page.Take(limit).Select(LightingPlanPresenting.Present)], page.Count > limit ? PageCursor.Encode(List, page[limit - 1].Id) : null),
            GridJson.Default.LightingPlanPage);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, IGridGrains grains, FieldControllers controllers, PlanRights rights) =>
        !DeviceBinding.IsKey(id) || await grains.LightingPlan(id).Get() is not { } view ? Problems.NotFound("such lighting plan")
        : await rights.SeenAsync(http, view) is not { } seen ? RouteReaches.Forbidden(http)
        : TypedResults.Json(LightingPlanPresenting.Present(seen) with { Controllers = await controllers.CountAsync(id, Territory.Of(http)) }, GridJson.Default.LightingPlanModel);

    /// <summary>The answer to a caller who may not change a plan that is there; null for one who may, and when there is none.</summary>
    private static async Task<IResult?> ChangeFaultAsync(string id, HttpContext http, IGridGrains grains, PlanRights rights) =>
        DeviceBinding.IsKey(id) && await grains.LightingPlan(id).Get() is { } view && !await rights.MayChangeAsync(http, view.Assignments) ? RouteReaches.Forbidden(http) : null;

    private static async Task<IResult> PutAsync(string id, HttpContext http, IGridGrains grains, PlanRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.LightingPlanInput);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        if (!DeviceBinding.IsKey(id))
        {
            errors.Add(new("id", "is not 1 to 64 of A-Z a-z 0-9 . _ : -"));
        }

        if (LightingPlanBinding.Bind(input, errors) is not { } plan)
        {
            return Problems.Invalid(errors);
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        if (await ChangeFaultAsync(id, http, grains, rights) is { } forbidden)
        {
            return forbidden;
        }

        var answer = await grains.LightingPlan(id).Put(plan);
        if (answer.View is not { } view)
        {
            return Refused(answer.Faults);
        }

        http.Audit($"lighting-plan:{id}", string.Create(
            CultureInfo.InvariantCulture,
            $"version {view.Version}: {view.Plan.Name}, decision {(view.Plan.Decision is { } decision ? $"{decision.Reference} of {decision.Date:yyyy-MM-dd}" : "none")}"));
        if (answer.IsNew)
        {
            http.Response.Headers.Location = $"/api/v1/lighting-plans/{id}";
        }

        return TypedResults.Json(
            LightingPlanPresenting.Present(view), GridJson.Default.LightingPlanModel, statusCode: answer.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, IGridGrains grains, PlanRights rights)
    {
        if (await ChangeFaultAsync(id, http, grains, rights) is { } forbidden)
        {
            return forbidden;
        }

        if (!DeviceBinding.IsKey(id) || !await grains.LightingPlan(id).Delete())
        {
            return Problems.NotFound("such lighting plan");
        }

        http.Audit($"lighting-plan:{id}", "removed");
        return TypedResults.NoContent();
    }

    private static async Task<IResult> AssignAsync(string id, HttpContext http, IGridGrains grains, PlanRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.ListAssignmentModel);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        var assignments = LightingPlanBinding.Bind(input!, errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        if (!DeviceBinding.IsKey(id))
        {
            return Problems.NotFound("such lighting plan");
        }

        if (await ChangeFaultAsync(id, http, grains, rights) is { } forbidden)
        {
            return forbidden;
        }

        if (!await rights.MayChangeAsync(http, assignments))
        {
            return RouteReaches.Forbidden(http);
        }

        var answer = await grains.LightingPlan(id).Assign(assignments);
        if (answer.View is not { } view)
        {
            return answer.Faults.IsEmpty ? Problems.NotFound("such lighting plan") : Refused(answer.Faults);
        }

        http.Audit($"lighting-plan:{id}", string.Create(CultureInfo.InvariantCulture, $"{view.Assignments.Length} assignments"));
        return TypedResults.Json(LightingPlanPresenting.Present(view), GridJson.Default.LightingPlanModel);
    }

    private static async Task<IResult> PreviewAsync(string id, HttpContext http, ITerritoryTable table, IGridGrains grains, PlanRights rights)
    {
        var query = new QueryReader(http.Request.Query);
        var commune = query.Text("commune");
        var date = DateOf(query);
        if (commune is null || table.FindCommune(commune) is null)
        {
            query.Reject("commune", "is no commune that is known");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (!Territory.Of(http).Covers(commune!, PlanRights.Lights) || (DeviceBinding.IsKey(id) && await grains.LightingPlan(id).Get() is { } view && await rights.SeenAsync(http, view) is null))
        {
            return RouteReaches.Forbidden(http);
        }

        return DeviceBinding.IsKey(id) && await grains.LightingPlan(id).Preview(commune!, date, 0) is { } preview
            ? TypedResults.Json(LightingPlanPresenting.Present(preview, id, commune!, date, null), GridJson.Default.PreviewModel)
            : Problems.NotFound("such lighting plan");
    }

    private static async Task<IResult> NightAsync(string id, HttpContext http, IDeviceRegistry registry, IGridGrains grains)
    {
        var query = new QueryReader(http.Request.Query);
        var date = DateOf(query);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (!DeviceBinding.IsKey(id) || await registry.GetAsync(id, http.RequestAborted) is not { Descriptor: { Kind: DeviceKind.Cabinet or DeviceKind.Streetlight } device })
        {
            return Problems.NotFound("such cabinet or light point");
        }

        var minimum = device.Kind == DeviceKind.Streetlight ? await SafetyMinimumAsync(device, grains) : 0;
        return await grains.LightingDirectory().Resolve(PlanTarget.Of(device), date) is { } choice && await grains.LightingPlan(choice.Plan).Preview(device.Commune, date, minimum) is { } preview
            ? TypedResults.Json(LightingPlanPresenting.Present(preview, choice.Plan, device.Commune, date, choice.By), GridJson.Default.PreviewModel)
            : Problems.NotFound("lighting plan for this device");
    }

    private static async Task<double> SafetyMinimumAsync(DeviceDescriptor device, IGridGrains grains) =>
        (await grains.Parameters(ParameterScopes.OfCommune(device.Commune)).Explain(device)).Parameters
            .FirstOrDefault(parameter => parameter.Name == "safetyMinimumPercent").Value?.Number ?? 0;

    private static DateOnly DateOf(QueryReader query)
    {
        if (!DateOnly.TryParseExact(query.Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || date.Year is < 1970 or > 2199)
        {
            query.Reject("date", "is no date from 1970 to 2199, such as 2026-11-26");
        }

        return date;
    }

    private static IResult Refused(ImmutableArray<PlanFault> faults) => Problems.Invalid(faults.Select(fault => new FieldError(fault.Field, fault.Reason)));
}
