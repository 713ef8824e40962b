using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Tests.City.History;

/// <summary>History in memory that is durable when it is flushed, and loses the rest in a crash.</summary>
internal sealed class MemoryHistory : IHistory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _durable = new(StringComparer.Ordinal);
    private readonly List<(string Sector, long Offset, double Value)> _entries = [];
    private int _durableEntries;
    private TaskCompletionSource? _stalled;

    /// <summary>So many appends fail, each second one of them after it was done.</summary>
    public int FailuresToCome { get; set; }

    /// <summary>Values in the order in which they were taken.</summary>
    public IReadOnlyList<double> ValuesOf(string sector)
    {
        lock (_gate)
        {
            return [.. _entries.Where(entry => entry.Sector == sector).Select(entry => entry.Value)];
        }
    }

    /// <summary>Appends wait until <see cref="Resume"/>.</summary>
    public void Stall() => _stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        _stalled?.SetResult();
        _stalled = null;
    }

    /// <summary>What was not durable is lost.</summary>
    public void Crash()
    {
        lock (_gate)
        {
            _entries.RemoveRange(_durableEntries, _entries.Count - _durableEntries);
            _taken.Clear();
            foreach (var (sector, offset) in _durable)
            {
                _taken[sector] = offset;
            }
        }
    }

    public async ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken)
    {
        if (_stalled is { } stalled)
        {
            await stalled.Task.WaitAsync(cancellationToken);
        }

        lock (_gate)
        {
            var fails = FailuresToCome > 0;
            if (fails && FailuresToCome-- % 2 == 0)
            {
                throw new IOException("Nothing was taken.");
            }

            var taken = _taken.GetValueOrDefault(sector);
            if (batch.PreviousOffset > taken)
            {
                return taken;
            }

            for (var index = 0; index < batch.Entries.Length; index++)
            {
                if (batch.FirstOffset + index > taken)
                {
                    _entries.Add((sector, batch.FirstOffset + index, ((ReadingEntry)batch.Entries[index]).Metrics[0].Value));
                }
            }

            _taken[sector] = Math.Max(taken, batch.FirstOffset + batch.Entries.Length - 1);
            return fails ? throw new IOException("It was taken, and the answer is lost.") : _taken[sector];
        }
    }

    public ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(_durable.GetValueOrDefault(sector));
        }
    }

    public ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _taken[sector] = Math.Max(_taken.GetValueOrDefault(sector), offset);
            return ValueTask.CompletedTask;
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _durableEntries = _entries.Count;
            foreach (var (sector, offset) in _taken)
            {
                _durable[sector] = offset;
            }

            return Task.CompletedTask;
        }
    }

    public ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken) => throw NotAsked();

    public Task<bool> DeleteAsync(string series, CancellationToken cancellationToken) => throw NotAsked();

    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => throw NotAsked();

    public Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken) => throw NotAsked();

    private static InvalidOperationException NotAsked() => new("The feed only writes.");
}
