using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Live;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Notifications;

/// <summary>Who may change who is told: of a device or a commune whoever manages its devices, of a body or a department an administrator.</summary>
internal static class ScopeRights
{
    /// <summary>The answer to a caller who may not change what belongs to the scope; null for one who may.</summary>
    public static IResult? Fault(HttpContext http, string scope) =>
        LiveScope.TryParse(scope, out var parsed) && parsed.Kind is not (ScopeKind.Device or ScopeKind.Commune) && !Actor.Of(http).Rights.Contains(Right.Administer)
            ? Problems.Of(StatusCodes.Status403Forbidden, $"What belongs to {scope} needs the right {Right.Administer}.")
            : null;
}
