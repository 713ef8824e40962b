using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>The orders of a commune, by number, by key and by alarm. Immutable.</summary>
public sealed class WorkOrderBook
{
    /// <summary>No orders.</summary>
    public static readonly WorkOrderBook Empty = new(
        ImmutableSortedDictionary<long, WorkOrder>.Empty,
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal),
        0);

    private readonly ImmutableSortedDictionary<long, WorkOrder> _orders;
    private readonly ImmutableDictionary<string, long> _byKey;

    // The newest order of each alarm.
    private readonly ImmutableDictionary<string, long> _byAlarm;

    private WorkOrderBook(ImmutableSortedDictionary<long, WorkOrder> orders, ImmutableDictionary<string, long> byKey, ImmutableDictionary<string, long> byAlarm, int live) =>
        (_orders, _byKey, _byAlarm, Live) = (orders, byKey, byAlarm, live);

    /// <summary>Orders that have not ended.</summary>
    public int Live { get; }

    /// <summary>Every order, by number.</summary>
    public IEnumerable<WorkOrder> Orders => _orders.Values;

    /// <summary>The order of that number, null when there is none.</summary>
    public WorkOrder? Find(long number) => _orders.GetValueOrDefault(number);

    /// <summary>The order of that id, null when there is none.</summary>
    public WorkOrder? Find(string id) =>
        WorkOrder.CommuneOf(id) is { } commune && long.TryParse(id.AsSpan(commune.Length + 1), out var number) && Find(number) is { } order && order.Id == id ? order : null;

    /// <summary>The order that was asked for under that key, null when there is none.</summary>
    public WorkOrder? OfKey(string key) => _byKey.TryGetValue(key, out var number) ? Find(number) : null;

    /// <summary>The newest order of that alarm, null when there is none.</summary>
    public WorkOrder? OfAlarm(string alarm) => _byAlarm.TryGetValue(alarm, out var number) ? Find(number) : null;

    /// <summary>The order, not ended, that another citizen has asked for with the same service for the same device; null when there is none.</summary>
    public WorkOrder? OfReport(WorkOrderRequest request) => request is { Report.Service: { } service, Device: { } device }
        ? Orders.FirstOrDefault(order => !order.IsEnded && order.Request.Device == device && order.Request.Report?.Service == service)
        : null;

    /// <summary>Orders that citizens have asked for and that have not ended.</summary>
    public int LiveOfCitizens() => Orders.Count(order => !order.IsEnded && order.Request.Origin == WorkOrderOrigin.Citizen);

    /// <summary>With an order in place of the one of its number.</summary>
    public WorkOrderBook With(WorkOrder order)
    {
        var former = Find(order.Number);
        var live = Live - (former is { IsEnded: false } ? 1 : 0) + (order.IsEnded ? 0 : 1);
        var byKey = former is null || former.JoinedBy == order.JoinedBy ? _byKey : _byKey.RemoveRange(former.JoinedBy);
        byKey = byKey.SetItems(KeysOf(order).Select(key => KeyValuePair.Create(key, order.Number)));
        var byAlarm = order.Request.Alarm is { } alarm && _byAlarm.GetValueOrDefault(alarm) <= order.Number ? _byAlarm.SetItem(alarm, order.Number) : _byAlarm;
        return new(_orders.SetItem(order.Number, order), byKey, byAlarm, live);
    }

    /// <summary>Without the ended orders whose time is over, and without the oldest of those that are too many.</summary>
    /// <param name="now">Now.</param>
    /// <param name="maximumEnded">Ended orders that are kept.</param>
    public WorkOrderBook Retained(DateTimeOffset now, int maximumEnded = IWorkOrdersGrain.MaximumEnded)
    {
        var before = now.AddDays(-IWorkOrdersGrain.KeptDays);
        var over = _orders.Count - Live - maximumEnded;
        if (over <= 0 && _orders.Values.All(order => order.EndedAt is null || order.EndedAt >= before))
        {
            return this;
        }

        var gone = _orders.Values.Where(order => order.IsEnded).OrderBy(order => order.EndedAt).Where((order, index) => index < over || order.EndedAt < before);
        return gone.Aggregate(this, (book, order) => book.Without(order));
    }

    /// <summary>Orders that match, by rank.</summary>
    public IEnumerable<WorkOrder> List(WorkOrderQuery query, DateTimeOffset now) => _orders.Values
        .Where(order => Matches(order, query, now))
        .Select(order => (Rank: order.Rank(), Order: order))
        .Where(item => query.After is null || string.CompareOrdinal(item.Rank, query.After) > 0)
        .OrderBy(item => item.Rank, StringComparer.Ordinal)
        .Take(query.Limit)
        .Select(item => item.Order);

    /// <summary>True when a query of these kinds has an order about such a kind in it.</summary>
    public static bool Includes(DeviceKinds kinds, DeviceKind? kind) => kind is { } known ? (kinds & (DeviceKinds)(1 << (int)known)) != 0 : kinds == DeviceKinds.All;

    private static bool Matches(WorkOrder order, WorkOrderQuery query, DateTimeOffset now) =>
        (query.States.IsEmpty || query.States.Contains(order.State))
        && Includes(query.Kinds, order.Request.Kind)
        && (query.Device is null || query.Device == order.Request.Device)
        && (query.Contractor is null || query.Contractor == order.Contractor)
        && (query.Lot is null || query.Lot == order.Lot)
        && (query.IsOverdue is null || query.IsOverdue == order.IsOverdueAt(now))
        && (query.Origin is null || query.Origin == order.Request.Origin)
        && (query.From is null || order.OpenedAt >= query.From)
        && (query.To is null || order.OpenedAt < query.To);

    private static IEnumerable<string> KeysOf(WorkOrder order) => order.Request.Key is { } key ? order.JoinedBy.Prepend(key) : order.JoinedBy;

    private WorkOrderBook Without(WorkOrder order)
    {
        var byKey = _byKey.RemoveRange(KeysOf(order).Where(key => _byKey.GetValueOrDefault(key) == order.Number));
        var byAlarm = order.Request.Alarm is { } alarm && _byAlarm.GetValueOrDefault(alarm) == order.Number ? _byAlarm.Remove(alarm) : _byAlarm;
        return new(_orders.Remove(order.Number), byKey, byAlarm, Live - (order.IsEnded ? 0 : 1));
    }
}
