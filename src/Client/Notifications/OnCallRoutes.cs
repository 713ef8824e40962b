using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Client.Parameters;
using Grid.Client.Rights;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Notifications;

/// <summary>Who is on call.</summary>
internal static class OnCallRoutes
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var calendars = api.MapGroup("/on-call").WithTags("Notifications");
        calendars.MapGet("/{scope}", GetAsync)
            .WithName("getOnCall")
            .WithSummary("Show the on-call calendar of a scope, who is on call now, and the alarms that nobody answered. The ETag is its version.")
            .Produces<OnCallModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read);
        calendars.MapPut("/{scope}", PutAsync)
            .WithName("putOnCall")
            .WithSummary("Replace the on-call calendar of a scope. With If-Match, only that version.")
            .Accepts<OnCallCalendarModel>("application/json")
            .Produces<OnCallModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .Audited("on-call.put")
            .RequireRight(Right.ManageDevices);
        calendars.MapDelete("/{scope}", DeleteAsync)
            .WithName("deleteOnCall")
            .WithSummary("Remove the on-call calendar of a scope: a wider one counts then. With If-Match, only that version.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .Audited("on-call.delete")
            .RequireRight(Right.ManageDevices);
    }

    private static async Task<IResult> GetAsync(string scope, HttpContext http, ScopeResolver scopes, IGridGrains grains) =>
        await ExistsAsync(scope, scopes, http.RequestAborted) ? Show(http, await grains.OnCall(scope).Get()) : NoSuchScope();

    private static async Task<IResult> PutAsync(string scope, HttpContext http, ScopeResolver scopes, IGridGrains grains, ScopeRights rights)
    {
        if (!await ExistsAsync(scope, scopes, http.RequestAborted))
        {
            return NoSuchScope();
        }

        if (await rights.FaultAsync(http, scope) is { } forbidden)
        {
            return forbidden;
        }

        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.OnCallCalendarModel);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        var calendar = OnCallBinding.Bind(input, errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var answer = await grains.OnCall(scope).Put(calendar, VersionedChange.VersionOf(http.Request));
        if (!answer.Faults.IsEmpty)
        {
            return Problems.Invalid(answer.Faults.Select(item => new FieldError(item.Field, item.Reason)));
        }

        if (answer.IsConflict)
        {
            return Conflict(answer);
        }

        http.Audit($"on-call:{scope}", DetailOf(answer.View));
        return Show(http, answer.View);
    }

    private static async Task<IResult> DeleteAsync(string scope, HttpContext http, ScopeResolver scopes, IGridGrains grains, ScopeRights rights)
    {
        if (!await ExistsAsync(scope, scopes, http.RequestAborted) || (await grains.OnCall(scope).Get()).Calendar is null)
        {
            return Problems.NotFound("on-call calendar of this scope");
        }

        if (await rights.FaultAsync(http, scope) is { } forbidden)
        {
            return forbidden;
        }

        var answer = await grains.OnCall(scope).Put(null, VersionedChange.VersionOf(http.Request));
        if (answer.IsConflict)
        {
            return Conflict(answer);
        }

        http.Audit($"on-call:{scope}", string.Create(CultureInfo.InvariantCulture, $"version {answer.View.Version}: removed"));
        return TypedResults.NoContent();
    }

    private static async Task<bool> ExistsAsync(string text, ScopeResolver scopes, CancellationToken cancellationToken)
    {
        if (!LiveScope.TryParse(text, out var scope) || scope.Kind == ScopeKind.All)
        {
            return false;
        }

        try
        {
            await scopes.ResolveAsync(scope, cancellationToken);
            return true;
        }
        catch (WatchRefusedException)
        {
            return false;
        }
    }

    private static IResult NoSuchScope() => Problems.NotFound("such scope; scopes are commune:29019, syndicate:SIREN, department:29 and device:ID");

    private static IResult Conflict(OnCallAnswer answer) => Problems.Of(
        StatusCodes.Status412PreconditionFailed,
        string.Create(CultureInfo.InvariantCulture, $"The calendar has version {answer.View.Version}, which is not that of If-Match. Read it again."));

    private static string DetailOf(OnCallView view) => string.Create(
        CultureInfo.InvariantCulture,
        $"version {view.Version}: {string.Join("; ", view.Calendar!.Levels.Select((level, index) => $"level {index + 1} {string.Join(", ", level.Rotation.Turns.Select(turn => turn.Name))}, {level.Overrides.Length} overrides"))}");

    private static IResult Show(HttpContext http, OnCallView view)
    {
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{view.Version}\"");
        return TypedResults.Json(OnCallModel.Of(view), GridJson.Default.OnCallModel);
    }
}
