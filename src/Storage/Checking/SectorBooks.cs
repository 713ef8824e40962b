namespace Grid.Storage.Checking;

/// <summary>What the stored books of a sector say, as far as a check compares them with other files.</summary>
/// <param name="Offset">The reading log is contained up to here.</param>
/// <param name="Devices">The sector's devices as of then.</param>
public sealed record SectorBooks(long Offset, IReadOnlySet<string> Devices);

/// <summary>Reads the stored state of a sector; the storage itself does not know what grains keep.</summary>
/// <param name="json">The state, UTF-8.</param>
/// <returns>The books; null when the sector has none yet.</returns>
/// <exception cref="InvalidDataException">They cannot be read.</exception>
public delegate SectorBooks? SectorBooksReader(ReadOnlySpan<byte> json);
