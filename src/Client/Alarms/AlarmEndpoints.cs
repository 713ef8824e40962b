using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Commands;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Alarms;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Alarms;

/// <summary>Alarms: list, show, and what operators do to them.</summary>
internal static class AlarmEndpoints
{
    private const int MaximumAtOnce = 1_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var alarms = api.MapGroup("").WithTags("Alarms");
        alarms.MapGet("/alarms", ListAsync)
            .WithName("listAlarms")
            .WithSummary("Alarms of a scope, the newest first. Those that another alarm explains are left out, unless asked for with parent or children.")
            .Produces<AlarmPage>()
            .ProducesValidationProblem()
            .RequireRight(Right.Read)
            .Reaches(Reach.Scope);
        alarms.MapGet("/alarm-definitions", Definitions)
            .WithName("listAlarmDefinitions")
            .WithSummary("What each alarm is: priority, class, time to respond, delays, and its texts in French and English.")
            .Produces<AlarmDefinitionList>()
            .RequireRight(Right.Read)
            .Reaches(Reach.Nothing);
        alarms.MapGet("/alarms/{id}", GetAsync)
            .WithName("getAlarm")
            .WithSummary("One alarm with its history.")
            .Produces<AlarmModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Alarm);
        Order(alarms.MapPost("/alarms/{id}/acknowledge", AcknowledgeAsync).Accepts<AcknowledgeInput>("application/json"), "acknowledgeAlarm", "alarm.acknowledge", "Acknowledge an alarm, and those that it explains. A second time changes nothing.");
        Order(alarms.MapPost("/alarms/{id}/shelve", ShelveAsync).Accepts<ShelveInput>("application/json"), "shelveAlarm", "alarm.shelve", "Put an alarm aside until an instant, at most 30 days ahead; it comes back by itself.");
        Order(alarms.MapPost("/alarms/{id}/unshelve", UnshelveAsync), "unshelveAlarm", "alarm.unshelve", "Take an alarm back before its time.");
        Order(alarms.MapPost("/alarms/{id}/out-of-service", RemoveFromServiceAsync).Accepts<AlarmReasonInput>("application/json"), "removeAlarmFromService", "alarm.removeFromService", "Take an alarm out of service until somebody puts it back.");
        Order(alarms.MapPost("/alarms/{id}/in-service", ReturnToServiceAsync), "returnAlarmToService", "alarm.returnToService", "Put an alarm back into service.");
        alarms.MapPost("/alarms/acknowledge", AcknowledgeManyAsync)
            .WithName("acknowledgeAlarms")
            .WithSummary("Acknowledge several alarms; one that cannot be costs the others nothing.")
            .Accepts<AcknowledgeManyInput>("application/json")
            .Produces<AcknowledgeManyAnswer>()
            .ProducesValidationProblem()
            .Audited("alarm.acknowledge")
            .RequireRight(Right.Command)
            .Reaches(Reach.Handler);
    }

    private static void Order(RouteHandlerBuilder route, string name, string action, string summary) => route
        .WithName(name)
        .WithSummary(summary)
        .Produces<AlarmModel>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .Audited(action)
        .RequireRight(Right.Command)
        .Reaches(Reach.Alarm);

    private static async Task<IResult> ListAsync(HttpContext http, AlarmReader reader)
    {
        var query = new QueryReader(http.Request.Query);
        var scopeText = query.Text("scope") ?? "all";
        var states = query.Words<AlarmState>("state");
        var priorities = query.Words<AlarmPriority>("priority");
        var kinds = query.Kinds("kind");
        var (condition, parent, withChildren) = (query.Text("condition"), query.Text("parent"), query.Flag("children"));
        var limit = query.Limit();
        var list = string.Create(CultureInfo.InvariantCulture, $"alarms?{scopeText}&{string.Join(',', states)}&{string.Join(',', priorities)}&{(int)kinds}&{condition}&{parent}&{withChildren}");
        var after = query.After(list);
        if (!LiveScope.TryParse(scopeText, out var scope))
        {
            query.Reject("scope", "is none of device:ID, commune:INSEE, syndicate:SIREN, department:CODE, all");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var filter = new AlarmFilter
        {
            States = states.Aggregate(0, (set, state) => set | (1 << (int)state)),
            Priorities = priorities.Aggregate(0, (set, priority) => set | (1 << (int)priority)),
            Kinds = kinds,
            Condition = condition,
            Parent = parent,
            WithChildren = withChildren || scope.Kind == ScopeKind.Device,
            After = after is null ? null : PlaceOf(after),
            Limit = limit + 1,
        };
        try
        {
            var found = await reader.ListAsync(scope, filter, http.RequestAborted);
            var page = found.Take(limit).ToArray();
            var next = found.Count > limit ? PageCursor.Encode(list, TextOf(page[^1])) : null;
            var inFrench = AnswerLanguage.IsFrench(http);
            return TypedResults.Json(new AlarmPage([.. page.Select(alarm => AlarmPresenting.Present(alarm, inFrench))], next), GridJson.Default.AlarmPage);
        }
        catch (WatchRefusedException refused)
        {
            return Problems.Invalid("scope", refused.Message["scope ".Length..]);
        }
    }

    private static IResult Definitions() =>
        TypedResults.Json(new AlarmDefinitionList([.. AlarmCatalog.All.Select(AlarmPresenting.Present)]), GridJson.Default.AlarmDefinitionList);

    private static async Task<IResult> GetAsync(string id, HttpContext http, AlarmReader reader) =>
        reader.SectorOf(id) is { } sector && await sector.GetAlarm(id) is { } alarm ? Shown(alarm, http) : Problems.NotFound("such alarm");

    private static async Task<IResult> AcknowledgeAsync(string id, HttpContext http, AlarmReader reader)
    {
        // A body may be left out: then there is no note.
        var input = new AcknowledgeInput(null);
        if (http.Request.ContentLength is > 0 || http.Request.ContentType is not null)
        {
            var (read, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.AcknowledgeInput);
            if (read is null)
            {
                return fault!;
            }

            input = read;
        }

        return await OrderAsync(id, new() { Action = AlarmAction.Acknowledge, By = Actor.Of(http).Name, Note = input.Note }, http, reader);
    }

    private static async Task<IResult> AcknowledgeManyAsync(HttpContext http, AlarmReader reader, ReachCheck reach)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.AcknowledgeManyInput);
        if (input is null)
        {
            return fault!;
        }

        if (input.Ids is not { Count: >= 1 and <= MaximumAtOnce } ids)
        {
            return Problems.Invalid("ids", $"must be 1 to {MaximumAtOnce} ids of alarms");
        }

        var order = new AlarmOrder { Action = AlarmAction.Acknowledge, By = Actor.Of(http).Name, Note = input.Note };
        if (!await reach.CoversAlarmsAsync(Territory.Of(http), ids, http.RequestAborted))
        {
            return RouteReaches.Forbidden(http);
        }

        var (accepted, rejected) = await reader.OrderAsync(ids, order);
        http.Audit("alarms", accepted.Count == 0 ? ["none of those asked for"] : [.. accepted.Select(id => $"{id}: {input.Note ?? "no note"}")]);
        return TypedResults.Json(new AcknowledgeManyAnswer(accepted.Count, rejected), GridJson.Default.AcknowledgeManyAnswer);
    }

    private static async Task<IResult> ShelveAsync(string id, HttpContext http, AlarmReader reader)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.ShelveInput);
        return input is null
            ? fault!
            : await OrderAsync(
                id,
                new() { Action = AlarmAction.Shelve, By = Actor.Of(http).Name, Note = input.Reason, Until = input.Until is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()) : null },
                http,
                reader);
    }

    private static Task<IResult> UnshelveAsync(string id, HttpContext http, AlarmReader reader) =>
        OrderAsync(id, new() { Action = AlarmAction.Unshelve, By = Actor.Of(http).Name }, http, reader);

    private static async Task<IResult> RemoveFromServiceAsync(string id, HttpContext http, AlarmReader reader)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.AlarmReasonInput);
        return input is null ? fault! : await OrderAsync(id, new() { Action = AlarmAction.RemoveFromService, By = Actor.Of(http).Name, Note = input.Reason }, http, reader);
    }

    private static Task<IResult> ReturnToServiceAsync(string id, HttpContext http, AlarmReader reader) =>
        OrderAsync(id, new() { Action = AlarmAction.ReturnToService, By = Actor.Of(http).Name }, http, reader);

    private static async Task<IResult> OrderAsync(string id, AlarmOrder order, HttpContext http, AlarmReader reader)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var keyFault))
        {
            return keyFault;
        }

        if (reader.SectorOf(id) is not { } sector)
        {
            return Problems.NotFound("such alarm");
        }

        var answer = (await sector.OrderAlarms([id], key is null ? order : order with { Id = $"{order.By}/{order.Action}/{key}" }))[0];
        if (answer.Field is { } field)
        {
            return field == "id" ? Problems.NotFound("such alarm") : field == "state" ? Problems.Conflict($"The alarm {answer.Reason}.") : Problems.Invalid(field, answer.Reason!);
        }

        var until = order.Until is { } instant ? string.Create(CultureInfo.InvariantCulture, $" until {instant:O}") : "";
        http.Audit($"alarm:{id}", $"{Words<AlarmAction>.Of(order.Action)}{until}: {order.Note ?? "no note"}");
        return Shown(answer.Alarm ?? throw new InvalidOperationException($"Alarm {id} was changed and is not there."), http);
    }

    private static IResult Shown(AlarmView alarm, HttpContext http) =>
        TypedResults.Json(AlarmPresenting.Present(alarm, AnswerLanguage.IsFrench(http), withHistory: true), GridJson.Default.AlarmModel);

    private static string TextOf(AlarmView alarm) => string.Create(CultureInfo.InvariantCulture, $"{alarm.RaisedAt.ToUnixTimeMilliseconds()} {alarm.Id}");

    private static AlarmPlace PlaceOf(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return new(long.Parse(text.AsSpan(0, space), CultureInfo.InvariantCulture), text[(space + 1)..]);
    }
}
