using System.Collections.Immutable;
using Grid.Contracts.CrossTrade;
using Orleans;

namespace Grid.Grains.CrossTrade;

/// <summary>What a commune remembers of the devices that hang together.</summary>
[GenerateSerializer, Alias("grid.StoredLinks")]
public sealed class StoredLinks
{
    /// <summary>The devices, by key.</summary>
    [Id(0)] public ImmutableSortedDictionary<string, LinkedDeviceRow> Devices { get; set; } = ImmutableSortedDictionary.Create<string, LinkedDeviceRow>(StringComparer.Ordinal);
}
