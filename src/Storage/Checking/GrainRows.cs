using Grid.Storage.GrainState;
using Grid.Storage.Sqlite;

namespace Grid.Storage.Checking;

/// <summary>Checks the rows of <c>grains.db</c>: the checksum of each state. Gives the books of sectors, for comparison.</summary>
internal static class GrainRows
{
    private const string File = "grains.db";
    private const string SectorType = "sector/sector";

    public static Dictionary<string, SectorBooks> Run(CheckedFiles check, SqliteSession session, SectorBooksReader? reader)
    {
        var books = new Dictionary<string, SectorBooks>(StringComparer.Ordinal);
        using var rows = session.Query("SELECT type, key, version, checksum, json FROM state ORDER BY id");
        while (rows.Step())
        {
            var (type, key) = (rows.Text(0), rows.Text(1));
            var json = rows.Blob(4);
            if (GrainRecord.ChecksumOf(type, key, rows.Long(2), json) != rows.Long(3))
            {
                Damage(check, $"the checksum of state {type} of grain {key} does not match");
                continue;
            }

            if (type != SectorType || reader is null)
            {
                continue;
            }

            try
            {
                if (reader(json) is { } read)
                {
                    books[key] = read;
                }
            }
            catch (InvalidDataException error)
            {
                Damage(check, $"the books of sector {key} cannot be read: {error.Message}");
            }
        }

        return books;
    }

    private static void Damage(CheckedFiles check, string what) => check.Damage(
        File, null, what, "That grain has an error instead of its state.", "Restore a backup, or run repair: it keeps every row that is whole and lists what was lost.");
}
