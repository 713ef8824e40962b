using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Tests.City;

/// <summary>What a live client reads from a sector: it can always tell that it lost nothing, or gets a snapshot.</summary>
public sealed class SectorChangesTimeTests
{
    private const string Commune = "29155";
    private const string Sector = "29155.0";

    [Fact]
    public async Task A_device_shows_the_metrics_that_changed_since_the_version_and_no_others()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Commune), Say.Device("B2", DeviceKind.Bin, Commune));
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 10), ("batteryPercent", 90)), Say.Reading("B2", city.Now, ("fillPercent", 20)));
        var first = await ChangesAsync(city, null);
        Assert.True(first.IsSnapshot);
        Assert.Equal(["B1", "B2"], first.Devices.Select(device => device.Id).Order(StringComparer.Ordinal));

        await city.PassAsync(TimeSpan.FromMinutes(1));
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 11), ("batteryPercent", 90)));
        var second = await ChangesAsync(city, first.Version);
        Assert.False(second.IsSnapshot);
        var change = Assert.Single(second.Devices);
        Assert.Equal("B1", change.Id);
        Assert.Equal([new MetricValue("fillPercent", 11)], change.Metrics);
        Assert.Empty((await ChangesAsync(city, second.Version)).Devices);
    }

    [Fact]
    public async Task A_removed_device_is_told_once_to_who_knew_it()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Commune));
        var first = await ChangesAsync(city, null);
        Assert.True(await city.RemoveAsync("B1"));
        var second = await ChangesAsync(city, first.Version);
        Assert.Equal(["B1"], second.Removed);
        Assert.Empty((await ChangesAsync(city, second.Version)).Removed);
        Assert.Empty((await ChangesAsync(city, null)).Removed);
    }

    [Fact]
    public async Task A_version_of_another_epoch_or_from_the_future_gives_a_snapshot()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Commune));
        var version = (await ChangesAsync(city, null)).Version;
        Assert.True((await ChangesAsync(city, version with { Epoch = version.Epoch + 1 })).IsSnapshot);
        Assert.True((await ChangesAsync(city, version with { Offset = version.Offset + 1 })).IsSnapshot);
        Assert.True((await ChangesAsync(city, version with { Sector = "29155.1" })).IsSnapshot);
    }

    [Fact]
    public async Task Reading_page_by_page_ends_with_the_same_view_as_a_snapshot()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync([.. Enumerable.Range(0, 40).Select(number => Say.Device($"B{number}", DeviceKind.Bin, Commune))]);
        var start = await ChangesAsync(city, null);
        var view = start.Devices.ToDictionary(device => device.Id, device => device.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value));
        for (var round = 0; round < 3; round++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(1));
            await city.ReportAsync([.. Enumerable.Range(0, 40).Where(number => number % (round + 1) == 0).Select(number => Say.Reading($"B{number}", city.Now, ("fillPercent", number + round)))]);
        }

        var version = start.Version;
        var pages = 0;
        SectorChanges page;
        do
        {
            page = await city.Grains.GetGrain<ISectorGrain>(Sector).GetChanges(version, new DeviceFilter(), 7);
            Assert.False(page.IsSnapshot);
            foreach (var metric in page.Devices.SelectMany(device => device.Metrics.Select(metric => (device.Id, metric.Name, metric.Value))))
            {
                view[metric.Id][metric.Name] = metric.Value;
            }

            version = page.Version;
            pages++;
        }
        while (!page.IsComplete);

        Assert.True(pages > 3);
        var whole = await ChangesAsync(city, null);
        Assert.Equal(version, whole.Version);
        Assert.All(whole.Devices, device => Assert.Equal(device.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value), view[device.Id]));
    }

    private static Task<SectorChanges> ChangesAsync(TestCity city, SectorVersion? since) =>
        city.Grains.GetGrain<ISectorGrain>(Sector).GetChanges(since, new DeviceFilter(), 1_000);
}
