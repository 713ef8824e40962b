using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>The flags that rules set on a commune: each is up while at least one device holds it up. Keyed by INSEE code.</summary>
[Alias("grid.ICommuneFlagsGrain"), RequiresRight(Right.Internal)]
public interface ICommuneFlagsGrain : IGrainWithStringKey
{
    /// <summary>Most flags of a commune; more are refused.</summary>
    const int MaximumFlags = 100;

    /// <summary>A device holds a flag up, or does so no more. Persisted when answered; what is older than what is known of the device changes nothing.</summary>
    /// <param name="flag">The flag's name.</param>
    /// <param name="device">The device.</param>
    /// <param name="isSet">True to hold it up.</param>
    /// <param name="at">Since when.</param>
    /// <returns>False when the commune has too many flags.</returns>
    [Alias("Set")]
    Task<bool> Set(string flag, string device, bool isSet, DateTimeOffset at);

    /// <summary>How many devices hold each flag up, by name.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<ImmutableSortedDictionary<string, int>> Get();
}
