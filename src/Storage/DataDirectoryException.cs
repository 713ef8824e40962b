namespace Grid.Storage;

/// <summary>The data directory cannot be used. The message is one line that names the directory and says why.</summary>
public sealed class DataDirectoryException : Exception
{
    /// <param name="directory">The directory, as a full path.</param>
    /// <param name="reason">Why it cannot be used.</param>
    /// <param name="cause">What the system said, when it did.</param>
    public DataDirectoryException(string directory, string reason, Exception? cause = null)
        : base($"Data directory {directory} {reason}".ReplaceLineEndings(" "), cause)
    {
        Directory = directory;
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>True when another process has it.</summary>
    public bool IsInUse { get; init; }
}
