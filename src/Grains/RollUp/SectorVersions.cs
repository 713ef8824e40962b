using System.Collections.Immutable;
using Grid.Contracts.Sectors;

namespace Grid.Grains.RollUp;

/// <summary>Vectors of sector versions, ordered by sector name (ordinal).</summary>
internal static class SectorVersions
{
    /// <summary>Merges vectors; of a sector in several, the latest version.</summary>
    public static ImmutableArray<SectorVersion> Merge(IEnumerable<ImmutableArray<SectorVersion>> vectors)
    {
        var merged = new SortedDictionary<string, SectorVersion>(StringComparer.Ordinal);
        foreach (var version in vectors.SelectMany(vector => vector))
        {
            if (!merged.TryGetValue(version.Sector, out var known) || version.IsAfter(known))
            {
                merged[version.Sector] = version;
            }
        }

        return [.. merged.Values];
    }

    /// <summary>
    /// True when a sum made of <paramref name="candidate"/> may take the place of one made of <paramref name="held"/>: no sector is older.
    /// </summary>
    public static bool Replaces(ImmutableArray<SectorVersion> candidate, ImmutableArray<SectorVersion> held)
    {
        var index = 0;
        foreach (var version in held)
        {
            while (index < candidate.Length && string.CompareOrdinal(candidate[index].Sector, version.Sector) < 0)
            {
                index++;
            }

            if (index == candidate.Length || candidate[index].Sector != version.Sector || version.IsAfter(candidate[index]))
            {
                return false;
            }
        }

        return true;
    }
}
