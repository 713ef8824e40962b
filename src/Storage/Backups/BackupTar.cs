using System.Formats.Tar;
using Grid.Storage.ReadingLog;

namespace Grid.Storage.Backups;

/// <summary>A backup as one file: a tar archive (POSIX pax), its manifest first.</summary>
internal static class BackupTar
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string folder, string to, BackupManifest manifest, StorageProgress? progress, CancellationToken cancellationToken)
    {
        try
        {
            DataDirectory.CreateOwnerOnly(to);
            using var file = new FileStream(to, FileMode.Open, FileAccess.Write);
            using (var tar = new TarWriter(file, TarEntryFormat.Pax, leaveOpen: true))
            {
                var done = 0L;
                foreach (var (path, bytes) in manifest.Files.Select(file => (BackupManifest.DataFolder + "/" + file.Path, file.Bytes))
                    .Prepend((BackupManifest.SumName, 0)).Prepend((BackupManifest.FileName, 0)))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    using var content = File.OpenRead(Path.Combine(folder, path));
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content, Mode = OwnerOnly });
                    progress?.Invoke("Writing one file (bytes)", done += bytes, manifest.Bytes);
                }
            }

            file.Flush();
            DiskSync.Data(file.SafeFileHandle);
        }
        catch
        {
            File.Delete(to);
            throw;
        }
    }
}
