using System.Collections.Immutable;
using Grid.Contracts.Parameters;
using Orleans;

namespace Grid.Grains.Parameters;

/// <summary>What the grain of a territory's defaults persists.</summary>
[GenerateSerializer, Alias("grid.StoredParameters")]
public sealed class StoredParameters
{
    /// <summary>By kind.</summary>
    [Id(0)] public ImmutableArray<ParameterSet> Parameters { get; set; } = [];

    /// <summary>Grows by one with each change; 0 before the first.</summary>
    [Id(1)] public long Version { get; set; }

    /// <summary>When they were changed last.</summary>
    [Id(2)] public DateTimeOffset ChangedAt { get; set; }
}
