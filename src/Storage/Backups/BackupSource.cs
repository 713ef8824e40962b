using System.Formats.Tar;

namespace Grid.Storage.Backups;

/// <summary>A backup to read: a directory, or one file.</summary>
internal static class BackupSource
{
    private const int MaximumManifestBytes = 64 << 20;

    /// <summary>The manifest, then each file's path as the manifest names it, and its content, which is valid until the next one.</summary>
    /// <exception cref="BackupDamagedException">A file is missing, or the archive cannot be read.</exception>
    public static (BackupManifest Manifest, IEnumerable<(string Path, Stream Content)> Files, IDisposable Opened) Open(string from)
    {
        if (Directory.Exists(from))
        {
            var manifest = BackupManifest.Read(ReadSmall(OpenFile(from, BackupManifest.FileName)), System.Text.Encoding.ASCII.GetString(ReadSmall(OpenFile(from, BackupManifest.SumName))));
            return (manifest, FilesOf(from, manifest), Stream.Null);
        }

        if (!File.Exists(from))
        {
            throw new DataDirectoryException(from, "does not exist: there is no backup to restore from.");
        }

        var file = new FileStream(from, FileMode.Open, FileAccess.Read);
        try
        {
            var tar = new TarReader(file);
            var json = ReadSmall(Next(tar, BackupManifest.FileName));
            var sum = System.Text.Encoding.ASCII.GetString(ReadSmall(Next(tar, BackupManifest.SumName)));
            return (BackupManifest.Read(json, sum), EntriesOf(tar), file);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            file.Dispose();
            throw new BackupDamagedException(Path.GetFileName(from), error.Message);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static FileStream OpenFile(string folder, string path)
    {
        var file = Path.Combine(folder, path);
        return File.Exists(file) ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0) : throw new BackupDamagedException(path, "it is missing");
    }

    private static IEnumerable<(string Path, Stream Content)> FilesOf(string from, BackupManifest manifest)
    {
        foreach (var file in manifest.Files)
        {
            using var content = OpenFile(from, BackupManifest.DataFolder + "/" + file.Path);
            yield return (file.Path, content);
        }
    }

    private static IEnumerable<(string Path, Stream Content)> EntriesOf(TarReader tar)
    {
        while (true)
        {
            TarEntry? entry;
            try
            {
                entry = tar.GetNextEntry();
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
            {
                throw new BackupDamagedException("the archive", error.Message);
            }

            if (entry is null)
            {
                yield break;
            }

            if (entry.Name.StartsWith(BackupManifest.DataFolder + "/", StringComparison.Ordinal))
            {
                yield return (entry.Name[(BackupManifest.DataFolder.Length + 1)..], entry.DataStream ?? Stream.Null);
            }
        }
    }

    private static Stream Next(TarReader tar, string name) =>
        tar.GetNextEntry() is { } entry && entry.Name == name ? entry.DataStream ?? Stream.Null : throw new BackupDamagedException(name, "it is not where it must be in the archive");

    private static byte[] ReadSmall(Stream content)
    {
        using (content)
        {
            if (content.Length > MaximumManifestBytes)
            {
                throw new BackupDamagedException(BackupManifest.FileName, "it is longer than any manifest");
            }

            var bytes = new byte[content.Length];
            content.ReadExactly(bytes);
            return bytes;
        }
    }
}
