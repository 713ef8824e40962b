using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>Devices of a sector behind one gateway that are still to be told the same.</summary>
[GenerateSerializer, Immutable, Alias("grid.Reminder")]
public sealed record Reminder
{
    /// <summary>Its number, and that of its row in the outbox.</summary>
    [Id(0)] public required long Number { get; init; }

    /// <summary>Through what they are reached.</summary>
    [Id(1)] public required DownlinkRoute Lane { get; init; }

    /// <summary>What they should do.</summary>
    [Id(2)] public required SharedOrder Order { get; init; }

    /// <summary>Who is still to be told.</summary>
    [Id(3)] public ImmutableArray<string> Devices { get; init; } = [];
}
