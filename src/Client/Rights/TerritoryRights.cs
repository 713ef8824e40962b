using Grid.Client.Authentication;
using Grid.Client.Live;
using Grid.Client.Territories;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Client.Rights;

/// <summary>Finds out where a caller's rights hold, and whether something lies there.</summary>
public sealed class TerritoryRights(ITerritoryTable table, ScopeMembers members, IDeviceRegistry registry)
{
    /// <summary>Where the rights of somebody hold today.</summary>
    public async ValueTask<Territory> OfAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (actor.Territory is not { } scopes)
        {
            return Territory.Whole;
        }

        var communes = new Dictionary<string, DeviceKinds>(StringComparer.Ordinal);
        foreach (var scope in scopes)
        {
            foreach (var member in await MembersAsync(scope, cancellationToken))
            {
                communes[member.Commune.InseeCode] = communes.GetValueOrDefault(member.Commune.InseeCode) | member.Kinds;
            }
        }

        return new Territory(communes, scopes);
    }

    /// <summary>True when all of a scope is in the territory, also what may come to it. A text that is no scope is in none.</summary>
    public async ValueTask<bool> CoversAsync(Territory territory, string? text, CancellationToken cancellationToken) =>
        territory.IsWhole
        || (LiveScope.TryParse(text, out var scope)
            && (scope.Kind == ScopeKind.Device ? await CoversDeviceAsync(territory, scope.Key, cancellationToken) : territory.CoversTerritory(scope)));

    /// <summary>True when something of a scope is in the territory.</summary>
    public async ValueTask<bool> OverlapsAsync(Territory territory, string? text, CancellationToken cancellationToken) =>
        territory.IsWhole
        || (LiveScope.TryParse(text, out var scope) && (
            scope.Kind == ScopeKind.All
            || await CoversAsync(territory, text, cancellationToken)
            || (await MembersAsync(scope, cancellationToken)).Any(member => (member.Kinds & territory.KindsIn(member.Commune.InseeCode)) != 0)));

    /// <summary>True when a device is registered, and in the territory. What is not registered may come anywhere.</summary>
    public async ValueTask<bool> CoversDeviceAsync(Territory territory, string device, CancellationToken cancellationToken) =>
        territory.IsWhole || (await registry.GetAsync(device, cancellationToken) is { Descriptor: { } found } && territory.Covers(found.Commune, found.Kind));

    /// <summary>True when all that a selector may choose is in the territory: one of what it narrows by is, or each of the devices that it names.</summary>
    public async ValueTask<bool> CoversAsync(Territory territory, GroupSelector selector, CancellationToken cancellationToken)
    {
        string?[] narrowing = [Scope("commune", selector.Commune), Scope("syndicate", selector.Syndicate), Scope("department", selector.Department)];
        foreach (var scope in narrowing)
        {
            if (scope is not null && await CoversAsync(territory, scope, cancellationToken))
            {
                return true;
            }
        }

        return territory.IsWhole || (!selector.Ids.IsDefaultOrEmpty && await CoversDevicesAsync(territory, selector.Ids, cancellationToken));
    }

    /// <summary>True when each of the devices is registered, and in the territory.</summary>
    public async ValueTask<bool> CoversDevicesAsync(Territory territory, IEnumerable<string> devices, CancellationToken cancellationToken)
    {
        foreach (var device in devices.Distinct(StringComparer.Ordinal))
        {
            if (!await CoversDeviceAsync(territory, device, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private static string? Scope(string word, string? key) => key is null ? null : $"{word}:{key}";

    private async ValueTask<IEnumerable<MemberCommune>> MembersAsync(LiveScope scope, CancellationToken cancellationToken) => scope.Kind switch
    {
        ScopeKind.Commune => table.FindCommune(scope.Key) is { } commune ? [new MemberCommune(commune, DeviceKinds.All)] : [],
        ScopeKind.Syndicate => await members.OfBodyAsync(scope.Key, cancellationToken) ?? [],
        ScopeKind.Department => members.OfDepartment(scope.Key) ?? [],
        _ => [],
    };
}
