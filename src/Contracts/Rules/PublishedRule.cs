using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Rules;

/// <summary>A version of a rule that devices are to follow.</summary>
[GenerateSerializer, Immutable, Alias("grid.PublishedRule")]
public sealed record PublishedRule
{
    /// <summary>The rule's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its version, at least 1.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>Its name, for people.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>For whom: <c>device:ID</c>, <c>commune:29019</c>, <c>syndicate:SIREN</c>, <c>department:29</c> or <c>all</c>.</summary>
    [Id(3)] public required string Scope { get; init; }

    /// <summary>The kinds of device to which it may apply: those that its scope is competent for.</summary>
    [Id(4)] public DeviceKinds Kinds { get; init; }

    /// <summary>What it says, in its JSON form.</summary>
    [Id(5)] public required string Json { get; init; }
}

/// <summary>The rules of a sector at a time: sets of the same hash are the same.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleSet")]
public sealed record RuleSet
{
    /// <summary>No rules.</summary>
    public static RuleSet Empty { get; } = new() { Hash = 0, Rules = [] };

    /// <summary>Of all that the rules are; 0 when there are none.</summary>
    [Id(0)] public long Hash { get; init; }

    /// <summary>The rules, by id (ordinal).</summary>
    [Id(1)] public required ImmutableArray<PublishedRule> Rules { get; init; }
}
