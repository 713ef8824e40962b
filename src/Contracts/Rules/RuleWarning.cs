using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Orleans;

namespace Grid.Contracts.Rules;

/// <summary>What speaks against a rule that can be published all the same: it is part of a loop of rules, or feeds itself.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleWarning")]
public sealed record RuleWarning
{
    /// <summary>Loops that are told, the shortest first.</summary>
    public const int MostLoops = 5;

    /// <summary>The rules of the loop by their ids, the rule itself first; only the rule itself when it feeds itself, or when not all could be compared. One that is not kept yet has no id, and is not among them.</summary>
    [Id(0)] public required ImmutableArray<string> Rules { get; init; }

    /// <summary>For people: the loop by the names of its rules and what links them.</summary>
    [Id(1)] public required string Reason { get; init; }

    /// <summary>The same in French. Words of the rule language stand as they are.</summary>
    [Id(2)] public required string ReasonFrench { get; init; }

    /// <summary>Rules with the reason in both languages.</summary>
    public static RuleWarning Of(ImmutableArray<string> rules, BilingualText reason) => new() { Rules = rules, Reason = reason.En, ReasonFrench = reason.Fr };
}
