using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Commands;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Commands;

/// <summary>Commands to many devices: ask, follow, cancel.</summary>
internal static class GroupCommandEndpoints
{
    private const int MaximumIdLength = 64;

    /// <summary>Room for as many keys as a selector may name.</summary>
    private const int SelectorBodyBytes = 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var commands = api.MapGroup("/group-commands").WithTags("Commands");
        commands.MapPost("", SubmitAsync)
            .WithName("submitGroupCommand")
            .WithSummary("Command many devices at once. With an Idempotency-Key, the same request again finds the same command.")
            .Accepts<GroupCommandInput>("application/json")
            .Produces<GroupCommandModel>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithMetadata(new Limits.BodyLimit(SelectorBodyBytes))
            .Audited("group-command.submit")
            .RequireRight(Right.Command)
            .Reaches(Reach.Handler);
        commands.MapGet("/{id}", GetAsync)
            .WithName("getGroupCommand")
            .WithSummary("Show a command to many devices, with its members counted by state as of now.")
            .Produces<GroupCommandModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.GroupCommand);
        commands.MapGet("/{id}/members", ListAsync)
            .WithName("listGroupCommandMembers")
            .WithSummary("List the members of a command to many devices, of one state when asked. Query: state, limit, cursor.")
            .Produces<GroupMemberPageModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.GroupCommand);
        commands.MapDelete("/{id}", CancelAsync)
            .WithName("cancelGroupCommand")
            .WithSummary("Cancel a command to many devices: what is not final ends superseded. What was transmitted is not taken back.")
            .Produces<GroupCommandModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("group-command.cancel")
            .RequireRight(Right.Command)
            .Reaches(Reach.GroupCommand);
    }

    private static async Task<IResult> SubmitAsync(HttpContext http, IGridGrains grains, TerritoryRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.GroupCommandInput);
        if (input is null)
        {
            return fault!;
        }

        if (!IdempotencyKey.TryRead(http.Request, out var key, out fault))
        {
            return fault;
        }

        var actor = Actor.Of(http).Name;
        var errors = new List<FieldError>();
        if (GroupCommandBinding.Bind(actor, input, errors) is not { } request)
        {
            return Problems.Invalid(errors);
        }

        if (!await rights.CoversAsync(Territory.Of(http), request.Selector, http.RequestAborted))
        {
            return RouteReaches.Forbidden(http);
        }

        // No device has an empty key: never the id of a command to one.
        var command = CommandBinding.IdOf(string.Empty, actor, key);
        var answer = await grains.GroupCommand(command).Submit(request);
        switch (answer.Status)
        {
            case SubmitStatus.Refused:
                return AnswerLanguage.Invalid(http, (answer.Field ?? "selector", new(answer.ReasonFrench ?? answer.Reason ?? "est refusé", answer.Reason ?? "is refused")));
            case SubmitStatus.Conflict:
                return Problems.Conflict($"This {IdempotencyKey.Header} stands for another request.");
            case SubmitStatus.Accepted:
            default:
                var view = answer.Group ?? throw new InvalidOperationException($"Group command {command} was accepted without a view.");
                http.Audit($"group-command:{command}", Describe(view));
                http.Response.Headers.Location = $"/api/v1/group-commands/{command}";
                return TypedResults.Json(GroupCommandModel.Of(view), GridJson.Default.GroupCommandModel, statusCode: StatusCodes.Status202Accepted);
        }
    }

    private static async Task<IResult> GetAsync(string id, IGridGrains grains) =>
        id.Length <= MaximumIdLength && await grains.GroupCommand(id).Get() is { } view
            ? TypedResults.Json(GroupCommandModel.Of(view), GridJson.Default.GroupCommandModel)
            : Problems.NotFound("such group command");

    private static async Task<IResult> ListAsync(string id, HttpContext http, IGridGrains grains)
    {
        var reader = new QueryReader(http.Request.Query);
        var states = reader.Words<CommandState>("state");
        if (states.Count > 1)
        {
            reader.Reject("state", "is given more than once");
        }

        var list = $"group-commands/{id}/members?{string.Join(',', states)}";
        var from = reader.After(list) is { } after ? PlaceOf(after) : null;
        var limit = reader.Limit();
        if (reader.Fault() is { } fault)
        {
            return fault;
        }

        if (id.Length > MaximumIdLength || await grains.GroupCommand(id).List(states.Count == 0 ? null : states[0], from, limit) is not { } page)
        {
            return Problems.NotFound("such group command");
        }

        var items = page.Items.Select(member => new GroupMemberModel(member.Device, member.Order.Name, member.Order.Arguments, member.State, member.Detail));
        var next = page.Next is { } place ? PageCursor.Encode(list, string.Create(CultureInfo.InvariantCulture, $"{place.Sector}/{place.Position}")) : null;
        return TypedResults.Json(new GroupMemberPageModel([.. items], next), GridJson.Default.GroupMemberPageModel);
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext http, IGridGrains grains)
    {
        if (id.Length > MaximumIdLength || await grains.GroupCommand(id).Get() is null)
        {
            return Problems.NotFound("such group command");
        }

        await grains.GroupCommand(id).Cancel($"cancelled by {Actor.Of(http).Name}");
        var view = await grains.GroupCommand(id).Get() ?? throw new InvalidOperationException($"Group command {id} is gone.");
        http.Audit($"group-command:{id}", $"cancelled, is {Words<GroupState>.Of(view.State)}");
        return TypedResults.Json(GroupCommandModel.Of(view), GridJson.Default.GroupCommandModel);
    }

    /// <summary>The place that a cursor of ours names: its checksum holds.</summary>
    private static GroupPlace PlaceOf(string after) =>
        after.Split('/') is [var sector, var position] ? new(sector, int.Parse(position, NumberStyles.None, CultureInfo.InvariantCulture)) : new(after, 0);

    private static string Describe(GroupView view)
    {
        var request = view.Request;
        var selector = request.Selector;
        var box = selector.Box is { } wanted ? string.Create(CultureInfo.InvariantCulture, $"bbox={wanted.West},{wanted.South},{wanted.East},{wanted.North}") : null;
        string?[] selected =
        [
            selector.Commune is null ? null : $"commune={selector.Commune}",
            selector.Syndicate is null ? null : $"syndicate={selector.Syndicate}",
            selector.Department is null ? null : $"department={selector.Department}",
            selector.Kind is { } kind ? $"kind={Words<Grid.Contracts.Devices.DeviceKind>.Of(kind)}" : null,
            box,
            selector.Ids.IsDefaultOrEmpty ? null : $"ids={string.Join(',', selector.Ids)}",
        ];
        var arguments = request.Arguments.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Words<ControlLayer>.Of(request.Layer)} {string.Join(' ', arguments.Prepend(request.Name))} to {view.Members} members of {string.Join(' ', selected.OfType<string>())}");
    }
}
