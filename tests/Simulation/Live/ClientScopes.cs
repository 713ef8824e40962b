using Grid.Client.Live;
using Grid.Contracts.Devices;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Live;

/// <summary>What the clients of a world look at: something of everything.</summary>
internal static class ClientScopes
{
    public static IEnumerable<(LiveScope Scope, WatchFilter Filter)> Choose(World world, int clients)
    {
        var chance = world.ChanceOf("scopes");
        for (var number = 0; number < clients; number++)
        {
            var scope = (number % 4) switch
            {
                0 => new LiveScope(ScopeKind.Commune, chance.OneOf(world.Communes).InseeCode),
                1 => new LiveScope(ScopeKind.Department, world.Options.Department),
                2 => new LiveScope(ScopeKind.Syndicate, chance.OneOf([.. world.Bodies.Select(body => body.Body.Siren)])),
                _ => new LiveScope(ScopeKind.All, ""),
            };
            var kinds = chance.Happens(0.3) ? DeviceKinds.Streetlight | DeviceKinds.Meter : DeviceKinds.All;
            yield return (scope, new WatchFilter(kinds, null, Devices: number % 4 != 3));
        }
    }
}
