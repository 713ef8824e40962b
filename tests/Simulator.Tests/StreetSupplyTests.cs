using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

public sealed class StreetSupplyTests
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DeviceDescriptor[] Devices = [.. DemoFleet.Create(TerritoryTable.Shared, "29", 3_000, 5)];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Devices, TerritoryTable.Shared, 5, faultRate: 3);

    private PlantedFault[] Outages => [.. _fleet.PlantedFaults(From, From.AddDays(200)).Where(fault => fault.Kind == PlantedFaultKind.SupplyOutage && fault.From > From)];

    [Fact]
    public void While_a_supply_is_out_all_that_it_feeds_says_nothing_and_before_and_after_it_does()
    {
        Assert.NotEmpty(Outages);
        foreach (var outage in Outages)
        {
            var middle = outage.From + ((outage.Until - outage.From) / 2);
            var fed = Devices.Where(device => device.Text(DeviceLinks.SupplyAttribute) == outage.Device).ToArray();
            Assert.NotEmpty(fed);
            Assert.All(fed, device => Assert.Null(_fleet.Read(device.Id, middle)));
            Assert.All(fed, device => Assert.NotNull(_fleet.Read(device.Id, outage.From.AddMinutes(-1))));
            Assert.All(fed, device => Assert.NotNull(_fleet.Read(device.Id, outage.Until.AddMinutes(1))));
        }
    }

    [Fact]
    public void What_has_a_battery_speaks_on()
    {
        var outage = Outages[0];
        DeviceDescriptor meter = Devices.First(device => device.Kind == DeviceKind.Meter);
        var fleet = SimulatedFleet.Build(
            [.. Devices.Where(device => device.Text(DeviceLinks.SupplyAttribute) == outage.Device), meter with { Id = "W1", Attributes = meter.Attributes.SetItem(DeviceLinks.SupplyAttribute, AttributeValue.Of(outage.Device)) }],
            TerritoryTable.Shared,
            5,
            faultRate: 3);

        Assert.NotNull(fleet.Read("W1", outage.From.AddMinutes(10)));
    }

    [Fact]
    public void A_street_of_the_demo_has_a_cabinet_and_lamps_on_one_supply_and_buildings_have_their_meters()
    {
        var streets = Devices.Where(device => device.Text(DeviceLinks.SupplyAttribute) is not null).GroupBy(device => device.Text(DeviceLinks.SupplyAttribute)).ToArray();

        Assert.All(streets, street => Assert.Single(street, device => device.Kind == DeviceKind.Cabinet));
        Assert.Contains(streets, street => street.DistinctBy(device => device.Kind).Count() == 3);
        var meters = Devices.Where(device => device.Text(DeviceLinks.BuildingAttribute) is not null).ToArray();
        Assert.NotEmpty(meters);
        Assert.All(meters, meter => Assert.Contains(Devices, device => device.Kind == DeviceKind.Building && device.Id == meter.Text(DeviceLinks.BuildingAttribute) && device.Commune == meter.Commune));
        Assert.All(
            Devices.Where(device => device.Text(DeviceLinks.ExposedToAttribute) is not null),
            exposed => Assert.Contains(Devices, device => device.Id == exposed.Text(DeviceLinks.ExposedToAttribute) && device.Text("sensor") == "river"));
    }
}
