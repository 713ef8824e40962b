using Grid.Contracts.Interventions;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Intake;
using Grid.Grains.Territory;
using Orleans;

namespace Grid.Silo.Startup;

/// <summary>
/// Wakes what has devices: first the sectors with their books as of their last checkpoint, so that devices are counted before the program says
/// that it is ready; then, beside its work, what the log holds beyond the books.
/// </summary>
internal sealed class WarmUp(IGrainFactory grains, ITerritoryTable territory, DeviceDirectory directory, IBodyRegistry bodies, StartupProgress progress)
{
    private const int AtOnce = 64;

    /// <summary>Few sectors replay at once, each without a pause: the others answer meanwhile.</summary>
    private const int ReplaysAtOnce = 4;

    /// <summary>Both parts, one after the other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await WakeAsync(cancellationToken);
        await CatchUpAsync(static (_, _) => { }, cancellationToken);
    }

    /// <summary>
    /// Completes when territories count every device that is registered. A sector whose books do not (devices came or went since its last
    /// checkpoint) is caught up here.
    /// </summary>
    public async Task WakeAsync(CancellationToken cancellationToken)
    {
        var counts = directory.CountBySector();
        var sectors = SectorsAround(counts.Keys);
        progress.Begin("Waking sectors");
        var done = 0;
        foreach (var batch in sectors.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(sector => WakeAsync(grains.GetGrain<ISectorGrain>(sector), counts.GetValueOrDefault(sector)))).WaitAsync(cancellationToken);
            progress.Advance(done += batch.Length, sectors.Length);
        }

        await RefreshTerritoriesAsync(counts.Keys, cancellationToken);
    }

    /// <summary>Completes when everything that was acknowledged before the start is in the figures.</summary>
    /// <param name="advanced">Told how many sectors are caught up, of how many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CatchUpAsync(Action<int, int> advanced, CancellationToken cancellationToken)
    {
        var sectors = directory.CountBySector().Keys.Order(StringComparer.Ordinal).ToArray();
        progress.Begin("Catching up from the reading log");
        var done = 0;
        foreach (var batch in sectors.Chunk(ReplaysAtOnce))
        {
            await Task.WhenAll(batch.Select(sector => grains.GetGrain<ISectorGrain>(sector).CatchUp())).WaitAsync(cancellationToken);
            progress.Advance(done += batch.Length, sectors.Length);
            advanced(done, sectors.Length);
        }

        await RefreshTerritoriesAsync(sectors, cancellationToken);
        await LookAtWorkOrdersAsync(cancellationToken);
    }

    /// <summary>Persists every sector that has devices, so that the next start has nothing to replay.</summary>
    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in directory.CountBySector().Keys.Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(sector => grains.GetGrain<ISectorGrain>(sector).Checkpoint())).WaitAsync(cancellationToken);
        }
    }

    /// <summary>What waits for measurements is looked at, and reminded of again: reminders of one process end with it.</summary>
    private async Task LookAtWorkOrdersAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in (await grains.GetGrain<IWorkOrderPlacesGrain>(IWorkOrderPlacesGrain.Key).List()).Chunk(ReplaysAtOnce))
        {
            await Task.WhenAll(batch.Select(commune => grains.GetGrain<IWorkOrdersGrain>(commune).Look())).WaitAsync(cancellationToken);
        }
    }

    /// <summary>All sectors of the departments that have devices: one may count a device that was removed since its last checkpoint.</summary>
    private string[] SectorsAround(IEnumerable<string> sectors) =>
    [
        .. sectors.Select(sector => territory.FindCommune(SectorMap.CommuneOf(sector))!.Department).Distinct(StringComparer.Ordinal)
            .SelectMany(code => territory.CommunesOf(code))
            .SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task WakeAsync(ISectorGrain sector, int devices)
    {
        var partial = await sector.GetPartial();
        if (partial.Figures.Kinds.Sum(kind => kind.Total) != devices)
        {
            await sector.CatchUp();
        }
    }

    private async Task RefreshTerritoriesAsync(IEnumerable<string> sectors, CancellationToken cancellationToken)
    {
        var communes = sectors.Select(SectorMap.CommuneOf).ToHashSet(StringComparer.Ordinal);
        foreach (var batch in communes.Order(StringComparer.Ordinal).Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(commune => grains.GetGrain<ICommuneGrain>(commune).Refresh())).WaitAsync(cancellationToken);
        }

        var keys = communes.Select(commune => territory.FindCommune(commune)!.Department).Distinct(StringComparer.Ordinal).Select(TerritoryKeys.OfDepartment)
            .Concat((await bodies.ListAsync(cancellationToken)).Select(body => body.Siren));
        foreach (var batch in keys.Order(StringComparer.Ordinal).Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(body => grains.GetGrain<IBodyGrain>(body).Refresh())).WaitAsync(cancellationToken);
        }
    }
}
