using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Simulation.Checks;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Stores;

/// <summary>Notes in the journal what the log has called durable, before the grid hears of it.</summary>
/// <param name="inner">The log.</param>
/// <param name="journal">What was acknowledged.</param>
/// <param name="clock">That of the process.</param>
/// <param name="released">Told up to where a sector's log may go, before it does.</param>
internal sealed class JournalingLog(IReadingLog inner, Journal journal, ProcessClock clock, Action<string, long> released) : IReadingLog
{
    public ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken) => inner.AcquireAsync(partition, cancellationToken);

    public async ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken)
    {
        var appended = await inner.AppendAsync(batches, cancellationToken);
        for (var index = 0; index < batches.Length && clock.IsRunning; index++)
        {
            journal.Acknowledged(batches[index].Sector, appended[index].FirstOffset, batches[index].Entries);
        }

        return appended;
    }

    public IAsyncEnumerable<RecordedBatch> ReadAsync(string sector, long afterOffset, CancellationToken cancellationToken) =>
        inner.ReadAsync(sector, afterOffset, cancellationToken);

    public ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken) => inner.GetHeadAsync(sector, cancellationToken);

    public ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken)
    {
        if (clock.IsRunning)
        {
            released(sector, offset);
        }

        return inner.CheckpointAsync(sector, epoch, offset, cancellationToken);
    }

    public ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken) => inner.GetCheckpointAsync(sector, cancellationToken);
}
