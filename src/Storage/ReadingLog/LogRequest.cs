using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.ReadingLog;

/// <summary>Something to commit. The writer calls its members in this order: take, stage, publish, and complete or fail.</summary>
internal abstract class LogRequest : IDisposable
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;
    private int _phase;

    /// <summary>Bytes that it holds while it waits.</summary>
    public virtual int Bytes => 0;

    /// <summary>Entries in it.</summary>
    public virtual int Entries => 0;

    /// <summary>Why nothing of it was staged; null when it was.</summary>
    public Exception? Refusal { get; protected set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>From now on it is the writer's; false when the caller has cancelled it before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _phase, Taken, Waiting) == Waiting;

    /// <summary>Cancels it if the writer has not taken it: cancelled means that nothing was appended.</summary>
    public void TryCancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _phase, Cancelled, Waiting) == Waiting)
        {
            SetCancelled(token);
        }
    }

    /// <summary>Checks it against the index and writes its frames; <paramref name="position"/> is where the writer's first byte will stand.</summary>
    public abstract void Stage(LogIndex index, ByteWriter writer, Segment segment, long position);

    /// <summary>It is durable: readers may see it.</summary>
    public abstract void Publish(LogIndex index);

    /// <summary>Answers the caller.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception error);

    /// <summary>It was refused before it waited.</summary>
    public void Abandon()
    {
        Cancellation.Unregister();
        Dispose();
    }

    public virtual void Dispose()
    {
    }

    protected abstract void SetCancelled(CancellationToken token);
}

/// <inheritdoc/>
internal abstract class LogRequest<T> : LogRequest
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _completion.Task;

    protected T Result { get; set; } = default!;

    public override void Complete()
    {
        Cancellation.Unregister();
        if (Refusal is { } refusal)
        {
            _completion.SetException(refusal);
        }
        else
        {
            _completion.SetResult(Result);
        }
    }

    public override void Fail(Exception error)
    {
        Cancellation.Unregister();
        _completion.TrySetException(error);
    }

    protected override void SetCancelled(CancellationToken token) => _completion.TrySetCanceled(token);
}

/// <summary>One call's batches, encoded by the caller.</summary>
internal sealed class AppendRequest : LogRequest<ImmutableArray<AppendedBatch>>
{
    private readonly ImmutableArray<LogBatch> _batches;
    private readonly ByteWriter _encoded;
    private readonly int[] _ends;
    private readonly (SectorLog Sector, BatchPlace Place)[] _places;

    /// <exception cref="ArgumentException">A batch that cannot be stored.</exception>
    public AppendRequest(ImmutableArray<LogBatch> batches)
    {
        const int LikelyEntryBytes = 48;
        foreach (var batch in batches)
        {
            if (batch.Entries.IsDefaultOrEmpty || string.IsNullOrEmpty(batch.Sector))
            {
                throw new ArgumentException($"A batch of sector '{batch.Sector}' must have a sector and at least one entry.");
            }

            Entries += batch.Entries.Length;
        }

        _batches = batches;
        _ends = new int[batches.Length];
        _places = new (SectorLog, BatchPlace)[batches.Length];
        _encoded = new ByteWriter(Entries * LikelyEntryBytes);
        try
        {
            for (var index = 0; index < batches.Length; index++)
            {
                EntryCodec.Write(_encoded, batches[index].Entries);
                _ends[index] = _encoded.Length;
            }
        }
        catch (ArgumentException)
        {
            _encoded.Dispose();
            throw;
        }

        Bytes = _encoded.Length;
    }

    public override int Bytes { get; }

    public override int Entries { get; }

    public override void Stage(LogIndex index, ByteWriter writer, Segment segment, long position)
    {
        foreach (var batch in _batches)
        {
            var partition = SectorMap.PartitionOf(batch.Sector);
            var current = index.EpochOf(partition);
            if (batch.Epoch != current || current == 0)
            {
                Refusal = new LogFencedException(partition, batch.Epoch, current);
                return;
            }
        }

        var results = new AppendedBatch[_batches.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var batch = _batches[i];
            var sector = index.Sector(batch.Sector);
            var count = batch.Entries.Length;
            var header = new BatchHeader(batch.Sector, batch.Epoch, sector.StagedHead, index.TakeOffsets(sector.Partition, count), count);
            var start = writer.Length;
            Frames.WriteBatch(writer, header, _encoded.Written[(i == 0 ? 0 : _ends[i - 1]).._ends[i]]);
            index.StageHead(sector, header.LastOffset);
            _places[i] = (sector, new BatchPlace(segment, position + start, writer.Length - start, header.FirstOffset, count));
            results[i] = new AppendedBatch(batch.Sector, header.PreviousOffset, header.FirstOffset, header.LastOffset);
        }

        Result = ImmutableCollectionsMarshal.AsImmutableArray(results);
    }

    public override void Publish(LogIndex index)
    {
        foreach (var (sector, place) in _places)
        {
            index.Publish(sector, place);
        }
    }

    public override void Dispose() => _encoded.Dispose();
}

/// <summary>Takes over a partition.</summary>
internal sealed class AcquireRequest(int partition) : LogRequest<long>
{
    public override void Stage(LogIndex index, ByteWriter writer, Segment segment, long position)
    {
        Result = index.SetEpoch(partition, index.EpochOf(partition) + 1);
        Frames.WriteEpoch(writer, partition, Result);
    }

    public override void Publish(LogIndex index)
    {
    }
}

/// <summary>Lets go of a sector's entries up to an offset.</summary>
internal sealed class CheckpointRequest(string name, long epoch, long offset) : LogRequest<long>
{
    private SectorLog? _sector;

    public override void Stage(LogIndex index, ByteWriter writer, Segment segment, long position)
    {
        var partition = SectorMap.PartitionOf(name);
        var current = index.EpochOf(partition);
        if (epoch != current || current == 0)
        {
            Refusal = new LogFencedException(partition, epoch, current);
            return;
        }

        var head = index.Marks(name).Head;
        if (offset > head || offset < 0)
        {
            Refusal = new ArgumentOutOfRangeException(nameof(offset), offset, $"A checkpoint of sector {name} must be from 0 to its head {head}.");
            return;
        }

        Result = offset;
        if (offset > index.Marks(name).Checkpoint)
        {
            _sector = index.Sector(name);
            Frames.WriteCheckpoint(writer, name, offset);
        }
    }

    public override void Publish(LogIndex index)
    {
        if (_sector is { } sector)
        {
            index.Publish(sector, Result);
        }
    }
}

/// <summary>
/// Notes what is in the log between two commits, holds its segments, and runs something meanwhile: nothing becomes durable until that has
/// returned.
/// </summary>
internal sealed class CutRequest(Action whileHeld) : LogRequest<IReadOnlyList<(string Name, long Bytes)>>
{
    public override void Stage(LogIndex index, ByteWriter writer, Segment segment, long position)
    {
    }

    public override void Publish(LogIndex index)
    {
    }

    public void Take(LogCommitter committer)
    {
        try
        {
            whileHeld();
            Result = committer.Segments();
            Interlocked.Increment(ref committer.Holds);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Refusal = error;
        }
    }
}
