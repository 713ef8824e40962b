using System.Globalization;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite.Pages;

namespace Grid.Storage;

/// <summary>
/// Brings a data directory of an older format up, in place, after a copy of it inside itself: <c>before-format-2</c>. The copy is there whole or not
/// at all, and stays until somebody deletes it. A stop in between is completed at the next start; the format file is written last.
/// </summary>
internal static class DataUpgrade
{
    private const int PageBytes = 4096;
    private const string Unfinished = ".new";

    public static void Run(DataDirectory directory, string copy, int version, StorageProgress? progress)
    {
        if (!Directory.Exists(copy))
        {
            Copy(directory.Path, copy, progress);
        }

        for (; version < DataDirectory.FormatVersion; version++)
        {
            switch (version)
            {
                case 1:
                    AddSums(directory);
                    break;
            }
        }
    }

    /// <summary>From format 2 on each store has page sums: they are taken when the store is opened next, once it has proved whole.</summary>
    private static void AddSums(DataDirectory directory)
    {
        foreach (var store in (string[])[directory.Registry, directory.Grains])
        {
            if (File.Exists(store))
            {
                PageSums.Create(store + PageSums.Extension, PageBytes).Dispose();
            }
        }
    }

    private static void Copy(string from, string to, StorageProgress? progress)
    {
        var unfinished = to + Unfinished;
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        var files = Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(from, path))
            .Where(path => !DataDirectory.IsBookkeeping(path.Split(Path.DirectorySeparatorChar)[0]) && !path.EndsWith("-shm", StringComparison.Ordinal))
            .ToList();
        var total = files.Sum(path => new FileInfo(Path.Combine(from, path)).Length);
        var done = 0L;
        var doing = string.Create(CultureInfo.InvariantCulture, $"Copying the data directory to {to} before its format is brought up (bytes)");
        DataDirectory.Create(unfinished);
        foreach (var file in files)
        {
            var target = Path.Combine(unfinished, file);
            DataDirectory.Create(Path.GetDirectoryName(target)!);
            DurableCopy.Run(Path.Combine(from, file), target, long.MaxValue, bytes => progress?.Invoke(doing, done += bytes, total));
        }

        Directory.Move(unfinished, to);
        DiskSync.Directory(from);
    }
}
