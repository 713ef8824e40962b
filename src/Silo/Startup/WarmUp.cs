using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Territory;
using Orleans;

namespace Grid.Silo.Startup;

/// <summary>
/// Wakes what has devices, so that figures are whole before the program says that it is ready: the sectors (which replay their log), then the
/// communes, then departments and bodies.
/// </summary>
internal sealed class WarmUp(IGrainFactory grains, ITerritoryTable territory, IDeviceRegistry registry, IBodyRegistry bodies, StartupProgress progress)
{
    private const int AtOnce = 64;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var sectors = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var record in registry.ReadAllAsync(cancellationToken))
        {
            sectors.Add(record.Sector);
        }

        progress.Begin("Waking sectors");
        var done = 0;
        foreach (var batch in sectors.Order(StringComparer.Ordinal).Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(sector => grains.GetGrain<ISectorGrain>(sector).CatchUp())).WaitAsync(cancellationToken);
            progress.Advance(done += batch.Length, sectors.Count);
        }

        var communes = sectors.Select(SectorMap.CommuneOf).ToHashSet(StringComparer.Ordinal);
        foreach (var batch in communes.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(commune => grains.GetGrain<ICommuneGrain>(commune).Refresh())).WaitAsync(cancellationToken);
        }

        var keys = communes.Select(commune => territory.FindCommune(commune)!.Department).Distinct(StringComparer.Ordinal).Select(TerritoryKeys.OfDepartment)
            .Concat((await bodies.ListAsync(cancellationToken)).Select(body => body.Siren));
        foreach (var batch in keys.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(body => grains.GetGrain<IBodyGrain>(body).Refresh())).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Persists every sector that is awake, so that the next start has nothing to replay.</summary>
    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        var sectors = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var record in registry.ReadAllAsync(cancellationToken))
        {
            sectors.Add(record.Sector);
        }

        foreach (var batch in sectors.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(sector => grains.GetGrain<ISectorGrain>(sector).Checkpoint())).WaitAsync(cancellationToken);
        }
    }
}
