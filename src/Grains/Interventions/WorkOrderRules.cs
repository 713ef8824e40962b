using System.Collections.Immutable;
using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>An order after an action, or why it cannot be done to it as it stands.</summary>
/// <param name="Order">The order; null when it cannot be done.</param>
/// <param name="Refusal">Why not; null when it can.</param>
public readonly record struct WorkOrderOutcome(WorkOrder? Order, string? Refusal);

/// <summary>The life cycle of a work order: (order, what happens, now) to the order after it. Pure; what is asked has been checked (<see cref="WorkOrderChecks"/>).</summary>
/// <param name="deadlines">The clock of its deadline.</param>
public sealed class WorkOrderRules(DeadlineRules deadlines)
{
    /// <summary>Visits of an order; more are refused.</summary>
    public const int MaximumVisits = 100;

    /// <summary>Steps that are kept of an order's history: its opening and the newest.</summary>
    public const int MaximumSteps = 100;

    /// <summary>A new order. A contract that covers it gives it to its contractor at once.</summary>
    public WorkOrder Open(WorkOrderRequest request, WorkTerms terms, long number, DateTimeOffset now)
    {
        var state = terms.Contractor is null ? WorkOrderState.Open : WorkOrderState.Assigned;
        return new WorkOrder
        {
            Id = $"{request.Commune}-{number}",
            Number = number,
            Version = 1,
            Request = request,
            State = state,
            Priority = request.Priority,
            OpenedAt = now,
            ChangedAt = now,
            WaitsSince = now,
            Terms = terms,
            Contractor = terms.Contractor,
            Lot = terms.Lot,
            Clock = deadlines.Start(terms, request.Priority, now),
            IsAlarmActive = request.Alarm is null ? null : true,
            AlarmAt = request.AlarmRaisedAt,
            History = [new WorkOrderStep { At = now, By = request.By, Verb = WorkOrderVerb.Open, State = state, Key = request.Key }],
        };
    }

    /// <summary>A person does something to it.</summary>
    public WorkOrderOutcome Act(WorkOrder order, WorkOrderAction action, DateTimeOffset now) => action.Verb switch
    {
        WorkOrderVerb.Assign => Assign(order, action, now),
        WorkOrderVerb.Pause => Pause(order, action, now),
        WorkOrderVerb.Resume => Resume(order, action, now),
        WorkOrderVerb.Arrive => Arrive(order, action, now),
        WorkOrderVerb.Leave => Leave(order, action, now),
        WorkOrderVerb.Repair => Repair(order, action, now),
        WorkOrderVerb.Close => Close(order, action, now),
        WorkOrderVerb.Reopen => order.State is WorkOrderState.Repaired or WorkOrderState.Closed
            ? new(Reopen(order, now, WorkOrderVerb.Reopen, action.By, action.Note, action.Key), null)
            : Refuse(order, "only what is repaired or closed can be reopened"),
        WorkOrderVerb.Cancel => IsPending(order) || order.State is WorkOrderState.Paused or WorkOrderState.Repaired
            ? new(End(order, WorkOrderState.Cancelled, now, WorkOrderVerb.Cancel, action.By, action.Note, action.Key), null)
            : Refuse(order, "it has ended already"),
        WorkOrderVerb.Prioritise => Prioritise(order, action, now),
        WorkOrderVerb.Open or WorkOrderVerb.Confirm or WorkOrderVerb.Doubt or WorkOrderVerb.Recur or WorkOrderVerb.Vanish =>
            throw new ArgumentException($"{action.Verb} is nothing that a person does.", nameof(action)),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action.Verb, "Unknown verb."),
    };

    /// <summary>It has ended, and nothing is to be done any more.</summary>
    internal WorkOrder End(WorkOrder order, WorkOrderState state, DateTimeOffset now, WorkOrderVerb verb, string by, string? note = null, string? key = null) => Step(
        order with
        {
            State = state,
            EndedAt = now,
            PauseReason = null,
            Clock = deadlines.Finish(order.Clock, order.Terms, order.Priority, now),
            Visits = [.. order.Visits.Select(visit => visit.LeftAt is null ? visit with { LeftAt = now } : visit)],
        },
        now, verb, by, note, key);

    /// <summary>It is to be done again, with its whole deadline anew.</summary>
    internal WorkOrder Reopen(WorkOrder order, DateTimeOffset now, WorkOrderVerb verb, string by, string? note = null, string? key = null) => Step(
        order with
        {
            State = WorkOrderState.Reopened,
            EndedAt = null,
            Repair = null,
            WaitsSince = now,
            Reopenings = order.Reopenings + 1,
            Clock = deadlines.Start(order.Terms, order.Priority, now),
        },
        now, verb, by, note, key);

    /// <summary>True when it is to be repaired and its clock runs.</summary>
    internal static bool IsPending(WorkOrder order) => order.State is WorkOrderState.Open or WorkOrderState.Assigned or WorkOrderState.Reopened;

    private static WorkOrderOutcome Assign(WorkOrder order, WorkOrderAction action, DateTimeOffset now)
    {
        var next = order with { Contractor = action.Contractor, Lot = action.Lot ?? order.Lot };
        return order.State switch
        {
            WorkOrderState.Open or WorkOrderState.Assigned or WorkOrderState.Reopened => Done(next with { State = WorkOrderState.Assigned }, action, now),
            WorkOrderState.Paused => Done(next with { PausedFrom = WorkOrderState.Assigned }, action, now),
            _ => Refuse(order, "it is not to be done any more"),
        };
    }

    private WorkOrderOutcome Pause(WorkOrder order, WorkOrderAction action, DateTimeOffset now) => IsPending(order)
        ? Done(
            order with
            {
                State = WorkOrderState.Paused,
                PausedFrom = order.State,
                PauseReason = action.Note,
                Clock = deadlines.Stop(order.Clock, order.Terms, order.Priority, now),
            },
            action, now)
        : Refuse(order, "only what is to be repaired can be paused");

    private WorkOrderOutcome Resume(WorkOrder order, WorkOrderAction action, DateTimeOffset now) => order.State == WorkOrderState.Paused
        ? Done(
            order with { State = order.PausedFrom, PauseReason = null, Clock = deadlines.Run(order.Clock, order.Terms, order.Priority, now) },
            action, now)
        : Refuse(order, "it is not paused");

    private static WorkOrderOutcome Arrive(WorkOrder order, WorkOrderAction action, DateTimeOffset now) =>
        !IsPending(order) ? Refuse(order, order.State == WorkOrderState.Paused ? "resume it first" : "nothing is to be done there")
        : order.Visits.Any(visit => visit.By == action.By && visit.LeftAt is null) ? Refuse(order, $"{action.By} is there already")
        : order.Visits.Length >= MaximumVisits ? Refuse(order, $"it has {MaximumVisits} visits, which is the most")
        : Done(order with { Visits = order.Visits.Add(new WorkOrderVisit(action.By, now, null)) }, action, now);

    private static WorkOrderOutcome Leave(WorkOrder order, WorkOrderAction action, DateTimeOffset now)
    {
        for (var index = order.Visits.Length - 1; index >= 0; index--)
        {
            if (order.Visits[index] is { LeftAt: null } visit && visit.By == action.By)
            {
                return Done(order with { Visits = order.Visits.SetItem(index, visit with { LeftAt = now }) }, action, now);
            }
        }

        return Refuse(order, $"{action.By} is not there");
    }

    private WorkOrderOutcome Repair(WorkOrder order, WorkOrderAction action, DateTimeOffset now)
    {
        if (!IsPending(order))
        {
            return Refuse(order, order.State == WorkOrderState.Paused ? "resume it first" : "nothing is to be repaired");
        }

        var repaired = Step(
            order with
            {
                State = WorkOrderState.Repaired,
                Repair = new RepairNote { At = now, By = action.By, Note = action.Note!, Parts = action.Parts },
                Clock = deadlines.Finish(order.Clock, order.Terms, order.Priority, now),
            },
            now, action.Verb, action.By, action.Note, action.Key);

        // What was measured since has confirmed it already.
        return new(order.IsAlarmActive == false ? End(repaired, WorkOrderState.Closed, now, WorkOrderVerb.Confirm, WorkOrder.Grid) : repaired, null);
    }

    private WorkOrderOutcome Close(WorkOrder order, WorkOrderAction action, DateTimeOffset now) =>
        order.State != WorkOrderState.Repaired ? Refuse(order, "only what is repaired can be closed; cancel what is not to be done")
        : order.IsAlarmActive == true ? Refuse(order, $"the condition of its alarm {order.Request.Alarm} still holds")
        : new(End(order, WorkOrderState.Closed, now, WorkOrderVerb.Close, action.By, action.Note, action.Key), null);

    private WorkOrderOutcome Prioritise(WorkOrder order, WorkOrderAction action, DateTimeOffset now)
    {
        if (!IsPending(order) && order.State != WorkOrderState.Paused)
        {
            return Refuse(order, "it is not to be done any more");
        }

        var priority = action.Priority!.Value;
        return Done(order with { Priority = priority, Clock = deadlines.Change(order.Clock, order.Terms, order.Priority, priority, now) }, action, now);
    }

    private static WorkOrderOutcome Done(WorkOrder order, WorkOrderAction action, DateTimeOffset now) =>
        new(Step(order, now, action.Verb, action.By, NoteOf(action), action.Key), null);

    private static string? NoteOf(WorkOrderAction action) => action.Note ?? action.Contractor ?? action.Priority?.ToString().ToLowerInvariant();

    private static WorkOrderOutcome Refuse(WorkOrder order, string why) => new(null, $"Order {order.Id} is {order.State.ToString().ToLowerInvariant()}: {why}.");

    private static WorkOrder Step(WorkOrder order, DateTimeOffset now, WorkOrderVerb verb, string by, string? note, string? key)
    {
        var step = new WorkOrderStep { At = now, By = by, Verb = verb, State = order.State, Note = note, Key = key };
        var kept = order.History.Length >= MaximumSteps ? order.History.RemoveAt(1) : order.History;
        return order with { Version = order.Version + 1, ChangedAt = now, History = kept.Add(step) };
    }
}
