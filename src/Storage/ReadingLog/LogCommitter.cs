using System.Buffers.Binary;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// Commits requests, on one thread: checks and writes them as one block, syncs, lets readers see them, answers. After an error of the disk it
/// takes nothing more: what a failed sync has left on the disk is not known, and asking again does not tell.
/// </summary>
internal sealed partial class LogCommitter(ILogFiles files, RecoveredLog log, ReadingLogOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(10);

    private readonly ByteWriter _block = new(1 << 16);
    private readonly Queue<Segment> _segments = new(log.Segments);
    private readonly byte[] _seal = new byte[BlockFormat.BlockHeaderBytes];
    private Segment _active = log.Segments[^1];
    private long _sequence = log.Sequence;
    private long _durableSequence = log.Sequence;
    private uint _chain = log.Chain;
    private long _retainedBytes = log.Segments.Sum(segment => segment.Length);

    /// <summary>Why it stopped; null while it works.</summary>
    public string? Failure { get; private set; }

    /// <summary>Bytes of all segments.</summary>
    public long RetainedBytes => Volatile.Read(ref _retainedBytes);

    /// <summary>Segments stay while somebody copies them: until this is 0 again.</summary>
    public int Holds;

    /// <summary>Makes the requests durable, together, and answers each.</summary>
    public void Commit(IReadOnlyList<LogRequest> requests)
    {
        var started = time.GetTimestamp();
        var before = _active.Length;
        try
        {
            log.Index.Keep();
            Write(requests);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Refuse(requests, error);
            return;
        }

        foreach (var request in requests)
        {
            if (request.Refusal is null)
            {
                request.Publish(log.Index);
            }
            else if (request.Refusal is LogFencedException)
            {
                metrics.LogRefused("fenced");
            }
        }

        var wrote = _active.Length - before;
        var stopped = wrote == 0 ? null : Worse(Try(WriteSeal));
        if (wrote > 0)
        {
            metrics.LogCommitted(time.GetElapsedTime(started), requests, wrote);
        }

        foreach (var request in requests)
        {
            (request as CutRequest)?.Take(this);
            request.Complete();
            request.Dispose();
        }

        stopped ??= Worse(Try(Tidy));
        if (stopped is not null)
        {
            Stop(stopped);
        }
    }

    /// <summary>
    /// Nothing of it was made durable. On a full disk it is taken back, and the next commit is tried as if nothing had been; after any other error
    /// nobody knows what is on the disk, and the log stops.
    /// </summary>
    private void Refuse(IReadOnlyList<LogRequest> requests, Exception error)
    {
        log.Index.Unstage();
        if (!DiskErrors.IsFull(error) || Try(Undo) is not null)
        {
            Stop(error);
            FailAll(requests);
            return;
        }

        metrics.LogRefused("diskFull");
        LogFull(error, _active.Name, _active.Length);
        foreach (var request in requests)
        {
            request.Fail(new DiskFullException($"segment {_active.Name} of the reading log", RetryWhenFull, error));
            request.Dispose();
        }
    }

    /// <summary>An error after a commit that held; a full disk is none that stops the log: a seal or a new segment is tried again with the next commit.</summary>
    private Exception? Worse(Exception? error)
    {
        if (error is null || !DiskErrors.IsFull(error))
        {
            return error;
        }

        LogFull(error, _active.Name, _active.Length);
        return null;
    }

    /// <summary>Answers requests that come after the log has stopped.</summary>
    public void FailAll(IReadOnlyList<LogRequest> requests)
    {
        foreach (var request in requests)
        {
            request.Fail(new IOException(Failure));
            request.Dispose();
        }
    }

    /// <summary>The segments with the bytes that are in them, oldest first.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Segments() => [.. _segments.Select(segment => (segment.Name, segment.Length))];

    /// <summary>Closes the files; the last seal is made durable, so that even the loss of power leaves no doubt about the last commit.</summary>
    public void Dispose()
    {
        if (Failure is null && Try(_active.File.Sync) is { } error)
        {
            LogClosedWithError(error);
        }

        foreach (var segment in _segments)
        {
            log.Index.Retire(segment);
        }

        _block.Dispose();
    }

    /// <summary>Makes a segment that begins with the index's state; it has its final name only once it is whole and durable.</summary>
    internal static Segment CreateSegment(ILogFiles files, LogIndex index, long number, ref long sequence, ref uint chain, TimeProvider time)
    {
        Span<byte> seed = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(seed, time.GetUtcNow().UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(seed[8..], number ^ chain);
        var header = new SegmentHeader(number, sequence + 1, chain, Checksum.Of(seed));

        using var bytes = new ByteWriter(1 << 12);
        BlockFormat.WriteSegmentHeader(bytes.Reserve(BlockFormat.SegmentHeaderBytes), header);
        bytes.Reserve(BlockFormat.BlockHeaderBytes);
        index.WriteState(bytes);
        chain = BlockFormat.Seal(bytes.Written[BlockFormat.SegmentHeaderBytes..], sequence + 1, sequence, chain, header.Salt);
        sequence++;

        var file = files.Create(Segment.UnfinishedNameOf(number));
        try
        {
            file.Write(bytes.Written, 0);
            file.Sync();
            files.Rename(Segment.UnfinishedNameOf(number), Segment.NameOf(number));
            return new Segment(header, file) { Length = bytes.Length };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Write(IReadOnlyList<LogRequest> requests)
    {
        _block.Clear();
        _block.Reserve(BlockFormat.BlockHeaderBytes);
        foreach (var request in requests)
        {
            request.Stage(log.Index, _block, _active, _active.Length);
        }

        if (_block.Length == BlockFormat.BlockHeaderBytes)
        {
            return;
        }

        var chain = BlockFormat.Seal(_block.Written, _sequence + 1, _durableSequence, _chain, _active.Header.Salt);
        _active.File.Write(_block.Written, _active.Length);
        _active.File.Sync();
        Advance(chain, _block.Length);
        _durableSequence = _sequence;
    }

    /// <summary>Says that the block before is durable. It is not synced itself: it need only outlive the process.</summary>
    private void WriteSeal()
    {
        var chain = BlockFormat.Seal(_seal, _sequence + 1, _durableSequence, _chain, _active.Header.Salt);
        _active.File.Write(_seal, _active.Length);
        Advance(chain, _seal.Length);
    }

    private void Advance(uint chain, int bytes)
    {
        _sequence++;
        _chain = chain;
        _active.Length += bytes;
        Volatile.Write(ref _retainedBytes, _retainedBytes + bytes);
    }

    /// <summary>Begins a new segment when this one is full, and deletes the oldest ones that nobody needs.</summary>
    private void Tidy()
    {
        if (_active.Length >= options.SegmentBytes)
        {
            _active.File.Sync();
            var (sequence, chain) = (_sequence, _chain);
            _active = CreateSegment(files, log.Index, _active.Header.Number + 1, ref sequence, ref chain, time);
            (_sequence, _chain, _durableSequence) = (sequence, chain, sequence);
            _segments.Enqueue(_active);
            Volatile.Write(ref _retainedBytes, _retainedBytes + _active.Length);
        }

        while (Volatile.Read(ref Holds) == 0 && _segments.Peek() is var oldest && oldest != _active && log.Index.IsFree(oldest))
        {
            files.Delete(oldest.Name);
            _segments.Dequeue();
            log.Index.Retire(oldest);
            Volatile.Write(ref _retainedBytes, _retainedBytes - oldest.Length);
            metrics.SegmentDeleted();
        }
    }

    private void Stop(Exception error)
    {
        Failure = $"The reading log has stopped in segment {_active.Name} at byte {_active.Length}: {error.Message} It takes nothing more until it is opened again.";
        metrics.LogStopped();
        LogStopped(error, _active.Name, _active.Length);

        // What was being written was answered with an error: it must not be found at the next start.
        if (Try(Undo) is { } undo)
        {
            LogNotUndone(undo, _active.Name, _active.Length);
        }
    }

    private void Undo()
    {
        _active.File.Truncate(_active.Length);
        _active.File.Sync();
    }

    private static Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error;
        }
    }

    [LoggerMessage(1120, LogLevel.Critical, "The reading log has stopped in segment {Segment} at byte {Position}; it takes nothing more until it is opened again.")]
    private partial void LogStopped(Exception error, string segment, long position);

    [LoggerMessage(1121, LogLevel.Critical, "Segment {Segment} could not be cut to {Position} bytes: the next start may find appends that were answered with an error.")]
    private partial void LogNotUndone(Exception error, string segment, long position);

    [LoggerMessage(1123, LogLevel.Error, "The disk is full: segment {Segment} of the reading log could not be written at byte {Position}. Nothing was acknowledged; it goes on once there is room.")]
    private partial void LogFull(Exception error, string segment, long position);

    [LoggerMessage(1122, LogLevel.Error, "The reading log was closed and its last sync failed; what was answered before is durable.")]
    private partial void LogClosedWithError(Exception error);
}
