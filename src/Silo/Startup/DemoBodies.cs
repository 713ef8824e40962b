using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Silo.Startup;

/// <summary>
/// The bodies of the demo department: its real EPCI, and one energy syndicate for lighting and buildings over all its communes but those of
/// its most populous EPCI, which (as Brest Métropole does) lights its own streets.
/// </summary>
internal static class DemoBodies
{
    /// <summary>Demo key of the syndicate of a department: 999, zeros, the department's code.</summary>
    public static string SyndicateOf(string department) => "999" + Digits(department).PadLeft(6, '0');

    public static async Task ProvisionAsync(IBodyRegistry bodies, ITerritoryTable territory, string department, CancellationToken cancellationToken)
    {
        var communes = territory.CommunesOf(department);
        var sirens = communes.Select(commune => commune.EpciSiren).OfType<string>().Distinct(StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var byEpci = territory.Communes.Where(commune => commune.EpciSiren is { } siren && sirens.Contains(siren)).ToLookup(commune => commune.EpciSiren!);
        foreach (var epci in territory.Epcis.Where(epci => sirens.Contains(epci.Siren)))
        {
            await bodies.PutAsync(epci, cancellationToken);
            await bodies.PutMembersAsync(epci.Siren, MembersOf(epci.Siren, byEpci[epci.Siren], DeviceKinds.All), cancellationToken);
        }

        var apart = byEpci.OrderByDescending(members => members.Sum(commune => commune.Population)).FirstOrDefault()?.Key;
        var syndicate = SyndicateOf(department);
        var name = $"Syndicat d'énergie – {territory.FindDepartment(department)!.Name} (démonstration)";
        await bodies.PutAsync(new Body(syndicate, name, BodyKind.Syndicate), cancellationToken);
        await bodies.PutMembersAsync(
            syndicate,
            MembersOf(syndicate, communes.Where(commune => apart is null || commune.EpciSiren != apart), DeviceKinds.Cabinet | DeviceKinds.Streetlight | DeviceKinds.Building),
            cancellationToken);
    }

    private static ImmutableArray<Membership> MembersOf(string body, IEnumerable<Commune> communes, DeviceKinds kinds) =>
        [.. communes.Select(commune => new Membership(commune.InseeCode, body, kinds, null, null))];

    /// <summary>Corsica's letters become digits: 2A is 201, 2B is 202.</summary>
    private static string Digits(string department) =>
        department.Replace("A", "01", StringComparison.Ordinal).Replace("B", "02", StringComparison.Ordinal);
}
