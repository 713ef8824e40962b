using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

public sealed class RollUpTimeTests
{
    private const string Quimper = "29232";
    private const string Ouessant = "29155";

    [Fact]
    public async Task A_device_that_moves_takes_its_state_to_the_other_commune()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Lamp("L1", Quimper));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("dimmingPercent", 50), ("powerWatts", 30)));
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        Assert.Empty((await city.FiguresAsync(city.Commune(Quimper))).Kinds);
        Assert.Equal(30_000, (await city.FiguresAsync(city.Commune(Ouessant))).Of(DeviceKind.Streetlight).PowerMilliwatts);
        await city.PassAsync(TimeSpan.FromMinutes(1));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 31)));
        Assert.Equal(31_000, (await city.FiguresAsync(city.Commune(Ouessant))).Of(DeviceKind.Streetlight).PowerMilliwatts);
        Assert.Equal(31_000, (await city.FiguresAsync(city.Department("29"))).Of(DeviceKind.Streetlight).PowerMilliwatts);
    }

    [Fact]
    public async Task A_commune_counts_for_a_body_from_its_first_day_to_its_last()
    {
        await using var city = await TestCity.StartAsync();
        var today = DateOnly.FromDateTime(city.Now.UtcDateTime);
        await city.AddBodyAsync("999000001", [new Membership(Quimper, "999000001", DeviceKinds.All, today.AddDays(1), today.AddDays(1))]);
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        await city.ReportAsync(Say.Reading("M1", city.Now, ("flowLitresPerHour", 5)));
        Assert.Empty((await city.FiguresAsync(city.Body("999000001"))).Kinds);
        await city.PassAsync(TimeSpan.FromDays(1));
        Assert.Equal(1, (await city.FiguresAsync(city.Body("999000001"))).Of(DeviceKind.Meter).Total);
        await city.PassAsync(TimeSpan.FromDays(1));
        Assert.Empty((await city.FiguresAsync(city.Body("999000001"))).Kinds);
    }

    [Fact]
    public async Task Midnight_needs_no_message()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        await city.ReportAsync(Say.Reading("M1", city.Now, ("indexLitres", 100)));
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Say.Reading("M1", city.Now, ("indexLitres", 130)));
        await city.Commune(Quimper).Refresh();
        var before = await city.Commune(Quimper).GetSummary();
        Assert.Equal(30_000, before.TodayOf(DeviceKind.Meter));
        await city.PassAsync(TimeSpan.FromDays(1));
        var after = await city.Commune(Quimper).GetSummary();
        Assert.Equal((before.Today + 1, 0), (after.Today, after.TodayOf(DeviceKind.Meter)));
    }

    [Fact]
    public async Task A_device_that_is_not_heard_becomes_silent_and_its_next_report_ends_it()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("C1", DeviceKind.Cabinet, Quimper));
        await city.PutAsync(Say.PassiveLamp("P1", Quimper, "C1", 1));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("segment1On", 1)));
        await city.PassAsync(TimeSpan.FromHours(30));
        var silent = await city.FiguresAsync(city.Commune(Quimper));
        Assert.Equal(1, silent.Of(DeviceKind.Cabinet).ByStatus[(int)DeviceStatus.Silent]);
        Assert.Equal(1, silent.Of(DeviceKind.Streetlight).ByStatus[(int)DeviceStatus.Silent]);
        await city.ReportAsync(Say.Reading("C1", city.Now, ("segment1On", 0)));
        var heard = await city.FiguresAsync(city.Commune(Quimper));
        Assert.Equal(1, heard.Of(DeviceKind.Cabinet).ByStatus[(int)DeviceStatus.Ok]);
        Assert.Equal(1, heard.Of(DeviceKind.Streetlight).LightsOff);
    }

    [Fact]
    public async Task A_lamp_is_not_silent_while_its_cabinet_does_not_feed_it_and_is_when_it_stays_so_once_fed()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("C1", DeviceKind.Cabinet, Quimper, ("reportingIntervalMinutes", AttributeValue.Of(600))));
        await city.PutAsync(Say.Device("L1", DeviceKind.Streetlight, Quimper, ("cabinet", AttributeValue.Of("C1")), ("segment", AttributeValue.Of(2)), ("switchedSupply", AttributeValue.Of(true))));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("dimmingPercent", 100), ("powerWatts", 60)));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("segment2On", 0)));

        await city.PassAsync(TimeSpan.FromHours(10));
        Assert.Equal((DeviceStatus.Ok, 1), await LampAsync());

        await city.ReportAsync(Say.Reading("C1", city.Now, ("segment2On", 1)));
        await city.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal(DeviceStatus.Ok, (await LampAsync()).Status);

        await city.PassAsync(TimeSpan.FromMinutes(130));
        Assert.Equal(DeviceStatus.Silent, (await LampAsync()).Status);

        async Task<(DeviceStatus Status, long Off)> LampAsync()
        {
            var figures = (await city.FiguresAsync(city.Commune(Quimper))).Of(DeviceKind.Streetlight);
            return ((DeviceStatus)figures.ByStatus.ToList().IndexOf(1), figures.LightsOff);
        }
    }
}
