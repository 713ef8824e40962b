namespace Grid.Storage.ReadingLog;

/// <summary>The directory of the log's segments, as small as the log needs it, so that tests and the simulation can make it fail.</summary>
public interface ILogFiles
{
    /// <summary>Names of the files, without their directory.</summary>
    IReadOnlyList<string> List();

    /// <summary>A new empty file, readable by its owner only.</summary>
    ILogFile Create(string name);

    /// <summary>An existing file.</summary>
    ILogFile Open(string name);

    /// <summary>Renames a file; durable when it returns.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; durable when it returns.</summary>
    void Delete(string name);
}

/// <summary>A file of the log.</summary>
public interface ILogFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; how many bytes were read.</summary>
    int Read(Span<byte> into, long position);

    /// <summary>Reads until the buffer is full or the file ends; how many bytes were read.</summary>
    ValueTask<int> ReadAsync(Memory<byte> into, long position, CancellationToken cancellationToken);

    /// <summary>Writes all bytes. They are durable after <see cref="Sync"/> only.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Cuts the file. Durable after <see cref="Sync"/> only.</summary>
    void Truncate(long length);

    /// <summary>Makes what was written durable.</summary>
    /// <exception cref="IOException">It may or may not be durable; the system may have thrown it away. There is no second try.</exception>
    void Sync();
}

/// <summary>Says when the log commits, instead of a thread of its own: a simulation lets the disk take virtual time.</summary>
public interface ILogPace
{
    /// <summary>Something waits: the log is to make one commit, once, later, by the call that it gives.</summary>
    void Schedule(Action commit);
}
