using System.Collections.Immutable;

namespace Grid.Grains.Rules.Loops;

/// <summary>Finds the loops of a graph of rules. Pure.</summary>
internal static class RuleLoops
{
    /// <summary>The shortest loops through a rule, one for each way out of it, each from it on and back to it; none twice by its rules.</summary>
    /// <param name="graph">The graph, with the rule in it.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="most">So many at most.</param>
    public static List<ImmutableArray<RuleLink>> Through(RuleGraph graph, RuleNode rule, int most)
    {
        var loops = new List<ImmutableArray<RuleLink>>();
        var told = new HashSet<string>(StringComparer.Ordinal);
        var start = (rule, Turning.Begins);
        var ways = graph.LinksFrom(rule, Turning.Begins).ToDictionary(way => (way.Link.To, way.Next), way => way.Link);
        if (ways.Remove(start, out var own))
        {
            loops.Add([own]);
        }

        // Backwards from the rule: of each turn that leads to it, the next link on the way.
        var onwards = new Dictionary<(RuleNode Node, Turning Turning), (RuleLink Link, Turning Next)>();
        var queue = new Queue<(RuleNode Node, Turning Turning)>([start]);
        while (ways.Count > 0 && loops.Count < most && queue.TryDequeue(out var reached))
        {
            foreach (var (link, from) in graph.LinksTo(reached.Node, reached.Turning, (node, turning) => (node, turning) == start || onwards.ContainsKey((node, turning))))
            {
                onwards[(link.From, from)] = (link, reached.Turning);
                queue.Enqueue((link.From, from));
                if (ways.Remove((link.From, from), out var way) && RingOf(way, from, onwards, start) is var ring
                    && told.Add(string.Join('\n', ring.Select(one => one.From.Id).Order(StringComparer.Ordinal))) && loops.Count < most)
                {
                    loops.Add(ring);
                }
            }
        }

        return loops;
    }

    /// <summary>Rules that can have each other begin again and again: each in exactly one ring, those that are in none in no list.</summary>
    public static List<List<RuleNode>> All(RuleGraph graph, IReadOnlyList<RuleNode> rules)
    {
        // Tarjan: a ring is a strongly connected part, without recursion.
        var (numbers, lows) = (new Dictionary<(RuleNode, Turning), int>(), new Dictionary<(RuleNode, Turning), int>());
        var (open, isOpen) = (new Stack<(RuleNode Node, Turning Turning)>(), new HashSet<(RuleNode, Turning)>());
        var rings = new List<List<RuleNode>>();
        foreach (var root in rules.Select(rule => (Node: rule, Turning: Turning.Begins)).Where(root => !numbers.ContainsKey(root)))
        {
            var path = new Stack<((RuleNode Node, Turning Turning) At, List<(RuleNode Node, Turning Turning)> To, int Place)>();
            path.Push((root, Enter(root), 0));
            while (path.TryPop(out var step))
            {
                if (step.Place < step.To.Count)
                {
                    path.Push(step with { Place = step.Place + 1 });
                    var next = step.To[step.Place];
                    if (!numbers.TryGetValue(next, out var number))
                    {
                        path.Push((next, Enter(next), 0));
                    }
                    else if (isOpen.Contains(next))
                    {
                        lows[step.At] = Math.Min(lows[step.At], number);
                    }

                    continue;
                }

                if (path.TryPeek(out var before))
                {
                    lows[before.At] = Math.Min(lows[before.At], lows[step.At]);
                }

                if (lows[step.At] == numbers[step.At])
                {
                    Close(step.At, step.To.Contains(step.At));
                }
            }
        }

        return rings;

        List<(RuleNode, Turning)> Enter((RuleNode Node, Turning Turning) at)
        {
            numbers[at] = lows[at] = numbers.Count;
            open.Push(at);
            isOpen.Add(at);
            return [.. graph.LinksFrom(at.Node, at.Turning).Select(way => (way.Link.To, way.Next))];
        }

        void Close((RuleNode Node, Turning Turning) at, bool feedsItself)
        {
            var members = new List<(RuleNode Node, Turning Turning)>();
            do
            {
                members.Add(open.Pop());
                isOpen.Remove(members[^1]);
            }
            while (members[^1] != at);
            if (members.Count > 1 || feedsItself)
            {
                rings.Add([.. members.Select(member => member.Node).Distinct()]);
            }
        }
    }

    private static ImmutableArray<RuleLink> RingOf(
        RuleLink way, Turning turning, Dictionary<(RuleNode Node, Turning Turning), (RuleLink Link, Turning Next)> onwards, (RuleNode Node, Turning Turning) start)
    {
        var ring = ImmutableArray.CreateBuilder<RuleLink>();
        ring.Add(way);
        for (var at = (Node: way.To, Turning: turning); at != start;)
        {
            var (link, next) = onwards[at];
            ring.Add(link);
            at = (link.To, next);
        }

        return ring.DrainToImmutable();
    }
}
