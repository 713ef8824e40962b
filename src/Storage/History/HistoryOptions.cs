using System.Globalization;

namespace Grid.Storage.History;

/// <summary>Settings of the embedded history.</summary>
public sealed record HistoryOptions
{
    /// <summary>Memory for readings that are not durable yet. 1 MiB to 4 GiB; default 128 MiB. Full: appends wait for the flush.</summary>
    public long BufferBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>How long readings wait in memory at most before they are made durable. 1 s to 10 min; default 20 s.</summary>
    public TimeSpan FlushEvery { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After the end of a day (UTC), when it is compacted and rolled up. 0 to 24 h; default 1 h.</summary>
    public TimeSpan CloseAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a closed day waits for more late readings before it is compacted again. 0 to 24 h; default 15 min.</summary>
    public TimeSpan ReopenedFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Runs of one size that are merged into one. 2 to 32; default 8.</summary>
    public int FanIn { get; init; } = 8;

    /// <summary>Runs of a file at which flushes wait for merges. 16 to 1,000; default 64.</summary>
    public int MaximumRuns { get; init; } = 64;

    /// <summary>Bytes of a block before compression: what a query reads at least of each day. 4 KiB to 1 MiB; default 96 KiB.</summary>
    public int BlockBytes { get; init; } = 96 * 1024;

    /// <summary>Threads that read. 1 to 16; default 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Files that a thread keeps open. 4 to 1,000; default 48.</summary>
    public int OpenFiles { get; init; } = 48;

    /// <summary>Queries that may wait; one more is refused. 1 to 100,000; default 10,000.</summary>
    public int MaximumQueued { get; init; } = 10_000;

    /// <summary>The settings themselves when all are in range.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public HistoryOptions Validated()
    {
        InRange(nameof(BufferBytes), BufferBytes, 1 << 20, 4L << 30);
        InRange($"{nameof(FlushEvery)} in seconds", FlushEvery.TotalSeconds, 1, 600);
        InRange($"{nameof(CloseAfter)} in hours", CloseAfter.TotalHours, 0, 24);
        InRange($"{nameof(ReopenedFor)} in hours", ReopenedFor.TotalHours, 0, 24);
        InRange(nameof(FanIn), FanIn, 2, 32);
        InRange(nameof(MaximumRuns), MaximumRuns, 16, 1_000);
        InRange(nameof(BlockBytes), BlockBytes, 4 << 10, 1 << 20);
        InRange(nameof(Readers), Readers, 1, 16);
        InRange(nameof(OpenFiles), OpenFiles, 4, 1_000);
        InRange(nameof(MaximumQueued), MaximumQueued, 1, 100_000);
        return this;
    }

    private static void InRange(string name, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"HistoryOptions.{name} is {value}; it must be from {minimum} to {maximum}."));
        }
    }
}
