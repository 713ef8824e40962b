using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>Says in both languages which rules are a loop, and what links them.</summary>
internal static class LoopWarnings
{
    /// <summary>The loops through a rule beside others.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="others">Those that are published.</param>
    /// <param name="comparisons">How many pairs were compared.</param>
    /// <param name="most">Pairs that are compared at most.</param>
    public static ImmutableArray<RuleWarning> Of(RuleNode rule, IEnumerable<RuleNode> others, out int comparisons, int most = RuleGraph.MostComparisons)
    {
        var graph = new RuleGraph(most);
        graph.Add(rule);
        foreach (var other in others)
        {
            graph.Add(other);
        }

        var warnings = RuleLoops.Through(graph, rule, RuleWarning.MostLoops).Select(Of).ToList();
        if (graph.IsCut)
        {
            warnings.Add(RuleWarning.Of(IdsOf([rule]), Phrases.NotAllCompared));
        }

        comparisons = graph.Comparisons;
        return [.. warnings];
    }

    private static RuleWarning Of(ImmutableArray<RuleLink> loop)
    {
        if (loop is [{ } own])
        {
            return RuleWarning.Of(IdsOf([own.From]), Phrases.FeedsItself(NameOf(own.From), own.Move.By, own.Seen));
        }

        var links = loop.Select(link => Phrases.Link(NameOf(link.From), link.Move.By, link.Seen, NameOf(link.To))).ToArray();
        return RuleWarning.Of(
            IdsOf(loop.Select(link => link.From).Distinct()),
            Phrases.Loop(new BilingualText(string.Join(" ; ", links.Select(link => link.Fr)), string.Join("; ", links.Select(link => link.En)))));
    }

    private static ImmutableArray<string> IdsOf(IEnumerable<RuleNode> rules) => [.. rules.Select(rule => rule.Id).Where(id => id.Length > 0)];

    private static string NameOf(RuleNode rule) => rule.Id.Length == 0 || rule.Name == rule.Id ? rule.Name : $"{rule.Name} ({rule.Id})";
}
