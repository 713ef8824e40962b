using System.Globalization;
using Grid.Storage.Sqlite.Pages;

namespace Grid.Storage.Sqlite;

/// <summary>
/// The writer's connection with what keeps it honest: each commit counts itself in the store and, once it is durable, in the page sums, so that a
/// store that lost commits is behind its mark; and pages go from the write-ahead log to the store's file only after their sums.
/// </summary>
internal sealed class SqliteJournal(SqliteSession session, PageSums sums, WriteAheadLog log) : IDisposable
{
    /// <summary>Pages in the write-ahead log at which they are taken over into the store's file, as SQLite itself does.</summary>
    private const int PagesBeforeCheckpoint = 1000;

    private int _pagesInLog;

    public SqliteSession Session { get; } = session;

    /// <summary>Commits that the store has.</summary>
    public long Commits { get; private set; }

    /// <summary>After the store was opened: compares it with its mark, or takes the first sums.</summary>
    /// <exception cref="StoreDamagedException">Commits are missing, or the store cannot be trusted enough to take its sums.</exception>
    public void Begin()
    {
        Session.RunScript("CREATE TABLE IF NOT EXISTS commit_count(id INTEGER PRIMARY KEY CHECK(id = 1), value INTEGER NOT NULL) STRICT; INSERT OR IGNORE INTO commit_count VALUES(1, 0);");
        Commits = Session.Value("SELECT value FROM commit_count");
        if (sums.IsBeingMade)
        {
            RequireIntegrity();
            if (Session.Checkpoint(SqliteCheckpoint.Truncate) is not (0, 0))
            {
                throw new DataDirectoryException(
                    Path.GetDirectoryName(Session.File)!, $"holds {Path.GetFileName(Session.File)}, which another program has open. Close that program first.");
            }

            sums.Take(Session.File, Commits);
            return;
        }

        if (Commits < sums.Commits)
        {
            throw new StoreDamagedException(Session.File, string.Create(
                CultureInfo.InvariantCulture,
                $"it is behind its mark: {sums.Commits} commits were made and {Commits} are there; the last {sums.Commits - Commits} are lost from its write-ahead log{Ended()}"));
        }

        sums.Mark(Commits);
        Checkpoint();
    }

    /// <summary>Runs a script in a commit of its own.</summary>
    public void Do(string script)
    {
        Session.RunScript($"BEGIN IMMEDIATE;\n{script}\nUPDATE commit_count SET value = value + 1;\nCOMMIT;");
        Committed();
    }

    /// <summary>Counts the commit that is about to be made.</summary>
    public void Count() => Session.Run("UPDATE commit_count SET value = value + 1");

    /// <summary>The commit is durable.</summary>
    public void Committed()
    {
        sums.Mark(++Commits);
        _pagesInLog += Session.TakePagesWritten();
        if (_pagesInLog >= PagesBeforeCheckpoint)
        {
            Checkpoint();
        }
    }

    /// <summary>
    /// Takes everything over into the store's file, and empties the log once all of it is there. While somebody reads beside, or when it fails, the log
    /// stays, and the next start has the same store with it.
    /// </summary>
    public void Finish()
    {
        if (Checkpoint())
        {
            Session.Checkpoint(SqliteCheckpoint.Truncate);
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        sums.Dispose();
    }

    /// <summary>Sums first, then pages. True when all of the log is in the store's file.</summary>
    private bool Checkpoint()
    {
        if (!TryTakeSums())
        {
            return false;
        }

        var (frames, moved) = Session.Checkpoint(SqliteCheckpoint.Passive);
        _pagesInLog = 0;
        return frames >= 0 && frames == moved;
    }

    /// <summary>
    /// Makes the sums durable of all that SQLite would take over, which is what it counts in its log: what was read of the log must be that. Only what was
    /// taken over is ever written over in the log, so that no page loses its place there before its sum is durable. False when SQLite cannot say.
    /// </summary>
    /// <exception cref="StoreDamagedException">The log is not what SQLite has of it. Nothing may be taken over or written any more.</exception>
    private bool TryTakeSums()
    {
        var (frames, _) = Session.Checkpoint(SqliteCheckpoint.Nothing);
        if (frames <= 0)
        {
            return frames == 0;
        }

        log.Read();
        if (log.Frames != frames)
        {
            log.ReadAgain();
        }

        if (log.Frames != frames)
        {
            throw new StoreDamagedException(Session.File, string.Create(
                CultureInfo.InvariantCulture, $"SQLite counts {frames} frames in its write-ahead log and {log.Frames} can be read{Ended()}; nothing of it is taken over"));
        }

        if (log.Changed.Count > 0)
        {
            sums.Change(log.Changed, log.StorePages);
            log.Changed.Clear();
        }

        return true;
    }

    private string Ended() => log.EndedBy is { } reason
        ? string.Create(CultureInfo.InvariantCulture, $", which ends at byte {log.EndOfCommits} of {log.Length}: {reason}")
        : "";

    private void RequireIntegrity()
    {
        using var rows = Session.Query("PRAGMA integrity_check(1)");
        if (rows.Step() && rows.Text(0) is not "ok" and var wrong)
        {
            throw new StoreDamagedException(Session.File, wrong);
        }
    }
}
