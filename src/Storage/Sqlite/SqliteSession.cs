using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.Storage.Sqlite;

/// <summary>What a connection is for.</summary>
internal enum SqliteUse
{
    /// <summary>Reads beside a writer.</summary>
    Reading,

    /// <summary>The one writer of a file; SQLite takes its log over by itself.</summary>
    Writing,

    /// <summary>The one writer of a store with page sums: <see cref="SqliteJournal"/> takes its log over.</summary>
    Journaling,

    /// <summary>Reads a store that nobody has open, and leaves every byte of it as it is.</summary>
    Inspecting,
}

/// <summary>How far SQLite is to take a write-ahead log over into its file.</summary>
internal enum SqliteCheckpoint
{
    /// <summary>Not at all: only what the log has is asked for.</summary>
    Nothing = -1,

    /// <summary>As far as readers let it.</summary>
    Passive = 0,

    /// <summary>All of it, waiting for readers, and the log is emptied.</summary>
    Truncate = 3,
}

/// <summary>A connection with its prepared statements, used by one thread.</summary>
internal sealed class SqliteSession : IDisposable
{
    private const int DoNotCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    private const int PagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    /// <param name="file">The file, made when it is missing.</param>
    /// <param name="options">Settings of the store.</param>
    /// <param name="use">What the connection is for.</param>
    /// <param name="layout">A pragma of a writer that must come before anything is in the file, null for none.</param>
    public SqliteSession(string file, SqliteOptions options, SqliteUse use, string? layout = null)
    {
        File = file;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        try
        {
            _connection.Open();
            if (use is SqliteUse.Journaling or SqliteUse.Reading or SqliteUse.Inspecting)
            {
                // Before anything is read, and so before there is a log to take over.
                KeepLogOnClose();
            }

            raw.sqlite3_busy_timeout(_connection.Handle, (int)options.BusyTimeout.TotalMilliseconds);
            SetUp(options, use, layout);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void SetUp(SqliteOptions options, SqliteUse use, string? layout)
    {
        if (use == SqliteUse.Inspecting)
        {
            Run("PRAGMA locking_mode=EXCLUSIVE"); // before anything is read: then no file is made or changed to share with others
        }

        Run($"PRAGMA cache_size=-{options.CacheKibibytes}");
        switch (use)
        {
            case SqliteUse.Reading or SqliteUse.Inspecting:
                Run("PRAGMA query_only=ON");
                Run("PRAGMA wal_autocheckpoint=0");
                break;
            case SqliteUse.Writing or SqliteUse.Journaling:
                if (layout is not null)
                {
                    Run(layout);
                }

                // WAL with FULL syncs the log of the store at each commit: a commit that was answered outlives the loss of power.
                Run("PRAGMA journal_mode=WAL");
                Run("PRAGMA synchronous=FULL");
                Run("PRAGMA foreign_keys=ON");
                if (use == SqliteUse.Journaling)
                {
                    Run("PRAGMA wal_autocheckpoint=0");
                }

                break;
        }
    }

    /// <summary>Pages go to the store's file when the store says so, after their sums: never because a connection closes.</summary>
    private void KeepLogOnClose()
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_db_config(_connection.Handle, DoNotCheckpointOnClose, 1, out var isKept), _connection.Handle);
        if (isKept != 1)
        {
            throw new PlatformNotSupportedException($"SQLite {raw.sqlite3_libversion().utf8_to_string()} takes a write-ahead log over when a connection closes.");
        }
    }

    /// <summary>The store's file, for messages.</summary>
    public string File { get; }

    /// <summary>False when a transaction is open.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_connection.Handle) != 0;

    /// <summary>The id of the row that was inserted last.</summary>
    public long LastId => raw.sqlite3_last_insert_rowid(_connection.Handle);

    /// <summary>Pages that this connection has written since it was asked last.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_connection.Handle, PagesWritten, out var pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>
    /// Takes the write-ahead log over into the file; how many frames the log then has, and how many of them are in the file. Both are -1 when another
    /// connection is at it.
    /// </summary>
    public (int Frames, int Moved) Checkpoint(SqliteCheckpoint mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", (int)mode, out var frames, out var moved);
        if (code != raw.SQLITE_BUSY)
        {
            SqliteException.ThrowExceptionForRC(code, _connection.Handle);
        }

        return (frames, moved);
    }

    /// <summary>The connection itself, for what SQLite does between two of them.</summary>
    public sqlite3 Handle => _connection.Handle!;

    /// <summary>The statement of that text, prepared once. Dispose it after its rows are read.</summary>
    public Statement Query(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var database = _connection.Handle!;
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out var handle), database);
            _statements.Add(sql, statement = new Statement(database, handle));
        }

        return statement;
    }

    /// <summary>Runs a statement without rows.</summary>
    public int Run(string sql) => Query(sql).Run();

    /// <summary>Runs a script of several statements.</summary>
    public void RunScript(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Gives statements of this connection a function of a blob.</summary>
    public void Define(string name, Func<byte[], string?> function) => _connection.CreateFunction(name, function, isDeterministic: true);

    /// <summary>The only value of a query.</summary>
    public long Value(string sql)
    {
        using var rows = Query(sql);
        rows.Step();
        return rows.Long(0);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _connection.Dispose();
    }
}
