using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>How long orders took, by contractor and lot. Pure.</summary>
public static class DelayRules
{
    /// <summary>Of the orders of these kinds that were opened from an instant on. Those that were cancelled do not count.</summary>
    public static ImmutableArray<WorkOrderDelays> Of(IEnumerable<WorkOrder> orders, DeviceKinds kinds, DateTimeOffset since, DateTimeOffset now) =>
    [
        .. orders
            .Where(order => order.State != WorkOrderState.Cancelled && order.OpenedAt >= since && WorkOrderBook.Includes(kinds, order.Request.Kind))
            .GroupBy(order => (order.Contractor, order.Lot))
            .OrderBy(group => group.Key.Contractor, StringComparer.Ordinal).ThenBy(group => group.Key.Lot, StringComparer.Ordinal)
            .Select(group => new WorkOrderDelays
            {
                Contractor = group.Key.Contractor,
                Lot = group.Key.Lot,
                Count = group.Count(),
                Pending = group.Count(order => order.State != WorkOrderState.Repaired && !order.IsEnded),
                Overdue = group.Count(order => order.Clock.IsLateAt(now)),
                Minutes = [.. group.Where(order => order.Repair is not null).Select(order => (int)Math.Min(int.MaxValue, order.Clock.Used.TotalMinutes)).Order()],
            }),
    ];
}
