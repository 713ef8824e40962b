using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// What the rules of a device remember. The device owns it and its arrays, and writes in place. About 100 bytes, 40 for each rule that is not at rest, and 32 for each metric
/// of which a rule asks what it was before. A device without rules has none.
/// </summary>
[GenerateSerializer, Alias("grid.DeviceRuleState")]
public sealed class DeviceRuleState
{
    /// <summary>Which rules.</summary>
    [Id(0)] public long Set { get; set; }

    /// <summary>The rules that are not at rest, in the order of the set; null for none.</summary>
    [Id(1)] public RuleMemory[]? Rules { get; set; }

    /// <summary>What some metrics were before; null for none.</summary>
    [Id(2)] public PreviousValue[]? Previous { get; set; }

    /// <summary>The keys of the rules with a filter of attributes that the device passes; null for none.</summary>
    [Id(3)] public long[]? Passed { get; set; }

    /// <summary>The latest instant for which they were evaluated, in Unix milliseconds: it never goes back.</summary>
    [Id(4)] public long EvaluatedAt { get; set; }

    /// <summary>The next instant at which they may be otherwise though nothing is heard, in Unix milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    [Id(5)] public long DueAt { get; set; } = long.MaxValue;

    /// <summary>The effects that they had last, so that the replay of an entry has them again; null for none.</summary>
    [Id(6)] public RuleEffectGiven[]? Given { get; set; }

    /// <summary>The commands that rules of a ring gave here last, the newest of each rule, at most <see cref="RuleCause.Bound"/>; null for none. Replaced, never written in place.</summary>
    [Id(7)] public RuleCause[]? Causes { get; set; }

    /// <summary>While it moves to another sector: since when the conditions of its rules hold. Where the same rules hold, what has lasted already counts. Null for none.</summary>
    [Id(8)] public RuleMemory[]? Lasting { get; set; }

    /// <summary>Nothing to be kept but where there are rules.</summary>
    internal bool IsForgettable => Given is null && Lasting is null;
}

/// <summary>A command that a rule gave: what it brings about is no new cause.</summary>
/// <param name="Command">The command's id, which tells through which rules it came about.</param>
/// <param name="At">When, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleCause")]
public readonly record struct RuleCause([property: Id(0)] string Command, [property: Id(1)] long At)
{
    /// <summary>Commands that are remembered for a device, the newest of each rule.</summary>
    public const int Bound = 8;

    internal static RuleCause[] With(RuleCause[]? kept, string command, long at)
    {
        var mark = RuleChain.Of(command).Last;
        return [.. (kept ?? []).Where(cause => RuleChain.Of(cause.Command).Last != mark).TakeLast(Bound - 1), new RuleCause(command, at)];
    }
}

/// <summary>An effect that the rules of a device had: one of these.</summary>
/// <param name="Offset">The entry's offset in the log of the device's sector.</param>
/// <param name="Alarm">An alarm begins or ends.</param>
/// <param name="Command">A command.</param>
/// <param name="WorkOrder">A work order.</param>
/// <param name="Notification">A message.</param>
/// <param name="Flag">A flag.</param>
/// <param name="Sector">The sector in whose log the offset is; null for that in which the device is.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleEffectGiven")]
public sealed record RuleEffectGiven(
    [property: Id(0)] long Offset,
    [property: Id(1)] RuleAlarm? Alarm = null,
    [property: Id(2)] RuleCommand? Command = null,
    [property: Id(3)] RuleWorkOrder? WorkOrder = null,
    [property: Id(4)] RuleNotification? Notification = null,
    [property: Id(5)] RuleFlag? Flag = null,
    [property: Id(6)] string? Sector = null)
{
    /// <summary>Effects kept of entries before the newest; of that, all are. The sector carries out all before its next checkpoint, and a rule begins once a minute at most.</summary>
    public const int Bound = 64;

    internal static RuleEffectGiven[] With(RuleEffectGiven[]? kept, IEnumerable<DeviceEffect> given, string? sector, long offset)
    {
        var former = kept ?? [];
        return [.. former.Skip(former.Length - Bound), .. given.Select(effect => Of(effect, offset)).OfType<RuleEffectGiven>().Select(effect => effect with { Sector = sector })];
    }

    private static RuleEffectGiven? Of(DeviceEffect effect, long offset) => effect switch
    {
        RuleAlarm alarm => new RuleEffectGiven(offset, Alarm: alarm),
        RuleCommand command => new RuleEffectGiven(offset, Command: command),
        RuleWorkOrder order => new RuleEffectGiven(offset, WorkOrder: order),
        RuleNotification notification => new RuleEffectGiven(offset, Notification: notification),
        RuleFlag flag => new RuleEffectGiven(offset, Flag: flag),
        _ => null,
    };

    private DeviceEffect Effect() => Alarm ?? Command ?? WorkOrder ?? Notification ?? (DeviceEffect)Flag!;

    /// <summary>What the entry at an offset of a sector gave, as long as it is kept: also after the device has left that sector, which may have died before it carried it out.</summary>
    internal static ImmutableArray<DeviceEffect> At(RuleEffectGiven[]? kept, string? sector, long offset) =>
        [.. (kept ?? []).Where(given => given.Offset == offset && string.Equals(given.Sector, sector, StringComparison.Ordinal)).Select(given => given.Effect())];
}
