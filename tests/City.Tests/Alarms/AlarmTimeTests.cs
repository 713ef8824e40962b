using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Tests.City.Alarms;

/// <summary>From a report to an alarm in its sector, through crashes.</summary>
public sealed class AlarmTimeTests
{
    private const string Quimper = "29232";

    private static async Task<ISectorGrain> SectorOfAsync(TestCity city, string device) =>
        city.Grains.GetGrain<ISectorGrain>(city.Get<IDeviceDirectory>().Find(device)?.Sector ?? throw new InvalidOperationException(device));

    private static async Task<AlarmView> AlarmAsync(TestCity city, string device, string condition) =>
        await (await SectorOfAsync(city, device)).GetAlarm(AlarmIds.Of(device, condition)) ?? throw new InvalidOperationException($"{device} has no {condition}.");

    private static async Task<IReadOnlyList<AlarmView>> OpenAsync(TestCity city, string device, bool withChildren = false, string? parent = null) =>
        await (await SectorOfAsync(city, device)).GetAlarms(new AlarmFilter { WithChildren = withChildren, Parent = parent, Limit = 1_000 });

    private static async Task<AlarmAnswer> OrderAsync(TestCity city, string device, string condition, AlarmAction action, string? note = "why", DateTimeOffset? until = null) =>
        (await (await SectorOfAsync(city, device)).OrderAlarms([AlarmIds.Of(device, condition)], new AlarmOrder { Action = action, By = "anna", Note = note, Until = until }))[0];

    private static async Task<(long Unacknowledged, long Acknowledged, long Shelved)> CountsAsync(TestCity city)
    {
        var figures = await city.FiguresAsync(city.Commune(Quimper));
        return (figures.Kinds.Sum(kind => kind.AlarmsUnacknowledged), figures.Kinds.Sum(kind => kind.AlarmsAcknowledged), figures.Kinds.Sum(kind => kind.AlarmsShelved));
    }

    private static DeviceDescriptor LampOf(string id, string cabinet = "C1") =>
        Say.Device(id, DeviceKind.Streetlight, Quimper, ("ratedWatts", AttributeValue.Of(70.0)), ("cabinet", AttributeValue.Of(cabinet)));

    private static Task BurnAsync(TestCity city, string bin, double celsius) =>
        city.ReportAsync(Say.Reading(bin, city.Now, ("fillPercent", 40), ("temperatureCelsius", celsius)));

    [Fact]
    public async Task A_fire_is_an_alarm_that_counts_until_it_is_out_and_acknowledged()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Quimper));
        await BurnAsync(city, "B1", 90);

        var raised = await AlarmAsync(city, "B1", "fire");
        Assert.Equal((AlarmState.Unacknowledged, AlarmPriority.Urgent, AlarmClass.Safety, 1), (raised.State, raised.Priority, raised.Class, raised.Count));
        Assert.Equal((1, 0, 0), await CountsAsync(city));

        Assert.Equal(AlarmState.Acknowledged, (await OrderAsync(city, "B1", "fire", AlarmAction.Acknowledge, "on my way")).Alarm?.State);
        Assert.Equal((0, 1, 0), await CountsAsync(city));

        await city.PassAsync(TimeSpan.FromMinutes(30));
        await BurnAsync(city, "B1", 15);
        var normal = await AlarmAsync(city, "B1", "fire");
        Assert.Equal(AlarmState.Normal, normal.State);
        Assert.Equal(["system", "anna", "system"], normal.History.Select(one => one.By));
        Assert.Equal("on my way", normal.History[1].Note);
        Assert.Equal((0, 0, 0), await CountsAsync(city));
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_crash_and_is_not_done_twice()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Quimper), Say.Device("B2", DeviceKind.Bin, Quimper));
        await BurnAsync(city, "B1", 90);
        await OrderAsync(city, "B1", "fire", AlarmAction.Acknowledge, "seen");
        await (await SectorOfAsync(city, "B1")).Checkpoint();
        await BurnAsync(city, "B2", 95);
        await OrderAsync(city, "B1", "fire", AlarmAction.Shelve, "the brigade is there", city.Now + TimeSpan.FromHours(2));

        await using var again = await city.CrashNowAsync();
        var shelved = await AlarmAsync(again, "B1", "fire");
        Assert.Equal((AlarmState.Shelved, 1), (shelved.State, shelved.Count));
        Assert.Equal([AlarmAction.Raise, AlarmAction.Acknowledge, AlarmAction.Shelve], shelved.History.Select(one => one.Action));
        Assert.Equal((AlarmState.Unacknowledged, 1), ((await AlarmAsync(again, "B2", "fire")).State, (await AlarmAsync(again, "B2", "fire")).Count));
        Assert.Equal((1, 0, 1), await CountsAsync(again));

        // It comes back by itself.
        await again.PassAsync(TimeSpan.FromHours(2) + TimeSpan.FromMinutes(5));
        Assert.Equal(AlarmState.Unacknowledged, (await AlarmAsync(again, "B1", "fire")).State);
    }

    [Fact]
    public async Task A_door_that_is_closed_again_within_five_minutes_alarms_nobody_and_one_that_stays_open_does_by_itself()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("C1", DeviceKind.Cabinet, Quimper));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("doorOpen", 1)));
        Assert.Empty(await OpenAsync(city, "C1"));
        await city.PassAsync(TimeSpan.FromMinutes(4));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("doorOpen", 0)));
        await city.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Empty(await OpenAsync(city, "C1"));

        await city.ReportAsync(Say.Reading("C1", city.Now, ("doorOpen", 1)));
        var opened = city.Now;
        await city.PassAsync(TimeSpan.FromMinutes(10));
        var alarm = Assert.Single(await OpenAsync(city, "C1"));
        Assert.Equal(("doorOpen", opened + TimeSpan.FromMinutes(5)), (alarm.Condition, alarm.RaisedAt));
    }

    [Fact]
    public async Task Four_hundred_lamps_of_a_cabinet_without_supply_are_one_alarm_that_closes_with_it()
    {
        await using var city = await TestCity.StartAsync();
        DeviceDescriptor[] lamps = [.. Enumerable.Range(0, 400).Select(number => LampOf($"L{number:000}"))];
        await city.PutAsync([Say.Device("C1", DeviceKind.Cabinet, Quimper), .. lamps]);
        await city.ReportAsync([Say.Reading("C1", city.Now, ("supplyVolts", 0)), .. lamps.Select(lamp => Say.Reading(lamp.Id, city.Now, ("supplyVolts", 0)))]);

        var open = Assert.Single(await OpenAsync(city, "C1"));
        Assert.Equal(("C1", "supplyLoss", 400), (open.Source, open.Condition, open.Children));
        Assert.Equal(400, (await OpenAsync(city, "C1", parent: open.Id)).Count);
        Assert.Equal((1, 0, 0), await CountsAsync(city));

        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync([Say.Reading("C1", city.Now, ("supplyVolts", 230)), .. lamps.Select(lamp => Say.Reading(lamp.Id, city.Now, ("supplyVolts", 230)))]);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(AlarmState.ReturnedUnacknowledged, Assert.Single(await OpenAsync(city, "C1", withChildren: true)).State);
        await OrderAsync(city, "C1", "supplyLoss", AlarmAction.Acknowledge);
        Assert.Equal((0, 0, 0), await CountsAsync(city));
    }

    [Fact]
    public async Task Lamps_that_fail_together_while_their_cabinet_says_nothing_are_told_as_one_from_the_fifth_on()
    {
        await using var city = await TestCity.StartAsync();
        DeviceDescriptor[] lamps = [.. Enumerable.Range(0, 20).Select(number => LampOf($"L{number:000}"))];
        await city.PutAsync([Say.Device("C1", DeviceKind.Cabinet, Quimper), .. lamps]);
        async Task LoseAsync(int from, int to) => await city.ReportAsync([.. lamps[from..to].Select(lamp => Say.Reading(lamp.Id, city.Now, ("supplyVolts", 0)))]);

        await LoseAsync(0, 4);
        Assert.Equal(4, (await OpenAsync(city, "C1")).Count);
        await LoseAsync(4, 6);
        var open = Assert.Single(await OpenAsync(city, "C1"));
        Assert.Equal(("C1~feedFailure", 6), (open.Id, open.Children));

        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync([.. lamps[..6].Select(lamp => Say.Reading(lamp.Id, city.Now, ("supplyVolts", 230)))]);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(AlarmState.ReturnedUnacknowledged, Assert.Single(await OpenAsync(city, "C1")).State);
    }

    [Fact]
    public async Task A_cabinet_under_works_and_its_lamps_are_suppressed_by_design_and_are_news_when_the_works_end()
    {
        await using var city = await TestCity.StartAsync();
        DeviceDescriptor Cabinet(bool isUnderWorks) => Say.Device("C1", DeviceKind.Cabinet, Quimper, ("underWorks", AttributeValue.Of(isUnderWorks)));
        await city.PutAsync(Cabinet(true), LampOf("L1"));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("supplyVolts", 0)));
        Assert.Equal(AlarmState.Suppressed, (await AlarmAsync(city, "L1", "supplyLoss")).State);
        Assert.Equal((0, 0, 0), await CountsAsync(city));

        await city.PutAsync(Cabinet(false));
        Assert.Equal(AlarmState.Unacknowledged, (await AlarmAsync(city, "L1", "supplyLoss")).State);
    }

    [Fact]
    public async Task Eleven_alarms_in_ten_minutes_are_a_flood_until_fewer_than_five_were_announced()
    {
        await using var city = await TestCity.StartAsync();
        DeviceDescriptor[] bins = [.. Enumerable.Range(0, 11).Select(number => Say.Device($"B{number:00}", DeviceKind.Bin, Quimper))];
        await city.PutAsync(bins);
        async Task<TerritorySummary> SummaryAsync()
        {
            await city.Commune(Quimper).Refresh();
            return await city.Commune(Quimper).GetSummary();
        }

        await city.ReportAsync([.. bins[..10].Select(bin => Say.Reading(bin.Id, city.Now, ("temperatureCelsius", 90)))]);
        Assert.False((await SummaryAsync()).IsAlarmFlood);
        await city.ReportAsync(Say.Reading(bins[10].Id, city.Now, ("temperatureCelsius", 90)));
        Assert.True((await SummaryAsync()).IsAlarmFlood);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        Assert.True((await SummaryAsync()).IsAlarmFlood);
        await city.PassAsync(TimeSpan.FromMinutes(7));
        Assert.False((await SummaryAsync()).IsAlarmFlood);
    }

    [Fact]
    public async Task A_device_that_is_removed_leaves_no_open_alarm()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Quimper), Say.Device("B2", DeviceKind.Bin, Quimper));
        await BurnAsync(city, "B1", 90);
        await city.RemoveAsync("B1");
        Assert.Equal((0, 0, 0), await CountsAsync(city));
    }
}
