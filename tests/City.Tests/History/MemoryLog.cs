using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Tests.City.History;

/// <summary>A reading log in memory, of one partition: it lets go of what it is told to.</summary>
internal sealed class MemoryLog : IReadingLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<RecordedBatch>> _sectors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _heads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _checkpoints = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Batches that were read back.</summary>
    public int BatchesRead { get; private set; }

    /// <summary>Appends readings of a device, one for each value, and returns the batch as the log recorded it.</summary>
    public RecordedBatch Append(string sector, string device, params double[] values)
    {
        lock (_gate)
        {
            var entries = values.Select(value => (LogEntry)new ReadingEntry
            {
                Device = device,
                ReceivedAt = DateTimeOffset.UnixEpoch,
                ObservedAt = DateTimeOffset.UnixEpoch.AddSeconds(value),
                Metrics = [new MetricValue("powerWatts", value)],
            }).ToImmutableArray();
            var batch = new RecordedBatch(_heads.GetValueOrDefault(sector), _last + 1, 1, entries);
            _heads[sector] = _last += entries.Length;
            if (!_sectors.TryGetValue(sector, out var batches))
            {
                _sectors.Add(sector, batches = []);
            }

            batches.Add(batch);
            return batch;
        }
    }

    public async IAsyncEnumerable<RecordedBatch> ReadAsync(string sector, long afterOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<RecordedBatch> found;
        lock (_gate)
        {
            found = _sectors.TryGetValue(sector, out var batches) ? [.. batches.Where(batch => batch.FirstOffset + batch.Entries.Length - 1 > afterOffset)] : [];
        }

        foreach (var batch in found)
        {
            await Task.Yield();
            BatchesRead++;
            yield return batch;
        }
    }

    public ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(_heads.GetValueOrDefault(sector));
        }
    }

    public ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _checkpoints[sector] = Math.Max(_checkpoints.GetValueOrDefault(sector), offset);
            if (_sectors.TryGetValue(sector, out var batches))
            {
                batches.RemoveAll(batch => batch.FirstOffset + batch.Entries.Length - 1 <= offset);
            }

            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(_checkpoints.GetValueOrDefault(sector));
        }
    }

    public ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken) => new(1);

    public ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Tests append one by one.");
}
