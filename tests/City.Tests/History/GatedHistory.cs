using System.Collections.Immutable;
using Grid.Contracts.Storage;

namespace Grid.Tests.City.History;

/// <summary>History that takes nothing until a gate is opened.</summary>
internal sealed class GatedHistory(IHistory inner, Task gate) : IHistory
{
    public async ValueTask<long> AppendAsync(string sector, RecordedBatch batch, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return await inner.AppendAsync(sector, batch, cancellationToken);
    }

    public ValueTask RecordAsync(ImmutableArray<HistorySample> samples, CancellationToken cancellationToken) => inner.RecordAsync(samples, cancellationToken);

    public ValueTask<long> GetDurableAsync(string sector, CancellationToken cancellationToken) => inner.GetDurableAsync(sector, cancellationToken);

    public ValueTask SkipToAsync(string sector, long offset, CancellationToken cancellationToken) => inner.SkipToAsync(sector, offset, cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public ValueTask<HistoryPoints> ReadPointsAsync(HistoryQuery query, CancellationToken cancellationToken) => inner.ReadPointsAsync(query, cancellationToken);

    public ValueTask<HistoryBuckets> ReadBucketsAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken) =>
        inner.ReadBucketsAsync(query, resolution, cancellationToken);

    public Task<bool> DeleteAsync(string series, CancellationToken cancellationToken) => inner.DeleteAsync(series, cancellationToken);

    public Task<HistorySweep> SweepAsync(HistoryPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => inner.SweepAsync(policy, now, cancellationToken);

    public Task<ImmutableArray<OldestKept>> GetOldestKeptAsync(CancellationToken cancellationToken) => inner.GetOldestKeptAsync(cancellationToken);
}
