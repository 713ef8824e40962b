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
    public static readonly FlagBook Empty = new(Ordinal<FlagDevices>(), Ordinal<FlagDevices>());

    // Whoever held a flag up when rules were not told apart.
    private const string SomeRule = "";

    private readonly ImmutableSortedDictionary<string, FlagDevices> _flags;

    // What is held up and has no room: the same, and shown to nobody.
    private readonly ImmutableSortedDictionary<string, FlagDevices> _waiting;

    private FlagBook(ImmutableSortedDictionary<string, FlagDevices> flags, ImmutableSortedDictionary<string, FlagDevices> waiting) => (_flags, _waiting) = (flags, waiting);

    /// <summary>What is stored, also by a program that did not tell rules apart.</summary>
    public static FlagBook Of(StoredFlags stored)
    {
        var former = stored.Flags.SelectMany(flag => flag.Value.Where(device => device.Value.IsUp).Select(device => (Flag: flag.Key, Device: device.Key, Rule: SomeRule, Holding: device.Value)));
        return new FlagBook(Of(former.Concat(ItemsOf(stored.Held))), Of(ItemsOf(stored.Waiting)));
    }

    /// <summary>As it is persisted.</summary>
    public StoredFlags ToStored() => new() { Held = _flags, Waiting = _waiting };

    /// <summary>How many devices hold each flag up, by name: a device once, by however many rules.</summary>
    public ImmutableSortedDictionary<string, int> Count() => _flags.ToImmutableSortedDictionary(flag => flag.Key, flag => flag.Value.Values.Count(IsUp), StringComparer.Ordinal);

    /// <summary>What became of a flag that was to be held up.</summary>
    public FlagAnswer AnswerOf(string flag) => _flags.ContainsKey(flag) ? FlagAnswer.Done : _waiting.ContainsKey(flag) ? FlagAnswer.Waits : FlagAnswer.LeftOut;

    /// <summary>
    /// A rule holds a flag up on a device, or does so no more. The same object when that is no news. One for which there is no room waits; when a flag goes down, the one goes up that has waited longest.
    /// </summary>
    public FlagBook With(string flag, string rule, string device, FlagHolding holding)
    {
        var isShown = _flags.ContainsKey(flag) || (_flags.Count < ICommuneFlagsGrain.MaximumFlags && !_waiting.ContainsKey(flag));
        var flags = isShown ? _flags : _waiting;
        if (!flags.TryGetValue(flag, out var former) && (!holding.IsUp || (!isShown && _waiting.Count >= ICommuneFlagsGrain.MaximumWaiting)))
        {
            return this;
        }

        var devices = With(former ?? Ordinal<FlagRules>(), rule, device, holding);
        if (ReferenceEquals(devices, former))
        {
            return this;
        }

        var next = devices.Values.Any(IsUp) ? flags.SetItem(flag, devices) : flags.Remove(flag);
        return isShown ? new FlagBook(next, _waiting).Raised() : new FlagBook(_flags, next);
    }

    private static FlagDevices With(FlagDevices devices, string rule, string device, FlagHolding holding)
    {
        var rules = devices.GetValueOrDefault(device) ?? Ordinal<FlagHolding>();
        var known = rules.GetValueOrDefault(rule);
        if (known == holding || known?.At > holding.At)
        {
            return devices;
        }

        if (rules.GetValueOrDefault(SomeRule) is { } some && (holding.IsUp ? some.At == holding.At : known is not { IsUp: true } && some.At <= holding.At))
        {
            // It is this rule: it says the same again, or lets go of what it has not held up since.
            rules = rules.Remove(SomeRule);
        }

        return Retained(devices.SetItem(device, rules.SetItem(rule, holding)), holding.At - LetGoKnownFor);
    }

    /// <summary>With those that have waited longest, as far as there is room.</summary>
    private FlagBook Raised()
    {
        var (flags, waiting) = (_flags, _waiting);
        while (flags.Count < ICommuneFlagsGrain.MaximumFlags && !waiting.IsEmpty)
        {
            var (flag, devices) = waiting.MinBy(one => one.Value.Values.SelectMany(rules => rules.Values).Where(holding => holding.IsUp).Min(holding => holding.At));
            (flags, waiting) = (flags.SetItem(flag, devices), waiting.Remove(flag));
        }

        return ReferenceEquals(flags, _flags) ? this : new FlagBook(flags, waiting);
    }

    private static IEnumerable<(string Flag, string Device, string Rule, FlagHolding Holding)> ItemsOf(ImmutableSortedDictionary<string, FlagDevices> flags) =>
        flags.SelectMany(flag => flag.Value.SelectMany(device => device.Value.Select(rule => (flag.Key, device.Key, rule.Key, rule.Value))));

    private static ImmutableSortedDictionary<string, FlagDevices> Of(IEnumerable<(string Flag, string Device, string Rule, FlagHolding Holding)> items) =>
        items.GroupBy(one => one.Flag, StringComparer.Ordinal).ToImmutableSortedDictionary(
            flag => flag.Key,
            flag => flag.GroupBy(one => one.Device, StringComparer.Ordinal).ToImmutableSortedDictionary(
                device => device.Key,
                device => device.ToImmutableSortedDictionary(one => one.Rule, one => one.Holding, StringComparer.Ordinal),
                StringComparer.Ordinal),
            StringComparer.Ordinal);

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

    /// <summary>The same of those for which there was no room.</summary>
    [Id(2)] public ImmutableSortedDictionary<string, FlagDevices> Waiting { get; set; } = ImmutableSortedDictionary<string, FlagDevices>.Empty;
}

/// <summary>Whether a flag is held up, and since when.</summary>
[GenerateSerializer, Immutable, Alias("grid.FlagHolding")]
public sealed record FlagHolding([property: Id(0)] bool IsUp, [property: Id(1)] DateTimeOffset At);
