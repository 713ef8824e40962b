using System.Collections.Immutable;
using Grid.Contracts.Storage;

namespace Grid.Simulation.Plants;

/// <summary>History that says of what it has only taken that it is durable: the log is let go before the flush that it waits for.</summary>
internal sealed class AheadHistory(IHistory inner) : IHistory
{
    private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);

    public async ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken) =>
        _taken[sector] = await inner.AppendAsync(sector, batch, cancellationToken);

    public async ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken) =>
        Math.Max(_taken.GetValueOrDefault(sector), await inner.GetDurableAsync(sector, cancellationToken));

    public ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken) => inner.RecordAsync(samples, cancellationToken);

    public ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken) => inner.SkipToAsync(sector, offset, cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken) => inner.ReadPointsAsync(query, cancellationToken);

    public ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken) =>
        inner.ReadBucketsAsync(query, resolution, cancellationToken);

    public Task<bool> DeleteAsync(string series, CancellationToken cancellationToken) => inner.DeleteAsync(series, cancellationToken);

    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => inner.SweepAsync(policy, now, cancellationToken);

    public Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken) => inner.GetOldestKeptAsync(cancellationToken);
}
