using System.Collections.Immutable;
using Grid.Contracts.Storage;

namespace Grid.Simulation.Plants;

/// <summary>A log that says that it has nothing to read: what was not applied before a stop is not applied after it.</summary>
internal sealed class ForgetfulLog(IReadingLog inner) : IReadingLog
{
    public ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken) => inner.AcquireAsync(partition, cancellationToken);

    public ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken) =>
        inner.AppendAsync(batches, cancellationToken);

    public async IAsyncEnumerable<RecordedBatch> ReadAsync(
        string sector, long afterOffset, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken) => inner.GetHeadAsync(sector, cancellationToken);

    public ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken) =>
        inner.CheckpointAsync(sector, epoch, offset, cancellationToken);

    public ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken) => inner.GetCheckpointAsync(sector, cancellationToken);
}
