using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Orleans;

namespace Grid.Grains.Notifications;

/// <summary>What the grain of the endpoints persists. It holds their secrets: it lies where the secrets of connectors do.</summary>
[GenerateSerializer, Alias("grid.StoredEndpoints")]
public sealed class StoredEndpoints
{
    /// <summary>By id (ordinal).</summary>
    [Id(0)] public ImmutableArray<NotificationEndpoint> Endpoints { get; set; } = [];
}
