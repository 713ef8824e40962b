using Grid.Contracts.Commands;
using Grid.Contracts.Rights;
using Orleans;

namespace Grid.Contracts.Lighting;

/// <summary>
/// The controllers of one sector: cabinets and light points that are commanded, which program each should run and which it runs. Those that keep no program are
/// switched live. Keyed by the sector's name.
/// </summary>
[Alias("grid.ISectorControllersGrain"), RequiresRight(Right.Internal)]
public interface ISectorControllersGrain : IDownlinkOwner;
