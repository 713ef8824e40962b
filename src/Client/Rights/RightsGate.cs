using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Metrics;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Rights;

/// <summary>
/// Lets a request through to its route when its caller has the route's right, over what the request reaches. Runs after routing. What no route was found for goes on, to its
/// 404 or to the page's files.
/// </summary>
public sealed class RightsGate(RequestDelegate next, Authenticator authenticator, TerritoryRights territories, ReachCheck reach, GatewayMeter meter)
{
    /// <summary>Answers 401 or 403 itself.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint)
        {
            await next(http);
            return;
        }

        // A route of the framework's own, such as the one that says 405, declares nothing: it shows itself to those who may read.
        var right = endpoint.Metadata.GetMetadata<RequiresRightAttribute>()?.Right ?? Right.Read;
        if (right == Right.Public)
        {
            await next(http);
            return;
        }

        var actor = authenticator.Authenticate(http.Request, allowsQueryToken: endpoint.Metadata.GetMetadata<HubMetadata>() is not null);
        if (actor is null)
        {
            meter.RequestRefused("unauthenticated");
            http.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer realm=\"grid\"";
            await Problems.Of(StatusCodes.Status401Unauthorized, "Say who you are: Authorization: Bearer TOKEN.").ExecuteAsync(http);
            return;
        }

        if (!actor.Rights.Contains(right))
        {
            meter.RequestRefused("forbidden");
            await Problems.Of(StatusCodes.Status403Forbidden, $"This needs the right {right}.").ExecuteAsync(http);
            return;
        }

        http.Features.Set(actor);
        var territory = await territories.OfAsync(actor, http.RequestAborted);
        http.Features.Set(territory);
        if (!await reach.AllowsAsync(http, endpoint, territory))
        {
            meter.RequestRefused("territory");
            await RouteReaches.Forbidden(http).ExecuteAsync(http);
            return;
        }

        await next(http);
    }
}
