using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Grid.Client.Live;
using Grid.Client.Paging;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Client.Interventions;

/// <summary>Communes whose orders are asked for, with the kinds of device that count there.</summary>
/// <param name="Communes">By INSEE code.</param>
/// <param name="Device">Only this device; null for all.</param>
internal sealed record WorkOrderScope(IReadOnlyList<(string Commune, DeviceKinds Kinds)> Communes, string? Device);

/// <summary>Orders of many communes in one list.</summary>
internal sealed class WorkOrderListing(IGridGrains grains, ScopeMembers members, IDeviceRegistry registry, ITerritoryTable table)
{
    /// <summary>Communes that are asked at the same time: what they answer is in memory together.</summary>
    private const int AtOnce = 16;

    /// <summary>The communes of a scope that have had an order; null, with the fault noted, when there is no such scope.</summary>
    public async Task<WorkOrderScope?> ResolveAsync(QueryReader query, CancellationToken cancellationToken)
    {
        if (!LiveScope.TryParse(query.Text("scope") ?? "all", out var scope))
        {
            query.Reject("scope", "is none of device:ID commune:INSEE syndicate:SIREN department:CODE all");
            return null;
        }

        var places = await grains.WorkOrderPlaces().List();
        if (scope.Kind == ScopeKind.All)
        {
            return new([.. places.Select(commune => (commune, DeviceKinds.All))], null);
        }

        if (scope.Kind == ScopeKind.Device)
        {
            // Orders stay with the commune in which they were opened: of a device that has moved since, its commune of now counts.
            var device = await registry.GetAsync(scope.Key, cancellationToken);
            if (device is null)
            {
                query.Reject("scope", "is no device that is registered");
            }

            return device is null ? null : new([.. places.Where(commune => commune == device.Descriptor.Commune).Select(commune => (commune, DeviceKinds.All))], scope.Key);
        }

        ImmutableArray<MemberCommune>? found = scope.Kind switch
        {
            ScopeKind.Commune => table.FindCommune(scope.Key) is { } commune ? [new MemberCommune(commune, DeviceKinds.All)] : null,
            ScopeKind.Syndicate => await members.OfBodyAsync(scope.Key, cancellationToken),
            _ => members.OfDepartment(scope.Key),
        };
        if (found is not { } communes)
        {
            query.Reject("scope", "is none that is known");
            return null;
        }

        var known = places.ToHashSet(StringComparer.Ordinal);
        return new([.. communes.Where(member => known.Contains(member.Commune.InseeCode)).Select(member => (member.Commune.InseeCode, member.Kinds))], null);
    }

    /// <summary>The first orders by rank, at most the query's limit.</summary>
    public async Task<IReadOnlyList<WorkOrder>> ListAsync(WorkOrderScope scope, WorkOrderQuery query)
    {
        List<(string Rank, WorkOrder Order)> first = [];
        foreach (var batch in scope.Communes.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(batch.Select(place => grains.WorkOrders(place.Commune).List(query with { Kinds = place.Kinds, Device = scope.Device }).AsTask()));
            first = [.. first.Concat(answers.SelectMany(orders => orders).Select(order => (order.Rank(), order))).OrderBy(item => item.Item1, StringComparer.Ordinal).Take(query.Limit)];
        }

        return [.. first.Select(item => item.Order)];
    }

    /// <summary>Orders by rank, page after page, at most so many.</summary>
    public async IAsyncEnumerable<WorkOrder> ReadAsync(WorkOrderScope scope, WorkOrderQuery query, int maximum, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = maximum;
        while (left > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await ListAsync(scope, query with { Limit = Math.Min(left, QueryReader.MaximumLimit) });
            foreach (var order in page)
            {
                yield return order;
            }

            if (page.Count < QueryReader.MaximumLimit)
            {
                yield break;
            }

            left -= page.Count;
            query = query with { After = page[^1].Rank() };
        }
    }

    /// <summary>Delays by contractor and lot over all communes of a scope.</summary>
    public async Task<IReadOnlyList<DelayModel>> DelaysAsync(WorkOrderScope scope, DateTimeOffset since)
    {
        var all = new List<WorkOrderDelays>();
        foreach (var batch in scope.Communes.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(batch.Select(place => grains.WorkOrders(place.Commune).GetDelays(place.Kinds, since).AsTask()));
            all.AddRange(answers.SelectMany(delays => delays));
        }

        return DelayFigures.Of(all);
    }
}
