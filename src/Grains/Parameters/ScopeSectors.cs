using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Intake;
using Grid.Contracts.Parameters;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Grains.Parameters;

/// <summary>The sectors with devices that something given by a scope may reach.</summary>
/// <param name="bodies">Members of bodies, of any day.</param>
/// <param name="devices">Which communes have devices.</param>
/// <param name="table">Communes and departments.</param>
public sealed class ScopeSectors(IBodyRegistry bodies, IDeviceDirectory devices, ITerritoryTable table)
{
    private static readonly string CommunePrefix = ParameterScopes.OfCommune(string.Empty);
    private static readonly string BodyPrefix = ParameterScopes.OfBody(string.Empty);
    private static readonly string DepartmentPrefix = AlarmScopes.OfDepartment(string.Empty);

    /// <summary>The sectors of a scope, ordered by name.</summary>
    public async Task<ImmutableArray<string>> OfAsync(string scope)
    {
        var known = devices.Communes();
        var communes = scope == AlarmScopes.All ? known
            : scope.StartsWith(CommunePrefix, StringComparison.Ordinal) ? [scope[CommunePrefix.Length..]]
            : scope.StartsWith(DepartmentPrefix, StringComparison.Ordinal) ? table.CommunesOf(scope[DepartmentPrefix.Length..]).Select(commune => commune.InseeCode)
            : (await bodies.GetMembersAsync(scope[BodyPrefix.Length..], CancellationToken.None)).Select(member => member.Commune).Distinct(StringComparer.Ordinal);
        return
        [
            .. communes.Where(known.Contains).Select(table.FindCommune).OfType<Commune>()
                .SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population))
                .Order(StringComparer.Ordinal),
        ];
    }
}
