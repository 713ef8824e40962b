using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>A rule as loops see it: what it looks at, and what it moves.</summary>
internal sealed class RuleNode
{
    private readonly ImmutableArray<RuleMove> _beginning;
    private readonly ImmutableArray<RuleMove> _end;

    /// <summary>What a rule looks at and moves.</summary>
    /// <param name="id">The rule's id.</param>
    /// <param name="name">Its name, for people.</param>
    /// <param name="rule">What it says.</param>
    /// <param name="kinds">The kinds of device for which it is judged.</param>
    /// <param name="ground">Where it holds.</param>
    public RuleNode(string id, string name, Rule rule, DeviceKinds kinds, RuleGround ground)
    {
        (Id, Name, Rule, Ground, Looks) = (id, name, rule, ground, RuleLooks.Of(rule, kinds));
        (_beginning, _end) = (RuleMove.BeginningOf(id, rule, kinds), RuleMove.EndOf(id, rule));
    }

    private RuleNode(RuleNode other, RuleGround ground) =>
        (Id, Name, Rule, Ground, Looks, _beginning, _end) = (other.Id, other.Name, other.Rule, ground, other.Looks, other._beginning, other._end);

    public string Id { get; }

    public string Name { get; }

    public Rule Rule { get; }

    public RuleGround Ground { get; }

    public RuleLooks Looks { get; }

    /// <summary>The same rule elsewhere.</summary>
    public RuleNode On(RuleGround ground) => new(this, ground);

    /// <summary>What it moves when it begins to hold, or when it ends.</summary>
    public ImmutableArray<RuleMove> MovesOn(Turning turning) => turning == Turning.Begins ? _beginning : _end;

    /// <summary>How what this rule moves in turning can have another turn, the first way found; null when it cannot.</summary>
    public RuleLink? LinkTo(Turning turning, RuleNode other, Turning next)
    {
        foreach (var move in MovesOn(turning))
        {
            if (Seen(move, other) is { } seen && IsNews(move, turning, other, next) && (Possibility.Of(other.Rule.When, move) is var possible && (next == Turning.Begins ? possible.CanHold : possible.CanEnd)))
            {
                return new RuleLink(this, other, move, seen);
            }
        }

        return null;
    }

    /// <summary>The words by which a rule names what a move moves; null when it does not look there.</summary>
    private string? Seen(RuleMove move, RuleNode other)
    {
        if (move.Facets.Overlaps(other.Looks.Own.Keys) && (move.IsFar ? Ground.Meets(other.Ground) : IsOnSameDevice(other)))
        {
            return move.Sets is { } sets && other.Looks.Own.TryGetValue(sets.Metric, out var set) ? set : other.Looks.Own.First(look => move.Facets.Contains(look.Key)).Value;
        }

        return move.Facets.Overlaps(other.Looks.Around.Keys) && Ground.Meets(other.Ground) ? other.Looks.Around.First(look => move.Facets.Contains(look.Key)).Value : null;
    }

    /// <summary>
    /// A command says what is to be: given again by the same rule it moves nothing, so that what merely follows from it is no news to its own rule. The value that it sets is, when the rule begins at that.
    /// </summary>
    private bool IsNews(RuleMove move, Turning turning, RuleNode other, Turning next) =>
        other != this || turning != Turning.Begins || next != Turning.Begins || !move.IsCommand || (move.Sets is { } sets && other.Looks.Own.ContainsKey(sets.Metric));

    private bool IsOnSameDevice(RuleNode other) =>
        !Rule.Target.IsCommune && !other.Rule.Target.IsCommune
        && (Ground.Device is null || other.Ground.Device is null || Ground.Device == other.Ground.Device)
        && Ground.Meets(other.Ground) && RuleGround.CanPassBoth(Rule.Target.Where, other.Rule.Target.Where);
}

/// <summary>What becomes of a rule.</summary>
internal enum Turning : byte
{
    Begins,
    Ends,
}

/// <summary>A rule moves what another looks at.</summary>
/// <param name="From">The one that moves it.</param>
/// <param name="To">The one that looks at it.</param>
/// <param name="Move">By what.</param>
/// <param name="Seen">What, in the words of the one that looks.</param>
internal sealed record RuleLink(RuleNode From, RuleNode To, RuleMove Move, string Seen);
