using Microsoft.Win32.SafeHandles;

namespace Grid.Storage.ReadingLog;

/// <summary>Segments in a directory of the file system.</summary>
internal sealed class DiskLogFiles(string directory) : ILogFiles
{
    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];

    public ILogFile Create(string name)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // RandomAccess needs the handle only; the stream is how a mode is given at creation.
        using (new FileStream(PathOf(name), options))
        {
        }

        return Open(name);
    }

    public ILogFile Open(string name) =>
        new DiskLogFile(File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous));

    public void Rename(string from, string to)
    {
        File.Move(PathOf(from), PathOf(to), overwrite: false);
        DiskSync.Directory(directory);
    }

    public void Delete(string name)
    {
        File.Delete(PathOf(name));
        DiskSync.Directory(directory);
    }

    private string PathOf(string name) => Path.Combine(directory, name);

    private sealed class DiskLogFile(SafeFileHandle handle) : ILogFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> into, long position)
        {
            var total = 0;
            while (total < into.Length)
            {
                var count = RandomAccess.Read(handle, into[total..], position + total);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }

            return total;
        }

        public async ValueTask<int> ReadAsync(Memory<byte> into, long position, CancellationToken cancellationToken)
        {
            var total = 0;
            while (total < into.Length)
            {
                var count = await RandomAccess.ReadAsync(handle, into[total..], position + total, cancellationToken);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => DiskSync.Data(handle);

        public void Dispose() => handle.Dispose();
    }
}
