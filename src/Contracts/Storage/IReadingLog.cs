using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Storage;

/// <summary>
/// The durable record of everything that changes a device: 256 partitions, each an ordered sequence of entries with growing offsets (first 1),
/// each entry tagged with its sector.
/// </summary>
public interface IReadingLog
{
    /// <summary>
    /// Makes the caller the owner of a partition and returns its epoch, greater than every former one. From then on appends and checkpoints
    /// under a former epoch are refused with <see cref="LogFencedException"/>.
    /// </summary>
    ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken);

    /// <summary>
    /// Appends the batches, all or none, and completes when they are durable. One append is one commit together with others that wait (group
    /// commit). Epochs are checked in the same commit. Batches of a sector are in the order of their calls.
    /// </summary>
    /// <exception cref="LogFencedException">A partition has another owner: nothing was appended.</exception>
    /// <exception cref="LogOverloadedException">Too much waits to be committed: nothing was appended.</exception>
    /// <exception cref="IOException">The disk refused: nothing of it will be read.</exception>
    ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken);

    /// <summary>How full the queue before the log is: 0 when nothing waits, 1 when the next append is refused.</summary>
    double Load => 0;

    /// <summary>Reads a sector's durable batches in order, those with entries after an offset. Within a batch offsets are consecutive.</summary>
    IAsyncEnumerable<RecordedBatch> ReadAsync(string sector, long afterOffset, CancellationToken cancellationToken);

    /// <summary>The offset of the sector's last durable entry, 0 when it has none. Known without reading the log, also after a trim.</summary>
    ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken);

    /// <summary>
    /// Everything of the sector up to the offset is in durable snapshots: the log may let go of it. Under an epoch, as appends are.
    /// </summary>
    ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken);

    /// <summary>The sector's last checkpoint, 0 when it has none.</summary>
    ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken);
}

/// <summary>Entries of one sector to append.</summary>
/// <param name="Sector">The sector; its partition follows from it.</param>
/// <param name="Epoch">The owner's epoch of that partition.</param>
/// <param name="Entries">At least one entry.</param>
public sealed record LogBatch(string Sector, long Epoch, ImmutableArray<LogEntry> Entries);

/// <summary>Where a batch landed.</summary>
/// <param name="Sector">The sector.</param>
/// <param name="PreviousOffset">Offset of the sector's last entry before the batch, 0 when it had none.</param>
/// <param name="FirstOffset">Offset of its first entry; the others follow without a gap.</param>
/// <param name="LastOffset">Offset of its last entry.</param>
public readonly record struct AppendedBatch(string Sector, long PreviousOffset, long FirstOffset, long LastOffset);

/// <summary>A batch as it was read back.</summary>
/// <param name="PreviousOffset">Offset of the sector's last entry before the batch, 0 when it had none.</param>
/// <param name="FirstOffset">Offset of its first entry.</param>
/// <param name="Epoch">The epoch under which it was appended.</param>
/// <param name="Entries">The entries.</param>
public sealed record RecordedBatch(long PreviousOffset, long FirstOffset, long Epoch, ImmutableArray<LogEntry> Entries);

/// <summary>Another owner has the partition.</summary>
public sealed class LogFencedException(int partition, long epoch, long current)
    : Exception($"Partition {partition} of the reading log has epoch {current}; an owner with epoch {epoch} may not write.")
{
    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;
}

/// <summary>Too much waits to be committed.</summary>
public sealed class LogOverloadedException(TimeSpan retryAfter) : Exception("The reading log has too much to commit.")
{
    /// <summary>When another try is worth it.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
