using System.Collections.Immutable;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Zones;

/// <summary>The water zones of a department: see <see cref="IWaterZonesGrain"/>.</summary>
public sealed class WaterZonesGrain(ITerritoryTable territory, LocalCalendars calendars, IDeviceDirectory directory, TimeProvider clock) : Grain, IWaterZonesGrain
{
    /// <summary>Sectors that are asked at the same time.</summary>
    private const int SectorsAtOnce = 64;

    /// <inheritdoc/>
    public async Task<ImmutableArray<WaterZoneBalance>> GetBalances(ZoneDay day)
    {
        var communes = territory.CommunesOf(this.GetPrimaryKeyString());
        if (communes.IsEmpty)
        {
            return [];
        }

        var today = calendars.OfCommune(communes[0].InseeCode).DayOf(clock.GetUtcNow().ToUnixTimeMilliseconds()).Day;
        var wanted = day == ZoneDay.Today ? today : today - 1;
        var parts = new List<(string Commune, ZonePartial Part)>();
        var peopled = directory.Communes();
        var sectors = communes.Where(commune => peopled.Contains(commune.InseeCode))
            .SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population).Select(sector => (Commune: commune.InseeCode, Sector: sector)));
        foreach (var some in sectors.Chunk(SectorsAtOnce))
        {
            var answers = await Waits.All(some.Select(async one => (one.Commune, Zones: await GrainFactory.GetGrain<ISectorGrain>(one.Sector).GetWaterZones(wanted))));
            foreach (var (commune, zones) in answers)
            {
                parts.AddRange(zones.Select(zone => (commune, zone)));
            }
        }

        return
        [
            .. parts.GroupBy(part => part.Part.Zone, StringComparer.Ordinal).OrderBy(zone => zone.Key, StringComparer.Ordinal)
                .Select(zone => ZoneBalance.Of(zone.Key, wanted, [.. zone])),
        ];
    }
}
