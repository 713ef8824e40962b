using Grid.Contracts.Alarms;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Tests.City;

public sealed class CrossTradeTimeTests
{
    private const string Quimper = "29232";

    private static DeviceDescriptor On(DeviceDescriptor device, string supply) => device with { Attributes = device.Attributes.SetItem(DeviceLinks.SupplyAttribute, AttributeValue.Of(supply)) };

    private static async Task<TestCity> StreetAsync()
    {
        var city = await TestCity.StartAsync();
        await city.PutAsync(On(Say.Device("C1", DeviceKind.Cabinet, Quimper), "T1"), On(Say.Lamp("L1", Quimper), "T1"), On(Say.Lamp("L2", Quimper), "T1"), On(Say.Device("B1", DeviceKind.Building, Quimper), "T1"));
        return city;
    }

    private static Task ReportAsync(TestCity city, params string[] devices) => city.ReportAsync([.. devices.Select(device => Say.Reading(device, city.Now, ("powerWatts", 40)))]);

    private static Task<System.Collections.Immutable.ImmutableArray<CrossTradeFinding>> FindingsAsync(TestCity city) =>
        city.Grains.GetGrain<ICommuneFindingsGrain>(Quimper).GetFindings();

    [Fact]
    public async Task A_street_that_falls_silent_is_found_before_any_device_of_it_is_silent_and_ends_when_it_speaks()
    {
        await using var city = await StreetAsync();
        await ReportAsync(city, "C1", "L1", "L2", "B1");
        await city.PassAsync(TimeSpan.FromMinutes(20));
        Assert.Empty(await FindingsAsync(city));
        await city.PassAsync(TimeSpan.FromMinutes(50));

        var finding = Assert.Single(await FindingsAsync(city));
        Assert.Equal((CrossTradeFinding.SupplyOutage, "T1", 4), (finding.Rule, finding.Source, finding.Members.Length));
        await ReportAsync(city, "C1", "L1", "L2", "B1");
        Assert.Empty(await FindingsAsync(city));
    }

    [Fact]
    public async Task A_device_that_leaves_the_supply_or_is_removed_counts_no_more()
    {
        await using var city = await StreetAsync();
        await ReportAsync(city, "C1", "L1", "L2", "B1");
        await city.PutAsync(Say.Lamp("L1", Quimper));
        await city.RemoveAsync("L2");
        await city.PassAsync(TimeSpan.FromMinutes(70));

        Assert.Empty(await FindingsAsync(city));
    }

    [Fact]
    public async Task What_is_found_is_an_alarm_that_explains_the_silence_of_its_devices_and_ends_with_it_even_when_it_ended_while_nobody_looked()
    {
        await using var city = await StreetAsync();
        await ReportAsync(city, "C1", "L1", "L2", "B1");
        await city.PassAsync(TimeSpan.FromMinutes(300));
        Assert.Single(await FindingsAsync(city));
        await city.PassAsync(TimeSpan.FromMinutes(1));
        var open = Assert.Single(await OpenAlarmsAsync(city));
        Assert.Equal((CrossTradeFinding.SupplyOutage, AlarmState.Unacknowledged), (open.Condition, open.State));
        Assert.All(await OpenAlarmsAsync(city, withChildren: true), alarm => Assert.Equal(alarm.Id == open.Id ? null : open.Id, alarm.Parent));

        await using var again = await city.CrashNowAsync();
        await ReportAsync(again, "C1", "L1", "L2", "B1");
        await again.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(await FindingsAsync(again));
        await again.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(AlarmState.ReturnedUnacknowledged, Assert.Single(await OpenAlarmsAsync(again, withChildren: true)).State);
    }

    private static async Task<List<AlarmView>> OpenAlarmsAsync(TestCity city, bool withChildren = false)
    {
        var open = new List<AlarmView>();
        foreach (var sector in SectorMap.SectorsOf(Quimper, city.Get<ITerritoryTable>().FindCommune(Quimper)!.Population))
        {
            open.AddRange(await city.Grains.GetGrain<ISectorGrain>(sector).GetAlarms(new AlarmFilter { WithChildren = withChildren, Limit = 1_000 }));
        }

        return open;
    }
}
