using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Commands;

/// <summary>What a command grain persists.</summary>
[GenerateSerializer, Alias("grid.StoredCommand")]
public sealed class StoredCommand
{
    /// <summary>What was asked; null before the first submission.</summary>
    [Id(0)] public CommandRequest? Request { get; set; }

    /// <summary>The command as it stands; null before the first submission.</summary>
    [Id(1)] public CommandView? View { get; set; }
}
