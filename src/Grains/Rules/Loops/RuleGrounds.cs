using System.Collections.Frozen;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Rules.Loops;

/// <summary>Finds where rules hold, by their scopes; each scope once. A membership counts whenever it holds: a rule stays published longer than a day.</summary>
/// <param name="table">Communes.</param>
/// <param name="bodies">Bodies and their members.</param>
/// <param name="devices">Where devices are.</param>
internal sealed class RuleGrounds(ITerritoryTable table, IBodyRegistry bodies, IDeviceDirectory devices)
{
    private readonly Dictionary<string, (RuleGround Ground, DeviceKinds Kinds)> _known = new(StringComparer.Ordinal);

    /// <summary>The ground of a scope, and the kinds for which the scope is competent on some of it.</summary>
    public async Task<(RuleGround Ground, DeviceKinds Kinds)> OfAsync(string scope)
    {
        if (!_known.TryGetValue(scope, out var known))
        {
            _known[scope] = known = await FindAsync(scope);
        }

        return known;
    }

    private async Task<(RuleGround Ground, DeviceKinds Kinds)> FindAsync(string scope)
    {
        if (RuleScopes.DeviceOf(scope) is { } device)
        {
            // One that is not registered yet may come anywhere.
            return (new RuleGround(scope, device, devices.Find(device) is { } address ? Set([SectorMap.CommuneOf(address.Sector)]) : null), DeviceKinds.All);
        }

        var (word, key) = scope.Split(':') is [var first, var second] ? (first, second) : (scope, "");
        if (word == "syndicate")
        {
            var members = await bodies.GetMembersAsync(key, CancellationToken.None);
            return (new RuleGround(scope, null, Set(members.Select(member => member.Commune))), members.Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds));
        }

        return (new RuleGround(scope, null, word switch
        {
            "commune" => Set([key]),
            "department" => Set(table.CommunesOf(key).Select(commune => commune.InseeCode)),
            _ => null,
        }), DeviceKinds.All);
    }

    private static FrozenSet<string> Set(IEnumerable<string> communes) => communes.ToFrozenSet(StringComparer.Ordinal);
}
