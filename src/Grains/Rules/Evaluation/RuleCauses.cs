using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// Which command of a rule brought about that a rule's condition holds on a device: looked for when it begins to, and remembered as long as it lasts. So a loop that goes round slowly, for its rules wait, is a
/// loop still. Only an entry that moves something that commands move, and at which the rule looks, is brought about by one: that somebody passes under a lamp is not.
/// </summary>
internal static class RuleCauses
{
    private static readonly string[][] Metrics = [.. Enum.GetValues<DeviceKind>().Select(kind => MovesOf(kind).SelectMany(moves => moves.Metrics).Distinct(StringComparer.Ordinal).ToArray())];
    private static readonly Conditions[] ConditionsMoved =
        [.. Enum.GetValues<DeviceKind>().Select(kind => MovesOf(kind).SelectMany(moves => moves.Conditions).Aggregate(Conditions.None, (all, name) => all | Vocabulary.Conditions[name]))];

    /// <summary>The command, by its id; null for none.</summary>
    /// <param name="rule">The rule, whose condition begins to hold.</param>
    /// <param name="rules">The rules that are followed.</param>
    /// <param name="kind">The device's trade.</param>
    /// <param name="frame">What it sees.</param>
    /// <param name="given">What rules of rings commanded here.</param>
    public static string? Began(CompiledRule rule, CompiledRules rules, DeviceKind kind, in RuleFrame frame, RuleCause[]? given)
    {
        if ((given is null && !RuleChain.HasCommanded(frame.Desired)) || !IsMoved(rule, kind, frame))
        {
            return null;
        }

        var ring = rules.Rings.Of(rule.Id);
        var within = ring?.MemoryMilliseconds ?? RuleChain.CauseMilliseconds;
        var told = RuleChain.CommandOf(frame.Desired, rule.Id, frame.Now, frame.ReceivedAt, within);
        if (ring is null || given is null)
        {
            return told;
        }

        // Where somebody else has told the device something since, it is that.
        var others = RuleChain.ToldByOthers(frame.Desired, frame.ReceivedAt);
        return Best(rule.Id, told, given.Where(cause => cause.At > others), ring, frame.Now);
    }

    /// <summary>The best of a command and of those that rules of the ring gave lately.</summary>
    public static string? Best(string rule, string? told, IEnumerable<RuleCause>? given, RuleRing ring, long now)
    {
        foreach (var cause in given ?? [])
        {
            if (now - cause.At <= ring.MemoryMilliseconds && RuleChain.Of(cause.Command) is var chain && ring.Marks.Contains(chain.Last)
                && (told is null || RuleChain.Of(rule, RuleChain.Of(told), chain) != RuleChain.Of(told)))
            {
                told = cause.Command;
            }
        }

        return told;
    }

    private static bool IsMoved(CompiledRule rule, DeviceKind kind, in RuleFrame frame)
    {
        if (rule.Inputs.HasStatus || ((rule.Inputs.Conditions | rule.Inputs.Ages) & ConditionsMoved[(int)kind]) != 0)
        {
            return true;
        }

        foreach (var value in frame.Values ?? [])
        {
            if (value.ChangedAt == frame.Offset && Metrics[(int)kind].AsSpan().Contains(value.Name) && MetricsNamed.In(rule.Rule).Contains(value.Name, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<DeviceMoves> MovesOf(DeviceKind kind) => CommandCatalog.All.SelectMany(command => command.Moves.Devices).Where(moves => moves.Kind == kind);
}
