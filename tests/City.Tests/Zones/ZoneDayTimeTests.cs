using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.City.Zones;

/// <summary>A balance says that it is exact when it is what truly flowed from midnight to midnight, and only then. Simulated meters, of which the truth is known.</summary>
public sealed class ZoneDayTimeTests
{
    private const string Zone = "Z-1";
    private static readonly string[] Communes = ["29083", "29155"]; // two islands, and so two sectors
    private static readonly LocalCalendar Paris = new("Europe/Paris");

    private static readonly DeviceDescriptor[] Meters =
    [
        .. DemoFleet.Create(TerritoryTable.Shared, "29", 60_000, 7)
            .Where(device => Communes.Contains(device.Commune) && device is { Kind: DeviceKind.Meter } && device.Text("zoneRole") is null)
            .Select(device => InZone(device, null)),
        InZone(Say.WaterMeter("inlet", Communes[0]), "inlet"),
        InZone(Say.WaterMeter("outlet", Communes[1]), "outlet"),
    ];

    private static readonly DeviceDescriptor[] Framed = [.. Meters.Where(SimulatedFleet.SendsFrames)];
    private static readonly DeviceDescriptor[] Hourly = [.. Meters.Except(Framed)];
    private static readonly DeviceDescriptor Inlet = Meters.Single(meter => meter.Id == "inlet");

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Meters, TerritoryTable.Shared, 7);

    [Theory]
    [InlineData("2026-01-16", 24)]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-10-25", 25)]
    public async Task A_day_is_exact_once_both_its_midnights_are_known_of_every_meter(string date, int hours)
    {
        Assert.NotEmpty(Framed);
        var day = Paris.OfNumber(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        var (midnight, next) = (DateTimeOffset.FromUnixTimeMilliseconds(day.Start), DateTimeOffset.FromUnixTimeMilliseconds(day.End));
        Assert.Equal(TimeSpan.FromHours(hours), next - midnight);
        await using var city = await TestCity.StartAsync(at: midnight);
        await city.PutAsync(Meters);
        await ReportAsync(city, Hourly, midnight);
        await FramesAsync(city, midnight);
        for (var hour = 3; hour < hours; hour++)
        {
            await city.PassAsync(midnight.AddHours(hour) - city.Now);
            await ReportAsync(city, Hourly, city.Now);
        }

        // The last index of the day is lost of the inlet, that of an hour before and after is not.
        await city.PassAsync(next - city.Now);
        await ReportAsync(city, Hourly.Where(meter => meter.Id != Inlet.Id), next);
        await FramesAsync(city, next);
        await ReportAsync(city, Hourly, city.Now);
        var lost = await BalanceAsync(city);
        Assert.Equal((day.Day, Meters.Length, Meters.Length - 1, false), (lost.Day, lost.MetersHeard, lost.MetersExact, lost.IsExact));
        Assert.Equal(Flowed(midnight, next.AddHours(-1)).Inlets, lost.Inlets.Millilitres);
        Assert.True(Flowed(midnight, next).Inlets > lost.Inlets.Millilitres);

        // It comes late, and repairs its day.
        await ReportAsync(city, [Inlet], next);
        var whole = await BalanceAsync(city);
        Assert.True(whole.IsExact);
        Assert.Equal(Flowed(midnight, next), (whole.Inlets.Millilitres, whole.Outlets.Millilitres, whole.Customers.Millilitres, whole.LossMillilitres));
    }

    [Fact]
    public async Task A_frame_that_is_lost_leaves_its_day_unknown_and_repairs_it_when_it_comes()
    {
        var midnight = new DateTimeOffset(2026, 1, 15, 23, 0, 0, TimeSpan.Zero);
        var next = midnight.AddDays(1);
        await using var city = await TestCity.StartAsync(at: midnight);
        await city.PutAsync(Meters);
        await ReportAsync(city, Hourly, midnight);
        await FramesAsync(city, midnight);
        await city.PassAsync(next - city.Now);
        await ReportAsync(city, Hourly, next);
        var lost = await FramesAsync(city, next, except: Framed[0]);
        var partly = await BalanceAsync(city);
        Assert.Equal((Meters.Length - 1, false), (partly.MetersExact, partly.IsExact));

        await city.ReportAsync(lost!);
        var whole = await BalanceAsync(city);
        Assert.True(whole.IsExact);
        Assert.Equal(Flowed(midnight, next), (whole.Inlets.Millilitres, whole.Outlets.Millilitres, whole.Customers.Millilitres, whole.LossMillilitres));
    }

    [Fact]
    public async Task A_meter_that_never_reports_at_midnight_is_known_and_never_exact_and_one_that_is_replaced_is_not_on_that_day()
    {
        var midnight = new DateTimeOffset(2026, 1, 15, 23, 0, 0, TimeSpan.Zero);
        await using var city = await TestCity.StartAsync(at: midnight.AddMinutes(-43));
        var (offBeat, replaced) = (Hourly[0], Hourly[1]);
        var others = Hourly.Except([offBeat, replaced]).Concat(Framed).ToArray();
        await city.PutAsync(Meters);
        var litres = 0;
        for (var day = 0; day <= 2; day++)
        {
            await city.PassAsync(midnight.AddDays(day).AddMinutes(-43) - city.Now);
            await ReportAsync(city, [offBeat], city.Now);
            await city.PassAsync(TimeSpan.FromMinutes(43));
            await ReportAsync(city, others, city.Now);
            await city.ReportAsync(Say.Reading(replaced.Id, city.Now, ("indexLitres", litres + 900)));
            litres += 10;
            if (day == 0)
            {
                await city.PassAsync(TimeSpan.FromHours(12));
                await city.ReportAsync(Say.Reading(replaced.Id, city.Now, ("indexLitres", 5)));
                litres = -880;
            }
            else
            {
                // The day of the replacement, and the one after it.
                await city.PassAsync(TimeSpan.FromMinutes(30));
                var balance = await BalanceAsync(city);
                Assert.Equal((Meters.Length, Meters.Length - (day == 1 ? 2 : 1), false), (balance.MetersHeard, balance.MetersExact, balance.IsExact));
            }
        }
    }

    private static async Task<WaterZoneBalance> BalanceAsync(TestCity city)
    {
        await city.SettleAsync();
        return Assert.Single(await city.Grains.GetGrain<IWaterZonesGrain>("29").GetBalances(ZoneDay.Yesterday));
    }

    /// <summary>In millilitres.</summary>
    private (long Inlets, long Outlets, long Customers, long? Loss) Flowed(DateTimeOffset from, DateTimeOffset to)
    {
        var (before, after) = (_fleet.TruthOfZone(Zone, from)!.Value, _fleet.TruthOfZone(Zone, to)!.Value);
        return (1_000 * (after.InletLitres - before.InletLitres), 1_000 * (after.OutletLitres - before.OutletLitres), 1_000 * (after.DeliveredLitres - before.DeliveredLitres),
            1_000 * (after.LossLitres - before.LossLitres));
    }

    private async Task ReportAsync(TestCity city, IEnumerable<DeviceDescriptor> meters, DateTimeOffset at) =>
        await city.ReportAsync([.. meters.Select(meter => _fleet.Read(meter.Id, at)! with { Time = at })]);

    /// <summary>Each frame of the day that ended at midnight, at its time; answers the one that was lost.</summary>
    private async Task<IncomingReading?> FramesAsync(TestCity city, DateTimeOffset midnight, DeviceDescriptor? except = null)
    {
        var lost = default(IncomingReading);
        foreach (var (meter, at) in Framed.Select(meter => (meter, At: _fleet.NextReport(meter.Id, midnight))).OrderBy(frame => frame.At))
        {
            await city.PassAsync(at - city.Now);
            var frame = _fleet.Report(meter.Id, at)!;
            if (meter == except)
            {
                lost = frame;
            }
            else
            {
                await city.ReportAsync(frame);
            }
        }

        return lost;
    }

    private static DeviceDescriptor InZone(DeviceDescriptor meter, string? role) => meter with
    {
        Attributes = role is null
            ? meter.Attributes.SetItem("zone", AttributeValue.Of(Zone))
            : meter.Attributes.SetItem("zone", AttributeValue.Of(Zone)).SetItem("zoneRole", AttributeValue.Of(role)),
    };
}
