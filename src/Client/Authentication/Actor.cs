using System.Collections.Frozen;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Authentication;

/// <summary>Who calls, and what they may do.</summary>
/// <param name="Name">For the audit log and ledgers.</param>
/// <param name="Rights">What they may do.</param>
public sealed record Actor(string Name, FrozenSet<Right> Rights)
{
    /// <summary>Everything that a person may do.</summary>
    public static FrozenSet<Right> AllRights { get; } = Enum.GetValues<Right>().Where(right => right != Right.Internal).ToFrozenSet();

    /// <summary>The actor of an authenticated request.</summary>
    /// <exception cref="InvalidOperationException">The request was not authenticated: its route declares no right but the public one.</exception>
    public static Actor Of(HttpContext http) =>
        http.Features.Get<Actor>() ?? throw new InvalidOperationException("The request has no actor: its route is public.");
}
