namespace Grid.LoadTests;

/// <summary>A data directory of a scenario's own, below the system's temporary directory, deleted at the end.</summary>
public sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("grid-load-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
