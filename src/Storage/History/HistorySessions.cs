using System.Globalization;
using Grid.Contracts.Storage;
using Grid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.History;

/// <summary>Open connections to files of history, a bounded number of them idle. Safe for all threads; a connection is one user's at a time.</summary>
internal sealed class HistorySessions(int maximumIdle) : IDisposable
{
    private static readonly SqliteOptions Options = new() { CacheKibibytes = 512 };
    private readonly object _gate = new();

    // The one that was used last is the last.
    private readonly LinkedList<HistorySession> _idle = new();
    private readonly Dictionary<HistoryFile, int> _used = [];
    private bool _isClosed;

    /// <summary>A connection to write with, to be disposed of after use; the file is made when it is new.</summary>
    /// <exception cref="HistoryDamagedException">The file is missing, or is no SQLite file any more.</exception>
    public HistorySession Rent(HistoryFile file) => Rent(file, isReader: false) ?? throw new InvalidOperationException($"{file.Path} is deleted.");

    /// <summary>A connection to read with, to be disposed of after use; null when the file was deleted by retention, or has nothing durable yet.</summary>
    /// <exception cref="HistoryDamagedException">The file is missing, or is no SQLite file any more.</exception>
    public HistorySession? RentReader(HistoryFile file) => Rent(file, isReader: true);

    private HistorySession? Rent(HistoryFile file, bool isReader)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (file.IsDeleted)
            {
                return null;
            }

            _used[file] = _used.GetValueOrDefault(file) + 1;
            for (var node = _idle.Last; node is not null; node = node.Previous)
            {
                if (ReferenceEquals(node.Value.File, file) && node.Value.IsReader == isReader)
                {
                    _idle.Remove(node);
                    return node.Value;
                }
            }
        }

        HistorySession? opened = null;
        try
        {
            return opened = Open(file, isReader);
        }
        finally
        {
            if (opened is null)
            {
                Release(file);
            }
        }
    }

    /// <summary>Closes what is open of a file, waiting for its users, and deletes it.</summary>
    public void Delete(HistoryFile file)
    {
        lock (_gate)
        {
            file.IsDeleted = true;
            while (_used.ContainsKey(file))
            {
                Monitor.Wait(_gate);
            }

            CloseIdle(file);
        }

        foreach (var ending in (string[])["", "-wal", "-shm"])
        {
            File.Delete(file.Path + ending);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            CloseIdle(null);
        }
    }

    internal void Return(HistorySession session, bool isUsable)
    {
        HistorySession? surplus = null;
        lock (_gate)
        {
            if (!isUsable || _isClosed)
            {
                surplus = session;
            }
            else
            {
                _idle.AddLast(session);
                if (_idle.Count > maximumIdle)
                {
                    surplus = _idle.First!.Value;
                    _idle.RemoveFirst();
                }
            }
        }

        surplus?.Session.Dispose();
        Release(session.File);
    }

    private void Release(HistoryFile file)
    {
        lock (_gate)
        {
            if (--_used[file] == 0)
            {
                _used.Remove(file);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void CloseIdle(HistoryFile? file)
    {
        for (var node = _idle.First; node is not null;)
        {
            var next = node.Next;
            if (file is null || ReferenceEquals(node.Value.File, file))
            {
                node.Value.Session.Dispose();
                _idle.Remove(node);
            }

            node = next;
        }
    }

    private HistorySession? Open(HistoryFile file, bool isReader)
    {
        // The first flush is making it.
        var isBeingMade = isReader && file.Mark == 0;
        var isNew = !File.Exists(file.Path);
        if (isNew && isBeingMade)
        {
            return null;
        }

        if (isNew && (isReader || file.Mark > 0))
        {
            throw file.Damaged("the file", "it is missing");
        }

        SqliteSession? session = null;
        try
        {
            if (!isReader)
            {
                DataDirectory.CreateOwnerOnly(file.Path);
            }

            session = new SqliteSession(file.Path, Options, isReader ? SqliteUse.Reading : SqliteUse.Writing, HistoryFile.Layout);
            var version = session.Value("PRAGMA user_version");
            if (version == 0 && !isReader && session.Value("SELECT count(*) FROM sqlite_schema") == 0)
            {
                session.RunScript(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE;\n{HistoryFile.Script}\nPRAGMA user_version={HistoryFile.Version};\nCOMMIT;"));
            }
            else if (version == 0 && isBeingMade)
            {
                return null;
            }
            else if (version != HistoryFile.Version)
            {
                throw file.Damaged("the header", $"its version is {version}; this program reads {HistoryFile.Version}");
            }

            var opened = new HistorySession(this, file, session, isReader);
            session = null;
            return opened;
        }
        catch (SqliteException error)
        {
            throw HistorySession.Translated(error, file);
        }
        finally
        {
            session?.Dispose();
        }
    }
}

/// <summary>A connection to one file, rented.</summary>
internal sealed class HistorySession(HistorySessions owner, HistoryFile file, SqliteSession session, bool isReader) : IDisposable
{
    public HistoryFile File => file;

    public SqliteSession Session => session;

    public bool IsReader => isReader;

    /// <summary>Runs the work in a transaction, which is undone when it throws.</summary>
    public T Transact<T>(Func<SqliteSession, T> work)
    {
        try
        {
            session.Run(isReader ? "BEGIN" : "BEGIN IMMEDIATE");
            var result = work(session);
            session.Run("COMMIT");
            return result;
        }
        catch (SqliteException error)
        {
            throw Translated(error, file);
        }
        finally
        {
            if (!session.IsAutocommit)
            {
                session.Run("ROLLBACK");
            }
        }
    }

    /// <summary>Moves what was committed from the write-ahead log into the file, as far as readers allow.</summary>
    public void Checkpoint()
    {
        try
        {
            using var rows = session.Query("PRAGMA wal_checkpoint(PASSIVE)");
            rows.Step();
        }
        catch (SqliteException error)
        {
            throw Translated(error, file);
        }
    }

    /// <summary>Empties the write-ahead log: nothing that was deleted stays in it. Waits for readers as long as a lock may take.</summary>
    public void Truncate()
    {
        try
        {
            using var rows = session.Query("PRAGMA wal_checkpoint(TRUNCATE)");
            rows.Step();
        }
        catch (SqliteException error)
        {
            throw Translated(error, file);
        }
    }

    /// <summary>Gives free pages back to the disk.</summary>
    public void Shrink()
    {
        try
        {
            using var rows = session.Query("PRAGMA incremental_vacuum");
            while (rows.Step())
            {
            }
        }
        catch (SqliteException error)
        {
            throw Translated(error, file);
        }
    }

    public void Dispose() => owner.Return(this, session.IsAutocommit);

    internal static Exception Translated(SqliteException error, HistoryFile file) => SqliteErrors.IsDamage(error)
        ? file.Damaged("a page", error.Message, error)
        : new IOException($"History's file {file.Path} failed: {error.Message}", error);
}
