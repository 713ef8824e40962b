using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;
using Grid.Storage.Sqlite.Pages;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.Storage.Backups;

/// <summary>A store as it was at one instant, while it goes on: a read transaction that is held open.</summary>
internal sealed class StoreSnapshot : IDisposable
{
    private const int PagesAtOnce = 512;
    private readonly SqliteSession _session;

    private readonly bool _hasSums;

    /// <summary>Takes the snapshot of a store: what is committed now.</summary>
    public StoreSnapshot(SqliteStore store)
        : this(store.OpenReader(), Path.GetFileName(store.File), hasSums: true)
    {
    }

    /// <summary>Takes the snapshot of another SQLite file: what is committed now.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">Its name, relative to the data directory.</param>
    public StoreSnapshot(string file, string name)
        : this(new SqliteSession(file, new SqliteOptions { CacheKibibytes = 256 }, SqliteUse.Reading), name, hasSums: false)
    {
    }

    private StoreSnapshot(SqliteSession session, string name, bool hasSums)
    {
        (_session, Name, _hasSums) = (session, name, hasSums);
        _session.Run("BEGIN");
        Commits = hasSums ? _session.Value("SELECT value FROM commit_count") : 0;
        Bytes = _session.Value("PRAGMA page_count") * _session.Value("PRAGMA page_size");
    }

    /// <summary>The store's file, relative to the data directory.</summary>
    public string Name { get; }

    /// <summary>Commits that it has; 0 for a file that does not count them.</summary>
    public long Commits { get; }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Writes it, with page sums of its own where it has some, to a folder; durable when it returns.</summary>
    public void CopyTo(string folder, Action<long> copied)
    {
        var file = Path.Combine(folder, Name);
        DataDirectory.Create(Path.GetDirectoryName(file)!);
        DataDirectory.CreateOwnerOnly(file);
        using (var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString))
        {
            copy.Open();
            Execute(copy, "PRAGMA journal_mode=OFF");
            Execute(copy, "PRAGMA synchronous=OFF"); // the file is synced below, once
            Copy(copy, copied);
        }

        using (var written = System.IO.File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
        {
            DiskSync.Data(written);
        }

        if (_hasSums)
        {
            using var sums = PageSums.Create(file + PageSums.Extension, (int)_session.Value("PRAGMA page_size"));
            sums.Take(file, Commits);
        }
    }

    public void Dispose() => _session.Dispose();

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Copy(SqliteConnection to, Action<long> copied)
    {
        using var backup = raw.sqlite3_backup_init(to.Handle, "main", _session.Handle, "main");
        if (backup.IsInvalid)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(to.Handle), to.Handle);
        }

        var pageBytes = Bytes / Math.Max(1, _session.Value("PRAGMA page_count"));
        for (var left = -1; ;)
        {
            var code = raw.sqlite3_backup_step(backup, PagesAtOnce);
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            {
                throw new SqliteException($"SQLite error {code} while {Name} was copied: {raw.sqlite3_errmsg(to.Handle).utf8_to_string()}", code);
            }

            var remaining = raw.sqlite3_backup_remaining(backup);
            copied(((left < 0 ? raw.sqlite3_backup_pagecount(backup) : left) - remaining) * pageBytes);
            left = remaining;
            if (code == raw.SQLITE_DONE)
            {
                return;
            }
        }
    }
}
