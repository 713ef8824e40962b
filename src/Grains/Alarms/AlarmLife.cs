using System.Collections.Immutable;
using Grid.Contracts.Alarms;

namespace Grid.Grains.Alarms;

/// <summary>
/// The life cycle of an alarm, after ISA-18.2 / IEC 62682: pure functions of the alarm, what happens, and when. Conditions, people and time move it; nothing else does.
/// </summary>
public static class AlarmLife
{
    /// <summary>Who acts when nobody does.</summary>
    public const string System = "system";

    /// <summary>Why an alarm returns whose device has moved.</summary>
    private const string Moved = "moved";

    /// <summary>An alarm that comes back within this time after it had returned is the same episode: its first occurrence stays, and its count grows.</summary>
    public static readonly TimeSpan RecurrenceWithin = TimeSpan.FromHours(1);

    /// <summary>Its state.</summary>
    public static AlarmState StateOf(Alarm alarm) => alarm switch
    {
        { IsOutOfService: true } => AlarmState.OutOfService,
        { IsSuppressed: true } => AlarmState.Suppressed,
        { ShelvedUntil: > 0 } => AlarmState.Shelved,
        { RaisedAt: 0 } => AlarmState.Normal,
        { IsActive: true, IsAcknowledged: true } => AlarmState.Acknowledged,
        { IsActive: true } => AlarmState.Unacknowledged,
        { IsAcknowledged: false } => AlarmState.ReturnedUnacknowledged,
        _ => AlarmState.Normal,
    };

    /// <summary>The condition holds from now on: the alarm is raised, at once or after the on-delay.</summary>
    public static Alarm Begin(Alarm alarm, TimeSpan onDelay, long at) => alarm switch
    {
        { IsActive: true } => alarm.ReturnDue == 0 ? alarm : alarm with { ReturnDue = 0 },
        { RaiseDue: > 0 } => alarm,
        _ when onDelay > TimeSpan.Zero => alarm with { RaiseDue = at + (long)onDelay.TotalMilliseconds },
        _ => Raise(alarm, at),
    };

    /// <summary>The condition has ended: the alarm returns, at once or after the off-delay. One that was not raised yet never is.</summary>
    public static Alarm End(Alarm alarm, TimeSpan offDelay, long at) => alarm switch
    {
        { RaiseDue: > 0 } => alarm with { RaiseDue = 0 },
        { IsActive: false } or { ReturnDue: > 0 } => alarm,
        _ when offDelay > TimeSpan.Zero => alarm with { ReturnDue = at + (long)offDelay.TotalMilliseconds },
        _ => Return(alarm, at),
    };

    /// <summary>What time alone has done to it up to an instant, in order.</summary>
    public static Alarm AdvanceTo(Alarm alarm, long now)
    {
        while (alarm.Due <= now)
        {
            alarm = alarm.Due switch
            {
                var due when due == alarm.RaiseDue => Raise(alarm with { RaiseDue = 0 }, due),
                var due when due == alarm.ReturnDue => Return(alarm with { ReturnDue = 0 }, due),
                var due => Unshelve(alarm, due, System, "its time has come"),
            };
        }

        return alarm;
    }

    /// <summary>Why an order cannot be carried out, as field and reason; null when it can, also when nothing has to be done.</summary>
    public static (string Field, string Reason)? Refuse(Alarm? alarm, AlarmOrder order, long now)
    {
        if (order.Id is { } id && alarm?.Orders.Contains(id) == true)
        {
            return null;
        }

        if (order.Note is { Length: > AlarmOrder.LongestNote })
        {
            return (order.Action == AlarmAction.Acknowledge ? "note" : "reason", $"must be at most {AlarmOrder.LongestNote} characters");
        }

        if (order.Action is AlarmAction.Shelve or AlarmAction.RemoveFromService && string.IsNullOrWhiteSpace(order.Note))
        {
            return ("reason", "must be given");
        }

        return order.Action switch
        {
            AlarmAction.Shelve when order.Until is not { } until || until.ToUnixTimeMilliseconds() <= now => ("until", "must be an instant to come"),
            AlarmAction.Shelve when order.Until.Value.ToUnixTimeMilliseconds() - now > (long)AlarmOrder.LongestShelving.TotalMilliseconds =>
                ("until", $"must be within {AlarmOrder.LongestShelving.TotalDays:0} days"),
            AlarmAction.Shelve when alarm?.IsOutOfService == true => ("state", "is out of service: put it back into service first"),
            AlarmAction.Acknowledge when alarm is null || StateOf(alarm) == AlarmState.Normal && !alarm.IsAcknowledged => ("id", "was never raised"),
            AlarmAction.Acknowledge when StateOf(alarm) is AlarmState.Shelved or AlarmState.Suppressed or AlarmState.OutOfService =>
                ("state", "is put aside: there is nothing to acknowledge"),
            AlarmAction.Acknowledge or AlarmAction.Shelve or AlarmAction.Unshelve or AlarmAction.RemoveFromService or AlarmAction.ReturnToService => null,
            _ => throw new ArgumentOutOfRangeException(nameof(order), order.Action, "Nobody orders that."),
        };
    }

    /// <summary>Carries out an order that is not refused. The same alarm when nothing has to be done, or it was done before.</summary>
    public static Alarm Carry(Alarm alarm, AlarmOrder order, long at)
    {
        if (order.Id is { } id && alarm.Orders.Contains(id))
        {
            return alarm;
        }

        var next = Do(alarm, order, at);
        return order.Id is { } name && !ReferenceEquals(next, alarm)
            ? next with { Orders = (next.Orders.Length < Alarm.MaximumOrders ? next.Orders : next.Orders.RemoveAt(0)).Add(name) }
            : next;
    }

    private static Alarm Do(Alarm alarm, AlarmOrder order, long at) => order.Action switch
    {
        AlarmAction.Acknowledge when StateOf(alarm) is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged =>
            With(alarm with { IsAcknowledged = true }, AlarmAction.Acknowledge, at, order.By, order.Note),
        AlarmAction.Shelve when alarm.ShelvedUntil != order.Until!.Value.ToUnixTimeMilliseconds() => With(alarm with { ShelvedUntil = order.Until!.Value.ToUnixTimeMilliseconds() }, AlarmAction.Shelve, at, order.By, order.Note),
        AlarmAction.Unshelve when alarm.ShelvedUntil > 0 => Unshelve(alarm, at, order.By, order.Note),
        AlarmAction.RemoveFromService when !alarm.IsOutOfService =>
            With(alarm with { IsOutOfService = true, ShelvedUntil = 0 }, AlarmAction.RemoveFromService, at, order.By, order.Note),
        AlarmAction.ReturnToService when alarm.IsOutOfService =>
            Again(With(alarm with { IsOutOfService = false }, AlarmAction.ReturnToService, at, order.By, order.Note)),
        _ => alarm,
    };

    /// <summary>Puts it aside by design, or no more.</summary>
    public static Alarm Suppress(Alarm alarm, bool isSuppressed, string why, long at) => alarm.IsSuppressed == isSuppressed ? alarm
        : isSuppressed ? With(alarm with { IsSuppressed = true }, AlarmAction.Suppress, at, System, why)
        : Again(With(alarm with { IsSuppressed = false }, AlarmAction.Unsuppress, at, System, why));

    /// <summary>Another alarm explains it, or none does any more. What is explained needs no acknowledgement of its own once it has returned.</summary>
    public static Alarm Explain(Alarm alarm, string? parent, long at) => alarm.Parent == parent ? alarm
        : With(
            alarm with { Parent = parent, IsAcknowledged = alarm.IsAcknowledged || (parent is not null && !alarm.IsActive) },
            parent is null ? AlarmAction.Unfold : AlarmAction.Fold,
            at,
            System,
            parent ?? alarm.Parent);

    /// <summary>Its device has moved, and where it is now nobody has found yet that the condition holds: it returns, and raised again within the hour it goes on as it was.</summary>
    public static Alarm Interrupt(Alarm alarm, long at) =>
        With(alarm with { IsActive = false, ReturnDue = 0, ClearedAt = at, IsInterrupted = true }, AlarmAction.Return, at, System, Moved);

    /// <summary>Its device has moved to where nobody looks for the condition: it ends, and nobody has to look at it.</summary>
    public static Alarm EndMoved(Alarm alarm, long at) => With(
        alarm with { IsActive = false, ReturnDue = 0, RaiseDue = 0, ClearedAt = at, IsAcknowledged = true, IsSuppressed = false, IsOutOfService = false, ShelvedUntil = 0, IsInterrupted = false, Page = null },
        AlarmAction.Return,
        at,
        System,
        Moved);

    private static Alarm Raise(Alarm alarm, long at)
    {
        var isSame = alarm.RaisedAt != 0
            && (StateOf(alarm) == AlarmState.ReturnedUnacknowledged || at - alarm.ClearedAt <= (long)RecurrenceWithin.TotalMilliseconds);
        // Nothing has happened but that its device moved.
        var goesOn = isSame && alarm.IsInterrupted;
        return With(
            alarm with
            {
                IsActive = true,
                IsAcknowledged = goesOn && alarm.IsAcknowledged,
                RaisedAt = isSame ? alarm.RaisedAt : at,
                LastAt = at,
                ClearedAt = 0,
                Count = goesOn ? alarm.Count : isSame ? alarm.Count + 1 : 1,
                Parent = null,
                Page = goesOn ? alarm.Page : null,
                IsInterrupted = false,
                HasLeft = false,
                Communes = isSame ? alarm.Communes : [],
            },
            AlarmAction.Raise,
            at,
            System,
            null);
    }

    private static Alarm Return(Alarm alarm, long at) => With(
        alarm with { IsActive = false, ClearedAt = at, IsAcknowledged = alarm.IsAcknowledged || alarm.Parent is not null }, AlarmAction.Return, at, System, null);

    private static Alarm Unshelve(Alarm alarm, long at, string by, string? note) =>
        Again(With(alarm with { ShelvedUntil = 0 }, AlarmAction.Unshelve, at, by, note));

    /// <summary>It was put aside and is there again: what holds then is news; what has ended meanwhile needs nobody.</summary>
    private static Alarm Again(Alarm alarm) => alarm with { IsAcknowledged = !alarm.IsActive };

    private static Alarm With(Alarm alarm, AlarmAction action, long at, string by, string? note)
    {
        var history = alarm.History.Length < AlarmView.MaximumHistory ? alarm.History : alarm.History.RemoveRange(0, alarm.History.Length - AlarmView.MaximumHistory + 1);
        return alarm with { History = history.Add(new AlarmEvent(action, DateTimeOffset.FromUnixTimeMilliseconds(at), by, note)) };
    }
}
