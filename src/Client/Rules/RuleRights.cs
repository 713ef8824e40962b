using Grid.Client.Rights;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Rules;

/// <summary>
/// Who may do what with a rule: change it, who has rights over all that it is for and all that it acts on; read it, who has rights over some of what it is for.
/// A rule without a territory (<c>all</c>) is changed only by who has rights everywhere.
/// </summary>
public sealed class RuleRights(TerritoryRights rights, IDeviceDirectory devices, IGridGrains grains)
{
    /// <summary>True when the caller may read a rule: its newest version, or the one that is followed.</summary>
    public async ValueTask<bool> MayReadAsync(HttpContext http, RuleView view)
    {
        var territory = Territory.Of(http);
        foreach (var version in view.Versions.Where((version, place) => place == 0 || version.Version == view.Published))
        {
            if (await rights.OverlapsAsync(territory, version.Scope, http.RequestAborted))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the caller may read a rule of a list.</summary>
    public async ValueTask<bool> MayReadAsync(HttpContext http, RuleListing listing)
    {
        var territory = Territory.Of(http);
        return await rights.OverlapsAsync(territory, listing.Scope, http.RequestAborted)
            || (listing.Published is { } published && await rights.OverlapsAsync(territory, published.Scope, http.RequestAborted));
    }

    /// <summary>True when the caller may change a rule that is there: its newest version, the one that is followed, and these.</summary>
    public async ValueTask<bool> MayChangeAsync(HttpContext http, RuleView view, params long?[] versions)
    {
        if (Territory.Of(http).IsWhole)
        {
            return true;
        }

        foreach (var version in view.Versions.Where((version, place) => place == 0 || version.Version == view.Published || versions.Contains(version.Version)))
        {
            if (!await MayWriteAsync(http, view.Id, new RuleDraft { Name = version.Name, Scope = version.Scope, Json = version.Json }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the caller may write a rule, or try it; also when it is wrong, which whoever takes it says.</summary>
    /// <param name="http">The request.</param>
    /// <param name="id">Its id.</param>
    /// <param name="draft">The rule.</param>
    /// <param name="scopes">For whom; the scope of the rule when there is none.</param>
    public async ValueTask<bool> MayWriteAsync(HttpContext http, string id, RuleDraft draft, params IReadOnlyList<string> scopes)
    {
        var territory = Territory.Of(http);
        if (territory.IsWhole)
        {
            return true;
        }

        if (await grains.Rule(id).TargetsOf(draft) is not { } targets)
        {
            return true;
        }

        foreach (var scope in scopes.Count > 0 ? scopes : [draft.Scope])
        {
            if (!await rights.CoversAsync(territory, scope, http.RequestAborted) || (targets.IsBeyondDevice && !CoversCommuneOf(territory, scope)))
            {
                return false;
            }
        }

        foreach (var endpoint in targets.Endpoints)
        {
            // Who is told may be somebody for a wider territory; not somebody of another.
            if (await grains.NotificationEndpoints().Find(endpoint) is { } found && !await rights.OverlapsAsync(territory, found.Scope, http.RequestAborted))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when what a rule did, or was to do, is to be shown: of a device that is here, or of a commune.</summary>
    public bool MaySee(HttpContext http, string source)
    {
        var territory = Territory.Of(http);
        return territory.IsWhole
            || (AlarmIds.SectorOf(source) is { } ofCommune ? territory.Covers(SectorMap.CommuneOf(ofCommune), DeviceKinds.All)
                : source.StartsWith("commune:", StringComparison.Ordinal) ? territory.Covers(source["commune:".Length..], DeviceKinds.All)
                : devices.Find(source) is { } address && territory.Covers(SectorMap.CommuneOf(address.Sector), address.Kind));
    }

    // A rule for one device may command all of its commune, look at its neighbours, and set a flag of the commune.
    private bool CoversCommuneOf(Territory territory, string scope) =>
        !scope.StartsWith("device:", StringComparison.Ordinal)
        || (devices.Find(scope["device:".Length..]) is { } address && territory.Covers(SectorMap.CommuneOf(address.Sector), DeviceKinds.All));
}
