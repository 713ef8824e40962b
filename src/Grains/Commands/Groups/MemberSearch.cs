using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a selector found: lanes by sector, or what is wrong with it.</summary>
/// <param name="Lanes">Lanes by sector (ordinal).</param>
/// <param name="Members">Members in them.</param>
/// <param name="Field">The field at fault; null when there is none.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record FoundMembers(ImmutableSortedDictionary<string, ImmutableArray<GroupLane>> Lanes, int Members, string? Field = null, string? Reason = null)
{
    /// <summary>Nothing was found, for a reason.</summary>
    public static FoundMembers Fault(string field, string reason) =>
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
            return FoundMembers.Fault("name", $"is no command of a group; one of {string.Join(' ', GroupCatalog.ByName.Keys.Order(StringComparer.Ordinal))}");
        }

        if (selector is { Commune: null, Syndicate: null, Department: null, Ids.IsDefaultOrEmpty: true, Box: null })
        {
            return FoundMembers.Fault("selector", "selects nothing: give one of commune, syndicate, department, ids, bbox");
        }

        if (selector.Kind is { } kind && (command.Kinds & KindOf(kind)) == 0)
        {
            return FoundMembers.Fault("selector.kind", $"{kind.ToString().ToLowerInvariant()} does not understand {request.Name}");
        }

        if (!selector.Ids.IsDefault && selector.Ids.Length > GroupCatalog.MaximumIds)
        {
            return FoundMembers.Fault("selector.ids", $"names more than {GroupCatalog.MaximumIds} devices");
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
            ? FoundMembers.Fault("selector", $"has no device that understands {request.Name}")
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
            var records = await Task.WhenAll(ids.Select(id => registry.GetAsync(id, cancellationToken)));
            for (var index = 0; index < ids.Length; index++)
            {
                if (records[index] is not { Descriptor: var device } record)
                {
                    return FoundMembers.Fault("selector.ids", $"has an unknown device, {ids[index]}");
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
    private async Task<(Dictionary<string, DeviceKinds>? Communes, string? Field, string Reason)> CommunesAsync(GroupSelector selector, CancellationToken cancellationToken)
    {
        Dictionary<string, DeviceKinds>? communes = null;
        if (selector.Commune is { } commune)
        {
            if (table.FindCommune(commune) is null)
            {
                return (null, "selector.commune", "is no commune that is known");
            }

            communes = new(StringComparer.Ordinal) { [commune] = DeviceKinds.All };
        }

        if (selector.Department is { } department)
        {
            if (table.FindDepartment(department) is null)
            {
                return (null, "selector.department", "is no department that is known");
            }

            communes = Narrow(communes, table.CommunesOf(department).Select(item => (item.InseeCode, DeviceKinds.All)));
        }

        if (selector.Syndicate is { } siren)
        {
            if (await bodies.GetAsync(siren, cancellationToken) is null)
            {
                return (null, "selector.syndicate", "is no body that is known");
            }

            var held = (await bodies.GetMembersAsync(siren, cancellationToken)).Where(member => table.FindCommune(member.Commune) is { } known && member.HoldsOn(Today(known)));
            communes = Narrow(communes, held.GroupBy(member => member.Commune, StringComparer.Ordinal)
                .Select(group => (group.Key, group.Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds))));
        }

        return (communes, null, string.Empty);
    }

    private DateOnly Today(Commune commune) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
        clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(table.FindDepartment(commune.Department)?.ZoneId ?? "Europe/Paris")).DateTime);

    private static Dictionary<string, DeviceKinds> Narrow(Dictionary<string, DeviceKinds>? communes, IEnumerable<(string Commune, DeviceKinds Kinds)> held) => held
        .Where(item => communes is null || communes.ContainsKey(item.Commune))
        .ToDictionary(item => item.Commune, item => item.Kinds & (communes?[item.Commune] ?? DeviceKinds.All), StringComparer.Ordinal);

    private static DeviceKinds KindOf(DeviceKind kind) => (DeviceKinds)(1 << (int)kind);

    private static FoundMembers TooMany() => FoundMembers.Fault("selector", $"has more than {GroupCatalog.MaximumMembers} members; split it");
}
