using System.Collections.Frozen;
using Grid.Contracts.Sectors;
using Grid.Grains.Intake;
using Orleans.Runtime;

namespace Grid.Silo.Hosting;

/// <summary>
/// Where grains live on the embedded runtime: a sector and its devices on one partition, so that the sector hands its devices their readings on its own stack. Other grains are spread
/// by their keys.
/// </summary>
internal static class EmbeddedPlacement
{
    private const int Anywhere = -1;

    private static readonly GrainType Sector = GrainType.Create("sector");

    private static readonly FrozenSet<GrainType> Devices =
        new[] { "cabinet", "streetlight", "meter", "building", "bin", "environment" }.Select(GrainType.Create).ToFrozenSet();

    /// <summary>See <see cref="Runtime.EmbeddedRuntimeOptions.PlacementHint"/>.</summary>
    public static Func<GrainId, int> By(DeviceDirectory directory) => grain =>
        Devices.Contains(grain.Type) ? directory.PartitionOf(grain.Key.ToString()!) ?? Anywhere
        : grain.Type == Sector ? SectorMap.PartitionOf(grain.Key.ToString()!)
        : Anywhere;
}
