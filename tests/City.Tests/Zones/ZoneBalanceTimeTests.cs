using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Zones;
using Grid.Grains.Territory;

namespace Grid.Tests.City.Zones;

/// <summary>A simulated water zone, of which the truth is known, through the whole grid.</summary>
public sealed class ZoneBalanceTimeTests
{
    private const string Zone = "Z-1";
    private static readonly string[] Communes = ["29083", "29155"]; // two islands, and so two sectors
    private static readonly DateTimeOffset Midnight = new(2026, 1, 15, 23, 0, 0, TimeSpan.Zero); // in Paris, of the 16th
    private static readonly int Day = new DateOnly(2026, 1, 16).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    private static readonly DeviceDescriptor[] Meters =
    [
        .. DemoFleet.Create(TerritoryTable.Shared, "29", 60_000, 7)
            .Where(device => Communes.Contains(device.Commune) && device is { Kind: DeviceKind.Meter } && device.Text("zoneRole") is null)
            .Select(device => InZone(device, null)),
        InZone(Say.WaterMeter("inlet-1", Communes[0]), "inlet"),
        InZone(Say.WaterMeter("inlet-2", Communes[1]), "inlet"),
        InZone(Say.WaterMeter("outlet", Communes[1]), "outlet"),
    ];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Meters, TerritoryTable.Shared, 7);

    [Fact]
    public async Task At_full_coverage_a_zone_over_two_communes_agrees_with_the_truth_to_the_litre()
    {
        Assert.True(Meters.Length >= 8, "The world is too small to show anything.");
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Meters);
        await city.PassAsync(Midnight - city.Now);
        for (var hour = 0; hour <= 24; hour++)
        {
            // What is lost on the way, late or out of order changes nothing, as long as the day is closed.
            var heard = Meters.Where((meter, number) => hour is 0 or 24 || meter.Text("zoneRole") is not null || (number + hour) % 5 != 0);
            await ReportAsync(city, heard, city.Now);
            if (hour == 20) await ReportAsync(city, Meters, city.Now.AddMinutes(-90));
            await city.PassAsync(TimeSpan.FromHours(1));
        }

        var (before, after) = (_fleet.TruthOfZone(Zone, Midnight)!.Value, _fleet.TruthOfZone(Zone, Midnight.AddDays(1))!.Value);
        var balance = await BalanceAsync(city);

        Assert.Equal((Meters.Length, Meters.Length, Day), (balance.Meters, balance.MetersHeard, balance.Day));
        Assert.True(balance.IsExact);
        Assert.Equal(1_000 * (after.InletLitres - before.InletLitres), balance.Inlets.Millilitres);
        Assert.Equal(1_000 * (after.OutletLitres - before.OutletLitres), balance.Outlets.Millilitres);
        Assert.Equal(1_000 * (after.DeliveredLitres - before.DeliveredLitres), balance.Customers.Millilitres);
        Assert.Equal(1_000 * (after.LossLitres - before.LossLitres), balance.LossMillilitres);
        Assert.Equal((balance.Customers.Millilitres, balance.LossMillilitres), (balance.EstimatedDeliveredMillilitres, balance.EstimatedLossMillilitres));
        Assert.Equal(Communes, balance.Communes);
        // By night only the outlet and the network take water: what the inlets let in then, between three and four or between two and three.
        Assert.Equal(Hours(2, 4).Sum() / 2.0, balance.NightMinimumMillilitresPerHour!.Value, 2_000.0);

        // A process that dies and comes back knows the same.
        await using var again = await city.CrashAsync([]);
        Assert.Equivalent(balance with { AsOf = default }, await BalanceAsync(again) with { AsOf = default });

        IEnumerable<long> Hours(int from, int to) => Enumerable.Range(from, to - from).Select(hour =>
            1_000 * (_fleet.TruthOfZone(Zone, Midnight.AddHours(hour + 1))!.Value.InletLitres - _fleet.TruthOfZone(Zone, Midnight.AddHours(hour))!.Value.InletLitres));
    }

    [Fact]
    public async Task A_meter_that_is_missing_lowers_the_coverage_until_it_comes_late()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Meters);
        await city.PassAsync(Midnight - city.Now);
        await ReportAsync(city, Meters, city.Now);
        await city.PassAsync(TimeSpan.FromHours(24));
        var missing = Meters[0];
        var closing = city.Now;
        await ReportAsync(city, Meters.Skip(1), closing);
        await city.PassAsync(TimeSpan.FromHours(1));

        var balance = await BalanceAsync(city);
        Assert.Equal((Meters.Length, Meters.Length - 1, false), (balance.Meters, balance.MetersHeard, balance.IsExact));
        Assert.True(balance.EstimatedDeliveredMillilitres > balance.Customers.Millilitres);
        Assert.Equal(balance.LossMillilitres - (balance.EstimatedDeliveredMillilitres - balance.Customers.Millilitres), balance.EstimatedLossMillilitres);

        await ReportAsync(city, [missing], closing);
        var amended = await BalanceAsync(city);
        Assert.Equal((Meters.Length, true), (amended.MetersHeard, amended.IsExact));
        Assert.Equal(balance.Customers.Millilitres + (1_000 * (Index(missing, closing) - Index(missing, closing.AddDays(-1)))), amended.Customers.Millilitres);
        Assert.Equal(amended.EstimatedLossMillilitres, amended.LossMillilitres);
    }

    [Fact]
    public async Task A_meter_counts_where_its_newest_registration_says()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Meters);
        var meter = Meters[0];

        await city.PutAsync(meter with { Attributes = meter.Attributes.SetItem("zone", AttributeValue.Of("Z-2")) });
        Assert.Equal(["Z-1 " + (Meters.Length - 1), "Z-2 1"], await ShownAsync(city));
        await city.PutAsync(meter with { Commune = Communes[1], Attributes = meter.Attributes.SetItem("zone", AttributeValue.Of("Z-2")) });
        Assert.Equal(["Z-1 " + (Meters.Length - 1), "Z-2 1"], await ShownAsync(city));
        await city.RemoveAsync(meter.Id);
        Assert.Equal(["Z-1 " + (Meters.Length - 1)], await ShownAsync(city));
    }

    private static async Task<IEnumerable<string>> ShownAsync(TestCity city)
    {
        await city.SettleAsync();
        return (await city.Grains.GetGrain<IWaterZonesGrain>("29").GetBalances(ZoneDay.Yesterday)).Select(zone => $"{zone.Zone} {zone.Meters}");
    }

    private static async Task<WaterZoneBalance> BalanceAsync(TestCity city)
    {
        await city.SettleAsync();
        return Assert.Single(await city.Grains.GetGrain<IWaterZonesGrain>("29").GetBalances(ZoneDay.Yesterday));
    }

    private async Task ReportAsync(TestCity city, IEnumerable<DeviceDescriptor> meters, DateTimeOffset at) =>
        await city.ReportAsync([.. meters.Select(meter => _fleet.Read(meter.Id, at)! with { Time = at })]);

    private long Index(DeviceDescriptor meter, DateTimeOffset at) => (long)_fleet.Read(meter.Id, at)!.Metrics.Single(metric => metric.Name == "indexLitres").Value;

    private static DeviceDescriptor InZone(DeviceDescriptor meter, string? role) => meter with
    {
        Attributes = role is null
            ? meter.Attributes.SetItem("zone", AttributeValue.Of(Zone))
            : meter.Attributes.SetItem("zone", AttributeValue.Of(Zone)).SetItem("zoneRole", AttributeValue.Of(role)),
    };
}
