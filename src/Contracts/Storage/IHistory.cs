using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Storage;

/// <summary>
/// What devices and territories have measured. Fed with the durable batches of the reading log, and read back as raw points or as roll-ups.
/// A point is (series, metric, instant in whole milliseconds) with a value; the same point twice: the later one wins. A series is a device's
/// key, or a scope such as <c>scope/commune:29019</c>. A late reading belongs to the day on which it was observed and amends its roll-ups.
/// </summary>
public interface IHistory
{
    /// <summary>
    /// Takes the readings of a durable batch of the log; other entries only move the offset. Completes when it is in memory, waiting for room
    /// when the buffer is full; durable later (see <see cref="GetDurableAsync"/>). Batches of a sector come in offset order, one call at a time,
    /// and at least once: entries up to the answer of a former call are skipped.
    /// </summary>
    /// <returns>
    /// The offset up to which history has the sector. Less than the batch's last offset only when there is a gap between the two: then nothing
    /// was taken, and the caller reads the log from that offset.
    /// </returns>
    /// <exception cref="IOException">The store has stopped after an error of the disk.</exception>
    ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Takes values that are not in the log, such as the figures of a territory; durable like readings, and lost with the process until then.
    /// </summary>
    ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken);

    /// <summary>
    /// The offset up to which the sector's readings are durable in history, 0 for none: the log may be trimmed no further. Known without reading
    /// history; never goes back.
    /// </summary>
    ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken);

    /// <summary>
    /// The log does not hold the sector's entries up to the offset (it is older than history): takes batches from there on. An offset that history
    /// has already changes nothing.
    /// </summary>
    ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken);

    /// <summary>Makes durable what was taken before the call.</summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>The points of a series, oldest first; what was taken before the call is in it, durable or not.</summary>
    /// <exception cref="HistoryDamagedException">A part of the range is damaged.</exception>
    ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The roll-ups of a series, oldest first, those with at least one point; computed from raw points where they are kept and newer than the stored
    /// roll-ups, so that they are never behind. <see cref="HistoryQuery.From"/> is rounded down to the start of its bucket.
    /// </summary>
    /// <exception cref="HistoryDamagedException">A part of the range is damaged.</exception>
    ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes everything of a series that was taken before the call, roll-ups and what is not durable yet included; durable when it completes. False
    /// when there was nothing. What is taken afterwards is a new series.
    /// </summary>
    Task<bool> DeleteAsync(string series, CancellationToken cancellationToken);

    /// <summary>Deletes what the policy keeps no longer. Does nothing twice; may run at any time.</summary>
    Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The oldest day kept, for each kind and resolution that has one.</summary>
    Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken);
}

/// <summary>A value that is not in the reading log.</summary>
/// <param name="Series">Such as <c>scope/commune:29019</c>, 1 to 80 characters.</param>
/// <param name="Time">Whole milliseconds, UTC.</param>
/// <param name="Metric">Such as <c>lighting.powerWatts</c>.</param>
/// <param name="Value">A finite number.</param>
public readonly record struct HistorySample(string Series, DateTimeOffset Time, string Metric, double Value)
{
    /// <summary>Names that begin with it are of how something came, and no metrics: they are kept for a shorter time, and never rolled up.</summary>
    public const char CourseMark = '~';
}

/// <summary>Which part of a series.</summary>
public sealed record HistoryQuery
{
    /// <summary>A device's key, or a scope such as <c>scope/commune:29019</c>.</summary>
    public required string Series { get; init; }

    /// <summary>The metric.</summary>
    public required string Metric { get; init; }

    /// <summary>From this instant on.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Before this instant.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>At most this many points or buckets, 1 to 100,000.</summary>
    public int Limit { get; init; } = 10_000;
}

/// <summary>A value at an instant.</summary>
public readonly record struct HistoryPoint(DateTimeOffset Time, double Value);

/// <summary>Points of a series.</summary>
public sealed record HistoryPoints
{
    /// <summary>Oldest first; no instant twice.</summary>
    public required ImmutableArray<HistoryPoint> Points { get; init; }

    /// <summary>Not null when the limit ended it: ask again from this instant.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>True when a part of the range was unreadable because the key of the series' subscriber is destroyed.</summary>
    public bool IsErased { get; init; }
}

/// <summary>How fine a roll-up is. The numbers are stored: never renumber.</summary>
public enum HistoryResolution : byte
{
    /// <summary>The raw points.</summary>
    Raw = 0,

    /// <summary>15 minutes, from the full hour in UTC.</summary>
    QuarterHour = 1,

    /// <summary>A local day of the series' zone: 23, 24 or 25 hours.</summary>
    Day = 2,
}

/// <summary>Roll-ups of a series.</summary>
public sealed record HistoryBuckets
{
    /// <summary>Oldest first; none is empty.</summary>
    public required ImmutableArray<HistoryBucket> Buckets { get; init; }

    /// <summary>Not null when the limit ended it: ask again from this instant.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>True when a part of the range was unreadable because the key of the series' subscriber is destroyed.</summary>
    public bool IsErased { get; init; }
}

/// <summary>What history must know of the series that it keeps. Answers at once, from memory, on any thread.</summary>
public interface IHistorySubjects
{
    /// <summary>The series, null when it is not known (any more): then what history knew of it counts.</summary>
    HistorySubject? Find(string series);

    /// <summary>The local day of an instant in an IANA zone.</summary>
    HistoryDay DayOf(string zone, DateTimeOffset instant);

    /// <summary>
    /// True when a value that is kept under an instant stands for the day that begins there, as the one value a day that may be kept of a dwelling does, and was not read at that
    /// instant. As what the series is says now.
    /// </summary>
    bool StandsForDay(string series, DateTimeOffset instant) => false;
}

/// <summary>A series that history keeps.</summary>
public sealed record HistorySubject
{
    /// <summary>The device's trade; null for the figures of a territory.</summary>
    public required DeviceKind? Kind { get; init; }

    /// <summary>INSEE code of the commune whose retention counts; null for a body.</summary>
    public required string? Commune { get; init; }

    /// <summary>IANA zone of its local days.</summary>
    public required string Zone { get; init; }

    /// <summary>Whose personal data it is, by pseudonym: stored sealed with the key of that subscriber. Null when it is nobody's.</summary>
    public string? Subscriber { get; init; }

    /// <summary>Where its index metrics start again from 0, in their unit; 0 when they never do.</summary>
    public double IndexMaximum { get; init; }
}

/// <summary>A local day and its bounds, the end exclusive.</summary>
public readonly record struct HistoryDay(DateOnly Date, DateTimeOffset Start, DateTimeOffset End);

/// <summary>
/// Seals what is personal with a key for each subscriber. Called on the threads of the store; answers without waiting for a disk where it can.
/// </summary>
public interface IHistorySeal
{
    /// <summary>The sealed bytes; null when the subscriber's key is destroyed: then nothing is stored.</summary>
    /// <param name="subscriber">Whose it is.</param>
    /// <param name="series">The device's key.</param>
    /// <param name="place">Where it will lie, such as <c>history/raw/2026-11-26</c>: it opens only for the same series and place.</param>
    /// <param name="plain">What to seal.</param>
    byte[]? Seal(string subscriber, string series, string place, ReadOnlySpan<byte> plain);

    /// <summary>The bytes that were sealed; null when the subscriber's key is destroyed.</summary>
    /// <exception cref="IOException">The bytes are not those that were sealed there, or the key cannot be read now.</exception>
    byte[]? Open(string series, string place, ReadOnlySpan<byte> sealedBytes);
}

/// <summary>A part of history is not what was written; nothing of it was answered.</summary>
/// <param name="place">Which file or table, and where in it.</param>
/// <param name="what">What is wrong there.</param>
/// <param name="cause">What the engine said, when it did.</param>
public sealed class HistoryDamagedException(string place, string what, Exception? cause = null)
    : IOException($"History is damaged at {place}: {what}", cause)
{
    /// <summary>Which file or table, and where in it.</summary>
    public string Place { get; } = place;
}
