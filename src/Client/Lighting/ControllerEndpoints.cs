using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Lighting;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Lighting;

/// <summary>Which controller runs which version of a plan.</summary>
internal static class ControllerEndpoints
{
    // No sector and no key has it.
    private const char Separator = '/';

    public static void Map(IEndpointRouteBuilder api) => api.MapGroup("").WithTags("Lighting")
        .MapGet("/lighting-plans/{id}/controllers", ListAsync)
        .WithName("listControllers")
        .WithSummary("The cabinets and light points under a plan, and which version of it each of them runs.")
        .Produces<ControllerPage>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read)
            .Reaches(Reach.Handler);

    private static async Task<IResult> ListAsync(string id, HttpContext http, IGridGrains grains, FieldControllers controllers, PlanRights rights)
    {
        var query = new QueryReader(http.Request.Query);
        var word = query.Text("state");
        var state = default(ControllerState?);
        if (word is not null)
        {
            if (Words<ControllerState>.TryParse(word, out var named))
            {
                state = named;
            }
            else
            {
                query.Reject("state", $"is none of {Words<ControllerState>.All}");
            }
        }

        var list = $"controllers?plan={id}&state={word}";
        var after = query.After(list);
        var limit = query.Limit();
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (!DeviceBinding.IsKey(id) || await grains.LightingPlan(id).Get() is not { } view)
        {
            return Problems.NotFound("such lighting plan");
        }

        if (await rights.SeenAsync(http, view) is null)
        {
            return RouteReaches.Forbidden(http);
        }

        var place = after?.Split(Separator) is [var sector, var device] ? (sector, device) : default((string, string)?);
        var page = await controllers.ListAsync(id, Territory.Of(http), state, place, limit + 1);
        return TypedResults.Json(
            new ControllerPage(
                [.. page.Take(limit).Select(item => ControllerModel.Of(item.View))],
                page.Length > limit ? PageCursor.Encode(list, $"{page[limit - 1].Sector}{Separator}{page[limit - 1].View.Device}") : null),
            GridJson.Default.ControllerPage);
    }
}

/// <summary>A page of controllers.</summary>
public sealed record ControllerPage(IReadOnlyList<ControllerModel> Items, string? NextCursor);

/// <summary>A controller under a plan.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="AssignedBy">By what it is under the plan, such as <c>commune:29019</c>.</param>
/// <param name="State">How far it is.</param>
/// <param name="Since">Since when; null for one that is switched live.</param>
/// <param name="PlanVersion">Version of the plan that its program comes from; null for one that is switched live.</param>
/// <param name="ProgramVersion">The program that it should run; null for one that is switched live.</param>
/// <param name="ReportedVersion">The program that it reported last; null before the first report of one.</param>
/// <param name="Detail">For people; null when the state says all.</param>
public sealed record ControllerModel(
    string Device, string AssignedBy, ControllerState State, DateTimeOffset? Since, long? PlanVersion, long? ProgramVersion, long? ReportedVersion, string? Detail)
{
    internal static ControllerModel Of(ControllerView view) => new(
        view.Device,
        view.By,
        view.State,
        view.State == ControllerState.Live ? null : view.Since,
        view.PlanVersion == 0 ? null : view.PlanVersion,
        view.Version == 0 ? null : view.Version,
        view.ReportedVersion,
        view.Detail.Length == 0 ? null : view.Detail);
}
