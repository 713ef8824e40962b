using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Client.Territories;

/// <summary>A commune within a scope, and the kinds of device that the scope is competent for there.</summary>
public readonly record struct MemberCommune(Commune Commune, DeviceKinds Kinds);

/// <summary>Which communes a scope holds, on the communes' local day.</summary>
public sealed class ScopeMembers(ITerritoryTable table, IBodyRegistry bodies, IDeviceRegistry devices, IDeviceDirectory directory, TimeProvider time)
{
    // Tens of thousands of communes, which do not change: asked for every minute by each feed of everything.
    private readonly Lazy<ImmutableArray<(Department Department, DeviceQuery Any)>> _departments = new(() =>
    [
        .. table.Departments.Select(department => (department, Communes: table.CommunesOf(department.Code))).Where(item => !item.Communes.IsEmpty)
            .Select(item => (item.department, new DeviceQuery
            {
                Communes = [.. item.Communes.Select(commune => (commune.InseeCode, DeviceKinds.All))],
                Limit = 1,
            })),
    ]);

    /// <summary>The communes of a body by INSEE code; null when there is no such body.</summary>
    public async ValueTask<ImmutableArray<MemberCommune>?> OfBodyAsync(string siren, CancellationToken cancellationToken)
    {
        if (await bodies.GetAsync(siren, cancellationToken) is null)
        {
            return null;
        }

        var members = await bodies.GetMembersAsync(siren, cancellationToken);
        return
        [
            .. members.GroupBy(member => member.Commune)
                .Select(group => (Commune: table.FindCommune(group.Key), Members: group))
                .Where(group => group.Commune is not null)
                .Select(group => new MemberCommune(group.Commune!, KindsToday(group.Commune!, group.Members)))
                .Where(member => member.Kinds != DeviceKinds.None)
                .OrderBy(member => member.Commune.InseeCode, StringComparer.Ordinal),
        ];
    }

    /// <summary>The communes of a department by INSEE code; null when there is no such department.</summary>
    public ImmutableArray<MemberCommune>? OfDepartment(string code) => table.FindDepartment(code) is null
        ? null
        : [.. table.CommunesOf(code).Select(commune => new MemberCommune(commune, DeviceKinds.All))];

    /// <summary>The departments that have a device, by code.</summary>
    public async ValueTask<ImmutableArray<Department>> DepartmentsWithDevicesAsync(CancellationToken cancellationToken)
    {
        // Memory says which departments the registry is asked for: the few of the syndicate, and not the country each minute.
        var known = directory.Communes().Select(commune => table.FindCommune(commune)?.Department).ToHashSet(StringComparer.Ordinal);
        var found = ImmutableArray.CreateBuilder<Department>();
        foreach (var (department, any) in _departments.Value)
        {
            if (known.Contains(department.Code) && !(await devices.ListAsync(any, cancellationToken)).IsEmpty)
            {
                found.Add(department);
            }
        }

        return found.ToImmutable();
    }

    private DeviceKinds KindsToday(Commune commune, IEnumerable<Membership> members)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(table.FindDepartment(commune.Department)?.ZoneId ?? "Europe/Paris");
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);
        return members.Where(member => member.HoldsOn(today)).Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds);
    }
}
