using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;

namespace Grid.Grains.Rules;

/// <summary>Loops of the rules that are published: who has them all at hand finds them.</summary>
public sealed partial class RuleDirectoryGrain
{
    // What each says, read once a version.
    private readonly Dictionary<string, (PublishedRule Published, Rule? Rule, DeviceKinds Kinds)> _read = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<ImmutableArray<RuleWarning>> FindLoops(string? rule, RuleDraft draft)
    {
        if (RuleForms.Read(draft, table, out _) is not { } read)
        {
            return [];
        }

        // One that has no id yet has one that no other has: no key of a rule is empty.
        var grounds = new RuleGrounds(table, bodies, devices);
        var own = NodeOf(rule ?? "", draft.Name, read, RuleChecker.FactsOf(read).Kinds, await grounds.OfAsync(draft.Scope));
        if (own is null)
        {
            return [];
        }

        var others = new List<RuleNode>();
        foreach (var listing in _rules.Values)
        {
            if (listing.Published is { } published && published.Id != rule && Read(published) is { Rule: { } said } known
                && NodeOf(published.Id, published.Name, said, known.Kinds, await grounds.OfAsync(published.Scope)) is { } node)
            {
                others.Add(node);
            }
        }

        return LoopWarnings.Of(own, others, out _);
    }

    /// <summary>Null for a rule of which the scope is competent for nothing that it is for: nobody follows it.</summary>
    private static RuleNode? NodeOf(string id, string name, Rule rule, DeviceKinds kinds, (RuleGround Ground, DeviceKinds Kinds) place) =>
        rule.Target.IsCommune || (kinds & place.Kinds) != 0 ? new RuleNode(id, name, rule, kinds & place.Kinds, place.Ground) : null;

    private (PublishedRule Published, Rule? Rule, DeviceKinds Kinds) Read(PublishedRule published)
    {
        if (!_read.TryGetValue(published.Id, out var known) || known.Published != published)
        {
            var rule = RuleJson.Read(published.Json).Rule;
            _read[published.Id] = known = (published, rule, rule is null ? DeviceKinds.None : RuleChecker.FactsOf(rule).Kinds);
        }

        return known;
    }
}
