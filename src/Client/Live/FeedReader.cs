using System.Globalization;
using Grid.Client.Devices;
using Grid.Client.Limits;
using Grid.Client.Paging;
using Grid.Client.Territories;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Options;

namespace Grid.Client.Live;

/// <summary>Asks the grains of a scope for what a feed shows. Holds nothing.</summary>
internal sealed class FeedReader(IGridGrains grains, IDeviceRegistry registry, IDeviceDirectory directory, IOptions<GatewayLimits> limits)
{
    private const int ChangesAtOnce = 1_000;
    private const int ConcurrentSectors = 32;

    /// <summary>Where the sectors are now.</summary>
    public async Task<SectorVersion[]> VersionsAsync(ScopeSources sources, CancellationToken cancellationToken)
    {
        var versions = new SectorVersion[sources.Sectors.Length];
        await EachAsync(sources, async index => versions[index] = (await grains.Sector(sources.Sectors[index].Sector).GetPartial()).Version, cancellationToken);
        return versions;
    }

    /// <summary>All devices, and the alarms that stand for themselves and are not normal.</summary>
    /// <exception cref="WatchRefusedException">There are more than one subscription may hold.</exception>
    public async Task<(SectorVersion[] Versions, List<DeviceChange> Devices, List<AlarmView> Alarms)> SnapshotAsync(
        ScopeSources sources, WatchFilter filter, CancellationToken cancellationToken)
    {
        var versions = new SectorVersion[sources.Sectors.Length];
        var devices = new List<DeviceChange>();
        var alarms = new List<AlarmView>();
        if (sources.Device is { } device)
        {
            // Version first: what the device shows is then at least as new.
            versions = await VersionsAsync(sources, cancellationToken);
            await AddDeviceAsync(device, filter, devices, cancellationToken);
            alarms.AddRange(await grains.Sector(sources.Sectors[0].Sector).GetAlarms(new AlarmFilter { Source = device, WithChildren = true, Limit = QueryReader.MaximumLimit }));
            return (versions, devices, alarms);
        }

        await EachAsync(
            sources,
            async index =>
            {
                var changes = await grains.Sector(sources.Sectors[index].Sector).GetChanges(null, FilterOf(sources.Sectors[index], filter), int.MaxValue);
                versions[index] = changes.Version;
                lock (devices)
                {
                    devices.AddRange(changes.Devices);
                    alarms.AddRange(changes.Alarms);
                    if (devices.Count > limits.Value.LiveDevices)
                    {
                        throw new WatchRefusedException(
                            "scope", string.Create(CultureInfo.InvariantCulture, $"has more than {limits.Value.LiveDevices} devices; narrow it with kinds or bbox"));
                    }
                }
            },
            cancellationToken);
        return (versions, devices, alarms);
    }

    /// <summary>The alarms of a territory that stand for themselves and are not normal.</summary>
    public async Task<IReadOnlyList<AlarmView>> AlarmsAsync(ScopeSources sources, WatchFilter filter, CancellationToken cancellationToken)
    {
        var alarms = new List<AlarmView>();
        await EachAsync(
            sources,
            async index =>
            {
                var changes = await grains.Sector(sources.Sectors[index].Sector).GetChanges(null, FilterOf(sources.Sectors[index], filter, onlyAlarms: true), int.MaxValue);
                lock (alarms)
                {
                    alarms.AddRange(changes.Alarms);
                }
            },
            cancellationToken);
        return alarms;
    }

    /// <summary>The alarms of a territory that changed after versions; null when a sector cannot say.</summary>
    /// <param name="sources">The territory.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="since">One for each sector that is asked; default for one that is not.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<IReadOnlyList<AlarmView>?> AlarmsSinceAsync(ScopeSources sources, WatchFilter filter, SectorVersion[] since, CancellationToken cancellationToken)
    {
        var gathered = new GatheredChanges();
        await EachAsync(
            sources,
            async index =>
            {
                if (since[index].Sector is not null)
                {
                    Gather(gathered, await grains.Sector(sources.Sectors[index].Sector).GetChanges(since[index], FilterOf(sources.Sectors[index], filter, onlyAlarms: true), ChangesAtOnce), null);
                }
            },
            cancellationToken);
        ForgetMoved(gathered, sources, filter);
        return gathered.IsGap ? null : gathered.Alarms;
    }

    /// <summary>What changed after versions, in the sectors that have moved; <paramref name="versions"/> moves on in place.</summary>
    /// <param name="sources">The scope.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="versions">One for each sector.</param>
    /// <param name="hasMoved">Whether a sector has something new.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<GatheredChanges> ChangesAsync(
        ScopeSources sources, WatchFilter filter, SectorVersion[] versions, Func<int, SectorVersion, bool> hasMoved, CancellationToken cancellationToken)
    {
        var gathered = new GatheredChanges();
        await EachAsync(
            sources,
            async index =>
            {
                if (!hasMoved(index, versions[index]))
                {
                    return;
                }

                var isComplete = false;
                while (!isComplete && !gathered.IsGap)
                {
                    var changes = await grains.Sector(sources.Sectors[index].Sector).GetChanges(versions[index], FilterOf(sources.Sectors[index], filter), ChangesAtOnce);
                    isComplete = changes.IsComplete || !changes.Version.IsAfter(versions[index]);
                    versions[index] = changes.Version;
                    Gather(gathered, changes, sources.Device);
                }
            },
            cancellationToken);
        await KeepMovedAsync(gathered, sources, filter, cancellationToken);
        ForgetMoved(gathered, sources, filter);
        return gathered;
    }

    /// <summary>The figures of the scope, null for a device and before the first are there.</summary>
    public static TerritorySummary? SummaryOf(LiveScope scope, IReadOnlyList<TerritoryWatch> territories)
    {
        if (territories.Count == 1 && scope.Kind != ScopeKind.All)
        {
            return territories[0].Latest;
        }

        var parts = territories.Select(territory => territory.Latest).OfType<TerritorySummary>().ToArray();
        return scope.Kind == ScopeKind.All && parts.Length == territories.Count ? SummaryAddition.Add("all", "all", parts) : null;
    }

    private static void Gather(GatheredChanges gathered, SectorChanges changes, string? onlyDevice)
    {
        lock (gathered)
        {
            gathered.HasMoved = true;
            gathered.IsGap |= changes.IsSnapshot;
            gathered.Devices.AddRange(onlyDevice is null ? changes.Devices : changes.Devices.Where(device => device.Id == onlyDevice));
            gathered.Alarms.AddRange(onlyDevice is null ? changes.Alarms : changes.Alarms.Where(alarm => alarm.Source == onlyDevice));
            foreach (var id in changes.Removed.Where(id => onlyDevice is null || id == onlyDevice))
            {
                gathered.Removed.Add(id);
                gathered.LeftSector[id] = changes.Version.Sector;
            }
        }
    }

    /// <summary>
    /// A device that has moved within the scope is not removed, whichever of its two sectors was asked first: the directory names the new one
    /// before the former one is told.
    /// </summary>
    private async Task KeepMovedAsync(GatheredChanges gathered, ScopeSources sources, WatchFilter filter, CancellationToken cancellationToken)
    {
        for (var index = gathered.Removed.Count - 1; index >= 0; index--)
        {
            var id = gathered.Removed[index];
            if (directory.Find(id) is { } address && address.Sector != gathered.LeftSector[id]
                && sources.Sectors.Any(source => source.Sector == address.Sector && (source.Kinds & filter.Kinds).HasFlag((DeviceKinds)(1 << (int)address.Kind)))
                && (filter.Box is not { } box || ((filter.Personal || !address.IsPersonal) && (await registry.GetAsync(id, cancellationToken))?.Descriptor.Position is { } position && box.Contains(position))))
            {
                gathered.Removed.RemoveAt(index);
            }
        }
    }

    /// <summary>An alarm that has moved with its device within the scope is told by the sector where it is now, whichever of the two was asked first.</summary>
    private void ForgetMoved(GatheredChanges gathered, ScopeSources sources, WatchFilter filter) => gathered.Alarms.RemoveAll(alarm =>
        alarm.HasLeft && directory.Find(alarm.Source) is { } address
        && sources.Sectors.Any(source => source.Sector == address.Sector && (source.Kinds & filter.Kinds).HasFlag((DeviceKinds)(1 << (int)address.Kind))));

    private async Task AddDeviceAsync(string id, WatchFilter filter, List<DeviceChange> devices, CancellationToken cancellationToken)
    {
        if (await registry.GetAsync(id, cancellationToken) is not { Descriptor: var descriptor })
        {
            return;
        }

        var view = await grains.Device(descriptor.Kind, id).GetView();
        var isShown = DevicePresenting.Reports(descriptor, filter.Personal);
        devices.Add(new()
        {
            Id = id,
            Kind = descriptor.Kind,
            Position = isShown ? descriptor.Position : null,
            Status = view.Status,
            Metrics = isShown ? [.. view.Reported.Select(metric => new MetricValue(metric.Name, metric.Value))] : [],
        });
    }

    private static DeviceFilter FilterOf(SectorSource source, WatchFilter filter, bool onlyAlarms = false) =>
        new() { Kinds = source.Kinds & filter.Kinds, Box = filter.Box, IncludesPersonal = filter.Personal, OnlyAlarms = onlyAlarms };

    private static Task EachAsync(ScopeSources sources, Func<int, Task> act, CancellationToken cancellationToken) =>
        FewAtOnce.EachAsync(sources.Sectors.Length, ConcurrentSectors, act, cancellationToken);
}
