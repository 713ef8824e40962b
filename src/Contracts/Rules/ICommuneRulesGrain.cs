using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>
/// The rules of a commune that ask for its figures or for groups of all of it. Looks once a minute, decides durably, then acts. Keyed by INSEE code.
/// </summary>
[Alias("grid.ICommuneRulesGrain"), RequiresRight(Right.Internal)]
public interface ICommuneRulesGrain : IGrainWithStringKey
{
    /// <summary>There may be rules to follow, or what was decided before a stop to be carried out. A hint: once awake it looks by itself.</summary>
    [Alias("Wake"), OneWay]
    Task Wake();

    /// <summary>The rules of the commune that hold, by id, as persisted.</summary>
    [Alias("GetHolding"), AlwaysInterleave]
    ValueTask<ImmutableArray<string>> GetHolding();
}

/// <summary>What a sector counts for the groups of a rule: the commune adds the counts of its sectors.</summary>
/// <param name="Rule">Stands for the rule and its version.</param>
/// <param name="Groups">By the number of the group.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleGroupCounts")]
public readonly record struct RuleGroupCounts([property: Id(0)] long Rule, [property: Id(1)] ImmutableArray<RuleGroupCount> Groups);

/// <summary>For how many members of a group something holds.</summary>
/// <param name="Holds">For how many it is known to hold.</param>
/// <param name="Members">How many there are.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleGroupCount")]
public readonly record struct RuleGroupCount([property: Id(0)] int Holds, [property: Id(1)] int Members);

/// <summary>What a commune says of itself at a look, for the rules of devices that ask for it.</summary>
[GenerateSerializer, Immutable, Alias("grid.CommuneRuleInputs")]
public sealed record CommuneRuleInputs
{
    /// <summary>The look (UTC).</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>Its figures.</summary>
    [Id(1)] public required TerritorySummary Summary { get; init; }

    /// <summary>What all its sectors together count for the groups of the rules.</summary>
    [Id(2)] public required ImmutableArray<RuleGroupCounts> Counts { get; init; }
}
