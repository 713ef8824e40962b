using Grid.Contracts.Interventions;
using Grid.Grains.Interventions;
using static Grid.Tests.Grains.Interventions.Orders;

namespace Grid.Tests.Grains.Interventions;

public sealed class WorkOrderRulesTests
{
    [Fact]
    public void An_order_that_a_contract_covers_is_its_contractors_at_once_with_the_deadline_of_its_priority()
    {
        var order = Opened();

        Assert.Equal((WorkOrderState.Assigned, "Lumière SA", "north"), (order.State, order.Contractor, order.Lot));
        Assert.Equal(Paris("2026-11-17 09:00"), order.Clock.DueAt);
        Assert.Equal(("29019-1", "29019"), (order.Id, WorkOrder.CommuneOf(order.Id)));
    }

    [Fact]
    public void An_order_without_a_contract_waits_for_somebody_and_has_no_deadline()
    {
        var order = Opened(NoTerms);

        Assert.Equal((WorkOrderState.Open, null, null), (order.State, order.Contractor, order.Clock.DueAt));
        Assert.False(order.IsOverdueAt(Monday.AddYears(1)));
        var assigned = order.After(Monday.AddHours(1), WorkOrderVerb.Assign);
        Assert.Equal((WorkOrderState.Assigned, "Watt SARL"), (assigned.State, assigned.Contractor));
    }

    [Fact]
    public void While_it_is_paused_the_clock_of_the_deadline_stands_still()
    {
        // 09:00 to 11:00 are used; 6 working hours are left from Wednesday 10:00 on.
        var paused = Opened().After(Monday.AddHours(2), WorkOrderVerb.Pause, "waits for a lift truck");
        Assert.Equal((WorkOrderState.Paused, "waits for a lift truck"), (paused.State, paused.PauseReason));
        Assert.Null(paused.Clock.DueAt);
        Assert.False(paused.IsOverdueAt(Monday.AddDays(30)));

        var resumed = paused.After(Paris("2026-11-18 10:00"), WorkOrderVerb.Resume);
        Assert.Equal((WorkOrderState.Assigned, null), (resumed.State, resumed.PauseReason));
        Assert.Equal(TimeSpan.FromHours(2), resumed.Clock.Used);
        Assert.Equal(Paris("2026-11-18 17:30"), resumed.Clock.DueAt);
    }

    [Fact]
    public void What_was_overdue_when_it_was_paused_stays_overdue()
    {
        var paused = Opened().After(Paris("2026-11-17 10:00"), WorkOrderVerb.Pause);

        Assert.True(paused.IsOverdueAt(Paris("2026-11-17 10:00")));
        Assert.Equal(Paris("2026-11-17 09:00"), paused.Clock.DueAt);
        Assert.Equal(Paris("2026-11-17 09:00"), paused.After(Paris("2026-11-19 10:00"), WorkOrderVerb.Resume).Clock.DueAt);
    }

    [Fact]
    public void It_is_overdue_after_its_deadline_and_not_at_it_until_it_is_repaired()
    {
        var (order, due) = (Opened(), Paris("2026-11-17 09:00"));

        Assert.False(order.IsOverdueAt(due));
        Assert.True(order.IsOverdueAt(due.AddMilliseconds(1)));
        var late = order.After(due.AddHours(1), WorkOrderVerb.Repair);
        Assert.False(late.IsOverdueAt(due.AddHours(2)));
        Assert.True(late.Clock.IsLateAt(due.AddHours(2)));
        Assert.Equal((due, TimeSpan.FromHours(9)), (late.Clock.DueAt, late.Clock.Used));
    }

    [Fact]
    public void A_higher_priority_brings_its_deadline_less_what_was_used()
    {
        // Urgent: 2 hours around the clock, of which 1 working hour is used.
        var urgent = Opened().After(Monday.AddHours(1), WorkOrderVerb.Prioritise, null);
        Assert.Equal((WorkOrderPriority.Urgent, Monday.AddHours(2)), (urgent.Priority, urgent.Clock.DueAt));

        // What would have been due before is due now.
        var late = Opened().After(Monday.AddHours(2.5), WorkOrderVerb.Prioritise, null);
        Assert.Equal(Monday.AddHours(2.5), late.Clock.DueAt);
        Assert.True(late.IsOverdueAt(Monday.AddHours(2.5).AddMilliseconds(1)));
    }

    [Fact]
    public void Visits_say_who_was_there_from_when_to_when()
    {
        var there = Opened().After(Monday.AddHours(1), WorkOrderVerb.Arrive);
        Assert.Contains("is there already", RefusalOf(there, WorkOrderVerb.Arrive), StringComparison.Ordinal);
        var gone = there.After(Monday.AddHours(2), WorkOrderVerb.Leave);

        Assert.Equal(new WorkOrderVisit("ben", Monday.AddHours(1), Monday.AddHours(2)), Assert.Single(gone.Visits));
        Assert.Contains("is not there", RefusalOf(gone, WorkOrderVerb.Leave), StringComparison.Ordinal);
    }

    [Fact]
    public void A_repair_notes_parts_and_waits_for_confirmation()
    {
        var action = Action(WorkOrderVerb.Repair, "new lamp") with { Parts = [new("LED 40 W", 1), new("cable, m", 2.5)] };
        var repaired = Orders.Rules.Act(Opened(alarm: Alarm), action, Monday.AddHours(1)).Order!;

        Assert.Equal(WorkOrderState.Repaired, repaired.State);
        Assert.Equal(("new lamp", "ben", Monday.AddHours(1)), (repaired.Repair!.Note, repaired.Repair.By, repaired.Repair.At));
        Assert.Equal([new("LED 40 W", 1), new("cable, m", 2.5)], repaired.Repair.Parts);
        Assert.Contains("still holds", RefusalOf(repaired, WorkOrderVerb.Close), StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_that_no_alarm_watches_is_closed_by_a_person()
    {
        var closed = Opened().After(Monday.AddHours(1), WorkOrderVerb.Repair).After(Monday.AddHours(2), WorkOrderVerb.Close);

        Assert.Equal((WorkOrderState.Closed, Monday.AddHours(2)), (closed.State, closed.EndedAt));
    }

    [Fact]
    public void Reopening_begins_the_deadline_anew()
    {
        var reopened = Opened().After(Monday.AddHours(1), WorkOrderVerb.Repair).After(Monday.AddHours(1), WorkOrderVerb.Close).After(Paris("2026-11-18 09:00"), WorkOrderVerb.Reopen);

        Assert.Equal((WorkOrderState.Reopened, 1), (reopened.State, reopened.Reopenings));
        Assert.Equal((Paris("2026-11-19 09:00"), null, null), (reopened.Clock.DueAt, reopened.Repair, reopened.EndedAt));
    }

    [Fact]
    public void Somebody_who_is_still_there_when_it_ends_has_left()
    {
        var cancelled = Opened().After(Monday.AddHours(1), WorkOrderVerb.Arrive).After(Monday.AddHours(2), WorkOrderVerb.Cancel);

        Assert.Equal(Monday.AddHours(2), Assert.Single(cancelled.Visits).LeftAt);
    }

    /// <summary>Every state with every action: what is possible, and where it leads.</summary>
    [Theory]
    [InlineData("open", "assign:assigned pause:paused arrive:open repair:repaired cancel:cancelled prioritise:open")]
    [InlineData("assigned", "assign:assigned pause:paused arrive:assigned repair:repaired cancel:cancelled prioritise:assigned")]
    [InlineData("reopened", "assign:assigned pause:paused arrive:reopened repair:repaired cancel:cancelled prioritise:reopened")]
    [InlineData("paused", "assign:paused resume:assigned cancel:cancelled prioritise:paused")]
    [InlineData("repaired", "close:closed reopen:reopened cancel:cancelled")]
    [InlineData("closed", "reopen:reopened")]
    [InlineData("cancelled", "")]
    public void Each_state_allows_what_is_documented_and_nothing_else(string state, string expected)
    {
        var order = state switch
        {
            "open" => Opened(NoTerms),
            "assigned" => Opened(),
            "paused" => Opened().After(Monday, WorkOrderVerb.Pause),
            "repaired" => Opened().After(Monday, WorkOrderVerb.Repair),
            "closed" => Opened().After(Monday, WorkOrderVerb.Repair).After(Monday, WorkOrderVerb.Close),
            "reopened" => Opened().After(Monday, WorkOrderVerb.Repair).After(Monday, WorkOrderVerb.Reopen),
            _ => Opened().After(Monday, WorkOrderVerb.Cancel),
        };
        var verbs = Enum.GetValues<WorkOrderVerb>().Where(verb => verb is > WorkOrderVerb.Open and <= WorkOrderVerb.Prioritise);
        var possible = verbs
            .Select(verb => (Verb: verb, Outcome: Orders.Rules.Act(order, Action(verb, "because") with { Contractor = "X", Priority = WorkOrderPriority.High }, Monday.AddHours(1))))
            .Where(item => item.Outcome.Order is not null)
            .Select(item => $"{item.Verb}:{item.Outcome.Order!.State}".ToLowerInvariant());

        Assert.Equal(expected, string.Join(' ', possible));
    }

    [Fact]
    public void The_history_keeps_the_opening_and_the_newest_steps()
    {
        var order = Opened();
        for (var minute = 1; minute <= 200; minute++)
        {
            order = order.After(Monday.AddMinutes(minute), minute % 2 == 1 ? WorkOrderVerb.Pause : WorkOrderVerb.Resume);
        }

        Assert.Equal((WorkOrderRules.MaximumSteps, 201), (order.History.Length, order.Version));
        Assert.Equal((WorkOrderVerb.Open, Monday.AddMinutes(200)), (order.History[0].Verb, order.History[^1].At));
    }

    [Theory]
    [InlineData(WorkOrderVerb.Repair, null, "note")]
    [InlineData(WorkOrderVerb.Pause, " ", "note")]
    [InlineData(WorkOrderVerb.Cancel, null, "note")]
    [InlineData(WorkOrderVerb.Reopen, null, "note")]
    [InlineData(WorkOrderVerb.Assign, null, "contractor")]
    [InlineData(WorkOrderVerb.Prioritise, null, "priority")]
    [InlineData(WorkOrderVerb.Confirm, "x", "action")]
    [InlineData(WorkOrderVerb.Open, "x", "action")]
    public void What_an_action_needs_is_asked_for_by_field(WorkOrderVerb verb, string? note, string field) =>
        Assert.Equal([field], WorkOrderChecks.Check(Action(verb, note)).Select(fault => fault.Field));

    [Fact]
    public void What_belongs_to_another_action_is_refused_by_field()
    {
        var action = Action(WorkOrderVerb.Arrive) with { Contractor = "X", Lot = "y", Priority = WorkOrderPriority.Low, Parts = [new("p", 1)], Key = new string('k', 301) };

        Assert.Equal(["contractor", "key", "lot", "parts", "priority"], WorkOrderChecks.Check(action).Select(fault => fault.Field).Order());
        var repair = Action(WorkOrderVerb.Repair, "done") with { Parts = [new("", 1), new("lamp", 0), new("cable", double.NaN)] };
        Assert.Equal(["parts[0].name", "parts[1].quantity", "parts[2].quantity"], WorkOrderChecks.Check(repair).Select(fault => fault.Field));
    }
}
