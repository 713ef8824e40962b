using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>
/// An entry of a person's device as the log stores it: which device, when, and the rest sealed. Only between the log's engine and what seals above it; nobody else
/// sees one.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.SealedEntry")]
public sealed record SealedEntry : LogEntry
{
    /// <summary>The sealed rest.</summary>
    [Id(0)] public required ImmutableArray<byte> Bytes { get; init; }
}

/// <summary>What is left of an entry whose key is destroyed: it moves offsets and nothing else.</summary>
[GenerateSerializer, Immutable, Alias("grid.ErasedEntry")]
public sealed record ErasedEntry : LogEntry;
