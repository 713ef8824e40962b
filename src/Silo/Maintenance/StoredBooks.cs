using Grid.Grains.Sectors;
using Grid.Storage.Checking;

namespace Grid.Silo.Maintenance;

/// <summary>Reads the stored books of a sector for checks: the storage does not know what grains keep.</summary>
public static class StoredBooks
{
    /// <summary>The books in a stored state; null when the sector has none yet.</summary>
    /// <exception cref="InvalidDataException">They cannot be read.</exception>
    public static SectorBooks? Read(ReadOnlySpan<byte> json) => StoredSector.Read(json) is { } sector ? new SectorBooks(sector.Offset, sector.Devices) : null;
}
