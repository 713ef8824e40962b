using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;

namespace Grid.Grains.Rules;

/// <summary>Loops of the rules that are published: who has them all at hand finds them.</summary>
public sealed partial class RuleDirectoryGrain
{
    // What each moves and looks at, found once a version; where it holds may be another tomorrow. Null for what this program cannot read.
    private readonly Dictionary<string, (PublishedRule Published, DeviceKinds Competence, RuleNode? Node)> _nodes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<ImmutableArray<RuleWarning>> FindLoops(string? rule, RuleDraft draft)
    {
        if (RuleForms.Read(draft, table, out _) is not { } read)
        {
            return [];
        }

        // One that has no id yet has one that no other has: no key of a rule is empty.
        var grounds = new RuleGrounds(table, bodies, devices);
        var (ground, competence) = await grounds.OfAsync(draft.Scope);
        if (NodeOf(rule ?? "", draft.Name, read, competence) is not { } own)
        {
            return [];
        }

        var others = new List<RuleNode>();
        foreach (var published in _rules.Values.Select(listing => listing.Published).OfType<PublishedRule>().Where(published => published.Id != rule))
        {
            var (place, kinds) = await grounds.OfAsync(published.Scope);
            if (NodeOf(published, kinds) is { } node)
            {
                others.Add(node.On(place));
            }
        }

        return LoopWarnings.Of(own.On(ground), others, out _);
    }

    private RuleNode? NodeOf(PublishedRule published, DeviceKinds competence)
    {
        if (!_nodes.TryGetValue(published.Id, out var known) || known.Published != published || known.Competence != competence)
        {
            known = (published, competence, RuleJson.Read(published.Json).Rule is { } rule ? NodeOf(published.Id, published.Name, rule, competence) : null);
            _nodes[published.Id] = known;
        }

        return known.Node;
    }

    /// <summary>Null for a rule of which the scope is competent for nothing that it is for: nobody follows it.</summary>
    private static RuleNode? NodeOf(string id, string name, Rule rule, DeviceKinds competence)
    {
        var kinds = RuleChecker.FactsOf(rule).Kinds & competence;
        return rule.Target.IsCommune || kinds != DeviceKinds.None ? new RuleNode(id, name, rule, kinds, RuleGround.Nowhere) : null;
    }
}
