using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Sectors;

namespace Grid.Grains.Interventions;

/// <summary>What measurements do to a work order: confirm a repair, doubt it, reopen what is back, close what has gone by itself. Pure.</summary>
/// <param name="rules">The life cycle.</param>
public sealed class ConfirmationRules(WorkOrderRules rules)
{
    /// <summary>An alarm that has returned to normal before anybody came, and stayed so for this long, closes its order.</summary>
    public static readonly TimeSpan VanishesAfter = TimeSpan.FromHours(24);

    /// <summary>The condition of its alarm holds, or has returned to normal. The same order when that changes nothing.</summary>
    public WorkOrder AlarmChanged(WorkOrder order, bool isActive, DateTimeOffset at, DateTimeOffset now)
    {
        if (at < order.AlarmAt || (at == order.AlarmAt && isActive == order.IsAlarmActive))
        {
            return order;
        }

        var told = order with { IsAlarmActive = isActive, AlarmAt = at };
        if (!isActive)
        {
            return order.State == WorkOrderState.Repaired ? rules.End(told, WorkOrderState.Closed, now, WorkOrderVerb.Confirm, WorkOrder.Grid) : Changed(told);
        }

        return order.State == WorkOrderState.Repaired && at > order.Repair!.At ? rules.Reopen(told, now, WorkOrderVerb.Recur, WorkOrder.Grid)
            : order.State == WorkOrderState.Closed && Recurs(order, at) ? rules.Reopen(told, now, WorkOrderVerb.Recur, WorkOrder.Grid)
            : Changed(told);
    }

    /// <summary>True when a raise after the closing is the same fault again.</summary>
    public static bool Recurs(WorkOrder order, DateTimeOffset raisedAt) => raisedAt > order.EndedAt && raisedAt <= order.EndedAt + TimeSpan.FromDays(order.Terms.RecurrenceDays);

    /// <summary>Time has passed. The same order when that changes nothing.</summary>
    /// <param name="order">The order.</param>
    /// <param name="glance">What its sector knows of its device; null when it has none, or that is not known.</param>
    /// <param name="now">Now.</param>
    public WorkOrder Look(WorkOrder order, DeviceGlance? glance, DateTimeOffset now)
    {
        if (order.State == WorkOrderState.Repaired)
        {
            var repair = order.Repair!;
            if (order.IsAlarmActive == false || glance is { Status: DeviceStatus.Ok } device && device.LastSeen > repair.At)
            {
                return rules.End(order, WorkOrderState.Closed, now, WorkOrderVerb.Confirm, WorkOrder.Grid);
            }

            // What nothing measures waits for a person.
            var isMeasured = order.Request.Alarm is not null || glance?.SilentAfter is not null;
            return isMeasured && now >= repair.At + TimeSpan.FromHours(order.Terms.ConfirmHours) ? rules.Reopen(order, now, WorkOrderVerb.Doubt, WorkOrder.Grid) : order;
        }

        var isUntouched = WorkOrderRules.IsPending(order) && order.Visits.All(visit => visit.ArrivedAt < order.WaitsSince);
        return isUntouched && order.IsAlarmActive == false && now >= order.AlarmAt + VanishesAfter
            ? rules.End(order, WorkOrderState.Closed, now, WorkOrderVerb.Vanish, WorkOrder.Grid)
            : order;
    }

    /// <summary>True for an order to which time, its alarm or its device can do something by itself.</summary>
    public static bool WantsLook(WorkOrder order, DateTimeOffset now) => order.State switch
    {
        WorkOrderState.Repaired => (order.Request.Device ?? order.Request.Alarm) is not null,
        WorkOrderState.Open or WorkOrderState.Assigned or WorkOrderState.Reopened or WorkOrderState.Paused => order.Request.Alarm is not null,
        WorkOrderState.Closed => order.Request.Alarm is not null && now <= order.EndedAt + TimeSpan.FromDays(order.Terms.RecurrenceDays),
        WorkOrderState.Cancelled => false,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order.State, "Unknown state."),
    };

    private static WorkOrder Changed(WorkOrder order) => order with { Version = order.Version + 1 };
}
