using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.CrossTrade;

/// <summary>
/// What no trade sees by itself in a commune: looks at the devices that say what they hang together with, once a minute. Keyed by the commune's INSEE code.
/// </summary>
[Alias("grid.ICommuneFindingsGrain"), RequiresRight(Right.Internal)]
public interface ICommuneFindingsGrain : IGrainWithStringKey
{
    /// <summary>Devices that hang together with others, or do so no more. Persisted when answered; told again it changes nothing.</summary>
    [Alias("Link")]
    Task Link(ImmutableArray<LinkedDeviceRow> devices);

    /// <summary>Sees to it that the commune is looked at. Told by its sectors when they begin, and from time to time.</summary>
    [Alias("Wake"), OneWay]
    Task Wake();

    /// <summary>What is found now.</summary>
    [Alias("GetFindings")]
    Task<ImmutableArray<CrossTradeFinding>> GetFindings();
}

/// <summary>A device that hangs together with others.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Kind">Its trade.</param>
/// <param name="Sector">Where it is; null when it hangs together with nothing any more.</param>
/// <param name="Links">With what.</param>
[GenerateSerializer, Immutable, Alias("grid.LinkedDeviceRow")]
public sealed record LinkedDeviceRow([property: Id(0)] string Id, [property: Id(1)] DeviceKind Kind, [property: Id(2)] string? Sector, [property: Id(3)] DeviceLinks Links);
