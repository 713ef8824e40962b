using Grid.Storage.Keys;
using Grid.Storage.ReadingLog;

namespace Grid.Storage.Backups;

/// <summary>
/// A backup of the subscribers' keys, apart from that of the data: without it what is personal there is unreadable. It may be made while the grid
/// runs, after that of the data: keys are only ever added or destroyed.
/// </summary>
public static class KeysBackup
{
    private const string Unfinished = ".unfinished";

    /// <summary>Files in the order in which they are copied: rows that come behind the mark are not acknowledged, and what is destroyed meanwhile stands in the register.</summary>
    private static readonly string[] Names = [KeyRows.MarkName, KeyFile.FileName, ErasureRegister.FileName, MasterKey.FileName];

    /// <summary>Writes the keys to a new directory, which gets its name once they are whole and verified; gives their number.</summary>
    /// <param name="keys">Where the keys are.</param>
    /// <param name="to">The directory to make.</param>
    /// <param name="madeAt">Now.</param>
    /// <param name="cancellationToken">Ends it; nothing stays.</param>
    /// <exception cref="DataDirectoryException">Something is there, or there are no keys.</exception>
    /// <exception cref="StoreDamagedException">The keys are damaged: no backup is made of such.</exception>
    public static int Write(string keys, string to, DateTimeOffset madeAt, CancellationToken cancellationToken)
    {
        to = Path.GetFullPath(to);
        BackupWriter.RequireFree(to);
        if (!File.Exists(Path.Combine(keys, MasterKey.FileName)))
        {
            throw new DataDirectoryException(keys, "holds no keys: there has been no subscriber yet, or they lie elsewhere (--keys).");
        }

        return Whole(to, folder =>
        {
            var inside = Path.Combine(folder, BackupManifest.DataFolder);
            DataDirectory.Create(inside);
            foreach (var name in Names.Where(name => File.Exists(Path.Combine(keys, name))))
            {
                DurableCopy.Run(Path.Combine(keys, name), Path.Combine(inside, name), long.MaxValue, null);
            }

            var count = SubscriberKeys.Inspect(inside, inside);
            DiskSync.Directory(inside);
            BackupWriter.WriteManifest(folder, BackupWriter.Describe(inside, madeAt, null, cancellationToken));
            return count;
        });
    }

    /// <summary>Makes a directory of keys out of a backup of them. Every file is compared with the manifest before the directory gets its name.</summary>
    /// <param name="from">The backup of the keys.</param>
    /// <param name="keys">The directory to make; it does not exist, or is empty.</param>
    /// <param name="cancellationToken">Ends it; nothing stays.</param>
    /// <exception cref="BackupDamagedException">A file is not what was written.</exception>
    /// <exception cref="DataDirectoryException">The place cannot be used, or there is no backup of keys.</exception>
    public static void Restore(string from, string keys, CancellationToken cancellationToken)
    {
        keys = Path.GetFullPath(keys);
        if (File.Exists(keys) || (Directory.Exists(keys) && Directory.EnumerateFileSystemEntries(keys).Any()))
        {
            throw new DataDirectoryException(keys, "is not empty: keys are restored to a new place, never over others.");
        }

        var (manifest, files, opened) = BackupSource.Open(Path.GetFullPath(from));
        using (opened)
        {
            if (manifest.Files.All(file => file.Path != MasterKey.FileName))
            {
                throw new DataDirectoryException(from, "is no backup of keys.");
            }

            Whole(keys, folder =>
            {
                BackupRestore.Copy(manifest, files, folder, null, cancellationToken);
                return 0;
            });
        }
    }

    private static int Whole(string to, Func<string, int> make)
    {
        var folder = to + Unfinished;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        try
        {
            DataDirectory.Create(folder);
            var made = make(folder);
            if (Directory.Exists(to))
            {
                Directory.Delete(to);
            }

            Directory.Move(folder, to);
            DiskSync.Directory(Path.GetDirectoryName(to)!);
            return made;
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
}
