namespace Grid.Grains.Rules.Loops;

/// <summary>
/// Which rules can have which others begin or end, by what they move and look at. Rules are found by what they look at and where they hold, so that only those are compared that have
/// something in common; and only so many pairs, whatever the rules are.
/// </summary>
/// <param name="mostComparisons">Pairs that it compares; beyond it nothing links any more, and <see cref="IsCut"/> says so.</param>
internal sealed class RuleGraph(int mostComparisons)
{
    /// <summary>Pairs that one search compares.</summary>
    public const int MostComparisons = 20_000;

    private readonly Dictionary<Facet, Dictionary<string, List<RuleNode>>> _looking = [];
    private readonly Dictionary<Facet, Dictionary<string, List<RuleNode>>> _moving = [];
    private readonly Dictionary<(string, string), bool> _meet = [];

    /// <summary>Pairs compared.</summary>
    public int Comparisons { get; private set; }

    /// <summary>True when there were more pairs to compare than it may.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds a rule. One that moves nothing that can be looked at, or looks at nothing that can be moved, links nothing and costs nothing.</summary>
    public void Add(RuleNode node)
    {
        foreach (var facet in node.Looks.All)
        {
            Add(_looking, facet, node);
        }

        foreach (var facet in MovedBy(node).Distinct())
        {
            Add(_moving, facet, node);
        }
    }

    /// <summary>The links from a turn of a rule.</summary>
    public IEnumerable<(RuleLink Link, Turning Next)> LinksFrom(RuleNode node, Turning turning)
    {
        foreach (var other in Beside(_looking, node, node.MovesOn(turning).SelectMany(move => move.Facets)))
        {
            foreach (var next in Turns(other))
            {
                if (Compare(node, turning, other, next) is { } link)
                {
                    yield return (link, next);
                }
            }
        }
    }

    /// <summary>The links to a turn of a rule, from turns of which nobody knows yet where they lead.</summary>
    public IEnumerable<(RuleLink Link, Turning From)> LinksTo(RuleNode node, Turning turning, Func<RuleNode, Turning, bool> isKnown)
    {
        foreach (var other in Beside(_moving, node, node.Looks.All))
        {
            foreach (var from in Turns(other))
            {
                if (!isKnown(other, from) && Compare(other, from, node, turning) is { } link)
                {
                    yield return (link, from);
                }
            }
        }
    }

    /// <summary>The end of a rule counts where it moves something.</summary>
    private static IEnumerable<Turning> Turns(RuleNode node) => node.MovesOn(Turning.Ends).IsEmpty ? [Turning.Begins] : [Turning.Begins, Turning.Ends];

    private RuleLink? Compare(RuleNode from, Turning turning, RuleNode to, Turning next)
    {
        if (Comparisons == mostComparisons)
        {
            IsCut = true;
            return null;
        }

        Comparisons++;
        return from.LinkTo(turning, to, next);
    }

    private List<RuleNode> Beside(Dictionary<Facet, Dictionary<string, List<RuleNode>>> index, RuleNode node, IEnumerable<Facet> facets)
    {
        var (found, seen) = (new List<RuleNode>(), new HashSet<RuleNode>());
        foreach (var facet in facets)
        {
            foreach (var (scope, nodes) in index.GetValueOrDefault(facet) ?? [])
            {
                if (Meet(node.Ground, nodes[0].Ground))
                {
                    found.AddRange(nodes.Where(seen.Add));
                }
            }
        }

        return found;
    }

    private bool Meet(RuleGround one, RuleGround other)
    {
        var pair = string.CompareOrdinal(one.Scope, other.Scope) < 0 ? (one.Scope, other.Scope) : (other.Scope, one.Scope);
        if (!_meet.TryGetValue(pair, out var meet))
        {
            _meet[pair] = meet = one.Meets(other);
        }

        return meet;
    }

    private static IEnumerable<Facet> MovedBy(RuleNode node) => node.MovesOn(Turning.Begins).Concat(node.MovesOn(Turning.Ends)).SelectMany(move => move.Facets);

    private static void Add(Dictionary<Facet, Dictionary<string, List<RuleNode>>> index, Facet facet, RuleNode node)
    {
        if (!index.TryGetValue(facet, out var byScope))
        {
            index[facet] = byScope = new Dictionary<string, List<RuleNode>>(StringComparer.Ordinal);
        }

        if (!byScope.TryGetValue(node.Ground.Scope, out var nodes))
        {
            byScope[node.Ground.Scope] = nodes = [];
        }

        nodes.Add(node);
    }
}
