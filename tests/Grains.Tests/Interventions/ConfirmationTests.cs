using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Sectors;
using Grid.Grains.Interventions;
using static Grid.Tests.Grains.Interventions.Orders;

namespace Grid.Tests.Grains.Interventions;

/// <summary>What measurements do to an order.</summary>
public sealed class ConfirmationTests
{
    private static readonly DateTimeOffset RepairedAt = Monday.AddHours(2);

    private static WorkOrder Repaired(string? alarm = Alarm) => Opened(alarm: alarm).After(RepairedAt, WorkOrderVerb.Repair);

    [Fact]
    public void A_repair_is_confirmed_when_the_condition_of_the_alarm_returns_to_normal()
    {
        var at = RepairedAt.AddHours(8);
        var closed = Confirmations.AlarmChanged(Repaired(), isActive: false, at, at);

        Assert.Equal((WorkOrderState.Closed, at), (closed.State, closed.EndedAt));
        Assert.Equal((WorkOrderVerb.Confirm, "grid"), (closed.History[^1].Verb, closed.History[^1].By));
    }

    [Fact]
    public void A_condition_that_returned_to_normal_before_the_repair_was_noted_confirms_it_at_once()
    {
        var normal = Confirmations.AlarmChanged(Opened(alarm: Alarm), isActive: false, Monday.AddHours(1), Monday.AddHours(1));
        Assert.Equal(WorkOrderState.Assigned, normal.State);

        Assert.Equal(WorkOrderState.Closed, normal.After(RepairedAt, WorkOrderVerb.Repair).State);
    }

    [Fact]
    public void A_device_that_reports_ok_after_the_repair_confirms_it_and_one_that_did_before_does_not()
    {
        var before = new DeviceGlance(DeviceStatus.Ok, RepairedAt) { SilentAfter = TimeSpan.FromHours(1) };
        Assert.Equal(WorkOrderState.Repaired, Confirmations.Look(Repaired(null), before, RepairedAt.AddHours(1)).State);

        var after = before with { LastSeen = RepairedAt.AddMinutes(1) };
        Assert.Equal(WorkOrderState.Closed, Confirmations.Look(Repaired(null), after, RepairedAt.AddHours(1)).State);
        Assert.Equal(WorkOrderState.Repaired, Confirmations.Look(Repaired(null), after with { Status = DeviceStatus.Warning }, RepairedAt.AddHours(1)).State);
    }

    [Fact]
    public void A_repair_that_measurements_do_not_confirm_in_time_is_reopened()
    {
        var repaired = Repaired();
        Assert.Same(repaired, Confirmations.Look(repaired, null, RepairedAt.AddHours(24).AddMilliseconds(-1)));

        var reopened = Confirmations.Look(repaired, null, RepairedAt.AddHours(24));
        Assert.Equal((WorkOrderState.Reopened, WorkOrderVerb.Doubt), (reopened.State, reopened.History[^1].Verb));
        Assert.Equal(RepairedAt.AddHours(24), reopened.WaitsSince);
    }

    [Fact]
    public void What_nothing_measures_waits_for_a_person()
    {
        var passive = new DeviceGlance(DeviceStatus.Fault, RepairedAt.AddDays(2));

        Assert.Equal(WorkOrderState.Repaired, Confirmations.Look(Repaired(null), passive, RepairedAt.AddDays(60)).State);
        Assert.Equal(WorkOrderState.Repaired, Confirmations.Look(Repaired(null), null, RepairedAt.AddDays(60)).State);
    }

    [Fact]
    public void The_same_condition_within_the_contracts_days_after_the_closing_reopens_the_order()
    {
        var closed = Confirmations.AlarmChanged(Repaired(), isActive: false, RepairedAt, RepairedAt);

        var last = RepairedAt.AddDays(7);
        Assert.Equal(WorkOrderState.Reopened, Confirmations.AlarmChanged(closed, isActive: true, last, last).State);
        Assert.Equal(WorkOrderState.Closed, Confirmations.AlarmChanged(closed, isActive: true, last.AddMilliseconds(1), last.AddMilliseconds(1)).State);
    }

    [Fact]
    public void The_condition_that_is_raised_again_after_the_repair_reopens_it_at_once()
    {
        var again = RepairedAt.AddMinutes(10);
        Assert.Equal((WorkOrderState.Reopened, true), (Confirmations.AlarmChanged(Repaired(), isActive: true, again, again) is var order ? (order.State, order.IsAlarmActive) : default));
    }

    [Fact]
    public void What_is_told_twice_or_late_changes_nothing()
    {
        var closed = Confirmations.AlarmChanged(Repaired(), isActive: false, RepairedAt.AddHours(1), RepairedAt.AddHours(1));

        Assert.Same(closed, Confirmations.AlarmChanged(closed, isActive: false, RepairedAt.AddHours(1), RepairedAt.AddHours(2)));
        Assert.Same(closed, Confirmations.AlarmChanged(closed, isActive: true, RepairedAt.AddMinutes(30), RepairedAt.AddHours(2)));
    }

    [Fact]
    public void A_fault_that_goes_away_before_anybody_came_closes_its_order_after_a_day()
    {
        var normal = Confirmations.AlarmChanged(Opened(alarm: Alarm), isActive: false, RepairedAt, RepairedAt);
        Assert.Same(normal, Confirmations.Look(normal, null, RepairedAt.AddHours(23)));
        Assert.Equal((WorkOrderState.Closed, WorkOrderVerb.Vanish), (Confirmations.Look(normal, null, RepairedAt.AddHours(24)) is var order ? (order.State, order.History[^1].Verb) : default));

        var visited = normal.After(RepairedAt.AddHours(1), WorkOrderVerb.Arrive);
        Assert.Same(visited, Confirmations.Look(visited, null, RepairedAt.AddDays(9)));
    }

    [Fact]
    public void The_same_alarm_or_the_same_key_is_the_same_order()
    {
        var openings = new OpeningRules(Confirmations);
        var order = Orders.Rules.Open(Request(Alarm, "k1"), Terms, 1, Monday);
        var book = Book(order);

        Assert.Same(order, openings.Decide(book, Request(Alarm), Monday.AddHours(1)).Existing);
        Assert.Same(order, openings.Decide(book, Request(Alarm, "k1"), Monday.AddHours(1)).Existing);
        Assert.NotNull(openings.Decide(book, Request(Alarm, "k1") with { Title = "Other" }, Monday).Conflict);
        Assert.True(openings.Decide(book, Request("L2~lampFailure"), Monday).IsNew);
        Assert.True(openings.Decide(book, Request(), Monday).IsNew);
    }

    [Fact]
    public void A_key_that_came_to_an_order_by_its_alarm_comes_to_it_again_when_that_has_ended()
    {
        var openings = new OpeningRules(Confirmations);
        var order = Orders.Rules.Open(Request(Alarm, "k1"), Terms, 1, Monday);
        var joined = openings.Decide(Book(order), Request(Alarm, "k2", Monday.AddHours(1)), Monday.AddHours(1)).Existing!;
        Assert.Equal(["k2"], joined.JoinedBy);
        Assert.True(joined.Version > order.Version);
        Assert.Same(joined, openings.Decide(Book(joined), Request(key: "k2"), Monday.AddHours(2)).Existing);

        // So many are remembered, the newest.
        for (var number = 0; number < WorkOrder.MaximumJoined; number++)
        {
            joined = openings.Decide(Book(joined), Request(Alarm, $"n{number}", Monday.AddHours(1)), Monday.AddHours(3)).Existing!;
        }

        var book = Book(order).With(joined);
        Assert.Null(book.OfKey("k2"));
        Assert.Equal(1, book.OfKey("n0")!.Number);
        Assert.Equal(1, book.OfKey("k1")!.Number);
        Assert.Equal(WorkOrder.MaximumJoined, joined.JoinedBy.Length);
    }

    [Fact]
    public void An_alarm_whose_order_has_ended_finds_it_reopens_it_or_makes_another_by_when_it_was_raised()
    {
        var openings = new OpeningRules(Confirmations);
        var closed = Confirmations.AlarmChanged(Repaired(), isActive: false, RepairedAt, RepairedAt);

        Opening Ask(WorkOrder order, DateTimeOffset raisedAt) => openings.Decide(Book(order), Request(Alarm, raisedAt: raisedAt), raisedAt);
        Assert.Same(closed, Ask(closed, RepairedAt).Existing);
        Assert.Equal(WorkOrderState.Reopened, Ask(closed, RepairedAt.AddDays(1)).Existing!.State);
        Assert.True(Ask(closed, RepairedAt.AddDays(8)).IsNew);

        var cancelled = Opened(alarm: Alarm).After(RepairedAt, WorkOrderVerb.Cancel);
        Assert.Same(cancelled, Ask(cancelled, RepairedAt.AddMinutes(-1)).Existing);
        Assert.True(Ask(cancelled, RepairedAt.AddMinutes(1)).IsNew);
    }

    [Fact]
    public void A_commune_with_too_many_orders_takes_no_more_and_citizens_leave_room_for_others()
    {
        var openings = new OpeningRules(Confirmations);
        var report = Request() with { Device = null, Origin = WorkOrderOrigin.Citizen, Report = new CitizenReport { Service = "lampOut" } };
        var book = WorkOrderBook.Empty;
        for (var number = 1; number <= IWorkOrdersGrain.MaximumLiveOfCitizens; number++)
        {
            Assert.True(openings.Decide(book, report, Monday).IsNew);
            book = book.With(Orders.Rules.Open(report, NoTerms, number, Monday));
        }

        Assert.Equal((true, "Commune 29019 has 500 work orders from citizens to be done, which is the most."), openings.Decide(book, report, Monday) is var refused ? (refused.IsTooMany, refused.Conflict) : default);
        for (var number = book.Live + 1; number <= IWorkOrdersGrain.MaximumLive; number++)
        {
            Assert.True(openings.Decide(book, Request(), Monday).IsNew);
            book = book.With(Orders.Rules.Open(Request(), NoTerms, number, Monday));
        }

        Assert.True(openings.Decide(book, Request(), Monday).IsTooMany);
        Assert.NotNull(openings.Decide(book.With(book.Find(1)! with { Request = Request(key: "k") }), Request(key: "k"), Monday).Existing);
    }

    [Fact]
    public void A_book_lists_what_is_to_be_done_by_deadline_then_what_waits_for_confirmation_then_what_has_ended()
    {
        WorkOrder Number(long number, WorkOrder order) => order with { Number = number, Id = $"29019-{number}" };
        var book = Book(
            Number(1, Repaired().After(Monday.AddDays(1), WorkOrderVerb.Cancel)),
            Number(2, Repaired()),
            Number(3, Opened(NoTerms)),
            Number(4, Opened()),
            Number(5, Opened().After(Monday, WorkOrderVerb.Prioritise, null)),
            Number(6, Repaired().After(Monday.AddDays(2), WorkOrderVerb.Cancel)));

        string Listed(WorkOrderQuery query) => string.Join(' ', book.List(query, Monday.AddHours(3)).Select(order => order.Number));
        Assert.Equal("5 4 3 2 6 1", Listed(new WorkOrderQuery()));
        Assert.Equal("3 2", Listed(new WorkOrderQuery { After = book.Find(4)!.Rank(), Limit = 2 }));
        Assert.Equal("5", Listed(new WorkOrderQuery { IsOverdue = true }));
        Assert.Equal("2", Listed(new WorkOrderQuery { States = [WorkOrderState.Repaired] }));
        Assert.Equal("", Listed(new WorkOrderQuery { Kinds = DeviceKinds.Bin }));
        Assert.Equal("3", Listed(new WorkOrderQuery { States = [WorkOrderState.Open], Kinds = DeviceKinds.Streetlight, Device = "L1" }));
        Assert.Equal(4, book.Live);
    }

    [Fact]
    public void Ended_orders_go_after_their_days_and_the_oldest_of_too_many_go_first()
    {
        WorkOrder Ended(long number, int day) => Opened() with { Number = number, State = WorkOrderState.Closed, EndedAt = Monday.AddDays(day) };
        var book = Book(Ended(1, 3), Ended(2, 1), Ended(3, 2), Opened() with { Number = 4 });

        Assert.Same(book, book.Retained(Monday.AddDays(401)));
        Assert.Equal([1, 3, 4], book.Retained(Monday.AddDays(402)).Orders.Select(order => order.Number).Order());
        Assert.Equal([1, 4], book.Retained(Monday, maximumEnded: 1).Orders.Select(order => order.Number));
    }

    [Fact]
    public void Delays_are_working_minutes_by_contractor_and_lot()
    {
        WorkOrder Number(long number, WorkOrder order) => order with { Number = number };
        var orders = new[]
        {
            Number(1, Opened().After(Monday.AddHours(2), WorkOrderVerb.Repair)),
            Number(2, Opened().After(Paris("2026-11-17 10:00"), WorkOrderVerb.Repair)),
            Number(3, Opened()),
            Number(4, Opened().After(Monday, WorkOrderVerb.Cancel)),
            Number(5, Opened(NoTerms)),
        };
        var delays = DelayRules.Of(orders, DeviceKinds.All, Monday, Monday.AddDays(7));

        Assert.Equal([null, "Lumière SA"], delays.Select(delay => delay.Contractor));
        Assert.Equal(("north", 3, 1, 2), (delays[1].Lot, delays[1].Count, delays[1].Pending, delays[1].Overdue));
        Assert.Equal([120, 540], delays[1].Minutes);
        Assert.Equal((1, 1, 0), (delays[0].Count, delays[0].Pending, delays[0].Overdue));
        Assert.Empty(DelayRules.Of(orders, DeviceKinds.All, Monday.AddMilliseconds(1), Monday.AddDays(7)));
    }
}
