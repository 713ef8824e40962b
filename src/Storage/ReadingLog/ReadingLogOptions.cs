using System.Globalization;

namespace Grid.Storage.ReadingLog;

/// <summary>Settings of a reading log. Segments and gathering are those of the embedded one.</summary>
public sealed record ReadingLogOptions
{
    /// <summary>A segment that has grown to this many bytes is followed by a new one. 64 KiB to 1 GiB; default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Appends that may wait for the writer; one more is refused. 1 to 1,000,000; default 20,000.</summary>
    public int MaximumQueuedAppends { get; init; } = 20_000;

    /// <summary>
    /// Encoded bytes that may wait for the writer; more are refused. Also the most that one append may have.
    /// 64 KiB to 1 GiB; default 64 MiB.
    /// </summary>
    public long MaximumQueuedBytes { get; init; } = 64L << 20;

    /// <summary>A commit takes no further append once it has this many bytes. 4 KiB to 256 MiB; default 4 MiB.</summary>
    public int CommitBytes { get; init; } = 4 << 20;

    /// <summary>
    /// After a commit of several appends the next one waits at most this long for as many again: callers that were just answered come back.
    /// 0 to 5 ms; default 1 ms. A lone caller never waits.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Bytes that the log may hold before a checkpoint lets go of some; more are refused. At least 4 segments; default 16 GiB.</summary>
    public long MaximumRetainedBytes { get; init; } = 16L << 30;

    /// <summary>Batches that the log may hold before a checkpoint lets go of some (each costs about 50 bytes of memory); more are refused. 1,000 to 100,000,000; default 8,000,000.</summary>
    public int MaximumRetainedBatches { get; init; } = 8_000_000;

    /// <summary>What a refused caller is told to wait. 10 ms to 1 minute; default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The settings themselves when all are in range.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public ReadingLogOptions Validated()
    {
        InRange(nameof(SegmentBytes), SegmentBytes, 64L << 10, 1L << 30);
        InRange(nameof(MaximumQueuedAppends), MaximumQueuedAppends, 1, 1_000_000);
        InRange(nameof(MaximumQueuedBytes), MaximumQueuedBytes, 64L << 10, 1L << 30);
        InRange(nameof(CommitBytes), CommitBytes, 4L << 10, 256L << 20);
        InRange($"{nameof(GatherTime)} in milliseconds", GatherTime.TotalMilliseconds, 0, 5);
        InRange(nameof(MaximumRetainedBytes), MaximumRetainedBytes, 4 * SegmentBytes, double.MaxValue);
        InRange(nameof(MaximumRetainedBatches), MaximumRetainedBatches, 1_000, 100_000_000);
        InRange($"{nameof(RetryAfter)} in milliseconds", RetryAfter.TotalMilliseconds, 10, 60_000);
        return this;
    }

    private static void InRange(string name, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ReadingLogOptions.{name} is {value}; it must be from {minimum} to {maximum}."));
        }
    }
}
