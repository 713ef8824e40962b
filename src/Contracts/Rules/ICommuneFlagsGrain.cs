using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>The flags that rules set on a commune: each is up while at least one rule holds it up on at least one device. Keyed by INSEE code.</summary>
[Alias("grid.ICommuneFlagsGrain"), RequiresRight(Right.Internal)]
public interface ICommuneFlagsGrain : IGrainWithStringKey
{
    /// <summary>Most flags of a commune; others wait until one goes down.</summary>
    const int MaximumFlags = 100;

    /// <summary>Most flags that wait; more are left out.</summary>
    const int MaximumWaiting = 100;

    /// <summary>A rule holds a flag up on a device, or does so no more. Persisted when answered; what is older than what is known of that rule there changes nothing.</summary>
    /// <param name="flag">The flag's name.</param>
    /// <param name="rule">The rule's id, whatever its version.</param>
    /// <param name="device">The device; of a rule for communes, the source of its alarms.</param>
    /// <param name="isUp">True to hold it up.</param>
    /// <param name="at">Since when.</param>
    /// <returns>Whether it is so now.</returns>
    [Alias("HoldOrWait")]
    Task<FlagAnswer> Hold(string flag, string rule, string device, bool isUp, DateTimeOffset at);

    /// <summary>How many devices hold each flag up, by name: a device once, by however many rules.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<ImmutableSortedDictionary<string, int>> Get();
}

/// <summary>What became of a flag that a rule holds up, or lets go.</summary>
public enum FlagAnswer
{
    /// <summary>It is as the rule says.</summary>
    Done,

    /// <summary>The commune has too many flags: it goes up by itself once another has gone down, if the rule still holds it up then.</summary>
    Waits,

    /// <summary>The commune has too many flags, and too many wait already: it is left out.</summary>
    LeftOut,
}
