using System.Collections.Immutable;
using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Commands;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Contracts.Alarms;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Alarms;

/// <summary>One order for many alarms: an alarm with what it explains, or everything of a cabinet or a network gateway.</summary>
internal static class AlarmsOrderEndpoint
{
    private const int MaximumIds = 1_000;
    private static readonly ImmutableArray<AlarmAction> Actions =
        [AlarmAction.Acknowledge, AlarmAction.Shelve, AlarmAction.Unshelve, AlarmAction.RemoveFromService, AlarmAction.ReturnToService];

    public static void Map(IEndpointRouteBuilder api) => api.MapGroup("").WithTags("Alarms").MapPost("/alarms/orders", OrderAsync)
        .WithName("orderAlarms")
        .WithSummary("Do the same to many alarms: to those of ids, to a parent and all that it explains, or to everything of a cabinet or a gateway that is not normal. One that cannot be costs the others nothing.")
        .Accepts<AlarmsOrderInput>("application/json")
        .Produces<AcknowledgeManyAnswer>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .Audited("alarm.order")
        .RequireRight(Right.Command)
            .Reaches(Reach.Handler);

    private static async Task<IResult> OrderAsync(HttpContext http, AlarmReader reader, ReachCheck reach)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var keyFault))
        {
            return keyFault;
        }

        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.AlarmsOrderInput);
        if (input is null)
        {
            return fault!;
        }

        if (Check(input, out var action) is { } error)
        {
            return Problems.Invalid(error.Field, error.Reason);
        }

        var by = Actor.Of(http).Name;
        var order = new AlarmOrder
        {
            Action = action,
            By = by,
            Note = input.Note,
            Until = input.Until is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()) : null,
            Id = key is null ? null : $"{by}/{action}/{key}",
        };
        var (field, ids) = input switch
        {
            { Parent: { } parent } => ("parent", await reader.WithChildrenAsync(parent, http.RequestAborted)),
            { Cabinet: { } cabinet } => ("cabinet", await reader.OfCauseAsync(cabinet, http.RequestAborted)),
            { Gateway: { } gateway } => ("gateway", await reader.OfCauseAsync($"gateway:{gateway}", http.RequestAborted)),
            _ => ("ids", input.Ids),
        };
        if (ids is null)
        {
            return Problems.NotFound(input.Parent is null ? "such cabinet" : "such alarm");
        }

        if (ids.Count > AlarmReader.MaximumAtOnce)
        {
            return Problems.Invalid(field, $"has more than {AlarmReader.MaximumAtOnce} alarms; order them in parts, by ids");
        }

        if (!await reach.CoversAlarmsAsync(Territory.Of(http), ids, http.RequestAborted))
        {
            return RouteReaches.Forbidden(http);
        }

        var (accepted, rejected) = await reader.OrderAsync(ids, order);

        // What is wrong with the order itself is wrong for each of them.
        if (accepted.Count == 0 && rejected.FirstOrDefault(one => one.Field is "note" or "reason" or "until") is { } wrong)
        {
            return Problems.Invalid(wrong.Field == "reason" ? "note" : wrong.Field, wrong.Reason);
        }

        var end = order.Until is { } instant ? string.Create(CultureInfo.InvariantCulture, $" until {instant:O}") : "";
        http.Audit("alarms", accepted.Count == 0 ? ["none of those asked for"] : [.. accepted.Select(id => $"{id}: {Words<AlarmAction>.Of(action)}{end}: {order.Note ?? "no note"}")]);
        return TypedResults.Json(new AcknowledgeManyAnswer(accepted.Count, rejected), GridJson.Default.AcknowledgeManyAnswer);
    }

    private static (string Field, string Reason)? Check(AlarmsOrderInput input, out AlarmAction action)
    {
        if (!Words<AlarmAction>.TryParse(input.Action, out action) || !Actions.Contains(action))
        {
            return ("action", $"must be one of {string.Join(' ', Actions.Select(Words<AlarmAction>.Of))}");
        }

        object?[] chosen = [input.Ids, input.Parent, input.Cabinet, input.Gateway];
        if (chosen.Count(one => one is not null) != 1)
        {
            return ("ids", "must be given, or one of parent, cabinet and gateway in its place");
        }

        return input.Ids is { } ids && (ids.Count is < 1 or > MaximumIds || ids.Contains(null!)) ? ("ids", $"must be 1 to {MaximumIds} ids of alarms") : null;
    }
}
