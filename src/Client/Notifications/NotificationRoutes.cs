using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Notifications;

/// <summary>A notification and how its delivery goes.</summary>
/// <param name="Id">Its id, which a webhook has as <c>webhook-id</c>.</param>
/// <param name="Endpoint">Id of its endpoint.</param>
/// <param name="Type">What it is, such as <c>alarm.page</c>.</param>
/// <param name="Subject">One line.</param>
/// <param name="Message">The message.</param>
/// <param name="Fields">The same for programs.</param>
/// <param name="State">Where it is.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="ExpiresAt">Not sent after this instant.</param>
/// <param name="Attempts">Times that it was tried.</param>
/// <param name="NextAttemptAt">When it is tried next; null once it is finished.</param>
/// <param name="FinishedAt">When it was delivered, failed or expired; null before.</param>
/// <param name="LastError">What the last try came to; null when nothing went wrong.</param>
public sealed record DeliveryModel(
    string Id,
    string Endpoint,
    string Type,
    string Subject,
    string Message,
    IReadOnlyDictionary<string, string> Fields,
    NotificationState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? FinishedAt,
    string? LastError)
{
    /// <summary>A delivery as it is shown.</summary>
    public static DeliveryModel Of(NotificationDelivery delivery) => new(
        delivery.Notification.Id,
        delivery.Notification.Endpoint,
        delivery.Notification.Type,
        delivery.Notification.Subject,
        delivery.Notification.Body,
        delivery.Notification.Fields,
        delivery.State,
        delivery.Notification.CreatedAt,
        delivery.Notification.ExpiresAt,
        delivery.Attempts,
        delivery.State == NotificationState.Pending ? delivery.DueAt : null,
        delivery.FinishedAt,
        delivery.LastError);
}

/// <summary>A page of deliveries.</summary>
/// <param name="Items">The deliveries, the newest first.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryModel> Items, string? NextCursor);

/// <summary>What was told to whom, and how that goes.</summary>
internal static class NotificationRoutes
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("", ListAsync)
            .WithName("listNotifications")
            .WithSummary("List deliveries, the newest first. Filters: endpoint, state.")
            .Produces<DeliveryPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        notifications.MapGet("/{id}", GetAsync)
            .WithName("getNotification")
            .WithSummary("Show a notification and how its delivery goes.")
            .Produces<DeliveryModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        notifications.MapPost("/{id}/retry", RetryAsync)
            .WithName("retryNotification")
            .WithSummary("Try a failed or expired notification again.")
            .Produces<DeliveryModel>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Audited("notification.retry")
            .RequireRight(Right.Command)
            .Reaches(Reach.Handler);
    }

    /// <summary>202 with where to look.</summary>
    public static IResult Accepted(HttpContext http, NotificationDelivery delivery)
    {
        http.Response.Headers.Location = $"/api/v1/notifications/{delivery.Notification.Id}";
        return TypedResults.Json(DeliveryModel.Of(delivery), GridJson.Default.DeliveryModel, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(HttpContext http, INotificationOutbox outbox, ScopeRights rights)
    {
        var query = new QueryReader(http.Request.Query);
        var (endpoint, states, limit) = (query.Text("endpoint"), query.Words<NotificationState>("state"), query.Limit());
        if (states.Count > 1)
        {
            query.Reject("state", "is given more than once");
        }

        NotificationState? state = states.Count == 0 ? null : states[0];
        var list = $"notifications?{endpoint}&{state}";
        var after = query.After(list);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (!await rights.MaySeeEndpointAsync(http, endpoint ?? ""))
        {
            return RouteReaches.Forbidden(http);
        }

        var found = await outbox.ListAsync(
            new NotificationQuery { Endpoint = endpoint, State = state, After = after is null ? null : KeyOf(after), Limit = limit + 1 }, http.RequestAborted);
        return TypedResults.Json(
            new DeliveryPage([.. found.Take(limit).Select(DeliveryModel.Of)], found.Length > limit ? PageCursor.Encode(list, TextOf(found[limit - 1].Notification)) : null),
            GridJson.Default.DeliveryPage);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, INotificationOutbox outbox, ScopeRights rights) =>
        await outbox.GetAsync(id, http.RequestAborted) is not { } delivery ? Problems.NotFound("such notification")
        : await rights.MaySeeEndpointAsync(http, delivery.Notification.Endpoint) ? TypedResults.Json(DeliveryModel.Of(delivery), GridJson.Default.DeliveryModel)
        : RouteReaches.Forbidden(http);

    private static async Task<IResult> RetryAsync(string id, HttpContext http, IGridGrains grains, INotificationOutbox outbox, ScopeRights rights)
    {
        if (await outbox.GetAsync(id, http.RequestAborted) is not { } former)
        {
            return Problems.NotFound("such notification");
        }

        if (!await rights.MaySeeEndpointAsync(http, former.Notification.Endpoint))
        {
            return RouteReaches.Forbidden(http);
        }

        if (!await grains.NotificationEndpoints().Retry(id) || await outbox.GetAsync(id, CancellationToken.None) is not { } delivery)
        {
            return Problems.Conflict("Only a failed or expired notification can be tried again.");
        }

        http.Audit($"notification:{id}", $"to {former.Notification.Endpoint}, was {Words<NotificationState>.Of(former.State)}");
        return Accepted(http, delivery);
    }

    private static string TextOf(Notification last) => string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks} {last.Id}");

    /// <summary>The checksum of the cursor has proved that it is one of ours.</summary>
    private static (DateTimeOffset CreatedAt, string Id) KeyOf(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return (new DateTimeOffset(long.Parse(text.AsSpan(0, space), CultureInfo.InvariantCulture), TimeSpan.Zero), text[(space + 1)..]);
    }
}
