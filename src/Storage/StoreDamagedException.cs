using Grid.Contracts.Storage;

namespace Grid.Storage;

/// <summary>A store holds something that was never written so. The message names the file, and the row where it is known.</summary>
public sealed class StoreDamagedException(string file, string what, Exception? cause = null) : IOException($"The store {file} is damaged: {what}", cause), IPermanentFault
{
    /// <summary>The file.</summary>
    public string File { get; } = file;
}
