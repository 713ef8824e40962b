using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Client.Live;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Authentication;

/// <summary>Who calls, and what they may do.</summary>
/// <param name="Name">For the audit log and ledgers.</param>
/// <param name="Rights">What they may do.</param>
public sealed record Actor(string Name, FrozenSet<Right> Rights)
{
    /// <summary>Where their rights hold, as given: communes, bodies, departments. Null for everywhere.</summary>
    public ImmutableArray<LiveScope>? Territory { get; init; }

    /// <summary>Everything that a person may do.</summary>
    public static FrozenSet<Right> AllRights { get; } = Enum.GetValues<Right>().Where(right => right != Right.Internal).ToFrozenSet();

    /// <summary>Everything but what concerns persons: for who has not proved who they are.</summary>
    public static FrozenSet<Right> RightsWithoutPersons { get; } =
        AllRights.Where(right => right is not (Right.PersonalData or Right.ErasePersonalData)).ToFrozenSet();

    /// <summary>True when what is personal may be shown.</summary>
    public bool SeesPersonalData => Rights.Contains(Right.PersonalData);

    /// <summary>The actor of an authenticated request.</summary>
    /// <exception cref="InvalidOperationException">The request was not authenticated: its route declares no right but the public one.</exception>
    public static Actor Of(HttpContext http) =>
        http.Features.Get<Actor>() ?? throw new InvalidOperationException("The request has no actor: its route is public.");
}
