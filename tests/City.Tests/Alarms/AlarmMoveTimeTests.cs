using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Interventions;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Intake;
using Grid.Tests.City.Notifications;

namespace Grid.Tests.City.Alarms;

/// <summary>A device that moves to another commune takes its alarms along, with all that happened to them: through crashes between any two steps.</summary>
public sealed class AlarmMoveTimeTests
{
    private const string Ouessant = "29155";
    private const string Plougar = "29187";
    private const string Fire = "B1~fire";

    private static ISectorGrain Sector(TestCity city, string commune) => city.Grains.GetGrain<ISectorGrain>($"{commune}.0");

    private static DeviceDescriptor Bin(string commune, string id = "B1") => Say.Device(id, DeviceKind.Bin, commune);

    private static DeviceDescriptor Cabinet(string commune) => Say.Device("C1", DeviceKind.Cabinet, commune);

    private static DeviceDescriptor Lamp(string id, string commune, string cabinet = "C1") =>
        Say.Device(id, DeviceKind.Streetlight, commune, ("ratedWatts", AttributeValue.Of(70.0)), ("cabinet", AttributeValue.Of(cabinet)));

    private static Task BurnAsync(TestCity city, double celsius = 95, string bin = "B1") => city.ReportAsync(Say.Reading(bin, city.Now, ("temperatureCelsius", celsius), ("fillPercent", 30)));

    private static async Task OrderAsync(TestCity city, string commune, string alarm, AlarmAction action, string note, DateTimeOffset? until = null) =>
        Assert.Null((await Sector(city, commune).OrderAlarms([alarm], new AlarmOrder { Action = action, By = "anna", Note = note, Until = until, Id = note }))[0].Reason);

    private static async Task<WorkOrder> OpenAsync(IWorkOrdersGrain orders, AlarmView alarm) => (await orders.Open(new WorkOrderRequest
    {
        Commune = Ouessant,
        Origin = WorkOrderOrigin.Alarm,
        By = "ana",
        Priority = WorkOrderPriority.High,
        Title = "Feu",
        Device = "B1",
        Kind = DeviceKind.Bin,
        Alarm = Fire,
        AlarmRaisedAt = alarm.LastAt,
        Key = "k1",
    })).Order!;

    private static async Task<AlarmView> AlarmAsync(TestCity city, string commune, string alarm) =>
        await Sector(city, commune).GetAlarm(alarm) ?? throw new InvalidOperationException($"There is no {alarm} in {commune}.");

    private static async Task<ImmutableArray<AlarmView>> AllAsync(TestCity city, string commune) =>
        await Sector(city, commune).GetAlarms(new AlarmFilter { States = (1 << 7) - 1, WithChildren = true, Limit = 1_000 });

    private static async Task<(long Unacknowledged, long Acknowledged, long Shelved)> CountsAsync(TestCity city, string? commune = null)
    {
        var figures = await city.FiguresAsync(commune is null ? city.Department("29") : city.Commune(commune));
        return (figures.Kinds.Sum(kind => kind.AlarmsUnacknowledged), figures.Kinds.Sum(kind => kind.AlarmsAcknowledged), figures.Kinds.Sum(kind => kind.AlarmsShelved));
    }

    private static async Task<TestCity> BurningAsync()
    {
        var city = await TestCity.StartAsync();
        await city.PutAsync(Bin(Ouessant));
        await BurnAsync(city);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        return city;
    }

    /// <summary>The registry has the move, and the former sector knows that the device has left: nobody else does.</summary>
    private static async Task<PendingChange> LeaveAsync(TestCity city)
    {
        var pending = Assert.Single(await city.Get<IDeviceRegistry>().PutAsync([(Bin(Plougar), $"{Plougar}.0")], CancellationToken.None));
        await city.Get<LogWriter>().AppendAndApplyAsync(
            [new SectorEntries($"{Ouessant}.0", [new RemovedEntry { Device = "B1", ReceivedAt = city.Now, Kind = DeviceKind.Bin, Moved = true, Revision = pending.Revision }])], CancellationToken.None);
        return pending;
    }

    [Fact]
    public async Task It_is_the_same_alarm_with_who_acknowledged_it_when_it_began_and_how_often()
    {
        await using var city = await BurningAsync();
        await BurnAsync(city, 15);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await BurnAsync(city);
        await OrderAsync(city, Ouessant, Fire, AlarmAction.Acknowledge, "on my way");
        var before = await AlarmAsync(city, Ouessant, Fire);
        Assert.Equal((2, AlarmState.Acknowledged), (before.Count, before.State));
        var sizes = (await CountsAsync(city), await CountsAsync(city, Ouessant));

        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.PutAsync(Bin(Plougar));

        var after = await AlarmAsync(city, Plougar, Fire);
        Assert.Equal([Ouessant], after.FormerCommunes);
        Assert.Equal(before with { Commune = Plougar, History = after.History, FormerCommunes = after.FormerCommunes }, after);
        Assert.Equal(before.History, after.History);
        Assert.Empty(await AllAsync(city, Ouessant));
        Assert.Equal(((0, 1, 0), (0, 1, 0)), sizes);
        Assert.Equal((0, 0, 0), await CountsAsync(city, Ouessant));
        Assert.Equal((0, 1, 0), await CountsAsync(city, Plougar));
        Assert.Equal((0, 1, 0), await CountsAsync(city));

        // And back: it ends where it is.
        await city.PutAsync(Bin(Ouessant));
        await BurnAsync(city, 15);
        var ended = Assert.Single(await AllAsync(city, Ouessant));
        Assert.Equal((AlarmState.Normal, before.History.Length + 1), (ended.State, (await AlarmAsync(city, Ouessant, Fire)).History.Length));
        Assert.Empty(await AllAsync(city, Plougar));
    }

    [Fact]
    public async Task What_is_put_aside_or_still_to_last_comes_back_and_is_raised_when_it_would_have_been()
    {
        await using var city = await BurningAsync();
        await city.PutAsync(Cabinet(Ouessant));
        await OrderAsync(city, Ouessant, Fire, AlarmAction.Shelve, "the brigade is there", city.Now + TimeSpan.FromMinutes(60));
        var until = city.Now + TimeSpan.FromMinutes(60);
        await city.ReportAsync(Say.Reading("C1", city.Now, ("doorOpen", 1)));
        var opened = city.Now;
        await city.PassAsync(TimeSpan.FromMinutes(3));

        await city.PutAsync(Bin(Plougar), Cabinet(Plougar));
        Assert.Equal((AlarmState.Shelved, until), ((await AlarmAsync(city, Plougar, Fire)).State, (await AlarmAsync(city, Plougar, Fire)).ShelvedUntil));
        await city.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(opened + TimeSpan.FromMinutes(5), (await AlarmAsync(city, Plougar, "C1~doorOpen")).RaisedAt);
        await city.PassAsync(TimeSpan.FromMinutes(60));
        Assert.Equal(AlarmState.Unacknowledged, (await AlarmAsync(city, Plougar, Fire)).State);
    }

    [Fact]
    public async Task Moving_raises_no_flood_where_the_devices_go()
    {
        await using var city = await TestCity.StartAsync();
        string[] bins = [.. Enumerable.Range(0, 9).Select(number => $"B{number}")];
        await city.PutAsync([.. bins.Select(bin => Bin(Ouessant, bin)), .. bins.Select(bin => Bin(Plougar, $"P{bin}"))]);
        foreach (var bin in bins)
        {
            await BurnAsync(city, bin: bin);
            await BurnAsync(city, bin: $"P{bin}");
        }

        await city.PutAsync([.. bins.Select(bin => Bin(Plougar, bin))]);
        await city.Commune(Plougar).Refresh();
        var summary = await city.Commune(Plougar).GetSummary();
        Assert.Equal((18, false), ((await CountsAsync(city, Plougar)).Unacknowledged, summary.IsAlarmFlood));
    }

    [Fact]
    public async Task A_cabinet_and_its_lamps_stay_one_alarm_and_a_lamp_that_moves_alone_stands_for_itself()
    {
        await using var city = await TestCity.StartAsync();
        string[] lamps = ["L1", "L2", "L3"];
        await city.PutAsync([Cabinet(Ouessant), .. lamps.Select(lamp => Lamp(lamp, Ouessant))]);
        await city.ReportAsync([Say.Reading("C1", city.Now, ("supplyVolts", 0)), .. lamps.Select(lamp => Say.Reading(lamp, city.Now, ("supplyVolts", 0)))]);
        await OrderAsync(city, Ouessant, "C1~supplyLoss", AlarmAction.Acknowledge, "seen");
        Assert.Equal((0, 1, 0), await CountsAsync(city, Ouessant));

        // To another cabinet's place: what explained it is not there.
        await city.PutAsync(Say.Device("C2", DeviceKind.Cabinet, Plougar), Lamp("L3", Plougar, "C2"));
        var loose = await AlarmAsync(city, Plougar, "L3~supplyLoss");
        Assert.Equal((null, AlarmAction.Unfold), (loose.Parent, loose.History[^1].Action));
        Assert.Equal((0, 1, 0), await CountsAsync(city, Ouessant));

        await city.PutAsync([Cabinet(Plougar)]);
        await city.PutAsync([Lamp("L1", Plougar), Lamp("L2", Plougar)]);
        var parent = await AlarmAsync(city, Plougar, "C1~supplyLoss");
        Assert.Equal((AlarmState.Acknowledged, 2), (parent.State, parent.Children));
        Assert.Equal(parent.Id, (await AlarmAsync(city, Plougar, "L1~supplyLoss")).Parent);
        Assert.Empty(await AllAsync(city, Ouessant));
        Assert.Equal((0, 2, 0), await CountsAsync(city, Plougar));
        Assert.Equal((0, 2, 0), await CountsAsync(city));
    }

    [Fact]
    public async Task Who_looks_at_the_one_place_sees_it_leave_and_who_looks_at_the_other_sees_it_come()
    {
        await using var city = await BurningAsync();
        await city.PutAsync(Bin(Plougar, "P1"));
        var (here, there) = ((await Sector(city, Ouessant).GetPartial()).Version, (await Sector(city, Plougar).GetPartial()).Version);
        await city.PutAsync(Bin(Plougar));

        var left = await Sector(city, Ouessant).GetChanges(here, new DeviceFilter(), 100);
        Assert.Equal(["B1"], left.Removed);
        Assert.Equal((Fire, AlarmState.Normal, true), (left.Alarms[0].Id, left.Alarms[0].State, left.Alarms[0].HasLeft));
        var come = await Sector(city, Plougar).GetChanges(there, new DeviceFilter(), 100);
        Assert.Equal((Fire, AlarmState.Unacknowledged, false), (come.Alarms[0].Id, come.Alarms[0].State, come.Alarms[0].HasLeft));
        Assert.Empty((await Sector(city, Ouessant).GetChanges(null, new DeviceFilter(), 100)).Alarms);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_move_that_a_stop_interrupts_neither_loses_nor_doubles_it(bool hasArrived)
    {
        await using var city = await BurningAsync();
        await OrderAsync(city, Ouessant, Fire, AlarmAction.Acknowledge, "seen");
        var before = await AlarmAsync(city, Ouessant, Fire);
        await Sector(city, Ouessant).Checkpoint();
        var pending = await LeaveAsync(city);
        var kept = Assert.Single(await Sector(city, Ouessant).GetMovingAlarms(["B1"]));
        if (hasArrived)
        {
            await city.Get<LogWriter>().AppendAndApplyAsync(
                [new SectorEntries($"{Plougar}.0", [new RegisteredEntry { Device = "B1", ReceivedAt = city.Now, Descriptor = Bin(Plougar), Revision = pending.Revision, Alarms = kept }])], CancellationToken.None);
            await OrderAsync(city, Plougar, Fire, AlarmAction.Shelve, "wait", city.Now + TimeSpan.FromHours(2));
        }

        await using var again = await city.CrashNowAsync();
        var after = await AlarmAsync(again, Plougar, Fire);
        Assert.Equal(hasArrived ? AlarmState.Shelved : AlarmState.Acknowledged, after.State);
        Assert.Equal((before.RaisedAt, before.LastAt, before.Count), (after.RaisedAt, after.LastAt, after.Count));
        Assert.Equal(before.History.Select(one => one.Action).Concat(hasArrived ? [AlarmAction.Shelve] : []), after.History.Select(one => one.Action));
        Assert.Equal(hasArrived ? (0, 0, 1) : (0, 1, 0), await CountsAsync(again));
        Assert.Empty(await AllAsync(again, Ouessant));
        Assert.Empty(await again.Get<IDeviceRegistry>().GetPendingAsync(10, CancellationToken.None));

        // And what follows from the logs alone is the same.
        await using var third = await again.CrashNowAsync();
        Assert.Equal(after.History, (await AlarmAsync(third, Plougar, Fire)).History);
        Assert.Empty(await AllAsync(third, Ouessant));
    }

    [Fact]
    public async Task What_the_former_sector_kept_outlives_its_checkpoint_and_is_forgotten_once_it_was_taken()
    {
        await using var city = await BurningAsync();
        await OrderAsync(city, Ouessant, Fire, AlarmAction.Acknowledge, "seen");
        await LeaveAsync(city);
        await Sector(city, Ouessant).Checkpoint();

        await using var again = await city.CrashNowAsync();
        Assert.Equal(AlarmState.Acknowledged, (await AlarmAsync(again, Plougar, Fire)).State);
        await again.UntilAsync(async () => (await Sector(again, Ouessant).GetMovingAlarms(["B1"])).IsEmpty, () => "the former sector to forget it");
    }

    [Fact]
    public async Task A_move_that_is_called_off_on_the_way_leaves_it_where_it_was()
    {
        await using var city = await BurningAsync();
        await OrderAsync(city, Ouessant, Fire, AlarmAction.Acknowledge, "seen");
        await LeaveAsync(city);
        await city.PutAsync(Bin(Ouessant));
        Assert.Equal((AlarmState.Acknowledged, 1), ((await AlarmAsync(city, Ouessant, Fire)).State, (await AlarmAsync(city, Ouessant, Fire)).Count));
        Assert.Equal((0, 1, 0), await CountsAsync(city));
    }

    [Fact]
    public async Task Its_telling_goes_on_at_the_level_to_which_it_had_come()
    {
        await using var told = await NotifyingCity.StartAsync();
        var city = told.City;
        foreach (var name in new[] { "anne", "brice", "carla" })
        {
            await told.AddMailAsync(name, "department:29");
        }

        var calendar = new OnCallCalendar
        {
            ZoneId = "Europe/Paris",
            Levels =
            [
                .. new[] { "anne", "brice", "carla" }.Select(name => new OnCallLevel
                {
                    Rotation = new() { Turns = [new(name, [name])], Days = 7, From = new(2026, 1, 5), HandOver = new(8, 0) },
                    AfterMinutes = 30,
                }),
            ],
        };
        Assert.Empty((await city.Grains.GetGrain<IOnCallGrain>("department:29").Put(calendar, null)).Faults);
        async Task<string[]> NamesAsync() =>
            [.. (await city.Get<INotificationOutbox>().ListAsync(new NotificationQuery(), CancellationToken.None)).OrderBy(one => one.Notification.CreatedAt).Select(one => one.Notification.Endpoint)];

        await city.PutAsync(Bin(Ouessant));
        await BurnAsync(city);
        await city.UntilAsync(async () => (await NamesAsync()).Length == 1, () => "the first level to be told");
        await city.PassAsync(TimeSpan.FromMinutes(35));
        await city.UntilAsync(async () => (await NamesAsync()).Length == 2, () => "the second level to be told");

        await city.PutAsync(Bin(Plougar));
        await city.PassAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(["anne", "brice"], await NamesAsync());
        await city.PassAsync(TimeSpan.FromMinutes(20));
        await city.UntilAsync(async () => (await NamesAsync()).Length == 3, () => "the third level to be told");
        Assert.Equal(["anne", "brice", "carla"], await NamesAsync());
    }

    [Fact]
    public async Task The_work_order_of_it_neither_closes_nor_reopens_and_closes_with_it_where_it_is_now()
    {
        await using var city = await BurningAsync();
        var alarm = await AlarmAsync(city, Ouessant, Fire);
        var orders = city.Grains.GetGrain<IWorkOrdersGrain>(Ouessant);
        var order = await OpenAsync(orders, alarm);
        var repaired = (await orders.Act(order.Id, new WorkOrderAction { Verb = WorkOrderVerb.Repair, By = "ana", Note = "done", Key = "a1" })).Order!;
        Assert.Equal(WorkOrderState.Repaired, repaired.State);

        await city.PutAsync(Bin(Plougar));
        await city.PassAsync(TimeSpan.FromMinutes(30));
        var moved = await AlarmAsync(city, Plougar, Fire);
        var second = await city.Grains.GetGrain<IWorkOrdersGrain>(Plougar).Open(order.Request with { Commune = Plougar, Key = "k2", AlarmCommunes = moved.FormerCommunes });
        Assert.Equal($"Order {order.Id} is about this alarm, whose device has come from there.", second.Conflict);
        Assert.Equal((WorkOrderState.Repaired, repaired.History.Length), ((await orders.Get(order.Id))!.State, (await orders.Get(order.Id))!.History.Length));

        await BurnAsync(city, 15);
        await city.UntilAsync(
            async () =>
            {
                await city.PassAsync(TimeSpan.FromMinutes(1));
                return (await orders.Get(order.Id))!.State == WorkOrderState.Closed;
            },
            () => "the order to close");
    }

    [Theory]
    [InlineData(WorkOrderVerb.Cancel)]
    [InlineData(WorkOrderVerb.Close)]
    public async Task An_order_of_it_that_has_ended_where_it_was_is_the_only_one_of_that_occurrence(WorkOrderVerb end)
    {
        await using var city = await BurningAsync();
        var alarm = await AlarmAsync(city, Ouessant, Fire);
        var orders = city.Grains.GetGrain<IWorkOrdersGrain>(Ouessant);
        var order = await OpenAsync(orders, alarm);
        if (end == WorkOrderVerb.Close)
        {
            await BurnAsync(city, 15);
            await city.PassAsync(TimeSpan.FromMinutes(5));
            await orders.Act(order.Id, new WorkOrderAction { Verb = WorkOrderVerb.Repair, By = "ana", Note = "done", Key = "a1" });
        }

        await orders.Act(order.Id, new WorkOrderAction { Verb = end, By = "ana", Note = "no fire", Key = "a2" });
        await city.UntilAsync(async () => (await orders.Get(order.Id))!.IsEnded, () => "the order to end");
        await city.PassAsync(TimeSpan.FromMinutes(1));
        await city.PutAsync(Bin(Plougar));
        var there = city.Grains.GetGrain<IWorkOrdersGrain>(Plougar);
        var moved = await AlarmAsync(city, Plougar, Fire);
        var again = order.Request with { Commune = Plougar, Key = "k2", AlarmRaisedAt = moved.LastAt, AlarmCommunes = moved.FormerCommunes };
        Assert.Equal($"Order {order.Id} is about this alarm, whose device has come from there.", (await there.Open(again)).Conflict);

        // Another occurrence is another order.
        await BurnAsync(city, 15);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await BurnAsync(city);
        var next = await AlarmAsync(city, Plougar, Fire);
        Assert.True((await there.Open(again with { AlarmRaisedAt = next.LastAt, AlarmCommunes = next.FormerCommunes })).IsNew);
    }

    [Fact]
    public async Task An_alarm_of_a_rule_goes_on_where_the_rule_holds_and_ends_where_it_does_not()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin(Ouessant), Bin(Plougar, "P1"));
        await PublishAsync(city, "here", $"commune:{Ouessant}", "when fillPercent > 60 then raise alarm \"Plein\"", Ouessant);
        await PublishAsync(city, "all", "all", "when fillPercent > 60 then raise alarm \"Plein\"", Ouessant, Plougar);
        await PublishAsync(city, "slow", "all", "when fillPercent > 60 for 10 min then raise alarm \"Plein\"", Ouessant, Plougar);
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 70)));
        await city.PassAsync(TimeSpan.FromMinutes(15));
        string[] alarms = ["B1~rule.here", "B1~rule.all", "B1~rule.slow"];
        foreach (var alarm in alarms)
        {
            await OrderAsync(city, Ouessant, alarm, AlarmAction.Acknowledge, "seen");
        }

        // What has lasted already counts: one that has to last goes on at once too.
        await city.PutAsync(Bin(Plougar));
        Assert.Equal([AlarmState.Normal, AlarmState.Acknowledged, AlarmState.Acknowledged], await StatesAsync());
        await city.PassAsync(TimeSpan.FromMinutes(15));
        Assert.Equal([AlarmState.Normal, AlarmState.Acknowledged, AlarmState.Acknowledged], await StatesAsync());
        Assert.Equal(1, (await AlarmAsync(city, Plougar, "B1~rule.slow")).Count);
        Assert.Equal((0, 2, 0), await CountsAsync(city));

        async Task<AlarmState[]> StatesAsync()
        {
            var states = new List<AlarmState>();
            foreach (var alarm in alarms)
            {
                states.Add((await AlarmAsync(city, Plougar, alarm)).State);
            }

            return [.. states];
        }
    }

    [Fact]
    public async Task What_has_to_last_and_has_lasted_in_part_is_raised_after_a_move_when_it_would_have_been()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin(Ouessant), Bin(Plougar, "P1"));
        await PublishAsync(city, "slow", "all", "when fillPercent > 60 for 20 min then raise alarm \"Plein\"", Ouessant, Plougar);
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 70)), Say.Reading("P1", city.Now, ("fillPercent", 70)));
        await MinutesAsync(12);
        await city.PutAsync(Bin(Plougar));
        Assert.Null(await Sector(city, Plougar).GetAlarm("B1~rule.slow"));
        await MinutesAsync(12);

        // When it is for one that has stayed.
        Assert.Equal((await AlarmAsync(city, Plougar, "P1~rule.slow")).RaisedAt, (await AlarmAsync(city, Plougar, "B1~rule.slow")).RaisedAt);

        // What does not hold where it leaves has nothing to count.
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 10)));
        await city.PutAsync(Bin(Ouessant));
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 70)));
        await MinutesAsync(15);
        Assert.False((await AlarmAsync(city, Ouessant, "B1~rule.slow")).IsActive);

        async Task MinutesAsync(int minutes)
        {
            for (var minute = 0; minute < minutes; minute++)
            {
                await city.PassAsync(TimeSpan.FromMinutes(1));
            }
        }
    }

    private static async Task PublishAsync(TestCity city, string id, string scope, string text, params string[] communes)
    {
        var rule = city.Grains.GetGrain<IRuleGrain>(id);
        Assert.Empty((await rule.Put(new RuleDraft { Name = id, Scope = scope, Text = text }, "tester")).Problems);
        var version = (await rule.Publish("tester")).View!.Published;
        foreach (var commune in communes)
        {
            await city.UntilAsync(async () => await Sector(city, commune).VersionOfRule(id) == version, () => $"{commune} to follow {id}");
        }

        await city.SettleAsync();
    }
}
