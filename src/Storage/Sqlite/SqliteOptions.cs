using System.Globalization;

namespace Grid.Storage.Sqlite;

/// <summary>Settings of a SQLite store.</summary>
public sealed record SqliteOptions
{
    /// <summary>Requests that may wait for the writer, and as many again for the readers; one more is refused. 1 to 1,000,000; default 100,000.</summary>
    public int MaximumQueued { get; init; } = 100_000;

    /// <summary>Requests that share a commit. 1 to 100,000; default 4,000.</summary>
    public int MaximumPerCommit { get; init; } = 4_000;

    /// <summary>Threads that read, each with a connection of its own. 1 to 16; default 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>How long a connection waits for a lock of another process (a backup). 0 to 60 s; default 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Memory for pages of a connection, in KiB. 256 to 1,048,576; default 16,384.</summary>
    public int CacheKibibytes { get; init; } = 16_384;

    /// <summary>What a refused caller is told to wait. 10 ms to 1 minute; default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The settings themselves when all are in range.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public SqliteOptions Validated()
    {
        InRange(nameof(MaximumQueued), MaximumQueued, 1, 1_000_000);
        InRange(nameof(MaximumPerCommit), MaximumPerCommit, 1, 100_000);
        InRange(nameof(Readers), Readers, 1, 16);
        InRange($"{nameof(BusyTimeout)} in milliseconds", BusyTimeout.TotalMilliseconds, 0, 60_000);
        InRange(nameof(CacheKibibytes), CacheKibibytes, 256, 1_048_576);
        InRange($"{nameof(RetryAfter)} in milliseconds", RetryAfter.TotalMilliseconds, 10, 60_000);
        return this;
    }

    private static void InRange(string name, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"SqliteOptions.{name} is {value}; it must be from {minimum} to {maximum}."));
        }
    }
}
