using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.Storage.Sqlite;

/// <summary>A connection with its prepared statements, used by one thread.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    /// <param name="file">The file, made when it is missing.</param>
    /// <param name="options">Settings of the store.</param>
    /// <param name="isReader">True for a connection that never writes.</param>
    /// <param name="layout">A pragma that must come before anything is in the file, null for none.</param>
    public SqliteSession(string file, SqliteOptions options, bool isReader, string? layout = null)
    {
        File = file;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        _connection.Open();
        raw.sqlite3_busy_timeout(_connection.Handle, (int)options.BusyTimeout.TotalMilliseconds);
        Run($"PRAGMA cache_size=-{options.CacheKibibytes}");
        if (isReader)
        {
            Run("PRAGMA query_only=ON");
        }
        else
        {
            if (layout is not null)
            {
                Run(layout);
            }

            // WAL with FULL syncs the log of the store at each commit: a commit that was answered outlives the loss of power.
            Run("PRAGMA journal_mode=WAL");
            Run("PRAGMA synchronous=FULL");
            Run("PRAGMA foreign_keys=ON");
        }
    }

    /// <summary>The store's file, for messages.</summary>
    public string File { get; }

    /// <summary>False when a transaction is open.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_connection.Handle) != 0;

    /// <summary>The id of the row that was inserted last.</summary>
    public long LastId => raw.sqlite3_last_insert_rowid(_connection.Handle);

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
