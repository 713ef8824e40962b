using System.Globalization;
using System.Security.Cryptography;
using Grid.Storage.Checking;
using Grid.Storage.ReadingLog;

namespace Grid.Storage.Backups;

/// <summary>Writes a cut to a directory of its own, verifies what was written, and gives it its name last: a backup is there whole or not at all.</summary>
internal static class BackupWriter
{
    private const string Unfinished = ".unfinished";
    private const string TarExtension = ".tar";

    /// <summary>Small files beside log and stores that belong to a backup.</summary>
    private static readonly string[] SmallFiles = ["format", "admin-token", "simulator-field", "demo-under-way", "erasures"];

    /// <exception cref="DataDirectoryException">The target exists already.</exception>
    /// <exception cref="IOException">It could not be written, or what was written does not verify.</exception>
    public static BackupManifest Run(StorageCut cut, string data, string to, DateTimeOffset madeAt, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        RequireFree(to);
        var folder = to + Unfinished;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        try
        {
            DataDirectory.Create(folder);
            var inside = Path.Combine(folder, BackupManifest.DataFolder);
            Copy(cut, data, inside, progress, cancellationToken);
            Verify(inside, time, progress, cancellationToken);
            var manifest = Describe(inside, madeAt, progress, cancellationToken);
            WriteManifest(folder, manifest);
            Finish(folder, to, manifest, progress, cancellationToken);
            return manifest;
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

    /// <exception cref="DataDirectoryException">Something is there.</exception>
    public static void RequireFree(string to)
    {
        if (File.Exists(to) || Directory.Exists(to))
        {
            throw new DataDirectoryException(to, "exists already; a backup is written to a new place.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(to)))
        {
            throw new DataDirectoryException(to, "cannot be made: the directory above it does not exist.");
        }
    }

    private static void Copy(StorageCut cut, string data, string inside, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var total = cut.Stores.Sum(store => store.Bytes) + cut.Segments.Sum(segment => segment.Bytes);
        var done = 0L;
        void Copied(long bytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Invoke("Copying (bytes)", done += bytes, total);
        }

        DataDirectory.Create(inside);
        var log = Path.Combine(inside, "log");
        DataDirectory.Create(log);
        foreach (var store in cut.Stores)
        {
            store.CopyTo(inside, Copied);
        }

        foreach (var (name, bytes) in cut.Segments)
        {
            DurableCopy.Run(Path.Combine(data, "log", name), Path.Combine(log, name), bytes, Copied);
        }

        foreach (var name in SmallFiles.Where(name => File.Exists(Path.Combine(data, name))))
        {
            DurableCopy.Run(Path.Combine(data, name), Path.Combine(inside, name), long.MaxValue, null);
        }

        foreach (var folder in Directory.EnumerateDirectories(inside).Append(inside))
        {
            DiskSync.Directory(folder);
        }
    }

    /// <summary>What was copied may have been damaged before: then the copy is worth nothing, and whoever asked must know.</summary>
    private static void Verify(string inside, TimeProvider time, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var report = DirectoryCheck.Run(inside, books: null, time, progress, cancellationToken);
        if (report.Findings.FirstOrDefault(finding => finding.Kind == FindingKind.Damage) is { } damage)
        {
            throw new IOException($"The backup was not made, because what it would hold is damaged: {damage.File}: {damage.What}. Stop the program and run check.");
        }
    }

    public static BackupManifest Describe(string inside, DateTimeOffset madeAt, StorageProgress? progress, CancellationToken cancellationToken)
    {
        var paths = Directory.EnumerateFiles(inside, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var files = new List<BackupFile>(paths.Count);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = File.OpenRead(path);
            files.Add(new BackupFile(Path.GetRelativePath(inside, path).Replace('\\', '/'), file.Length, Convert.ToHexStringLower(SHA256.HashData(file))));
            progress?.Invoke("Summing (files)", files.Count, paths.Count);
        }

        return new BackupManifest(BackupManifest.CurrentVersion, DataDirectory.FormatVersion, madeAt, files);
    }

    public static void WriteManifest(string folder, BackupManifest manifest)
    {
        var json = manifest.ToJson();
        using (var content = new MemoryStream(json))
        {
            DurableCopy.Run(content, Path.Combine(folder, BackupManifest.FileName), long.MaxValue, null);
        }

        using (var sum = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(BackupManifest.SumOf(json) + "\n")))
        {
            DurableCopy.Run(sum, Path.Combine(folder, BackupManifest.SumName), long.MaxValue, null);
        }

        DiskSync.Directory(folder);
    }

    private static void Finish(string folder, string to, BackupManifest manifest, StorageProgress? progress, CancellationToken cancellationToken)
    {
        if (to.EndsWith(TarExtension, StringComparison.Ordinal))
        {
            BackupTar.Write(folder, to + Unfinished + TarExtension, manifest, progress, cancellationToken);
            File.Move(to + Unfinished + TarExtension, to, overwrite: false);
            Directory.Delete(folder, recursive: true);
        }
        else
        {
            Directory.Move(folder, to);
        }

        DiskSync.Directory(Path.GetDirectoryName(to)!);
    }
}
