using Grid.Storage.ReadingLog;

namespace Grid.Tests.Storage.ReadingLog;

/// <summary>Real files that fail, or wait, when told to.</summary>
internal sealed class FaultyFiles(string directory) : ILogFiles
{
    private readonly DiskLogFiles _files = new(directory);

    /// <summary>Called before each write and each sync; what it throws is what the disk says.</summary>
    public Action OnWrite { get; set; } = () => { };

    public Action OnSync { get; set; } = () => { };

    public IReadOnlyList<string> List() => _files.List();

    public ILogFile Create(string name) => new FaultyFile(this, _files.Create(name));

    public ILogFile Open(string name) => new FaultyFile(this, _files.Open(name));

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void Delete(string name) => _files.Delete(name);

    private sealed class FaultyFile(FaultyFiles faults, ILogFile file) : ILogFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> into, long position) => file.Read(into, position);

        public ValueTask<int> ReadAsync(Memory<byte> into, long position, CancellationToken cancellationToken) => file.ReadAsync(into, position, cancellationToken);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            faults.OnWrite();
            file.Write(bytes, position);
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Sync()
        {
            faults.OnSync();
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
