using Grid.Storage.Checking;
using Grid.Storage.ReadingLog;

namespace Grid.Storage.Backups;

/// <summary>What was restored.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="MadeAt">The instant that it shows.</param>
/// <param name="Files">Files.</param>
/// <param name="Bytes">Bytes of these.</param>
/// <param name="KeysErasedAgain">Keys that a backup of keys had brought back, and that were destroyed again as the register of erasures says.</param>
public sealed record RestoreReport(string Data, DateTimeOffset MadeAt, int Files, long Bytes, int KeysErasedAgain);

/// <summary>Restores a backup to a new place. Every file is compared with the manifest, and the whole is checked, before the place gets its name.</summary>
public static class BackupRestore
{
    private const string Unfinished = ".unfinished";

    /// <param name="from">The backup.</param>
    /// <param name="data">The data directory to make; it does not exist, or is empty.</param>
    /// <param name="books">Reads the stored books of sectors, for the check; null leaves out what needs them.</param>
    /// <param name="keys">The keys that belong to it; null for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends it; nothing stays.</param>
    /// <exception cref="BackupDamagedException">A file is not what was written. Nothing was restored.</exception>
    /// <exception cref="DataDirectoryException">The place cannot be used, or there is no backup.</exception>
    public static RestoreReport Run(
        string from, string data, SectorBooksReader? books, RestoredKeys? keys, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var erasedAgain = 0;
        from = Path.GetFullPath(from);
        data = Path.GetFullPath(data);
        if (File.Exists(data) || (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any()))
        {
            throw new DataDirectoryException(data, "is not empty: a backup is restored to a new place, never over something.");
        }

        var (manifest, files, opened) = BackupSource.Open(from);
        using (opened)
        {
            if (manifest.Format > DataDirectory.FormatVersion)
            {
                throw new DataDirectoryException(data, $"was not made: the backup has format {manifest.Format}, and this program reads up to {DataDirectory.FormatVersion}.");
            }

            var folder = data + Unfinished;
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            try
            {
                Copy(manifest, files, folder, progress, cancellationToken);
                if (manifest.Format == DataDirectory.FormatVersion)
                {
                    Verify(folder, books, time, progress, cancellationToken);
                }

                erasedAgain = keys?.Apply(folder, time, cancellationToken) ?? 0;
                if (Directory.Exists(data))
                {
                    Directory.Delete(data);
                }

                Directory.Move(folder, data);
                DiskSync.Directory(Path.GetDirectoryName(data)!);
            }
            catch
            {
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }

                throw;
            }
        }

        return new RestoreReport(data, manifest.MadeAt, manifest.Files.Count, manifest.Bytes, erasedAgain);
    }

    internal static void Copy(
        BackupManifest manifest, IEnumerable<(string Path, Stream Content)> files, string folder, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var expected = manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var done = 0L;
        DataDirectory.Create(folder);
        foreach (var (path, content) in files)
        {
            if (!expected.Remove(path, out var file))
            {
                throw new BackupDamagedException(path, "the manifest does not name it, or names it once only");
            }

            var target = Path.GetFullPath(Path.Combine(folder, path));
            if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new BackupDamagedException(path, "it lies outside of the backup");
            }

            DataDirectory.Create(Path.GetDirectoryName(target)!);
            var sum = DurableCopy.Run(content, target, long.MaxValue, bytes =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Invoke("Restoring (bytes)", done += bytes, manifest.Bytes);
            });
            if (Convert.ToHexStringLower(sum) != file.Sha256 || new FileInfo(target).Length != file.Bytes)
            {
                throw new BackupDamagedException(path, "its SHA-256 is not the one in the manifest");
            }
        }

        if (expected.Keys.FirstOrDefault() is { } missing)
        {
            throw new BackupDamagedException(missing, "it is missing");
        }

        foreach (var inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            DiskSync.Directory(inner);
        }
    }

    private static void Verify(string folder, SectorBooksReader? books, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var report = DirectoryCheck.Run(folder, books, time, progress, cancellationToken);
        if (report.Findings.FirstOrDefault(finding => finding.Kind == FindingKind.Damage) is { } damage)
        {
            throw new BackupDamagedException(damage.File, damage.What);
        }
    }
}
