using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Orleans;

namespace Grid.Grains.Rules;

/// <summary>What the actions of a sector's rules persist.</summary>
[GenerateSerializer, Alias("grid.StoredRuleActions")]
public sealed class StoredRuleActions
{
    /// <summary>Not done yet, oldest first.</summary>
    [Id(0)] public ImmutableArray<RuleTask> Open { get; set; } = [];

    /// <summary>Ids of those that were done last, oldest first.</summary>
    [Id(1)] public ImmutableArray<string> Done { get; set; } = [];

    /// <summary>What rules have spent of their budget in the newest hour.</summary>
    [Id(2)] public ImmutableArray<RuleSpending> Spent { get; set; } = [];

    /// <summary>Rules that are over their budget, of which an alarm says so, with the hour.</summary>
    [Id(3)] public ImmutableArray<RuleSpending> Over { get; set; } = [];

    /// <summary>What was refused last, oldest first.</summary>
    [Id(4)] public ImmutableArray<RuleRefusal> Refused { get; set; } = [];
}

/// <summary>What a page of the directory of rules persists; the directory itself did so when it had no pages.</summary>
[GenerateSerializer, Alias("grid.StoredRuleDirectory")]
public sealed class StoredRuleDirectory
{
    /// <summary>By id (ordinal).</summary>
    [Id(0)] public ImmutableArray<RuleListing> Rules { get; set; } = [];
}

/// <summary>What the grain of a rule persists.</summary>
[GenerateSerializer, Alias("grid.StoredRule")]
public sealed class StoredRule
{
    /// <summary>Newest first; empty when there is no rule.</summary>
    [Id(0)] public ImmutableArray<RuleVersion> Versions { get; set; } = [];

    /// <summary>The last version that there was: also of a rule that was removed, so that no version comes twice.</summary>
    [Id(1)] public long LastVersion { get; set; }

    /// <summary>The version that devices follow; null for none.</summary>
    [Id(2)] public long? Published { get; set; }

    /// <summary>The version that was published before; null for none.</summary>
    [Id(3)] public long? Former { get; set; }
}
