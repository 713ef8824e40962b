using Grid.Client.Live;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Rights;

/// <summary>Whether what a request reaches is in its caller's territory. What does not exist passes: its handler says 404.</summary>
public sealed class ReachCheck(TerritoryRights rights, IDeviceRegistry registry, ITerritoryTable table, IGridGrains grains)
{
    private const int MaximumIdLength = 64;

    /// <summary>False when something that the request reaches is outside.</summary>
    public async ValueTask<bool> AllowsAsync(HttpContext http, Endpoint endpoint, Territory territory)
    {
        if (territory.IsWhole)
        {
            return true;
        }

        var id = http.GetRouteValue("id") as string ?? "";
        return RouteReach.Of(endpoint) switch
        {
            Reach.Nothing or Reach.Handler => true,
            Reach.Path => await rights.CoversAsync(territory, ScopeOf(http), http.RequestAborted),
            Reach.Device => await AllowsDeviceAsync(http, id, territory),
            Reach.Command => id.Length > MaximumIdLength || await grains.Command(id).Get() is not { } command || await rights.CoversDeviceAsync(territory, command.Device, http.RequestAborted),
            Reach.GroupCommand => id.Length > MaximumIdLength || await grains.GroupCommand(id).Get() is not { } group || await rights.CoversAsync(territory, group.Request.Selector, http.RequestAborted),
            Reach.Alarm => await CoversAlarmAsync(territory, id, http.RequestAborted),
            Reach.WorkOrder => await AllowsWorkOrderAsync(id, territory),
            Reach.Scope => await rights.CoversAsync(territory, http.Request.Query["scope"] is [{ Length: > 0 } scope] ? scope : "all", http.RequestAborted),
            Reach.Filters => await AllowsFiltersAsync(http, territory),
            _ => false,
        };
    }

    /// <summary>True when the source of an alarm is in the territory, by the id of the alarm; also for what is no id.</summary>
    public async ValueTask<bool> CoversAlarmAsync(Territory territory, string id, CancellationToken cancellationToken) =>
        territory.IsWhole
        || !AlarmIds.TryParse(id, out var source, out _)
        || (AlarmIds.SectorOf(source) is { } sector
            ? territory.Covers(SectorMap.CommuneOf(sector), DeviceKinds.All)
            : await rights.CoversDeviceAsync(territory, source, cancellationToken));

    /// <summary>True when the source of each alarm is in the territory.</summary>
    public async ValueTask<bool> CoversAlarmsAsync(Territory territory, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            if (!await CoversAlarmAsync(territory, id, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private static string? ScopeOf(HttpContext http) =>
        http.GetRouteValue("insee") is string insee ? $"commune:{insee}"
        : http.GetRouteValue("siren") is string siren ? $"syndicate:{siren}"
        : http.GetRouteValue("code") is string code ? $"department:{code}"
        : http.GetRouteValue("scope") as string;

    // What is gone may have a history that was another's: only who has rights everywhere deletes that. Who registers a device says where, and its handler asks.
    private async ValueTask<bool> AllowsDeviceAsync(HttpContext http, string id, Territory territory) =>
        await registry.GetAsync(id, http.RequestAborted) is { Descriptor: { } device } ? territory.Covers(device.Commune, device.Kind) : !HttpMethods.IsDelete(http.Request.Method);

    private async ValueTask<bool> AllowsWorkOrderAsync(string id, Territory territory) =>
        WorkOrder.CommuneOf(id) is not { } commune
        || table.FindCommune(commune) is null
        || territory.Covers(commune, DeviceKinds.All)
        || (territory.KindsIn(commune) != DeviceKinds.None && await grains.WorkOrders(commune).Get(id) is { Request.Kind: { } kind } && territory.Covers(commune, kind));

    private async ValueTask<bool> AllowsFiltersAsync(HttpContext http, Territory territory)
    {
        foreach (var word in new[] { "commune", "syndicate", "department" })
        {
            if (http.Request.Query[word] is [{ Length: > 0 } key] && await rights.CoversAsync(territory, $"{word}:{key}", http.RequestAborted))
            {
                return true;
            }
        }

        return false;
    }
}
