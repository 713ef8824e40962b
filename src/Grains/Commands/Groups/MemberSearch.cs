using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Waiting;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a selector found: lanes by sector, or what is wrong with it.</summary>
/// <param name="Lanes">Lanes by sector (ordinal).</param>
/// <param name="Members">Members in them.</param>
/// <param name="Field">The field at fault; null when there is none.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record FoundMembers(ImmutableSortedDictionary<string, ImmutableArray<GroupLane>> Lanes, int Members, string? Field = null, BilingualText? Reason = null)
{
    /// <summary>Nothing was found, for a reason.</summary>
    public static FoundMembers Fault(string field, BilingualText reason) =>
        new(ImmutableSortedDictionary<string, ImmutableArray<GroupLane>>.Empty, 0, field, reason);
}

/// <summary>Finds the members of a group command in the registry. Bodies have what they are competent for on the communes' local day.</summary>
public sealed class MemberSearch(IDeviceRegistry registry, IBodyRegistry bodies, ITerritoryTable table, TimeProvider clock)
{
    private const int PageSize = 10_000;
    private const int IdsAtOnce = 64;

    /// <summary>The members of a request.</summary>
    public async Task<FoundMembers> FindAsync(GroupRequest request, CancellationToken cancellationToken)
    {
        var selector = request.Selector;
        if (!GroupCatalog.ByName.TryGetValue(request.Name, out var command))
        {
            return FoundMembers.Fault("name", NoCommand(string.Join(' ', GroupCatalog.ByName.Keys.Order(StringComparer.Ordinal))));
        }

        if (selector is { Commune: null, Syndicate: null, Department: null, Ids.IsDefaultOrEmpty: true, Box: null })
        {
            return FoundMembers.Fault("selector", new(
                "ne choisit rien : donnez commune, syndicate, department, ids ou bbox", "selects nothing: give one of commune, syndicate, department, ids, bbox"));
        }

        if (selector.Kind is { } kind && (command.Kinds & KindOf(kind)) == 0)
        {
            return FoundMembers.Fault("selector.kind", new(
                $"{kind.ToString().ToLowerInvariant()} ne comprend pas {request.Name}", $"{kind.ToString().ToLowerInvariant()} does not understand {request.Name}"));
        }

        if (!selector.Ids.IsDefault && selector.Ids.Length > GroupCatalog.MaximumIds)
        {
            return FoundMembers.Fault("selector.ids", new($"nomme plus de {GroupCatalog.MaximumIds} équipements", $"names more than {GroupCatalog.MaximumIds} devices"));
        }

        var (communes, field, reason) = await CommunesAsync(selector, cancellationToken);
        if (field is not null)
        {
            return FoundMembers.Fault(field, reason);
        }

        var members = new MemberCollection(request);
        var fault = selector.Ids.IsDefaultOrEmpty
            ? await CollectTerritoryAsync(selector, command.Kinds, communes, members, cancellationToken)
            : await CollectIdsAsync(selector, communes, members, cancellationToken);
        members.Complete();
        return fault ?? (members.Count > GroupCatalog.MaximumMembers ? TooMany() : members.Count == 0
            ? FoundMembers.Fault("selector", new($"n’a aucun équipement qui comprend {request.Name}", $"has no device that understands {request.Name}"))
            : new FoundMembers(members.Lanes(), members.Count));
    }

    private async Task<FoundMembers?> CollectTerritoryAsync(
        GroupSelector selector, DeviceKinds kinds, Dictionary<string, DeviceKinds>? communes, MemberCollection members, CancellationToken cancellationToken)
    {
        var query = new DeviceQuery
        {
            Communes = communes is null ? default : [.. communes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))],
            Kinds = selector.Kind is { } kind ? KindOf(kind) : kinds,
            Box = selector.Box,
            Limit = PageSize,
        };
        while (true)
        {
            var page = await registry.ListAsync(query, cancellationToken);
            foreach (var record in page)
            {
                members.Add(record);
            }

            if (members.Count > GroupCatalog.MaximumMembers)
            {
                return TooMany();
            }

            if (page.Length < PageSize)
            {
                return null;
            }

            query = query with { After = page[^1].Descriptor.Id };
        }
    }

    private async Task<FoundMembers?> CollectIdsAsync(
        GroupSelector selector, Dictionary<string, DeviceKinds>? communes, MemberCollection members, CancellationToken cancellationToken)
    {
        foreach (var ids in selector.Ids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(IdsAtOnce))
        {
            var records = await Waits.All(ids.Select(id => registry.GetAsync(id, cancellationToken)));
            for (var index = 0; index < ids.Length; index++)
            {
                if (records[index] is not { Descriptor: var device } record)
                {
                    return FoundMembers.Fault("selector.ids", new($"a un équipement inconnu, {ids[index]}", $"has an unknown device, {ids[index]}"));
                }

                var isMeant = (selector.Kind is not { } kind || kind == device.Kind)
                    && (communes is null || (communes.GetValueOrDefault(device.Commune) & KindOf(device.Kind)) != 0)
                    && (selector.Box is not { } box || (device.Position is { } position && box.Contains(position)));
                if (isMeant)
                {
                    members.Add(record);
                }
            }
        }

        return null;
    }

    /// <summary>The communes that all of commune, body and department hold, with the kinds that are meant there; null for every one.</summary>
    private async Task<(Dictionary<string, DeviceKinds>? Communes, string? Field, BilingualText Reason)> CommunesAsync(GroupSelector selector, CancellationToken cancellationToken)
    {
        Dictionary<string, DeviceKinds>? communes = null;
        if (selector.Commune is { } commune)
        {
            if (table.FindCommune(commune) is null)
            {
                return (null, "selector.commune", new("n’est aucune commune connue", "is no commune that is known"));
            }

            communes = new(StringComparer.Ordinal) { [commune] = DeviceKinds.All };
        }

        if (selector.Department is { } department)
        {
            if (table.FindDepartment(department) is null)
            {
                return (null, "selector.department", new("n’est aucun département connu", "is no department that is known"));
            }

            communes = Narrow(communes, table.CommunesOf(department).Select(item => (item.InseeCode, DeviceKinds.All)));
        }

        if (selector.Syndicate is { } siren)
        {
            if (await bodies.GetAsync(siren, cancellationToken) is null)
            {
                return (null, "selector.syndicate", new("n’est aucune collectivité connue", "is no body that is known"));
            }

            var held = (await bodies.GetMembersAsync(siren, cancellationToken)).Where(member => table.FindCommune(member.Commune) is { } known && member.HoldsOn(Today(known)));
            communes = Narrow(communes, held.GroupBy(member => member.Commune, StringComparer.Ordinal)
                .Select(group => (group.Key, group.Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds))));
        }

        return (communes, null, default);
    }

    private DateOnly Today(Commune commune) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
        clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(table.FindDepartment(commune.Department)?.ZoneId ?? "Europe/Paris")).DateTime);

    private static Dictionary<string, DeviceKinds> Narrow(Dictionary<string, DeviceKinds>? communes, IEnumerable<(string Commune, DeviceKinds Kinds)> held) => held
        .Where(item => communes is null || communes.ContainsKey(item.Commune))
        .ToDictionary(item => item.Commune, item => item.Kinds & (communes?[item.Commune] ?? DeviceKinds.All), StringComparer.Ordinal);

    private static DeviceKinds KindOf(DeviceKind kind) => (DeviceKinds)(1 << (int)kind);

    private static FoundMembers TooMany() => FoundMembers.Fault("selector", new(
        $"a plus de {GroupCatalog.MaximumMembers} membres : partagez-le", $"has more than {GroupCatalog.MaximumMembers} members; split it"));

    private static BilingualText NoCommand(string known) => new($"n’est aucune commande de groupe : {known}", $"is no command of a group; one of {known}");
}
