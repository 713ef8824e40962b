using System.Collections.Immutable;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Client.Live;

/// <summary>A sector of a scope, and the kinds of device that the scope is competent for there.</summary>
internal readonly record struct SectorSource(string Sector, DeviceKinds Kinds);

/// <summary>What a scope is made of.</summary>
/// <param name="Sectors">Its sectors, ordered by name.</param>
/// <param name="Territories">The grains that sum it: one, none for a device, one for each department for <c>all</c>.</param>
/// <param name="Device">The only device, null for a territory.</param>
internal sealed record ScopeSources(ImmutableArray<SectorSource> Sectors, ImmutableArray<TerritoryKey> Territories, string? Device)
{
    public bool IsSameAs(ScopeSources other) =>
        Device == other.Device && Sectors.SequenceEqual(other.Sectors) && Territories.SequenceEqual(other.Territories);
}

/// <summary>The key of a grain that sums.</summary>
internal readonly record struct TerritoryKey(bool IsCommune, string Key)
{
    public ITerritoryGrain In(IGridGrains grains) => IsCommune ? grains.Commune(Key) : grains.Body(Key);
}

/// <summary>Finds what a scope is made of.</summary>
internal sealed class ScopeResolver(ITerritoryTable table, ScopeMembers members, IDeviceDirectory directory)
{
    /// <exception cref="WatchRefusedException">There is no such scope.</exception>
    public async ValueTask<ScopeSources> ResolveAsync(LiveScope scope, CancellationToken cancellationToken)
    {
        switch (scope.Kind)
        {
            case ScopeKind.Device:
                var address = directory.Find(scope.Key) ?? throw new WatchRefusedException("scope", "names no device that is registered");
                return new([new(address.Sector, (DeviceKinds)(1 << (int)address.Kind))], [], scope.Key);
            case ScopeKind.Commune:
                var commune = table.FindCommune(scope.Key) ?? throw new WatchRefusedException("scope", "names no commune that is known");
                return Of([new(commune, DeviceKinds.All)], new TerritoryKey(IsCommune: true, scope.Key));
            case ScopeKind.Syndicate:
                return Of(
                    await members.OfBodyAsync(scope.Key, cancellationToken) ?? throw new WatchRefusedException("scope", "names no body that is known"),
                    new TerritoryKey(IsCommune: false, scope.Key));
            case ScopeKind.Department:
                return Of(
                    members.OfDepartment(scope.Key) ?? throw new WatchRefusedException("scope", "names no department that is known"),
                    new TerritoryKey(IsCommune: false, scope.ToString()));
            case ScopeKind.All:
            default:
                var departments = await members.DepartmentsWithDevicesAsync(cancellationToken);
                return Of(
                    [.. departments.SelectMany(department => members.OfDepartment(department.Code) ?? [])],
                    [.. departments.Select(department => new TerritoryKey(IsCommune: false, $"department:{department.Code}"))]);
        }
    }

    private static ScopeSources Of(ImmutableArray<MemberCommune> communes, params ImmutableArray<TerritoryKey> territories) => new(
        [
            .. communes.SelectMany(member => SectorMap.SectorsOf(member.Commune.InseeCode, member.Commune.Population)
                    .Select(sector => new SectorSource(sector, member.Kinds)))
                .OrderBy(source => source.Sector, StringComparer.Ordinal),
        ],
        territories,
        null);
}
