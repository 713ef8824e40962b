using System.Collections.Immutable;
using Grid.Contracts.Lighting;
using Orleans;

namespace Grid.Grains.Lighting;

/// <summary>What a plan's grain persists. A plan that was deleted leaves its version, so that a later one of the same id is newer.</summary>
[GenerateSerializer, Alias("grid.StoredLightingPlan")]
public sealed class StoredLightingPlan
{
    /// <summary>The plan; null before the first and after a deletion.</summary>
    [Id(0)] public LightingPlan? Plan { get; set; }

    /// <summary>Its version.</summary>
    [Id(1)] public long Version { get; set; }

    /// <summary>When it was changed last.</summary>
    [Id(2)] public DateTimeOffset ChangedAt { get; set; }

    /// <summary>What it is assigned to.</summary>
    [Id(3)] public ImmutableArray<PlanAssignment> Assignments { get; set; } = [];
}

/// <summary>What the directory of plans persists.</summary>
[GenerateSerializer, Alias("grid.StoredLightingDirectory")]
public sealed class StoredLightingDirectory
{
    /// <summary>By id (ordinal).</summary>
    [Id(0)] public ImmutableArray<DirectoryEntry> Plans { get; set; } = [];

    /// <summary>Grows with every change.</summary>
    [Id(1)] public long Revision { get; set; }
}

/// <summary>A plan that there is, or that may be.</summary>
[GenerateSerializer, Immutable, Alias("grid.LightingDirectoryEntry")]
public sealed record DirectoryEntry
{
    /// <summary>The plan's id.</summary>
    [Id(0)] public required string Plan { get; init; }

    /// <summary>The plan as it was last known; null when it is new.</summary>
    [Id(1)] public PlanSummary? Summary { get; init; }

    /// <summary>True from the beginning of a change to its completion: then the plan itself is asked.</summary>
    [Id(2)] public bool IsChanging { get; init; }

    /// <summary>The assignments that a change under way will have.</summary>
    [Id(3)] public ImmutableArray<PlanAssignment> Claimed { get; init; } = [];
}
