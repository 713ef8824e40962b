using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;
using Orleans;

namespace Grid.Grains.Rules.Communes;

/// <summary>What the rules of a commune persist: replaced whole.</summary>
[GenerateSerializer, Alias("grid.StoredCommuneRules")]
public sealed class StoredCommuneRules
{
    /// <summary>The rules that were followed at the last look that changed something.</summary>
    [Id(0)] public RuleSet Rules { get; set; } = RuleSet.Empty;

    /// <summary>What they remember: those that are not at rest.</summary>
    [Id(1)] public ImmutableArray<RuleMemory> Memories { get; set; } = [];

    /// <summary>The alarms to raise and to end that were decided and may not be told yet, oldest first.</summary>
    [Id(2)] public ImmutableArray<AlarmSignal> Signals { get; set; } = [];

    /// <summary>The actions that were decided and may not be handed on yet, oldest first.</summary>
    [Id(3)] public ImmutableArray<RuleTask> Tasks { get; set; } = [];

    /// <summary>The commands that were given lately, longer ago only the newest of each rule of a ring: what they bring about is no new cause.</summary>
    [Id(4)] public ImmutableArray<CommuneCommand> Commands { get; set; } = [];

    /// <summary>The look of the last decision, in Unix milliseconds: no look is judged twice.</summary>
    [Id(5)] public long LookedAt { get; set; }
}

/// <summary>A command that a rule gave to a commune.</summary>
/// <param name="Id">Its id, which tells through which rules it came about.</param>
/// <param name="At">When, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("grid.CommuneCommand")]
public readonly record struct CommuneCommand([property: Id(0)] string Id, [property: Id(1)] long At);
