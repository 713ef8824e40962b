using System.Collections.Immutable;
using System.Globalization;

namespace Grid.Contracts.Sectors;

/// <summary>
/// Where devices are ordered and summed. A sector is a commune, or a slice of one that is expected to hold more than about 4,000 devices.
/// A pure function of the commune's population, so that every process agrees without asking.
/// </summary>
public static class SectorMap
{
    /// <summary>Partitions of the reading log.</summary>
    public const int Partitions = 256;

    private const double DevicesPerInhabitant = 0.67;
    private const int DevicesPerSector = 4_000;

    /// <summary>The slices of a commune: at least 1.</summary>
    /// <param name="population">Inhabitants.</param>
    public static int SlicesOf(int population) => Math.Max(1, (int)Math.Ceiling(population * DevicesPerInhabitant / DevicesPerSector));

    /// <summary>Every sector of a commune.</summary>
    public static ImmutableArray<string> SectorsOf(string inseeCode, int population) =>
        [.. Enumerable.Range(0, SlicesOf(population)).Select(slice => Name(inseeCode, slice))];

    /// <summary>
    /// The sector of a device. <paramref name="sliceKey"/> is its cabinet's key when it has one and its own otherwise, so that a cabinet
    /// and its light points share a sector.
    /// </summary>
    public static string SectorOf(string inseeCode, int population, string sliceKey) => Name(inseeCode, (int)(Hash(sliceKey) % (uint)SlicesOf(population)));

    /// <summary>The commune of a sector.</summary>
    public static string CommuneOf(string sector) => sector[..sector.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>The log partition of a sector, 0 to 255.</summary>
    public static int PartitionOf(string sector) => (int)(Hash(sector) % Partitions);

    private static string Name(string inseeCode, int slice) => string.Create(CultureInfo.InvariantCulture, $"{inseeCode}.{slice}");

    /// <summary>FNV-1a with a final mix: the same in every process, unlike string.GetHashCode.</summary>
    private static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 16777619u;
        }

        hash ^= hash >> 16;
        hash *= 0x7feb352du;
        hash ^= hash >> 15;
        return hash;
    }
}
