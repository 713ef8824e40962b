using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;

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
}
