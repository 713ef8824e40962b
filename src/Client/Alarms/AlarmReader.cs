using System.Collections.Immutable;
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
    /// <summary>Alarms that one order may be for.</summary>
    public const int MaximumAtOnce = 10_000;

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

    /// <summary>An alarm and those that it explains, by id; null when there is none. Looks no further than one more than <see cref="MaximumAtOnce"/>.</summary>
    public async Task<IReadOnlyList<string>?> WithChildrenAsync(string parent, CancellationToken cancellationToken)
    {
        if (SectorOf(parent) is not { } sector || await sector.GetAlarm(parent) is null)
        {
            return null;
        }

        // What is no device may explain alarms of any sector; a device only those of its own.
        var filter = new AlarmFilter { Parent = parent, Limit = MaximumAtOnce };
        var isSpanning = AlarmIds.TryParse(parent, out var source, out _) && AlarmIds.SectorOf(source) is not null;
        var children = isSpanning ? await ListAsync(new LiveScope(ScopeKind.All, ""), filter, cancellationToken) : await sector.GetAlarms(filter);
        return [parent, .. children.Select(alarm => alarm.Id)];
    }

    /// <summary>Alarms of a cabinet or of <c>gateway:ID</c>, and of what hangs on it, that are not normal, by id; null for a cabinet that is none. Looks no further than one more than <see cref="MaximumAtOnce"/>.</summary>
    public async Task<IReadOnlyList<string>?> OfCauseAsync(string cause, CancellationToken cancellationToken)
    {
        var filter = new AlarmFilter { Cause = cause, WithChildren = true, Limit = MaximumAtOnce + 1 };
        if (cause.StartsWith("gateway:", StringComparison.Ordinal))
        {
            return [.. (await ListAsync(new LiveScope(ScopeKind.All, ""), filter, cancellationToken)).Select(alarm => alarm.Id)];
        }

        return directory.Find(cause) is { Kind: DeviceKind.Cabinet } address ? [.. (await grains.Sector(address.Sector).GetAlarms(filter)).Select(alarm => alarm.Id)] : null;
    }

    /// <summary>Does the same to several alarms, sector by sector.</summary>
    public async Task<(IReadOnlyList<string> Accepted, IReadOnlyList<AlarmRejection> Rejected)> OrderAsync(IReadOnlyList<string> ids, AlarmOrder order)
    {
        var (accepted, rejected) = (new List<string>(), new List<AlarmRejection>());
        foreach (var group in ids.Distinct(StringComparer.Ordinal).GroupBy(SectorNameOf, StringComparer.Ordinal))
        {
            ImmutableArray<string> ofSector = [.. group];
            if (group.Key is not { } sector)
            {
                rejected.AddRange(ofSector.Select(id => new AlarmRejection(id, "id", "is no alarm of a device that is here")));
                continue;
            }

            foreach (var (id, answer) in ofSector.Zip(await grains.Sector(sector).OrderAlarms(ofSector, order)))
            {
                if (answer.Field is { } field)
                {
                    rejected.Add(new AlarmRejection(id, field, answer.Reason!));
                }
                else
                {
                    accepted.Add(id);
                }
            }
        }

        return (accepted, rejected);
    }

    /// <summary>The sector that keeps an alarm; null when the id is none, or nothing of that name is here.</summary>
    public ISectorGrain? SectorOf(string id) => SectorNameOf(id) is { } sector ? grains.Sector(sector) : null;

    private string? SectorNameOf(string id)
    {
        if (!AlarmIds.TryParse(id, out var source, out _))
        {
            return null;
        }

        if (AlarmIds.SectorOf(source) is not { } sector)
        {
            return directory.Find(source)?.Sector;
        }

        // A name that somebody made up must not wake a grain.
        return table.FindCommune(SectorMap.CommuneOf(sector)) is { } commune && SectorMap.SectorsOf(commune.InseeCode, commune.Population).Contains(sector)
            ? sector
            : null;
    }
}
