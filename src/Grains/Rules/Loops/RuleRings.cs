using System.Collections.Frozen;
using Grid.Contracts.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>
/// The rings of the rules that are followed together, and for how long what one of them commanded may be the cause of what another sees: as long as a round of the ring can take. Follows from the rules alone,
/// so that a replay finds the same.
/// </summary>
internal sealed class RuleRings
{
    private readonly FrozenDictionary<string, RuleRing> _ofRule;

    private RuleRings(IEnumerable<RuleRing> rings) =>
        _ofRule = rings.SelectMany(ring => ring.Marks.Select(mark => (Mark: mark, Ring: ring))).ToFrozenDictionary(one => one.Mark, one => one.Ring, StringComparer.Ordinal);

    /// <summary>The ring of a rule; null when it is in none.</summary>
    /// <param name="rule">Its id.</param>
    public RuleRing? Of(string rule) => _ofRule.Count == 0 ? null : OfMark(RuleChain.MarkOf(rule));

    /// <summary>The same by <see cref="RuleChain.MarkOf"/>.</summary>
    public RuleRing? OfMark(string mark) => _ofRule.GetValueOrDefault(mark);

    /// <summary>The rings of rules that are followed in one sector.</summary>
    public static RuleRings Of(IEnumerable<CompiledRule> rules)
    {
        // What commands moves, or what alarms: nothing else can close a ring.
        var nodes = rules.Where(rule => rule.Rule.Then.Any(action => action is SendCommand or RaiseAlarm or ClearAlarm)).Select(NodeOf).ToList();
        if (!nodes.Any(node => node.Rule.Then.Any(action => action is SendCommand)))
        {
            return new RuleRings([]);
        }

        var graph = new RuleGraph(RuleGraph.MostComparisons);
        nodes.ForEach(graph.Add);
        var rings = RuleLoops.All(graph, nodes);

        // Of more than can be compared nobody knows: all are taken for one.
        return new RuleRings((graph.IsCut ? [nodes] : rings).Select(RuleRing.Of));
    }

    private static RuleNode NodeOf(CompiledRule rule) => new(
        rule.Id, rule.Id, rule.Rule, rule.Rule.Target.IsCommune ? DeviceKinds.None : rule.Facts.Kinds, new RuleGround(rule.Device is { } device ? $"device:{device}" : "", rule.Device, null));
}

/// <summary>Rules that can have each other begin again and again.</summary>
/// <param name="Marks">Each as <see cref="RuleChain.MarkOf"/> has it.</param>
/// <param name="MemoryMilliseconds">For how long a command of one of them may be the cause of what they see.</param>
internal sealed record RuleRing(FrozenSet<string> Marks, long MemoryMilliseconds)
{
    /// <summary>A ring of rules: it remembers for as long as all of them may take one after the other, and what a cause may take anyway.</summary>
    public static RuleRing Of(IReadOnlyCollection<RuleNode> rules) => new(
        rules.Select(rule => RuleChain.MarkOf(rule.Id)).ToFrozenSet(StringComparer.Ordinal),
        Math.Min(RuleLimits.Duration, RuleChain.CauseMilliseconds + rules.Sum(DelayOf)));

    /// <summary>For how long a rule may wait once it is moved: its <c>for</c>, and the longest time that its condition asks for.</summary>
    private static long DelayOf(RuleNode rule) =>
        Math.Min(RuleLimits.Duration, rule.Rule.ForMilliseconds + Parts.Of(rule.Rule.When).OfType<DurationLiteral>().Select(duration => duration.Milliseconds).DefaultIfEmpty().Max());
}
