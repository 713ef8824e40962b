using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Rules;

/// <summary>What a rule reaches beside the devices that it is for: who writes it needs rights over that too.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleTargets")]
public sealed record RuleTargets
{
    /// <summary>True for a rule that looks at neighbours, alarms or figures, commands a group, or sets a flag of the commune.</summary>
    [Id(0)] public required bool IsBeyondDevice { get; init; }

    /// <summary>The endpoints of notifications that it tells, by id, each once.</summary>
    [Id(1)] public required ImmutableArray<string> Endpoints { get; init; }
}
