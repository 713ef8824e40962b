using System.Text.Json;
using Grid.Client.Audit;
using Grid.Client.Authentication;
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

/// <summary>Who can be told: webhooks and mail addresses.</summary>
internal static class EndpointRoutes
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = api.MapGroup("/notification-endpoints").WithTags("Notifications");
        endpoints.MapGet("", ListAsync)
            .WithName("listNotificationEndpoints")
            .WithSummary("List who can be told. Filter: scope.")
            .Produces<EndpointPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        endpoints.MapGet("/{id}", GetAsync)
            .WithName("getNotificationEndpoint")
            .WithSummary("Show an endpoint. Its secret is never shown.")
            .Produces<EndpointModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        endpoints.MapPut("/{id}", PutAsync)
            .WithName("putNotificationEndpoint")
            .WithSummary("Create or replace an endpoint. A webhook without a secret gets one, which this answer shows once; secret: null makes a new one.")
            .Accepts<EndpointInput>("application/json")
            .Produces<EndpointModel>(StatusCodes.Status201Created)
            .Produces<EndpointModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .Audited("notification-endpoint.put")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        endpoints.MapDelete("/{id}", DeleteAsync)
            .WithName("deleteNotificationEndpoint")
            .WithSummary("Remove an endpoint. What waits for it fails.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("notification-endpoint.delete")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        endpoints.MapPost("/{id}/test", TestAsync)
            .WithName("testNotificationEndpoint")
            .WithSummary("Send a test message to an endpoint. How it goes: GET /notifications/{id}.")
            .Produces<DeliveryModel>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Audited("notification-endpoint.test")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IGridGrains grains, ScopeRights rights)
    {
        var query = new QueryReader(http.Request.Query);
        var scope = query.Text("scope");
        var list = $"notification-endpoints?{scope}";
        var (after, limit) = (query.After(list), query.Limit());
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var page = (await rights.SeenAsync(http, await grains.NotificationEndpoints().List()))
            .Where(endpoint => (scope is null || endpoint.Scope == scope) && (after is null || string.CompareOrdinal(endpoint.Id, after) > 0))
            .Take(limit + 1).ToList();
        return TypedResults.Json(
            new EndpointPage([.. page.Take(limit).Select(endpoint => EndpointModel.Of(endpoint))], page.Count > limit ? PageCursor.Encode(list, page[limit - 1].Id) : null),
            GridJson.Default.EndpointPage);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, IGridGrains grains, ScopeRights rights) =>
        await grains.NotificationEndpoints().Find(id) is not { } endpoint ? Problems.NotFound("such endpoint")
        : await rights.MaySeeAsync(http, endpoint.Scope) ? TypedResults.Json(EndpointModel.Of(endpoint), GridJson.Default.EndpointModel)
        : RouteReaches.Forbidden(http);

    private static async Task<IResult> PutAsync(string id, HttpContext http, IGridGrains grains, ScopeRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.EndpointInput);
        if (input is null)
        {
            return fault!;
        }

        if (Check(input) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        var endpoints = grains.NotificationEndpoints();
        var former = await endpoints.Find(id);
        if ((await rights.FaultAsync(http, input.Scope) ?? (former is null ? null : await rights.FaultAsync(http, former.Scope))) is { } forbidden)
        {
            return forbidden;
        }

        var answer = await endpoints.Put(
            new NotificationEndpoint
            {
                Id = id,
                Kind = input.Kind,
                Address = (input.Kind == EndpointKind.Webhook ? input.Url : input.Address)!,
                Secret = input.Secret.ValueKind == JsonValueKind.String ? input.Secret.GetString() : null,
                Scope = input.Scope,
                Language = input.Language ?? NotificationLanguage.Fr,
                IsEnabled = input.Enabled ?? true,
            },
            renewsSecret: input.Secret.ValueKind == JsonValueKind.Null);
        if (!answer.Faults.IsEmpty)
        {
            return Problems.Invalid(answer.Faults.Select(item => new FieldError(item.Field, item.Reason)));
        }

        var model = EndpointModel.Of(answer.Endpoint!, answer.MadeSecret);
        http.Audit($"notification-endpoint:{id}", DetailOf(answer, input));
        if (answer.IsNew)
        {
            http.Response.Headers.Location = $"/api/v1/notification-endpoints/{id}";
        }

        return TypedResults.Json(model, GridJson.Default.EndpointModel, statusCode: answer.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, IGridGrains grains, ScopeRights rights)
    {
        var endpoints = grains.NotificationEndpoints();
        if (await endpoints.Find(id) is not { } endpoint)
        {
            return Problems.NotFound("such endpoint");
        }

        if (await rights.FaultAsync(http, endpoint.Scope) is { } forbidden)
        {
            return forbidden;
        }

        await endpoints.Remove(id);
        http.Audit($"notification-endpoint:{id}", $"removed, {endpoint.Scope}");
        return TypedResults.NoContent();
    }

    private static async Task<IResult> TestAsync(string id, HttpContext http, IGridGrains grains, ScopeRights rights, INotificationOutbox outbox)
    {
        var endpoints = grains.NotificationEndpoints();
        if (await endpoints.Find(id) is not { } endpoint)
        {
            return Problems.NotFound("such endpoint");
        }

        if (await rights.FaultAsync(http, endpoint.Scope) is { } forbidden)
        {
            return forbidden;
        }

        if (await endpoints.Test(id, Actor.Of(http).Name) is not { } notification || await outbox.GetAsync(notification, http.RequestAborted) is not { } delivery)
        {
            return Problems.Conflict("The endpoint is disabled: enable it first.");
        }

        http.Audit($"notification-endpoint:{id}", $"notification {notification}");
        return NotificationRoutes.Accepted(http, delivery);
    }

    private static List<FieldError> Check(EndpointInput input)
    {
        var errors = new List<FieldError>();
        var (wanted, other) = input.Kind == EndpointKind.Webhook ? ("url", "address") : ("address", "url");
        if ((input.Kind == EndpointKind.Webhook ? input.Url : input.Address) is null)
        {
            errors.Add(new(wanted, "is missing"));
        }

        if ((input.Kind == EndpointKind.Webhook ? input.Address : input.Url) is not null)
        {
            errors.Add(new(other, $"is not for endpoints of kind {Words<EndpointKind>.Of(input.Kind)}"));
        }

        if (input.Secret.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String))
        {
            errors.Add(new("secret", "is no text"));
        }

        return errors;
    }

    /// <summary>Of a URL its host alone: its path may hold what the receiver keeps secret.</summary>
    private static string DetailOf(EndpointAnswer answer, EndpointInput input)
    {
        var endpoint = answer.Endpoint!;
        var address = endpoint.Kind == EndpointKind.Webhook ? new Uri(endpoint.Address).Host : endpoint.Address;
        var secret = answer.MadeSecret is not null ? ", a new secret" : input.Secret.ValueKind == JsonValueKind.String ? ", secret given" : "";
        return $"{(answer.IsNew ? "created" : "replaced")}: {Words<EndpointKind>.Of(endpoint.Kind)} {address}, {endpoint.Scope}, {(endpoint.IsEnabled ? "enabled" : "disabled")}{secret}";
    }
}
