using System.Collections.Immutable;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Lighting;

/// <summary>
/// Who may do what with a lighting plan: change it, who has rights over the lights of all that it is assigned to; read it, over some. One that is assigned to nothing is
/// anybody's who may read or command.
/// </summary>
public sealed class PlanRights(TerritoryRights rights)
{
    /// <summary>Cabinets and light points.</summary>
    public const DeviceKinds Lights = DeviceKinds.Cabinet | DeviceKinds.Streetlight;

    /// <summary>True when the caller may change what is assigned to all of this.</summary>
    public async ValueTask<bool> MayChangeAsync(HttpContext http, ImmutableArray<PlanAssignment> assignments)
    {
        var territory = Territory.Of(http);
        foreach (var assignment in territory.IsWhole ? [] : assignments)
        {
            var isCovered = assignment switch
            {
                { Commune: { } commune } => territory.Covers(commune, Lights),
                { Syndicate: { } body } => await rights.CoversAsync(territory, $"syndicate:{body}", http.RequestAborted),
                { Cabinet: { } cabinet } => await rights.CoversDeviceAsync(territory, cabinet, http.RequestAborted),
                _ => await rights.CoversDevicesAsync(territory, assignment.Ids, http.RequestAborted),
            };
            if (!isCovered)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Of what a plan is assigned to, what concerns the caller's territory; null when that is nothing, and the plan not to be shown.</summary>
    public async ValueTask<ImmutableArray<PlanAssignment>?> SeenAsync(HttpContext http, ImmutableArray<PlanAssignment> assignments)
    {
        var territory = Territory.Of(http);
        if (territory.IsWhole || assignments.IsEmpty)
        {
            return assignments;
        }

        var seen = ImmutableArray.CreateBuilder<PlanAssignment>();
        foreach (var assignment in assignments)
        {
            var ids = ImmutableArray.CreateBuilder<string>();
            foreach (var id in assignment.Ids)
            {
                if (await rights.CoversDeviceAsync(territory, id, http.RequestAborted))
                {
                    ids.Add(id);
                }
            }

            var isSeen = assignment switch
            {
                { Commune: { } commune } => (territory.KindsIn(commune) & Lights) != 0,
                { Syndicate: { } body } => await rights.OverlapsAsync(territory, $"syndicate:{body}", http.RequestAborted),
                { Cabinet: { } cabinet } => await rights.CoversDeviceAsync(territory, cabinet, http.RequestAborted),
                _ => ids.Count > 0,
            };
            if (isSeen)
            {
                seen.Add(assignment with { Ids = ids.ToImmutable() });
            }
        }

        return seen.Count == 0 ? null : seen.ToImmutable();
    }

    /// <summary>A plan as the caller may see it; null for not at all.</summary>
    public async ValueTask<PlanView?> SeenAsync(HttpContext http, PlanView view)
    {
        var territory = Territory.Of(http);
        return territory.IsWhole ? view : await SeenAsync(http, view.Assignments) is not { } assignments ? null : view with
        {
            Assignments = assignments,
            Plan = view.Plan with
            {
                Overrides = [.. view.Plan.Overrides.Where(item => item.Commune is null || (territory.KindsIn(item.Commune) & Lights) != 0)],
                Pauses = [.. view.Plan.Pauses.Where(item => item.Commune is null || (territory.KindsIn(item.Commune) & Lights) != 0)],
            },
        };
    }
}
