using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

public sealed class RollUpTests
{
    private const string Quimper = "29232";
    private const string Ouessant = "29155";

    [Fact]
    public async Task A_reading_reaches_its_device_its_commune_its_body_and_its_department()
    {
        await using var city = await TestCity.StartAsync();
        await city.AddBodyAsync("999000001", DeviceKinds.Streetlight, Quimper);
        await city.PutAsync(Say.Lamp("L1", Quimper), Say.WaterMeter("M1", Quimper));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("dimmingPercent", 100), ("powerWatts", 68.5)), Say.Reading("M1", city.Now, ("flowLitresPerHour", 12.25)));

        foreach (var territory in (ITerritoryGrain[])[city.Commune(Quimper), city.Department("29")])
        {
            var figures = await city.FiguresAsync(territory);
            Assert.Equal(68_500, figures.Of(DeviceKind.Streetlight).PowerMilliwatts);
            Assert.Equal(1, figures.Of(DeviceKind.Streetlight).LightsOn);
            Assert.Equal(12_250, figures.Of(DeviceKind.Meter).FlowMillilitresPerHour);
        }

        var body = await city.FiguresAsync(city.Body("999000001"));
        Assert.Equal(68_500, body.Of(DeviceKind.Streetlight).PowerMilliwatts);
        Assert.DoesNotContain(body.Kinds, kind => kind.Kind == DeviceKind.Meter);
    }

    [Fact]
    public async Task The_same_batch_twice_changes_nothing()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var batch = new[] { Say.Reading("M1", city.Now, ("indexLitres", 1_000)), Say.Reading("M1", city.Now.AddMinutes(5), ("indexLitres", 1_050), ("flowLitresPerHour", 600)) };
        await city.ReportAsync(batch);
        var once = await city.FiguresAsync(city.Commune(Quimper));
        await city.ReportAsync(batch);
        Assert.True(Grid.Contracts.Territories.FiguresComparison.AreEqual(once, await city.FiguresAsync(city.Commune(Quimper))));
    }

    [Fact]
    public async Task Passive_lamps_follow_their_cabinet()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("C1", DeviceKind.Cabinet, Quimper));
        await city.PutAsync(Say.PassiveLamp("P1", Quimper, "C1", 1), Say.PassiveLamp("P2", Quimper, "C1", 2, ratedWatts: 40));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("segment1On", 1), ("segment2On", 0)));
        var lights = (await city.FiguresAsync(city.Commune(Quimper))).Of(DeviceKind.Streetlight);
        Assert.Equal((1, 1, 100_000), (lights.LightsOn, lights.LightsOff, lights.PowerMilliwatts));
    }

    [Fact]
    public async Task A_device_that_is_removed_takes_its_contribution_with_it_and_starts_afresh_when_it_comes_back()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        await city.ReportAsync(Say.Reading("M1", city.Now, ("flowLitresPerHour", 5)));
        Assert.True(await city.RemoveAsync("M1"));
        Assert.False(await city.RemoveAsync("M1"));
        Assert.Empty((await city.FiguresAsync(city.Commune(Quimper))).Kinds);
        var refused = await city.TryReportAsync(Say.Reading("M1", city.Now, ("flowLitresPerHour", 5)));
        Assert.Equal("device", Assert.Single(refused.Rejected).Field);

        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var meter = (await city.FiguresAsync(city.Commune(Quimper))).Of(DeviceKind.Meter);
        Assert.Equal((1, 0), (meter.ByStatus[(int)DeviceStatus.Unknown], meter.FlowMillilitresPerHour));
    }

    [Fact]
    public async Task Another_kind_under_the_same_id_is_another_device()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("X1", Quimper));
        await city.ReportAsync(Say.Reading("X1", city.Now, ("flowLitresPerHour", 5)));
        await city.PutAsync(Say.Device("X1", DeviceKind.Bin, Quimper));
        var kind = Assert.Single((await city.FiguresAsync(city.Commune(Quimper))).Kinds);
        Assert.Equal((DeviceKind.Bin, 1L), (kind.Kind, kind.ByStatus[(int)DeviceStatus.Unknown]));
    }

    [Fact]
    public async Task A_light_point_must_stand_in_the_commune_of_its_cabinet()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("C1", DeviceKind.Cabinet, Quimper));
        var result = await city.TryPutAsync(Say.PassiveLamp("P1", Ouessant, "C1", 1));
        Assert.Equal("attributes.cabinet", Assert.Single(result.Errors).Field);
    }
}
