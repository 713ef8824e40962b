using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Postgres.Log;

/// <summary>What changes the log.</summary>
internal interface ILogRequest : IPostgresRequest
{
    /// <summary>Entries in it; 0 for what appends nothing.</summary>
    int Entries { get; }

    /// <summary>The partition that it takes over, null when none.</summary>
    int? Acquired => null;

    /// <summary>The sectors that it concerns.</summary>
    IEnumerable<string> Sectors => [];

    /// <summary>Checks it against the locked state, and changes that; or sets the refusal and changes nothing.</summary>
    void Stage(LogState state);
}

/// <summary>One call's batches, encoded by the caller.</summary>
internal sealed class LogAppend : PostgresRequest<ImmutableArray<AppendedBatch>>, ILogRequest, IDisposable
{
    private readonly ImmutableArray<LogBatch> _batches;
    private readonly ByteWriter _encoded;
    private readonly int[] _ends;

    /// <exception cref="ArgumentException">A batch that cannot be stored.</exception>
    public LogAppend(ImmutableArray<LogBatch> batches)
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

    public int Entries { get; }

    public IEnumerable<string> Sectors => _batches.Select(batch => batch.Sector);

    public void Stage(LogState state)
    {
        foreach (var batch in _batches)
        {
            if (state.Fence(batch.Sector, batch.Epoch) is { } fenced)
            {
                Refusal = fenced;
                return;
            }
        }

        var results = new AppendedBatch[_batches.Length];
        for (var index = 0; index < results.Length; index++)
        {
            var (sector, epoch, entries) = _batches[index];
            results[index] = state.Append(sector, epoch, entries.Length, _encoded.Memory[(index == 0 ? 0 : _ends[index - 1]).._ends[index]]);
        }

        Result = ImmutableCollectionsMarshal.AsImmutableArray(results);
    }

    /// <summary>Gives the encoded bytes back; the writer has answered.</summary>
    public void Dispose() => _encoded.Dispose();
}

/// <summary>Takes over a partition.</summary>
internal sealed class LogAcquire(int partition) : PostgresRequest<long>, ILogRequest
{
    public int Entries => 0;

    public int? Acquired => partition;

    public void Stage(LogState state) => Result = state.Acquire(partition);
}

/// <summary>Lets go of a sector's entries up to an offset.</summary>
internal sealed class LogCheckpoint(string sector, long epoch, long offset) : PostgresRequest<long>, ILogRequest
{
    public int Entries => 0;

    public IEnumerable<string> Sectors => [sector];

    public void Stage(LogState state)
    {
        if (state.Fence(sector, epoch) is { } fenced)
        {
            Refusal = fenced;
            return;
        }

        var head = state.HeadOf(sector);
        if (offset > head || offset < 0)
        {
            Refusal = new ArgumentOutOfRangeException(nameof(offset), offset, $"A checkpoint of sector {sector} must be from 0 to its head {head}.");
            return;
        }

        Result = offset;
        state.Checkpoint(sector, offset);
    }
}
