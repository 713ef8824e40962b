using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a part's grain persists once: who its members are. Where they are is in <see cref="PartStates"/>.</summary>
[GenerateSerializer, Alias("grid.StoredPart")]
public sealed class StoredPart
{
    /// <summary>The part; null before it was begun.</summary>
    [Id(0)] public GroupPart? Part { get; set; }
}
