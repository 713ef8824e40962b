using System.Collections.Immutable;
using Orleans;

namespace Grid.Grains.Alarms;

/// <summary>What the grain of a cause persists.</summary>
[GenerateSerializer, Alias("grid.StoredCause")]
public sealed class StoredCause
{
    /// <summary>The sector whose alarm explains those of all; null while each has its own.</summary>
    [Id(0)] public string? Home { get; set; }

    /// <summary>The sectors that are told so, ordered by name.</summary>
    [Id(1)] public ImmutableArray<string> Sectors { get; set; } = [];
}
