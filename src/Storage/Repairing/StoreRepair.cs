using System.Globalization;
using Grid.Storage.Checking;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;
using Grid.Storage.Sqlite.Pages;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.Repairing;

/// <summary>What a repair would do, or did.</summary>
/// <param name="File">The file or folder, relative to the data directory.</param>
/// <param name="What">What is done to it.</param>
/// <param name="LosesCommits">True when commits that were acknowledged are given up: done only when that is accepted.</param>
public sealed record RepairStep(string File, string What, bool LosesCommits);

/// <summary>Mends one store: what can be proved whole stays; of the rest, every row that is whole is taken over into a new file.</summary>
internal sealed class StoreRepair(string directory, SqliteSchema schema, string name)
{
    private readonly string _file = Path.Combine(directory, name);

    private enum Cure
    {
        None,
        SetLogAside,
        TakeSums,
        Salvage,
    }

    /// <summary>The step that the findings of a check call for; null when there is nothing to do, or nothing that a repair could.</summary>
    public RepairStep? Plan(CheckReport report)
    {
        var (cure, lost) = Decide(report);
        return cure switch
        {
            Cure.SetLogAside => new RepairStep(name + SqliteOpening.LogExtension, "is moved to damaged/: everything in it is in the store already", LosesCommits: false),
            Cure.TakeSums => new RepairStep(
                name + PageSums.Extension,
                lost > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"is made anew for the store without its last {lost} commits")
                    : "is made anew: the order of the store and every row of it prove whole; due times of commands and counters cannot be proved",
                LosesCommits: lost > 0),
            Cure.Salvage => new RepairStep(
                name,
                string.Create(CultureInfo.InvariantCulture, $"is moved to damaged/, and every row that is whole is taken over into a new file with new indexes{(lost > 0 ? $"; its last {lost} commits are lost" : "")}"),
                LosesCommits: lost > 0),
            _ => null,
        };
    }

    /// <summary>Does it; gives what was lost, for people.</summary>
    public IReadOnlyList<string> Apply(CheckReport report, string damaged)
    {
        var (cure, lost) = Decide(report);
        List<string> losses = lost > 0 && cure != Cure.SetLogAside ? [string.Create(CultureInfo.InvariantCulture, $"{name}: the last {lost} commits")] : [];
        switch (cure)
        {
            case Cure.SetLogAside:
                Aside.Move(_file + SqliteOpening.LogExtension, damaged);
                break;
            case Cure.TakeSums:
                Aside.Move(_file + PageSums.Extension, damaged);
                break;
            case Cure.Salvage:
                var mended = _file + ".mended";
                File.Delete(mended);
                losses.AddRange(new RowSalvage(_file, mended, schema).Run());
                Aside.Move(_file + SqliteOpening.LogExtension, damaged);
                Aside.Move(_file + "-shm", damaged);
                Aside.Move(_file + PageSums.Extension, damaged);
                Aside.Move(_file, damaged);
                File.Move(mended, _file);
                DiskSync.Directory(directory);
                break;
        }

        if (cure is Cure.TakeSums or Cure.Salvage)
        {
            PageSums.Create(_file + PageSums.Extension, SqliteOpening.PageBytes).Dispose();
            using var journal = SqliteOpening.Open(schema, _file, new SqliteOptions());
            journal.Finish();
        }

        return losses;
    }

    private (Cure Cure, long Lost) Decide(CheckReport report)
    {
        var damages = report.Findings.Where(finding => finding.Kind == FindingKind.Damage && IsOfStore(finding.File)).ToList();
        if (damages.Count == 0 || !File.Exists(_file))
        {
            return (Cure.None, 0);
        }

        var mark = Mark();
        if (mark is { } wanted && IsWholeWithoutLog(wanted))
        {
            return (Cure.SetLogAside, 0);
        }

        var isReadable = TryInspect(out var commits, out var isSound);
        if (!isReadable)
        {
            return (Cure.Salvage, 0);
        }

        var lost = mark is { } known ? Math.Max(0, known - commits) : 0;
        if (isSound && lost == 0 && mark is not null && IsAsSummed())
        {
            return (Cure.None, 0); // it is whole, and only does not fit the other files
        }

        return isSound ? (Cure.TakeSums, lost) : (Cure.Salvage, lost);
    }

    private bool IsOfStore(string file) => file == name || file == name + PageSums.Extension || file == name + SqliteOpening.LogExtension;

    private long? Mark()
    {
        try
        {
            using var sums = PageSums.Open(_file + PageSums.Extension, isReader: true);
            return sums.IsBeingMade ? null : sums.Commits;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private bool IsAsSummed()
    {
        using var sums = PageSums.Open(_file + PageSums.Extension, isReader: true);
        var log = new WriteAheadLog(_file + SqliteOpening.LogExtension, sums.PageBytes);
        log.Read();
        return !sums.Differing(_file, log.Pages.ContainsKey).Any();
    }

    /// <summary>True when the store's file alone is as its sums say and has all commits: then a damaged write-ahead log held nothing more.</summary>
    private bool IsWholeWithoutLog(long commits)
    {
        if (new FileInfo(_file + SqliteOpening.LogExtension) is not { Exists: true, Length: > 0 })
        {
            return false;
        }

        using (var sums = PageSums.Open(_file + PageSums.Extension, isReader: true))
        {
            if (sums.Differing(_file, static _ => false).Any())
            {
                return false;
            }
        }

        var alone = _file + ".alone";
        try
        {
            File.Copy(_file, alone, overwrite: true);
            using var session = new SqliteSession(alone, new SqliteOptions(), SqliteUse.Inspecting);
            return session.Value("SELECT value FROM commit_count") >= commits;
        }
        catch (SqliteException)
        {
            return false;
        }
        finally
        {
            File.Delete(alone);
            File.Delete(alone + SqliteOpening.LogExtension);
        }
    }

    /// <summary>Looks whether the store can be read, and whether its order and its rows are whole.</summary>
    private bool TryInspect(out long commits, out bool isSound)
    {
        commits = 0;
        isSound = false;
        try
        {
            using var session = new SqliteSession(_file, new SqliteOptions(), SqliteUse.Inspecting);
            commits = session.Value("SELECT value FROM commit_count");
            using (var problems = session.Query("PRAGMA integrity_check(1)"))
            {
                isSound = problems.Step() && problems.Text(0) == "ok";
            }

            var rows = new CheckedFiles(directory, null, CancellationToken.None);
            if (schema.Name == RegistrySchema.Schema.Name)
            {
                RegistryRows.Run(rows, session);
            }
            else
            {
                GrainRows.Run(rows, session, reader: null);
            }

            isSound &= rows.Findings.Count == 0;
            return true;
        }
        catch (Exception error) when (error is SqliteException or StoreDamagedException)
        {
            isSound = false;
            return commits > 0;
        }
    }
}
