using System.Globalization;
using Grid.Storage.Sqlite;
using Grid.Storage.Sqlite.Pages;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.Checking;

/// <summary>
/// Checks a store: every page against its sum, the commits against their mark, the order that SQLite keeps inside, and then its rows. The store is
/// read in place, and no byte of it is changed.
/// </summary>
internal static class StoreCheck
{
    private const string Repair = "Restore a backup, or run repair: it keeps every row that is whole and lists what was lost.";
    private const string Refuses = "What is there may be wrong or missing. The program refuses to start on it.";
    private const int MostProblems = 50;

    /// <param name="check">The check under way.</param>
    /// <param name="name">The store's file name.</param>
    /// <param name="rows">Checks its rows.</param>
    public static void Run(CheckedFiles check, string name, Action<SqliteSession> rows)
    {
        var file = Path.Combine(check.Directory, name);
        var log = name + SqliteOpening.LogExtension;
        var hadLog = check.Begin(log) is not null;
        if (check.Begin(name) is null)
        {
            check.Damage(name, null, "the store is missing", "Everything that it held is lost.", "Restore a backup.");
            return;
        }

        var commits = CheckPages(check, name, file, log);
        try
        {
            using var session = new SqliteSession(file, new SqliteOptions(), SqliteUse.Inspecting);
            CheckOrder(check, name, session);
            CheckMark(check, name, log, session, commits);
            rows(session);
        }
        catch (Exception error) when (error is SqliteException or StoreDamagedException)
        {
            check.Damage(name, null, error.Message, Refuses, Repair);
        }
        finally
        {
            if (!hadLog)
            {
                File.Delete(Path.Combine(check.Directory, log));
            }
        }
    }

    /// <summary>Compares pages with their sums; gives the commits that the store must have, with where its log ends.</summary>
    private static (long Commits, string Log)? CheckPages(CheckedFiles check, string name, string file, string log)
    {
        var path = name + PageSums.Extension;
        if (check.Begin(path) is null)
        {
            check.Damage(
                path,
                null,
                "the sums of the store's pages are missing",
                "Nobody can tell whether the store is whole. The program refuses to start.",
                "Run repair: it makes them anew once the store itself proves whole.");
            return null;
        }

        try
        {
            using var sums = PageSums.Open(Path.Combine(check.Directory, path), isReader: true);
            if (sums.IsBeingMade)
            {
                check.Note(path, null, "the sums were being made when the program stopped", "The store proves itself at the next start.", "Nothing.");
                return null;
            }

            foreach (var slot in sums.UnreadableSlots())
            {
                check.Note(path, slot, "one of the two marks is not readable", "The loss of power can do that; the other one counts.", "Nothing: it is written again with the next commits.");
            }

            var ahead = new WriteAheadLog(file + SqliteOpening.LogExtension, sums.PageBytes);
            ahead.Read();
            foreach (var page in sums.Differing(file, ahead.Pages.ContainsKey, check.Advance))
            {
                var position = (page - 1) * sums.PageBytes;
                check.Damage(name, position, string.Create(CultureInfo.InvariantCulture, $"page {page} (bytes {position} to {position + sums.PageBytes - 1}) is not what was written"), Refuses, Repair);
            }

            return (sums.Commits, string.Create(CultureInfo.InvariantCulture, $"{log} ends at byte {ahead.EndOfCommits} of {ahead.Length}{(ahead.EndedBy is { } reason ? ": " + reason : "")}"));
        }
        catch (StoreDamagedException error)
        {
            check.Damage(path, 0, error.Message, "Nobody can tell whether the store is whole. The program refuses to start.", "Run repair: it makes them anew once the store itself proves whole.");
            return null;
        }
    }

    private static void CheckOrder(CheckedFiles check, string name, SqliteSession session)
    {
        using var problems = session.Query($"PRAGMA integrity_check({MostProblems})");
        while (problems.Step())
        {
            if (problems.Text(0) is not "ok" and var problem)
            {
                check.Damage(name, null, problem, Refuses, Repair);
            }
        }
    }

    private static void CheckMark(CheckedFiles check, string name, string log, SqliteSession session, (long Commits, string Log)? mark)
    {
        var commits = session.Value("SELECT value FROM commit_count");
        if (mark is { } known && commits < known.Commits)
        {
            check.Damage(
                check.Begin(log) is > 0 ? log : name,
                null,
                string.Create(CultureInfo.InvariantCulture, $"the store is behind its mark: {known.Commits} commits were made and {commits} are there ({known.Log})"),
                string.Create(CultureInfo.InvariantCulture, $"The last {known.Commits - commits} commits are lost. The program refuses to start."),
                "Restore a backup. Or run repair with --accept-loss: the store then is as it was before these commits.");
        }
    }
}
