using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Sectors;

namespace Grid.Tests.City.Interventions;

/// <summary>Work orders over the real grains and storage: what is answered outlives a crash, and measurements close and reopen orders though nobody calls.</summary>
public sealed class WorkOrdersTimeTests
{
    private const int MostLooks = 12;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(10);
    private const string Ouessant = "29155";
    private const string Alarm = "B1~overflow";

    [Fact]
    public async Task What_was_answered_outlives_a_crash_and_is_the_same_order_for_the_same_key_and_alarm()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Say.Device("B1", DeviceKind.Bin, Ouessant));
        var opened = (await OrdersOf(first).Open(Request("k1"))).Order!;
        await ActAsync(first, opened.Id, WorkOrderVerb.Arrive, "a1");
        var other = (await OrdersOf(first).Open(Request("k2") with { Title = "Other" })).Order!;
        await ActAsync(first, other.Id, WorkOrderVerb.Cancel, "a2");

        await using var second = await first.CrashNowAsync();
        var again = await OrdersOf(second).Open(Request("k1"));
        Assert.Equal((opened.Id, false), (again.Order!.Id, again.HasChanged));
        Assert.Equal("ana", Assert.Single(again.Order.Visits).By);
        Assert.Equal(WorkOrderState.Cancelled, (await OrdersOf(second).Get(other.Id))!.State);
        var told = await ActAsync(second, opened.Id, WorkOrderVerb.Arrive, "a1");
        Assert.Single(told.Visits);
        Assert.Equal([Ouessant], await second.Grains.GetGrain<IWorkOrderPlacesGrain>(IWorkOrderPlacesGrain.Key).List());

        var third = (await OrdersOf(second).Open(Request("k3") with { Title = "Third" })).Order!;
        Assert.Equal([1, 2, 3], [opened.Number, other.Number, third.Number]);
    }

    [Fact]
    public async Task The_device_that_reports_ok_after_the_repair_closes_the_order_by_itself()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Ouessant));
        await FillAsync(city, 100);
        var order = (await OrdersOf(city).Open(Request("k1"))).Order!;
        await ActAsync(city, order.Id, WorkOrderVerb.Repair, "a1");
        await city.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(WorkOrderState.Repaired, (await OrdersOf(city).Get(order.Id))!.State);

        await FillAsync(city, 5);
        await city.PassAsync(TimeSpan.FromMinutes(15));
        await UntilAsync(city, order.Id, WorkOrderState.Closed);
        Assert.Equal(WorkOrderVerb.Confirm, (await OrdersOf(city).Get(order.Id))!.History[^1].Verb);
    }

    [Fact]
    public async Task A_repair_that_nothing_confirms_is_reopened_after_a_day_also_across_a_restart()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Say.Device("B1", DeviceKind.Bin, Ouessant));
        await FillAsync(first, 100);
        var order = (await OrdersOf(first).Open(Request("k1"))).Order!;
        await ActAsync(first, order.Id, WorkOrderVerb.Repair, "a1");

        // Reminders of one process end with it: the start of the program looks, and is reminded from then on.
        await using var second = await first.CrashNowAsync();
        await OrdersOf(second).Look();
        await second.PassAsync(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(20));
        await UntilAsync(second, order.Id, WorkOrderState.Reopened);
        Assert.Equal(WorkOrderVerb.Doubt, (await OrdersOf(second).Get(order.Id))!.History[^1].Verb);
    }

    [Fact]
    public async Task The_alarm_of_the_device_confirms_the_repair_and_reopens_the_order_when_it_is_raised_again()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Ouessant));
        await FillAsync(city, 100);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        var alarm = await AlarmAsync(city, isActive: true);
        var order = (await OrdersOf(city).Open(Request("k1") with { Alarm = Alarm, AlarmRaisedAt = alarm.LastAt })).Order!;
        await ActAsync(city, order.Id, WorkOrderVerb.Repair, "a1");

        await FillAsync(city, 5);
        await city.PassAsync(TimeSpan.FromMinutes(30));
        await UntilAsync(city, order.Id, WorkOrderState.Closed);
        Assert.False((await OrdersOf(city).Get(order.Id))!.IsAlarmActive);

        await FillAsync(city, 100);
        await city.PassAsync(TimeSpan.FromMinutes(30));
        await UntilAsync(city, order.Id, WorkOrderState.Reopened);
        Assert.Equal(WorkOrderVerb.Recur, (await OrdersOf(city).Get(order.Id))!.History[^1].Verb);
    }

    [Fact]
    public async Task An_alarm_that_is_told_twice_changes_an_order_once_and_one_without_an_order_nothing()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Ouessant));
        var order = (await OrdersOf(city).Open(Request("k1") with { Alarm = Alarm, AlarmRaisedAt = city.Now })).Order!;
        await OrdersOf(city).AlarmChanged("B2~overflow", "B2", isActive: true, city.Now);
        await OrdersOf(city).AlarmChanged(Alarm, "B1", isActive: false, city.Now.AddSeconds(1));
        await OrdersOf(city).AlarmChanged(Alarm, "B1", isActive: false, city.Now.AddSeconds(1));

        var told = (await OrdersOf(city).Get(order.Id))!;
        Assert.Equal((2, false), (told.Version, told.IsAlarmActive));
        Assert.Single(await OrdersOf(city).List(new WorkOrderQuery()));
    }

    [Fact]
    public async Task A_contract_covers_the_orders_that_are_opened_after_it_and_not_those_before()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Ouessant));
        var before = (await OrdersOf(city).Open(Request("k1"))).Order!;
        var contract = new ServiceContract
        {
            Id = "bins",
            Holder = $"commune:{Ouessant}",
            Name = "Bins",
            Contractor = "Propre SA",
            Zone = "Europe/Paris",
            Hours = [new(Weekday.Thursday, 8 * 60, 12 * 60)],
            Lots = [new ContractLot { Name = "islands", Kinds = DeviceKinds.Bin }],
            Deadlines = [new(WorkOrderPriority.Medium, 3, false)],
        };
        var put = await Contracts(city).Put(contract, 0);
        Assert.Equal((1, 0), (put.View!.Version, put.Faults.Length));
        Assert.Equal(1, (await Contracts(city).Put(contract, null)).View!.Version);
        Assert.True((await Contracts(city).Put(contract with { Name = "Other" }, 0)).IsConflict);

        var after = (await OrdersOf(city).Open(Request("k2"))).Order!;
        Assert.Equal((null, WorkOrderState.Open), (before.Contractor, before.State));
        Assert.Equal(("Propre SA", "islands", WorkOrderState.Assigned), (after.Contractor, after.Lot, after.State));

        // Thursday, 15 January 2026, 07:00 in Paris: from 08:00 on, three hours.
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 10, 0, 0, TimeSpan.Zero), after.Clock.DueAt);
    }

    private static IWorkOrdersGrain OrdersOf(TestCity city) => city.Grains.GetGrain<IWorkOrdersGrain>(Ouessant);

    private static IContractsGrain Contracts(TestCity city) => city.Grains.GetGrain<IContractsGrain>(IContractsGrain.Key);

    private static WorkOrderRequest Request(string key) => new()
    {
        Commune = Ouessant,
        Origin = WorkOrderOrigin.Person,
        By = "ana",
        Priority = WorkOrderPriority.Medium,
        Title = "Bin is full",
        Device = "B1",
        Kind = DeviceKind.Bin,
        Key = key,
    };

    private static async Task<WorkOrder> ActAsync(TestCity city, string id, WorkOrderVerb verb, string key)
    {
        var answer = await OrdersOf(city).Act(id, new WorkOrderAction { Verb = verb, By = "ana", Note = "done", Key = key });
        Assert.Empty(answer.Faults);
        Assert.Null(answer.Conflict);
        return answer.Order!;
    }

    /// <summary>Three readings: a bin believes no single one.</summary>
    private static async Task FillAsync(TestCity city, double percent)
    {
        for (var reading = 0; reading < 3; reading++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(5));
            await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", percent)));
        }
    }

    /// <summary>Lets several looks of the commune pass: one may still be on its way when the time for it is over.</summary>
    private static async Task UntilAsync(TestCity city, string id, WorkOrderState state)
    {
        for (var look = 0; look < MostLooks && (await OrdersOf(city).Get(id))!.State != state; look++)
        {
            await city.PassAsync(BetweenLooks);
        }

        await city.UntilAsync(async () => (await OrdersOf(city).Get(id))!.State == state, () => $"order {id} to be {state}");
    }

    private static async Task<Grid.Contracts.Alarms.AlarmView> AlarmAsync(TestCity city, bool isActive)
    {
        var found = default(Grid.Contracts.Alarms.AlarmView);
        await city.UntilAsync(
            async () => (found = await city.Grains.GetGrain<ISectorGrain>($"{Ouessant}.0").GetAlarm(Alarm))?.IsActive == isActive,
            () => $"the alarm {Alarm} to be {(isActive ? "active" : "normal")}");
        return found!;
    }
}
