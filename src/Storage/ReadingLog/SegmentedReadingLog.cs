using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// The embedded reading log: one stream of segment files for all partitions, so that one sync makes the appends of all of them durable.
/// Reading from before a checkpoint gives what is still held: <see cref="RecordedBatch.PreviousOffset"/> shows the gap.
/// </summary>
public sealed class SegmentedReadingLog(ReadingLogOptions options, TimeProvider time, StorageMetrics metrics, ILogger<SegmentedReadingLog> logger)
    : IReadingLog, IAsyncDisposable
{
    private const int BatchesHeldAtOnce = 32;

    private readonly ReadingLogOptions _options = options.Validated();
    private LogWriter? _open;

    private LogWriter Writer => _open ?? throw new InvalidOperationException("The reading log is not open.");

    /// <summary>Opens the log in a directory, which must exist and belong to this process alone. Until then every call is refused.</summary>
    /// <exception cref="LogDamagedException">The log is damaged; nothing was changed.</exception>
    public Task OpenAsync(string directory) => OpenAsync(new DiskLogFiles(directory));

    /// <summary>Opens the log over files that may be made to fail.</summary>
    /// <param name="files">The files.</param>
    /// <param name="pace">When commits are made; null for a thread of the log's own.</param>
    /// <exception cref="LogDamagedException">The log is damaged; nothing was changed.</exception>
    public async Task OpenAsync(ILogFiles files, ILogPace? pace = null)
    {
        var writer = new LogWriter(files, pace, _options, time, metrics, logger);
        await writer.Opened;
        metrics.Watch(writer);
        _open = writer;
    }

    /// <inheritdoc/>
    public async ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, SectorMap.Partitions);
        return await Submit(new AcquireRequest(partition), cancellationToken);
    }

    /// <inheritdoc/>
    public double Load => _open?.Load ?? 0;

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken)
    {
        if (batches.IsDefaultOrEmpty)
        {
            return new ValueTask<ImmutableArray<AppendedBatch>>([]);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<ImmutableArray<AppendedBatch>>(Submit(new AppendRequest(batches), cancellationToken));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedBatch> ReadAsync(string sector, long afterOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var places = new List<BatchPlace>(BatchesHeldAtOnce);
        while (true)
        {
            Writer.Index.Hold(sector, afterOffset, BatchesHeldAtOnce, places);
            if (places.Count == 0)
            {
                yield break;
            }

            try
            {
                foreach (var place in places)
                {
                    yield return await ReadAsync(sector, place, cancellationToken);
                    afterOffset = place.LastOffset;
                }
            }
            finally
            {
                Writer.Index.Release(places);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken) => new(Writer.Index.Marks(sector).Head);

    /// <inheritdoc/>
    public async ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken) =>
        await Submit(new CheckpointRequest(sector, epoch, offset), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken) => new(Writer.Index.Marks(sector).Checkpoint);

    /// <summary>
    /// Between two commits, runs something while nothing can become durable, and gives the segments as they are then, oldest first, with their
    /// bytes. They stay until <see cref="LetGo"/>.
    /// </summary>
    internal Task<IReadOnlyList<(string Name, long Bytes)>> CutAsync(Action whileHeld, CancellationToken cancellationToken) =>
        Submit(new CutRequest(whileHeld), cancellationToken);

    /// <summary>The segments of a <see cref="CutAsync"/> may go.</summary>
    internal void LetGo() => Writer.LetGo();

    /// <summary>Commits what waits and closes the files. Calls that come later get an <see cref="IOException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_open is { } writer)
        {
            metrics.Unwatch(writer);
            await writer.CloseAsync();
        }
    }

    private Task<T> Submit<T>(LogRequest<T> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (cancellationToken.CanBeCanceled)
        {
            request.Cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((LogRequest)state!).TryCancel(token), request);
        }

        Writer.Enqueue(request);
        return request.Task;
    }

    private static async ValueTask<RecordedBatch> ReadAsync(string sector, BatchPlace place, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(place.Bytes);
        try
        {
            var count = await place.Segment.File.ReadAsync(buffer.AsMemory(0, place.Bytes), place.Position, cancellationToken);
            return Decode(sector, place, buffer.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static RecordedBatch Decode(string sector, BatchPlace place, ReadOnlySpan<byte> bytes)
    {
        var frame = new ByteReader(bytes);
        try
        {
            var kind = frame.Byte();
            var body = new ByteReader(Frames.ReadBatchBody(ref frame));
            var header = Frames.ReadBatchHeader(ref body);
            if (kind != (byte)Frames.Kind.Batch || header.Sector != sector || header.FirstOffset != place.FirstOffset || header.Count != place.Count)
            {
                throw frame.Wrong("another batch stands here than the one that was written");
            }

            var entries = EntryCodec.Read(ref body, header.Count);
            return body.Remaining == 0
                ? new RecordedBatch(header.PreviousOffset, header.FirstOffset, header.Epoch, entries)
                : throw body.Wrong("a batch is longer than its entries");
        }
        catch (CodecException error)
        {
            throw new LogDamagedException(place.Segment.Name, place.Position + error.Position, error.Message);
        }
    }
}
