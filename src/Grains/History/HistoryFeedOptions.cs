namespace Grid.Grains.History;

/// <summary>How history follows the reading log.</summary>
public sealed record HistoryFeedOptions
{
    /// <summary>
    /// Entries that are kept in memory between the log and history; 0 to 10,000,000, default 200,000. Beyond it they are read from the log when
    /// their turn comes.
    /// </summary>
    public int MaximumHeld { get; init; } = 200_000;

    /// <summary>
    /// Entries that are durable in the log and that history has not taken; 1,000 to 10,000,000,000, default 100,000,000. At it, senders are refused:
    /// the log must not grow for ever.
    /// </summary>
    public long MaximumBehind { get; init; } = 100_000_000;

    /// <summary>Entries of a sector that are handed over before it is another one's turn, about; 1 to 1,000,000, default 5,000.</summary>
    public int EntriesPerTurn { get; init; } = 5_000;

    /// <summary>Pause after history could not take something; 100 ms to 1 min, default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at what history has made durable, while snapshots wait for it to let the log go; 1 s to 1 min, default 5 s.</summary>
    public TimeSpan ReleaseEvery { get; init; } = TimeSpan.FromSeconds(5);
}
