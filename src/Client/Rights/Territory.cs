using System.Collections.Frozen;
using Grid.Client.Authentication;
using Grid.Client.Live;
using Grid.Contracts.Devices;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Rights;

/// <summary>Where a caller's rights hold, today: which kinds of device in which communes, and which territories as a whole.</summary>
/// <remarks>
/// A body or a department is covered by its own name only, never by communes that happen to be all of it: what is given to it holds for whoever joins it.
/// </remarks>
public sealed class Territory
{
    private readonly FrozenDictionary<string, DeviceKinds> _communes;
    private readonly FrozenSet<LiveScope> _scopes;

    internal Territory(IReadOnlyDictionary<string, DeviceKinds> communes, IEnumerable<LiveScope> scopes) =>
        (_communes, _scopes) = (communes.ToFrozenDictionary(StringComparer.Ordinal), scopes.ToFrozenSet());

    /// <summary>All that there is.</summary>
    public static Territory Whole { get; } = new(new Dictionary<string, DeviceKinds>(), []) { IsWhole = true };

    /// <summary>True for a caller whose rights hold everywhere.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Where the rights of the caller of a request hold.</summary>
    /// <exception cref="InvalidOperationException">The request was not authenticated.</exception>
    public static Territory Of(HttpContext http) =>
        http.Features.Get<Territory>() ?? throw new InvalidOperationException($"The request of {Actor.Of(http).Name} has no territory.");

    /// <summary>True when all of these kinds are the caller's in a commune.</summary>
    public bool Covers(string commune, DeviceKinds kinds) => IsWhole || (kinds & ~KindsIn(commune)) == 0;

    /// <summary>True when the kind is the caller's in a commune.</summary>
    public bool Covers(string commune, DeviceKind kind) => Covers(commune, (DeviceKinds)(1 << (int)kind));

    /// <summary>True when it was given by its name; a commune too when all of its kinds were.</summary>
    internal bool CoversTerritory(LiveScope scope) => IsWhole || _scopes.Contains(scope) || (scope.Kind == ScopeKind.Commune && Covers(scope.Key, DeviceKinds.All));

    /// <summary>The kinds that are the caller's in a commune.</summary>
    public DeviceKinds KindsIn(string commune) => IsWhole ? DeviceKinds.All : _communes.GetValueOrDefault(commune);
}
