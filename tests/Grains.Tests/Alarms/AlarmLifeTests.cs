using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Grains.Alarms;

namespace Grid.Tests.Grains.Alarms;

public sealed class AlarmLifeTests
{
    private const long Minute = 60_000;
    private const long Start = 1_700_000_000_000;

    private static readonly Alarm Fresh = new()
    {
        Source = "L1",
        Condition = "lampFailure",
        Kind = DeviceKind.Streetlight,
        Priority = AlarmPriority.Medium,
        Class = AlarmClass.Service,
    };

    private static AlarmOrder Order(AlarmAction action, string? note = "why", long until = 0) => new()
    {
        Action = action,
        By = "anna",
        Note = note,
        Until = until == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(until),
    };

    private static Alarm Raised(long at = Start) => AlarmLife.Begin(Fresh, default, at);

    [Fact]
    public void One_that_is_raised_acknowledged_and_returns_is_normal()
    {
        var raised = Raised();
        Assert.Equal(AlarmState.Unacknowledged, AlarmLife.StateOf(raised));
        var acknowledged = AlarmLife.Carry(raised, Order(AlarmAction.Acknowledge), Start + Minute);
        Assert.Equal(AlarmState.Acknowledged, AlarmLife.StateOf(acknowledged));
        var normal = AlarmLife.End(acknowledged, default, Start + (2 * Minute));
        Assert.Equal(AlarmState.Normal, AlarmLife.StateOf(normal));
        Assert.Equal((Start, Start, Start + (2 * Minute), 1), (normal.RaisedAt, normal.LastAt, normal.ClearedAt, normal.Count));
        Assert.Equal(
            [(AlarmAction.Raise, "system"), (AlarmAction.Acknowledge, "anna"), (AlarmAction.Return, "system")],
            normal.History.Select(one => (one.Action, one.By)));
    }

    [Fact]
    public void One_that_returns_before_anybody_saw_it_waits_for_an_acknowledgement()
    {
        var returned = AlarmLife.End(Raised(), default, Start + Minute);
        Assert.Equal(AlarmState.ReturnedUnacknowledged, AlarmLife.StateOf(returned));
        Assert.Equal(AlarmState.Normal, AlarmLife.StateOf(AlarmLife.Carry(returned, Order(AlarmAction.Acknowledge, note: null), Start + Minute)));
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(90, false)]
    public void One_whose_device_has_moved_goes_on_as_it_was_when_it_is_found_again_within_the_hour(int minutes, bool goesOn)
    {
        var interrupted = AlarmLife.Interrupt(AlarmLife.Carry(Raised(), Order(AlarmAction.Acknowledge), Start + Minute), Start + (2 * Minute));
        Assert.Equal(AlarmState.Normal, AlarmLife.StateOf(interrupted));
        var again = AlarmLife.Begin(interrupted, default, Start + ((2 + minutes) * Minute));
        Assert.Equal((goesOn ? AlarmState.Acknowledged : AlarmState.Unacknowledged, 1, goesOn), (AlarmLife.StateOf(again), again.Count, again.RaisedAt == Start));

        // What repeats after that is counted, and told, as everything is.
        var repeated = AlarmLife.Begin(AlarmLife.End(again, default, again.LastAt + Minute), default, again.LastAt + (2 * Minute));
        Assert.Equal((AlarmState.Unacknowledged, 2), (AlarmLife.StateOf(repeated), repeated.Count));
    }

    [Fact]
    public void However_often_it_repeats_within_an_hour_it_is_one_episode_with_a_count()
    {
        var alarm = Raised();
        for (var time = 1; time <= 9; time++)
        {
            alarm = AlarmLife.End(alarm, default, Start + (((2 * time) - 1) * Minute));
            alarm = AlarmLife.Carry(alarm, Order(AlarmAction.Acknowledge), Start + (((2 * time) - 1) * Minute));
            alarm = AlarmLife.Begin(alarm, default, Start + (2 * time * Minute));
        }

        Assert.Equal((Start, Start + (18 * Minute), 10, AlarmState.Unacknowledged), (alarm.RaisedAt, alarm.LastAt, alarm.Count, AlarmLife.StateOf(alarm)));
    }

    [Fact]
    public void One_that_comes_back_after_more_than_an_hour_of_being_normal_begins_anew()
    {
        var normal = AlarmLife.Carry(AlarmLife.End(Raised(), default, Start + Minute), Order(AlarmAction.Acknowledge), Start + Minute);
        var again = AlarmLife.Begin(normal, default, Start + (62 * Minute));
        Assert.Equal((Start + (62 * Minute), 1), (again.RaisedAt, again.Count));
    }

    [Fact]
    public void A_condition_shorter_than_the_on_delay_raises_nothing_and_a_longer_one_does_when_it_is_over()
    {
        var delay = TimeSpan.FromMinutes(5);
        var pending = AlarmLife.Begin(Fresh, delay, Start);
        Assert.Equal((AlarmState.Normal, Start + (5 * Minute)), (AlarmLife.StateOf(pending), pending.Due));
        var ended = AlarmLife.End(pending, default, Start + (4 * Minute));
        Assert.Equal((0, long.MaxValue), (ended.RaisedAt, ended.Due));
        Assert.Same(pending, AlarmLife.AdvanceTo(pending, Start + (5 * Minute) - 1));
        var raised = AlarmLife.AdvanceTo(pending, Start + (7 * Minute));
        Assert.Equal((AlarmState.Unacknowledged, Start + (5 * Minute)), (AlarmLife.StateOf(raised), raised.RaisedAt));
    }

    [Fact]
    public void One_that_comes_back_within_the_off_delay_has_never_been_away()
    {
        var delay = TimeSpan.FromMinutes(5);
        var ending = AlarmLife.End(Raised(), delay, Start + Minute);
        Assert.Equal(AlarmState.Unacknowledged, AlarmLife.StateOf(ending));
        var back = AlarmLife.Begin(ending, default, Start + (3 * Minute));
        Assert.Equal((1, 0L), (back.Count, back.ReturnDue));
        Assert.Equal(AlarmState.ReturnedUnacknowledged, AlarmLife.StateOf(AlarmLife.AdvanceTo(ending, Start + (6 * Minute))));
    }

    [Fact]
    public void What_is_shelved_comes_back_by_itself_as_news_when_it_still_holds()
    {
        var shelved = AlarmLife.Carry(AlarmLife.Carry(Raised(), Order(AlarmAction.Acknowledge), Start), Order(AlarmAction.Shelve, until: Start + (10 * Minute)), Start + Minute);
        Assert.Equal(AlarmState.Shelved, AlarmLife.StateOf(shelved));
        Assert.Equal(AlarmState.Unacknowledged, AlarmLife.StateOf(AlarmLife.AdvanceTo(shelved, Start + (10 * Minute))));
        var quiet = AlarmLife.AdvanceTo(AlarmLife.End(shelved, default, Start + (2 * Minute)), Start + (10 * Minute));
        Assert.Equal(AlarmState.Normal, AlarmLife.StateOf(quiet));
        Assert.Equal(("system", AlarmAction.Unshelve), (quiet.History[^1].By, quiet.History[^1].Action));
    }

    [Fact]
    public void What_is_shelved_or_out_of_service_is_raised_for_nobody()
    {
        var shelved = AlarmLife.Begin(AlarmLife.Carry(Fresh, Order(AlarmAction.Shelve, until: Start + (10 * Minute)), Start), default, Start + Minute);
        Assert.Equal((AlarmState.Shelved, true), (AlarmLife.StateOf(shelved), shelved.IsActive));
        var outOfService = AlarmLife.Begin(AlarmLife.Carry(Fresh, Order(AlarmAction.RemoveFromService), Start), default, Start + Minute);
        Assert.Equal((AlarmState.OutOfService, true), (AlarmLife.StateOf(outOfService), outOfService.IsActive));
        Assert.Equal(AlarmState.Unacknowledged, AlarmLife.StateOf(AlarmLife.Carry(outOfService, Order(AlarmAction.ReturnToService), Start + (2 * Minute))));
    }

    [Fact]
    public void What_another_alarm_explains_needs_no_acknowledgement_of_its_own()
    {
        var child = AlarmLife.Explain(Raised(), "C1~supplyLoss", Start);
        Assert.Equal(AlarmState.Unacknowledged, AlarmLife.StateOf(child));
        Assert.Equal(AlarmState.Normal, AlarmLife.StateOf(AlarmLife.End(child, default, Start + Minute)));
    }

    [Theory]
    [InlineData(AlarmAction.Shelve, null, 10, "reason")]
    [InlineData(AlarmAction.Shelve, "why", 0, "until")]
    [InlineData(AlarmAction.Shelve, "why", -1, "until")]
    [InlineData(AlarmAction.Shelve, "why", (31 * 24 * 60), "until")]
    [InlineData(AlarmAction.RemoveFromService, " ", 0, "reason")]
    public void An_order_that_lacks_something_names_the_field(AlarmAction action, string? note, int minutes, string field) =>
        Assert.Equal(field, AlarmLife.Refuse(Raised(), Order(action, note, minutes == 0 ? 0 : Start + (minutes * Minute)), Start)?.Field);

    [Fact]
    public void What_was_never_raised_cannot_be_acknowledged_and_what_is_put_aside_neither()
    {
        Assert.Equal("id", AlarmLife.Refuse(Fresh, Order(AlarmAction.Acknowledge), Start)?.Field);
        Assert.Equal("state", AlarmLife.Refuse(AlarmLife.Carry(Raised(), Order(AlarmAction.RemoveFromService), Start), Order(AlarmAction.Acknowledge), Start)?.Field);
        Assert.Equal("note", AlarmLife.Refuse(Raised(), Order(AlarmAction.Acknowledge, new string('x', AlarmOrder.LongestNote + 1)), Start)?.Field);
    }

    [Fact]
    public void An_order_given_twice_changes_nothing_the_second_time()
    {
        foreach (var order in new[] { Order(AlarmAction.Acknowledge), Order(AlarmAction.RemoveFromService) })
        {
            var once = AlarmLife.Carry(Raised(), order, Start);
            Assert.Same(once, AlarmLife.Carry(once, order, Start + Minute));
        }
    }

    [Fact]
    public void Whatever_happens_it_is_active_exactly_while_its_condition_holds_and_keeps_a_bounded_history()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (alarm, holds, now) = (Fresh, false, Start);
            var (on, off) = (TimeSpan.FromMinutes(random.Next(3)), TimeSpan.FromMinutes(random.Next(3)));
            for (var step = 0; step < 300; step++)
            {
                now += random.Next(1, 5) * Minute;
                alarm = AlarmLife.AdvanceTo(alarm, now);
                switch (random.Next(6))
                {
                    case 0 or 1:
                        holds = true;
                        alarm = AlarmLife.Begin(alarm, on, now);
                        break;
                    case 2:
                        holds = false;
                        alarm = AlarmLife.End(alarm, off, now);
                        break;
                    case 3:
                        alarm = AlarmLife.Explain(alarm, random.Next(2) == 0 ? "P~x" : null, now);
                        break;
                    default:
                        var order = Order((AlarmAction)new[] { 2, 3, 4, 7, 8 }[random.Next(5)], until: now + (random.Next(1, 20) * Minute));
                        alarm = AlarmLife.Refuse(alarm, order, now) is null ? AlarmLife.Carry(alarm, order, now) : alarm;
                        break;
                }

                Assert.InRange(alarm.History.Length, 0, AlarmView.MaximumHistory);
                Assert.True(alarm.Due > now - 1);
            }

            alarm = AlarmLife.AdvanceTo(alarm, now + (10 * Minute));
            Assert.Equal(holds, alarm.IsActive);
            Assert.Equal(alarm.IsActive, alarm is { RaisedAt: > 0, ClearedAt: 0 });
        }
    }
}
