using Grid.Storage.ReadingLog;

namespace Grid.Storage.Keys;

/// <summary>Small files that only their owner can read.</summary>
internal static class KeyFiles
{
    /// <summary>Opens a file for reading and writing, made when it is missing.</summary>
    public static FileStream Open(string path) => new(path, OwnerOnly(FileMode.OpenOrCreate));

    /// <summary>Writes a file whole or not at all; durable when it returns.</summary>
    public static void WriteWhole(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        using (var file = new FileStream(draft, OwnerOnly(FileMode.Create)))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        DiskSync.Directory(Path.GetDirectoryName(path)!);
    }

    private static FileStreamOptions OwnerOnly(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
