using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Parameters;
using Grid.Grains.Territory;
using Orleans;

namespace Grid.Grains.OnCall;

/// <summary>
/// Finds whose calendar counts for an alarm: that of its device, else of its commune, else of a body that is competent there for its kind (an EPCI before a syndicate before a department, as
/// defaults of parameters are found), else of the department. The nearest that has a calendar counts.
/// </summary>
/// <param name="bodies">Bodies and their members.</param>
/// <param name="territory">Local days of communes.</param>
/// <param name="table">Communes.</param>
/// <param name="clock">The clock.</param>
public sealed class OnCallDirectory(IBodyRegistry bodies, TerritoryParameters territory, ITerritoryTable table, TimeProvider clock)
{
    /// <summary>Tells who is on call about an alarm: the door for whoever escalates.</summary>
    public async Task<PageAnswer> PageAsync(IGrainFactory grains, AlarmPage page) => await FindAsync(grains, page) is { } scope
        ? await grains.GetGrain<IOnCallGrain>(scope).Page(page)
        : new PageAnswer { Outcome = PageOutcome.NoCalendar };

    /// <summary>The scope whose calendar counts; null when none has one.</summary>
    public async Task<string?> FindAsync(IGrainFactory grains, AlarmPage page)
    {
        foreach (var scope in await ScopesAsync(page))
        {
            if (await grains.GetGrain<IOnCallGrain>(scope).HasCalendar())
            {
                return scope;
            }
        }

        return null;
    }

    /// <summary>The scopes of an alarm, the nearest first.</summary>
    public async Task<IReadOnlyList<string>> ScopesAsync(AlarmPage page)
    {
        var scopes = new List<string>();
        if (page.Kind is not null && AlarmIds.SectorOf(page.Source) is null)
        {
            scopes.Add($"device:{page.Source}");
        }

        scopes.Add(ParameterScopes.OfCommune(page.Commune));
        var memberships = await bodies.GetBodiesOfAsync(page.Commune, CancellationToken.None);
        if (!memberships.IsEmpty)
        {
            var wanted = page.Kind is { } kind ? (DeviceKinds)(1 << (int)kind) : DeviceKinds.All;
            scopes.AddRange(ParameterResolution.Order(memberships, await bodies.ListAsync(CancellationToken.None), territory.DayAt(page.Commune, clock.GetUtcNow()))
                .Where(item => (item.Kinds & wanted) != 0)
                .Select(item => ParameterScopes.OfBody(item.Body.Siren)));
        }

        if (table.FindCommune(page.Commune) is { } commune)
        {
            scopes.Add(TerritoryKeys.OfDepartment(commune.Department));
        }

        return scopes;
    }
}
