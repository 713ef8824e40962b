using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a group command's grain persists.</summary>
[GenerateSerializer, Immutable, Alias("grid.StoredGroup")]
public sealed record StoredGroup
{
    /// <summary>What was asked; null before it was accepted.</summary>
    [Id(0)] public GroupRequest? Request { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(1)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its parts, by sector (ordinal).</summary>
    [Id(2)] public StoredGroupPart[] Parts { get; init; } = [];

    /// <summary>Why it was cancelled; null when it was not.</summary>
    [Id(3)] public string? Cancelled { get; init; }
}

/// <summary>A part of a group command, as its intent knows it.</summary>
/// <param name="Sector">The sector.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Final">Members by state once all are final; null before.</param>
[GenerateSerializer, Immutable, Alias("grid.StoredGroupPart")]
public sealed record StoredGroupPart([property: Id(0)] string Sector, [property: Id(1)] int Members, [property: Id(2)] int[]? Final);
