using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>Which rules there are, and which version of each is published: what sectors follow. One for all, keyed <see cref="RuleDirectory.Key"/>.</summary>
[Alias("grid.IRuleDirectoryGrain"), RequiresRight(Right.Internal)]
public interface IRuleDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Notes a rule as it is now; persisted when answered. False when there are <see cref="RuleDirectory.MaximumRules"/> others already.</summary>
    [Alias("Note")]
    Task<bool> Note(RuleListing listing);

    /// <summary>Forgets a rule; persisted when answered.</summary>
    [Alias("Forget")]
    Task Forget(string rule);

    /// <summary>The listing of a rule, null when there is none.</summary>
    [Alias("Find"), AlwaysInterleave]
    ValueTask<RuleListing?> Find(string rule);

    /// <summary>Rules by id, after one (null from the first on), at most that many; of one scope only when it is given.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<RuleListing>> List(string? after, string? scope, int limit);

    /// <summary>The published rules of these scopes, each for the kinds of its giver; and all that are for one device.</summary>
    [Alias("GivenTo"), AlwaysInterleave]
    ValueTask<ImmutableArray<PublishedRule>> GivenTo(ImmutableArray<RuleGiver> givers);

    /// <summary>
    /// Loops that there would be beside the published rules if a rule said this, in place of what it says now; empty for what is no right rule. Compares a bounded number of rules, and says so
    /// where that was not enough.
    /// </summary>
    /// <param name="rule">The rule's id; null for a new one.</param>
    /// <param name="draft">What it would say.</param>
    [Alias("FindLoops"), AlwaysInterleave]
    Task<ImmutableArray<RuleWarning>> FindLoops(string? rule, RuleDraft draft);
}

/// <summary>A scope of which the rules hold somewhere, and for which kinds.</summary>
/// <param name="Scope">Such as <c>commune:29019</c>.</param>
/// <param name="Kinds">The kinds for which it is competent there.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleGiver")]
public readonly record struct RuleGiver([property: Id(0)] string Scope, [property: Id(1)] DeviceKinds Kinds);

/// <summary>A rule in the directory.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleListing")]
public sealed record RuleListing
{
    /// <summary>The rule's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The name of its newest version.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The scope of its newest version.</summary>
    [Id(2)] public required string Scope { get; init; }

    /// <summary>Its newest version.</summary>
    [Id(3)] public required long Version { get; init; }

    /// <summary>The version that devices follow; null when none is published.</summary>
    [Id(4)] public PublishedRule? Published { get; init; }
}

/// <summary>The directory of rules.</summary>
public static class RuleDirectory
{
    /// <summary>Key of the one directory.</summary>
    public const string Key = "rules";

    /// <summary>Rules that there may be.</summary>
    public const int MaximumRules = 5_000;

    /// <summary>Rules that one sector follows; of more, those that come last by id are left out, and that is counted.</summary>
    public const int MaximumOfSector = 500;
}
