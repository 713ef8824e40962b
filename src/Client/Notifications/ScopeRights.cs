using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Live;
using Grid.Client.Rights;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Notifications;

/// <summary>
/// Who may see and change who is told: whoever has rights over all of the scope. To change it takes, of a device or a commune, the right to manage devices; of a body or a
/// department, that to administer.
/// </summary>
public sealed class ScopeRights(TerritoryRights rights, IGridGrains grains)
{
    /// <summary>The answer to a caller who may not change what belongs to the scope; null for one who may.</summary>
    public async ValueTask<IResult?> FaultAsync(HttpContext http, string scope) =>
        LiveScope.TryParse(scope, out var parsed) && parsed.Kind is not (ScopeKind.Device or ScopeKind.Commune) && !Actor.Of(http).Rights.Contains(Right.Administer)
            ? Problems.Of(StatusCodes.Status403Forbidden, $"What belongs to {scope} needs the right {Right.Administer}.")
            : await MaySeeAsync(http, scope) ? null : RouteReaches.Forbidden(http);

    /// <summary>True when the caller may see what belongs to the scope.</summary>
    public ValueTask<bool> MaySeeAsync(HttpContext http, string scope) => rights.CoversAsync(Territory.Of(http), scope, http.RequestAborted);

    /// <summary>True when the caller may see what an endpoint was told; of one that is gone, only who has rights everywhere.</summary>
    public async ValueTask<bool> MaySeeEndpointAsync(HttpContext http, string endpoint) =>
        Territory.Of(http).IsWhole || (await grains.NotificationEndpoints().Find(endpoint) is { } found && await MaySeeAsync(http, found.Scope));

    /// <summary>The endpoints that the caller may see.</summary>
    public async ValueTask<List<NotificationEndpoint>> SeenAsync(HttpContext http, IEnumerable<NotificationEndpoint> endpoints)
    {
        var seen = new List<NotificationEndpoint>();
        foreach (var endpoint in endpoints)
        {
            if (await MaySeeAsync(http, endpoint.Scope))
            {
                seen.Add(endpoint);
            }
        }

        return seen;
    }
}
