namespace Grid.Grains.Sectors;

/// <summary>How sectors pace themselves.</summary>
public sealed record SectorOptions
{
    /// <summary>From the first change to its publication; 10 ms to 1 s, default 100 ms.</summary>
    public TimeSpan PublishAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From the first unsaved change to its snapshot; 1 s to 30 s, default 20 s. A crash replays about twice that.</summary>
    public TimeSpan CheckpointAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Entries beyond the books that an activation replays before it answers; 0 to 10,000, default 200. More are replayed later.</summary>
    public int ReplayAtOnce { get; init; } = 200;

    /// <summary>From the activation to such a later replay, if nobody asked for it before; 0 to 10 s, default 5 s.</summary>
    public TimeSpan CatchUpAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two sweeps for silent devices; 10 s to 10 min, default 1 min.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks at what the territories of a sector give to its devices, when nobody tells of a change; 1 min to 1 day, default 1 h.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Least time between two entries by which time passes for the rules that operators wrote, which moves no instant at which anything begins or ends; and between two looks of those that ask for more
    /// than a device at what has changed; 5 s to 1 min, default 5 s.
    /// </summary>
    public TimeSpan RulesLookEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two recounts of a sector's running sum from its devices; 1 min to 1 day, default 1 h.</summary>
    public TimeSpan RecountEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// From a sum that differed from what it is made of to the next comparison; 1 s to 1 h, default 10 s. Each comparison that finds nothing doubles
    /// the time to the next one, up to <see cref="DigestAtMost"/>.
    /// </summary>
    public TimeSpan DigestEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two comparisons while events bring everything; at least <see cref="DigestEvery"/>, at most 1 h, default 1 min.</summary>
    public TimeSpan DigestAtMost { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Makes the empty books of a sector: a simulation may give it wrong ones, to see that they are found out.</summary>
    internal Func<SectorBook> NewBook { get; init; } = static () => new SectorBook();
}
