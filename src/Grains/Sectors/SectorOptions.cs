namespace Grid.Grains.Sectors;

/// <summary>How sectors pace themselves.</summary>
public sealed record SectorOptions
{
    /// <summary>From the first change to its publication; 10 ms to 1 s, default 100 ms.</summary>
    public TimeSpan PublishAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From the first unsaved change to its snapshot; 1 s to 30 s, default 20 s. A crash replays about twice that.</summary>
    public TimeSpan CheckpointAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>From the activation to the replay of the log, if nobody asked for it before; 0 to 10 s, default 5 s.</summary>
    public TimeSpan CatchUpAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two sweeps for silent devices; 10 s to 10 min, default 1 min.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two comparisons of a sum with what it is made of; 1 s to 1 h, default 10 s.</summary>
    public TimeSpan DigestEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes the empty books of a sector: a simulation may give it wrong ones, to see that they are found out.</summary>
    internal Func<SectorBook> NewBook { get; init; } = static () => new SectorBook();
}
