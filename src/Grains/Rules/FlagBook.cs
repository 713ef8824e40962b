using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Orleans;
using FlagDevices = System.Collections.Immutable.ImmutableSortedDictionary<string, System.Collections.Immutable.ImmutableSortedDictionary<string, Grid.Grains.Rules.FlagHolding>>;
using FlagRules = System.Collections.Immutable.ImmutableSortedDictionary<string, Grid.Grains.Rules.FlagHolding>;

namespace Grid.Grains.Rules;

/// <summary>Which rules hold which flags of a commune up, and on which devices. Immutable.</summary>
public sealed class FlagBook
{
    /// <summary>How long it is known that a rule has let go, so that what is older raises nothing: longer than an action is tried.</summary>
    public static readonly TimeSpan LetGoKnownFor = RuleActionsGrain.GivenUpAfter + TimeSpan.FromDays(1);

    /// <summary>No flags.</summary>
    public static readonly FlagBook Empty = new(Ordinal<FlagDevices>());

    // Whoever held a flag up when rules were not told apart.
    private const string SomeRule = "";

    private readonly ImmutableSortedDictionary<string, FlagDevices> _flags;

    private FlagBook(ImmutableSortedDictionary<string, FlagDevices> flags) => _flags = flags;

    /// <summary>What is stored, also by a program that did not tell rules apart.</summary>
    public static FlagBook Of(StoredFlags stored)
    {
        var former = stored.Flags.SelectMany(flag => flag.Value.Where(device => device.Value.IsUp).Select(device => (Flag: flag.Key, Device: device.Key, Rule: SomeRule, Holding: device.Value)));
        var held = stored.Held.SelectMany(flag => flag.Value.SelectMany(device => device.Value.Select(rule => (Flag: flag.Key, Device: device.Key, Rule: rule.Key, Holding: rule.Value))));
        return new FlagBook(former.Concat(held).GroupBy(one => one.Flag, StringComparer.Ordinal).ToImmutableSortedDictionary(
            flag => flag.Key,
            flag => flag.GroupBy(one => one.Device, StringComparer.Ordinal).ToImmutableSortedDictionary(
                device => device.Key,
                device => device.ToImmutableSortedDictionary(one => one.Rule, one => one.Holding, StringComparer.Ordinal),
                StringComparer.Ordinal),
            StringComparer.Ordinal));
    }

    /// <summary>As it is persisted.</summary>
    public StoredFlags ToStored() => new() { Held = _flags };

    /// <summary>How many devices hold each flag up, by name: a device once, by however many rules.</summary>
    public ImmutableSortedDictionary<string, int> Count() => _flags.ToImmutableSortedDictionary(flag => flag.Key, flag => flag.Value.Values.Count(IsUp), StringComparer.Ordinal);

    /// <summary>A rule holds a flag up on a device, or does so no more. The same object when that is no news, null when there are too many flags.</summary>
    public FlagBook? With(string flag, string rule, string device, FlagHolding holding)
    {
        var devices = _flags.GetValueOrDefault(flag) ?? Ordinal<FlagRules>();
        if (devices.IsEmpty && !holding.IsUp)
        {
            return this;
        }

        if (devices.IsEmpty && _flags.Count >= ICommuneFlagsGrain.MaximumFlags)
        {
            return null;
        }

        var rules = devices.GetValueOrDefault(device) ?? Ordinal<FlagHolding>();
        var known = rules.GetValueOrDefault(rule);
        if (known == holding || known?.At > holding.At)
        {
            return this;
        }

        if (rules.GetValueOrDefault(SomeRule) is { } some && (holding.IsUp ? some.At == holding.At : known is not { IsUp: true } && some.At <= holding.At))
        {
            // It is this rule: it says the same again, or lets go of what it has not held up since.
            rules = rules.Remove(SomeRule);
        }

        devices = Retained(devices.SetItem(device, rules.SetItem(rule, holding)), holding.At - LetGoKnownFor);
        return new FlagBook(devices.Values.Any(IsUp) ? _flags.SetItem(flag, devices) : _flags.Remove(flag));
    }

    /// <summary>Without what was let go long ago.</summary>
    private static FlagDevices Retained(FlagDevices devices, DateTimeOffset from)
    {
        foreach (var (device, rules) in devices.Where(device => device.Value.Values.Any(IsOver)).ToArray())
        {
            var kept = rules.RemoveRange(rules.Where(rule => IsOver(rule.Value)).Select(rule => rule.Key));
            devices = kept.IsEmpty ? devices.Remove(device) : devices.SetItem(device, kept);
        }

        return devices;

        bool IsOver(FlagHolding holding) => !holding.IsUp && holding.At < from;
    }

    private static bool IsUp(FlagRules rules) => rules.Values.Any(holding => holding.IsUp);

    private static ImmutableSortedDictionary<string, T> Ordinal<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

/// <summary>The flags of a commune as they are persisted.</summary>
[GenerateSerializer, Alias("grid.StoredFlags")]
public sealed class StoredFlags
{
    /// <summary>By flag, then by device, from when rules were not told apart: read, and written no more.</summary>
    [Id(0)] public ImmutableSortedDictionary<string, FlagRules> Flags { get; set; } = ImmutableSortedDictionary<string, FlagRules>.Empty;

    /// <summary>By flag, then by device, then by rule.</summary>
    [Id(1)] public ImmutableSortedDictionary<string, FlagDevices> Held { get; set; } = ImmutableSortedDictionary<string, FlagDevices>.Empty;
}

/// <summary>Whether a flag is held up, and since when.</summary>
[GenerateSerializer, Immutable, Alias("grid.FlagHolding")]
public sealed record FlagHolding([property: Id(0)] bool IsUp, [property: Id(1)] DateTimeOffset At);
