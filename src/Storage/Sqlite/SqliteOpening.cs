using System.Globalization;
using Grid.Storage.Sqlite.Pages;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.Sqlite;

/// <summary>Opens a store for its writer: made when it is new, verified when it is not, brought up when it is older.</summary>
internal static class SqliteOpening
{
    /// <summary>What follows the name of the store's file in that of its write-ahead log.</summary>
    public const string LogExtension = "-wal";

    /// <summary>Bytes of a page of every store.</summary>
    public const int PageBytes = 4096;

    public static SqliteJournal Open(SqliteSchema schema, string file, SqliteOptions options)
    {
        PageSums? sums = null;
        SqliteSession? session = null;
        try
        {
            sums = OpenSums(file);
            var log = new WriteAheadLog(file + LogExtension, sums.PageBytes);
            if (!sums.IsBeingMade)
            {
                Verify(file, sums, log);
            }

            DataDirectory.CreateOwnerOnly(file);
            session = new SqliteSession(file, options, SqliteUse.Journaling);
            var journal = new SqliteJournal(session, sums, log);
            Prepare(schema, file, journal);
            (session, sums) = (null, null);
            return journal;
        }
        catch (SqliteException error) when (SqliteErrors.IsDamage(error))
        {
            throw new StoreDamagedException(file, error.Message, error);
        }
        finally
        {
            session?.Dispose();
            sums?.Dispose();
        }
    }

    private static PageSums OpenSums(string file)
    {
        var path = file + PageSums.Extension;
        var isThere = new FileInfo(file) is { Exists: true, Length: > 0 };
        if (File.Exists(path))
        {
            var sums = PageSums.Open(path);
            if (isThere || sums.IsBeingMade)
            {
                return sums;
            }

            sums.Dispose();
            throw new StoreDamagedException(file, "it is missing, and its page sums are there");
        }

        return isThere
            ? throw new StoreDamagedException(file, $"its page sums ({Path.GetFileName(path)}) are missing, so nobody can tell whether it is whole")
            : PageSums.Create(path, PageBytes);
    }

    private static void Verify(string file, PageSums sums, WriteAheadLog log)
    {
        log.Read();
        if (sums.Differing(file, log.Pages.ContainsKey).Select(page => (long?)page).FirstOrDefault() is { } page)
        {
            throw new StoreDamagedException(
                file, string.Create(CultureInfo.InvariantCulture, $"page {page} (byte {(page - 1) * sums.PageBytes}) is not what was written"));
        }
    }

    private static void Prepare(SqliteSchema schema, string file, SqliteJournal journal)
    {
        var session = journal.Session;
        if (session.Value("PRAGMA page_size") != PageBytes)
        {
            throw new StoreDamagedException(file, "its pages have another size than this program makes");
        }

        var version = session.Value("PRAGMA user_version");
        if (version == 0 && session.Value("SELECT count(*) FROM sqlite_schema") == 0)
        {
            session.RunScript(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE;\n{schema.Script}\nPRAGMA user_version={schema.Version};\nCOMMIT;"));
        }
        else
        {
            RequireReadable(schema, file, version);
        }

        journal.Begin();
        foreach (var (name, function) in schema.Functions)
        {
            session.Define(name, function);
        }

        for (; version > 0 && version < schema.Version; version++)
        {
            journal.Do(string.Create(CultureInfo.InvariantCulture, $"{schema.Upgrades[version]}\nPRAGMA user_version={version + 1};"));
        }
    }

    private static void RequireReadable(SqliteSchema schema, string file, long version)
    {
        for (var from = version; from != schema.Version; from++)
        {
            if (from > schema.Version || !schema.Upgrades.ContainsKey(from))
            {
                throw new DataDirectoryException(
                    Path.GetDirectoryName(file)!, $"holds {Path.GetFileName(file)} of version {version}; this program reads {schema.Version}. Nothing was touched.");
            }
        }
    }
}
