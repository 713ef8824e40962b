using Grid.Storage.Sqlite.Pages;

namespace Grid.Storage.Checking;

/// <summary>
/// Reads every file of a data directory that nobody uses, changes nothing, and says what is not as it was written. What it finds whole, the program
/// opens; what the program refuses, it explains.
/// </summary>
public static class DirectoryCheck
{
    private static readonly string[] Stores = ["registry.db", "grains.db"];

    /// <param name="path">The data directory.</param>
    /// <param name="books">Reads the stored books of sectors; null leaves out what needs them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends it between two pages or segments.</param>
    /// <exception cref="DataDirectoryException">The directory cannot be looked into: missing, in use, of another format.</exception>
    public static CheckReport Run(string path, SectorBooksReader? books, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        using var directory = DataDirectory.Inspect(path);
        return Run(directory, books, time, progress, cancellationToken);
    }

    internal static CheckReport Run(DataDirectory directory, SectorBooksReader? books, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var check = new CheckedFiles(directory.Path, progress, cancellationToken);
        check.Expect(Directory.EnumerateFiles(directory.Path, "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".log", StringComparison.Ordinal) || file.EndsWith(".db", StringComparison.Ordinal))
            .Sum(file => new FileInfo(file).Length));

        if (IsNew(directory))
        {
            check.Note("format", null, "nothing was ever kept in this directory", "The program was started in it and stopped before it made its files.", "Nothing.");
            return Report(check);
        }

        check.Begin("format");
        RegistryRows.Contents? registry = null;
        Dictionary<string, SectorBooks>? sectors = null;
        var log = LogCheck.Run(check, time);
        if (log is null && !check.IsDamagedBelow("log"))
        {
            check.Damage("log", null, "the reading log is missing", "What was acknowledged since the last checkpoint is lost.", "Restore a backup.");
        }

        StoreCheck.Run(check, Stores[0], session => registry = RegistryRows.Run(check, session));
        StoreCheck.Run(check, Stores[1], session => sectors = GrainRows.Run(check, session, books));
        if (log is not null && registry is not null && sectors is not null && books is not null && !Stores.Any(check.IsDamaged))
        {
            CrossCheck.Run(check, log, registry, sectors);
        }

        HistoryCheck.Run(check);
        KeysCheck.Run(check);
        OtherFiles.Run(check);
        return Report(check);
    }

    private static bool IsNew(DataDirectory directory) =>
        !Stores.Any(store => File.Exists(Path.Combine(directory.Path, store)) || File.Exists(Path.Combine(directory.Path, store + PageSums.Extension)))
        && (!Directory.Exists(directory.Log) || !Directory.EnumerateFiles(directory.Log).Any());

    private static CheckReport Report(CheckedFiles check) => new(check.Directory, check.Count, check.Bytes, check.Findings);
}
