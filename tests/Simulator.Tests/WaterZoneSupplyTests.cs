using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Zones of the demo, and what their inlets count.</summary>
public sealed class WaterZoneSupplyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Meters = [.. DemoFleet.Create(Table, "29", 30_000, 1).Where(device => device.Kind == DeviceKind.Meter)];
    private static readonly ILookup<string, DeviceDescriptor> Zones = Meters.Where(meter => meter.Text("zone") is not null).ToLookup(meter => meter.Text("zone")!);

    [Fact]
    public void Zones_have_some_hundreds_of_customers_and_one_or_two_inlets()
    {
        Assert.True(Zones.Count > 20);
        Assert.All(Zones, zone =>
        {
            Assert.InRange(zone.Count(), 40, 500);
            Assert.InRange(zone.Count(meter => meter.Text("zoneRole") == "inlet"), 1, 2);
            Assert.All(zone, meter => Assert.Contains(meter.Text("zoneRole"), (string?[])[null, "inlet"]));
        });
        Assert.InRange(Zones.Count(zone => zone.Count() >= 165) / (double)Zones.Count, 0.9, 1);
        Assert.Contains(Zones, zone => zone.Select(meter => meter.Commune).Distinct().Count() > 1);
        Assert.Contains(Zones, zone => zone.Count(meter => meter.Text("zoneRole") == "inlet") == 2);
        Assert.InRange(Meters.Count(meter => meter.Text("zone") is null) / (double)Meters.Count, 0, 0.05);
    }

    [Fact]
    public void A_zone_lies_within_one_epci()
    {
        Assert.All(Zones, zone => Assert.Single(zone.Select(meter => Table.FindCommune(meter.Commune)!.EpciSiren ?? meter.Commune).Distinct()));
    }

    [Fact]
    public void Inlets_count_what_customers_take_and_what_the_network_loses_to_the_litre()
    {
        var fleet = SimulatedFleet.Build(Meters, Table, 1, faultRate: 5);
        var restarted = fleet.PlantedFaults(Start, Start.AddDays(130)).Where(fault => fault.Kind is PlantedFaultKind.MeterSwapped or PlantedFaultKind.Silence or PlantedFaultKind.BatteryEmpty or PlantedFaultKind.IndexRollover)
            .Select(fault => fault.Device).ToHashSet();
        foreach (var zone in Zones.Take(5))
        {
            // Meters that are replaced or silent are left out of the zone: of the others the index says all.
            var meters = zone.Where(meter => !restarted.Contains(meter.Id)).ToList();
            var own = SimulatedFleet.Build(meters, Table, 1, faultRate: 5);
            foreach (var day in (int[])[100, 101, 119])
            {
                var (from, to) = (Start.AddDays(day), Start.AddDays(day + 1));
                var inlet = Counted("inlet", from, to);
                var (before, after) = (own.TruthOfZone(zone.Key, from)!.Value, own.TruthOfZone(zone.Key, to)!.Value);

                Assert.Equal(after.InletLitres - before.InletLitres, inlet);
                Assert.Equal(after.DeliveredLitres - before.DeliveredLitres, Counted(null, from, to));
                Assert.Equal(inlet, Counted(null, from, to) + after.LossLitres - before.LossLitres);
                Assert.True(after.LossLitres - before.LossLitres > 0);
            }

            double Counted(string? role, DateTimeOffset from, DateTimeOffset to) => meters.Where(meter => meter.Text("zoneRole") == role).Sum(meter => Index(own, meter, to) - Index(own, meter, from));
        }
    }

    [Fact]
    public void Customers_that_are_not_connected_and_outlets_are_in_what_comes_in()
    {
        var zone = Zones.First().ToList();
        var inlet = zone.First(meter => meter.Text("zoneRole") == "inlet");
        var half = zone.Select(meter => meter == inlet ? meter with { Attributes = meter.Attributes.SetItem("connectedPercent", AttributeValue.Of(50)) } : meter)
            .Append(inlet with { Id = "outlet", Attributes = inlet.Attributes.SetItem("zoneRole", AttributeValue.Of("outlet")) }).ToList();
        var fleet = SimulatedFleet.Build(half, Table, 1);

        var truth = fleet.TruthOfZone(inlet.Text("zone")!, Start.AddDays(90))!.Value;

        Assert.Equal(truth.DeliveredLitres, truth.UnconnectedLitres);
        Assert.True(truth.OutletLitres > 200 * 24 * 90);
        Assert.Equal(truth.InletLitres, truth.DeliveredLitres + truth.UnconnectedLitres + truth.OutletLitres + truth.LossLitres);
    }

    [Fact]
    public void A_leak_of_the_network_shows_at_the_inlets_while_it_lasts()
    {
        var fleet = SimulatedFleet.Build(Meters, Table, 1, faultRate: 2);
        var leaks = fleet.PlantedFaults(Start, Start.AddDays(365)).Where(fault => fault.Kind == PlantedFaultKind.NetworkLoss && fault.From > Start.AddDays(2)).ToList();

        Assert.InRange(leaks.Count, Zones.Count / 2, Zones.Count);
        Assert.All(leaks, leak =>
        {
            var zone = Meters.Single(meter => meter.Id == leak.Device).Text("zone")!;
            Assert.Equal(leak.Size, Flow(zone, leak.From.AddSeconds(1)) - Flow(zone, leak.From.AddSeconds(-1)), 60.0);
            Assert.Equal(leak.Size, Flow(zone, leak.Until.AddSeconds(-1)) - Flow(zone, leak.Until.AddSeconds(1)), 60.0);
        });

        double Flow(string zone, DateTimeOffset at) => Zones[zone].Where(meter => meter.Text("zoneRole") == "inlet")
            .Sum(meter => fleet.Read(meter.Id, at)!.Metrics.Single(metric => metric.Name == "flowLitresPerHour").Value);
    }

    [Fact]
    public void No_inlet_ever_falls()
    {
        var fleet = SimulatedFleet.Build(Meters, Table, 1);
        foreach (var inlet in Meters.Where(meter => meter.Text("zoneRole") == "inlet").Take(8))
        {
            var former = 0.0;
            for (var at = Start.AddDays(80); at < Start.AddDays(90); at += TimeSpan.FromMinutes(37))
            {
                var index = Index(fleet, inlet, at);
                Assert.True(index >= former, $"{inlet.Id} at {at:u}: {index} after {former}");
                former = index;
            }
        }
    }

    private static double Index(SimulatedFleet fleet, DeviceDescriptor meter, DateTimeOffset at) => fleet.Read(meter.Id, at)!.Metrics.Single(metric => metric.Name == "indexLitres").Value;
}
