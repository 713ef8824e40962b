using Grid.Grains.Alarms;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>A sector's snapshot: its books as of an offset of its log.</summary>
[GenerateSerializer, Alias("grid.SectorState")]
public sealed class SectorState
{
    /// <summary>The log is contained up to here.</summary>
    [Id(0)] public long Offset { get; set; }

    /// <summary>The books, as <see cref="SectorSnapshot"/> writes them; empty before the first.</summary>
    [Id(1)] public byte[] Books { get; set; } = [];

    /// <summary>The alarms as of the same offset; null before the first.</summary>
    [Id(2)] public StoredAlarms? Alarms { get; set; }

    /// <summary>The rules that operators wrote, as of the same offset; null for none.</summary>
    [Id(3)] public StoredSectorRules? Rules { get; set; }
}
