using System.Globalization;
using Grid.Storage.Checking;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Storage.Repairing;

/// <summary>What a repair did, or would do.</summary>
/// <param name="Directory">The data directory.</param>
/// <param name="IsApplied">True when the steps were done.</param>
/// <param name="Steps">The steps.</param>
/// <param name="Lost">What was lost for good, for people; known once the steps were done.</param>
/// <param name="SetAside">Where the damaged files are now; null when none was moved.</param>
/// <param name="Left">What a check finds afterwards; before the steps are done, what it finds now.</param>
public sealed record RepairReport(
    string Directory, bool IsApplied, IReadOnlyList<RepairStep> Steps, IReadOnlyList<string> Lost, string? SetAside, IReadOnlyList<Finding> Left);

/// <summary>
/// Mends a data directory that nobody uses, with what is safe and said: cuts a torn commit, takes over what is whole, builds indexes anew, moves what is
/// damaged to <c>damaged/</c> and lists what was lost. It invents nothing and deletes nothing.
/// </summary>
public static class DirectoryRepair
{
    private const string DamagedFolder = "damaged";
    private const string Token = "admin-token";

    /// <param name="path">The data directory.</param>
    /// <param name="apply">False: only say what would be done.</param>
    /// <param name="acceptsLoss">True: also give up commits that cannot be recovered.</param>
    /// <param name="books">Reads the stored books of sectors.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends it before the next step.</param>
    /// <exception cref="DataDirectoryException">The directory cannot be looked into: missing, in use, of another format.</exception>
    public static RepairReport Run(
        string path, bool apply, bool acceptsLoss, SectorBooksReader books, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        using var directory = DataDirectory.Inspect(path);
        var report = DirectoryCheck.Run(directory, books, time, progress, cancellationToken);
        StoreRepair[] stores =
        [
            new(directory.Path, RegistrySchema.Schema, Path.GetFileName(directory.Registry)),
            new(directory.Path, SqliteGrainStorage.Schema, Path.GetFileName(directory.Grains)),
        ];
        var steps = stores.Select(store => store.Plan(report)).OfType<RepairStep>().Concat(LogSteps(report)).Concat(TokenSteps(report)).ToList();
        if (!apply || steps.Count == 0 || (steps.Exists(step => step.LosesCommits) && !acceptsLoss))
        {
            return new RepairReport(directory.Path, false, steps, [], null, report.Findings);
        }

        var aside = Path.Combine(directory.Path, DamagedFolder, time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        DataDirectory.Create(Path.Combine(directory.Path, DamagedFolder));
        var lost = new List<string>();
        foreach (var store in stores)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lost.AddRange(store.Apply(report, aside));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lost.AddRange(MendLog(directory, report, aside, books, time));
        if (steps.Exists(step => step.File == Token))
        {
            Aside.Move(Path.Combine(directory.Path, Token), aside);
        }

        var isAside = Directory.Exists(aside);
        if (isAside)
        {
            File.WriteAllLines(Path.Combine(aside, "lost.txt"), lost.DefaultIfEmpty("Nothing was lost."));
        }

        var after = DirectoryCheck.Run(directory, books, time, progress, cancellationToken);
        return new RepairReport(directory.Path, true, steps, lost, isAside ? aside : null, after.Findings);
    }

    private static IEnumerable<RepairStep> LogSteps(CheckReport report)
    {
        if (IsLogDamaged(report))
        {
            yield return new RepairStep("log", "is moved to damaged/ and written anew out of every batch that is whole; sectors go on with greater offsets", LosesCommits: false);
        }
        else if (report.Findings.Any(finding => finding.Kind == FindingKind.Note && finding.File.StartsWith("log/", StringComparison.Ordinal) && finding.Position is not null))
        {
            yield return new RepairStep("log", "the torn commit at its end, which was never acknowledged, is cut", LosesCommits: false);
        }
    }

    private static IEnumerable<RepairStep> TokenSteps(CheckReport report) =>
        report.Findings.Any(finding => finding.File == Token) ? [new RepairStep(Token, "is moved to damaged/: the next start makes a new one", LosesCommits: false)] : [];

    private static bool IsLogDamaged(CheckReport report) =>
        report.Findings.Any(finding => finding.Kind == FindingKind.Damage && finding.File.StartsWith("log/", StringComparison.Ordinal));

    private static IReadOnlyList<string> MendLog(DataDirectory directory, CheckReport report, string aside, SectorBooksReader books, TimeProvider time)
    {
        if (!IsLogDamaged(report))
        {
            if (LogSteps(report).Any())
            {
                new LogRecovery(new DiskLogFiles(directory.Log), time, NullLogger.Instance).Open().Close();
            }

            return [];
        }

        var mended = directory.Log + ".mended";
        if (Directory.Exists(mended))
        {
            Directory.Delete(mended, recursive: true);
        }

        DataDirectory.Create(mended);
        using var grains = new SqliteSession(directory.Grains, new SqliteOptions(), SqliteUse.Inspecting);
        var sectors = GrainRows.Run(new CheckedFiles(directory.Path, null, CancellationToken.None), grains, books);
        var lost = new LogRepair(new DiskLogFiles(directory.Log), new DiskLogFiles(mended), time).Run(sectors);
        Aside.Move(directory.Log, aside);
        Directory.Move(mended, directory.Log);
        DiskSync.Directory(directory.Path);
        return lost;
    }
}
