using System.Collections.Immutable;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Client.Lighting;

/// <summary>The controllers under a plan, over all sectors that have devices.</summary>
public sealed class FieldControllers(IGridGrains grains, IDeviceDirectory directory, ITerritoryTable table)
{
    private const int SectorsAtOnce = 64;

    /// <summary>How many there are by state, states that none is in left out.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(string plan, Territory territory)
    {
        var counts = new int[Enum.GetValues<ControllerState>().Length];
        foreach (var sectors in Sectors(territory).Chunk(SectorsAtOnce))
        {
            foreach (var counted in await Task.WhenAll(sectors.Select(sector => grains.Controllers(sector).Count(plan).AsTask())))
            {
                for (var state = 0; state < counts.Length; state++)
                {
                    counts[state] += counted[state];
                }
            }
        }

        return Enum.GetValues<ControllerState>().Where(state => counts[(int)state] > 0).ToDictionary(Words<ControllerState>.Of, state => counts[(int)state]);
    }

    /// <summary>Controllers by sector and key, after a place in that order, at most that many.</summary>
    public async Task<ImmutableArray<(string Sector, ControllerView View)>> ListAsync(string plan, Territory territory, ControllerState? state, (string Sector, string Device)? after, int limit)
    {
        var found = ImmutableArray.CreateBuilder<(string, ControllerView)>();
        foreach (var sector in Sectors(territory).SkipWhile(sector => after is { } place && string.CompareOrdinal(sector, place.Sector) < 0))
        {
            var page = await grains.Controllers(sector).List(plan, state, after is { } last && last.Sector == sector ? last.Device : null, limit - found.Count);
            found.AddRange(page.Select(view => (sector, view)));
            if (found.Count >= limit)
            {
                break;
            }
        }

        return found.ToImmutable();
    }

    private ImmutableArray<string> Sectors(Territory territory) =>
    [
        .. directory.Communes().Where(commune => territory.Covers(commune, PlanRights.Lights)).Select(table.FindCommune).OfType<Commune>()
            .SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population)).Order(StringComparer.Ordinal),
    ];
}
