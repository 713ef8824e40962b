using Grid.Client.Live;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Client.Alarms;

/// <summary>Finds alarms: of a scope in the sectors that it is made of, and one by its id. Holds nothing.</summary>
internal sealed class AlarmReader(IGridGrains grains, ScopeResolver resolver, IDeviceDirectory directory, ITerritoryTable table)
{
    private const int ConcurrentSectors = 32;

    /// <summary>A page of the alarms of a scope, the newest first.</summary>
    /// <exception cref="WatchRefusedException">There is no such scope.</exception>
    public async Task<IReadOnlyList<AlarmView>> ListAsync(LiveScope scope, AlarmFilter filter, CancellationToken cancellationToken)
    {
        var sources = await resolver.ResolveAsync(scope, cancellationToken);
        var found = new List<AlarmView>();
        await FewAtOnce.EachAsync(
            sources.Sectors.Length,
            ConcurrentSectors,
            async index =>
            {
                var source = sources.Sectors[index];
                var alarms = await grains.Sector(source.Sector).GetAlarms(filter with { Kinds = filter.Kinds & source.Kinds, Source = sources.Device ?? filter.Source });
                lock (found)
                {
                    found.AddRange(alarms);
                }
            },
            cancellationToken);
        return [.. found.OrderByDescending(alarm => alarm.RaisedAt).ThenBy(alarm => alarm.Id, StringComparer.Ordinal).Take(filter.Limit)];
    }

    /// <summary>The alarms of a device, those that are explained by others too.</summary>
    public async Task<IReadOnlyList<AlarmView>> OfDeviceAsync(string device) => directory.Find(device) is { } address
        ? await grains.Sector(address.Sector).GetAlarms(new AlarmFilter { Source = device, WithChildren = true, Kinds = DeviceKinds.All, Limit = 1_000 })
        : [];

    /// <summary>The sector that keeps an alarm; null when the id is none, or nothing of that name is here.</summary>
    public ISectorGrain? SectorOf(string id)
    {
        if (!AlarmIds.TryParse(id, out var source, out _))
        {
            return null;
        }

        if (AlarmIds.SectorOf(source) is not { } sector)
        {
            return directory.Find(source) is { } address ? grains.Sector(address.Sector) : null;
        }

        // A name that somebody made up must not wake a grain.
        return table.FindCommune(SectorMap.CommuneOf(sector)) is { } commune && SectorMap.SectorsOf(commune.InseeCode, commune.Population).Contains(sector)
            ? grains.Sector(sector)
            : null;
    }
}
