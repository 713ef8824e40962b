using Grid.Storage.ReadingLog;

namespace Grid.Storage.Keys;

/// <summary>Small files that only their owner can read.</summary>
internal static class KeyFiles
{
    private const string LockName = "lock";

    /// <summary>Opens a file for reading and writing, made when it is missing.</summary>
    public static FileStream Open(string path) => new(path, OwnerOnly(FileMode.OpenOrCreate));

    /// <summary>Holds a directory of keys for this process, until the file is closed.</summary>
    /// <exception cref="DataDirectoryException">Another process has it.</exception>
    public static FileStream Hold(string directory)
    {
        try
        {
            var options = OwnerOnly(FileMode.OpenOrCreate);
            options.Share = FileShare.None;
            return new FileStream(Path.Combine(directory, LockName), options);
        }
        catch (IOException error)
        {
            throw new DataDirectoryException(directory, $"cannot be used for keys, which one process at a time may: {error.Message}", error);
        }
    }

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
