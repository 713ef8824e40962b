using Grid.Contracts.Storage;
using Grid.Storage.History;
using Grid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.Checking;

/// <summary>
/// Checks history: the rows of its catalogue and their number, that each file is there and not older than the catalogue has seen it, and every run,
/// directory and block of it.
/// </summary>
internal static class HistoryCheck
{
    private const string Folder = "history";
    private const string Means = "History that was measured may be unreadable; what reads it gets an error, and readings, figures and commands are not concerned.";
    private const string Remedy = "Restore a backup.";

    public static void Run(CheckedFiles check)
    {
        var directory = Path.Combine(check.Directory, Folder);
        if (!Directory.Exists(directory) || !Directory.EnumerateFiles(directory).Any())
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            check.Advance(check.Begin($"{Folder}/{Path.GetFileName(file)}") ?? 0);
        }

        if (!File.Exists(Path.Combine(directory, HistoryCatalog.FileName)))
        {
            check.Damage($"{Folder}/{HistoryCatalog.FileName}", null, "the catalogue of history is missing", "Nothing of history can be read. The program refuses to start.", Remedy);
            return;
        }

        var marks = new List<FileMark>();
        Inspect(check, Path.Combine(directory, HistoryCatalog.FileName), session =>
        {
            using var catalog = new HistoryCatalog(session);
            catalog.Load();
            catalog.ReadSeries();
            catalog.ReadOffsets();
            marks.AddRange(catalog.ReadFiles());
        });
        foreach (var mark in marks.Where(mark => mark.Generation > 0 || File.Exists(Path.Combine(directory, mark.Period.FileName))))
        {
            var file = new HistoryFile(mark.Period, directory) { Mark = mark.Generation };
            if (!File.Exists(file.Path))
            {
                check.Damage(NameOf(file.Path), null, "the file is missing", "The history of that time is lost. The program refuses to start.", Remedy);
                continue;
            }

            Inspect(check, file.Path, session =>
            {
                if (mark.Generation == 0 && session.Value("SELECT count(*) FROM sqlite_schema") == 0)
                {
                    check.Note(NameOf(file.Path), null, "it was being made when the program stopped", "What it would hold is in the reading log still.", "Nothing.");
                    return;
                }

                Read(file, session);
            });
        }
    }

    private static void Read(HistoryFile file, SqliteSession session)
    {
        file.ReadOffsets(session);
        foreach (var run in file.ReadRoot(session).Runs)
        {
            var directory = file.ReadDirectory(session, run);
            for (var block = 0; block < run.Blocks; block++)
            {
                file.ReadBlock(session, run, directory, block);
            }
        }
    }

    private static void Inspect(CheckedFiles check, string file, Action<SqliteSession> read)
    {
        var log = file + SqliteOpening.LogExtension;
        var hadLog = File.Exists(log);
        try
        {
            using var session = new SqliteSession(file, new SqliteOptions { CacheKibibytes = 512 }, SqliteUse.Inspecting);
            read(session);
        }
        catch (Exception error) when (error is HistoryDamagedException or SqliteException)
        {
            check.Damage(NameOf(file), null, error.Message, Means, Remedy);
        }
        finally
        {
            if (!hadLog)
            {
                File.Delete(log);
            }
        }
    }

    private static string NameOf(string file) => $"{Folder}/{Path.GetFileName(file)}";
}
