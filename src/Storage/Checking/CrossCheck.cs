using System.Globalization;
using Grid.Storage.ReadingLog;

namespace Grid.Storage.Checking;

/// <summary>
/// Compares the files with each other. Books are never ahead of the log (it would have lost something), and never behind their checkpoint (they
/// would have): the log let go of what is before it. A device stands in the books of its sector, unless the log still has to tell.
/// </summary>
internal static class CrossCheck
{
    private const string Restore = "The files are not of the same time, or one of them lost something: restore a backup as a whole.";

    public static void Run(CheckedFiles check, LogIndex log, RegistryRows.Contents registry, Dictionary<string, SectorBooks> books)
    {
        foreach (var (name, book) in books)
        {
            var (head, checkpoint) = log.Marks(name);
            if (book.Offset > head)
            {
                check.Damage(
                    "log",
                    null,
                    string.Create(CultureInfo.InvariantCulture, $"the books of sector {name} contain entries up to {book.Offset}, and the log ends at {head}"),
                    "The log has lost entries, and new ones would be taken for old.",
                    Restore);
            }
            else if (book.Offset < checkpoint)
            {
                check.Damage(
                    "grains.db",
                    null,
                    string.Create(CultureInfo.InvariantCulture, $"the books of sector {name} contain entries up to {book.Offset}, and the log let go of those up to {checkpoint}"),
                    string.Create(CultureInfo.InvariantCulture, $"Entries {book.Offset + 1} to {checkpoint} of the sector are lost."),
                    Restore);
            }
        }

        foreach (var sector in log.Sectors.Where(sector => sector.Checkpoint > 0 && !books.ContainsKey(sector.Name)))
        {
            check.Damage(
                "grains.db",
                null,
                string.Create(CultureInfo.InvariantCulture, $"sector {sector.Name} has no books, and the log let go of its entries up to {sector.Checkpoint}"),
                "What the sector knew is lost.",
                Restore);
        }

        CheckDevices(check, log, registry, books);
    }

    private static void CheckDevices(CheckedFiles check, LogIndex log, RegistryRows.Contents registry, Dictionary<string, SectorBooks> books)
    {
        foreach (var (device, sector) in registry.Sectors)
        {
            if (IsSettled(sector) && !registry.Pending.Contains(device) && books.GetValueOrDefault(sector)?.Devices.Contains(device) != true)
            {
                check.Damage("grains.db", null, $"device {device} is registered in sector {sector}, whose books do not have it", "Its readings would be taken and count for nothing.", Restore);
            }
        }

        foreach (var (sector, book) in books.Where(book => IsSettled(book.Key)))
        {
            foreach (var device in book.Devices.Where(device => !registry.Pending.Contains(device) && registry.Sectors.GetValueOrDefault(device) != sector))
            {
                check.Damage("registry.db", null, $"device {device} is in the books of sector {sector} and not registered there", "It counts in figures and nobody finds it.", Restore);
            }
        }

        // With entries that the books do not contain yet, the log may still bring or take a device.
        bool IsSettled(string sector) => log.Marks(sector).Head == (books.GetValueOrDefault(sector)?.Offset ?? 0);
    }
}
