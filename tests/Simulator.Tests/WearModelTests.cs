using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Lamps that age and die, batteries that run down: what is planted, and what shows of it.</summary>
public sealed class WearModelTests
{
    private static readonly DateTimeOffset Year = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Devices = [.. DemoFleet.Create(Table, "29", 10_000, 1)];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Devices, Table, 1, faultRate: 10);

    private List<PlantedFault> Planted(PlantedFaultKind kind) => [.. _fleet.PlantedFaults(Year, Year.AddYears(1)).Where(fault => fault.Kind == kind && fault.From > Year)];

    private double? Value(string device, string metric, DateTimeOffset at) =>
        _fleet.Read(device, at)?.Metrics.Where(value => value.Name == metric).Select(value => (double?)value.Value).FirstOrDefault();

    [Fact]
    public void A_lamp_that_ends_has_burnt_for_about_its_rated_life_and_is_dark_until_another_one_burns_from_0()
    {
        var ends = Planted(PlantedFaultKind.LampEndOfLife);

        Assert.InRange(ends.Count, 20, 400);
        Assert.All(ends, end =>
        {
            Assert.InRange(Value(end.Device, "burningHours", end.From)!.Value, 85_000, 115_000);
            Assert.InRange(Value(end.Device, "burningHours", end.Until.AddDays(2))!.Value, 0, 800);
            Assert.All(Enumerable.Range(1, 12), quarter => Assert.True(Value(end.Device, "powerWatts", end.From.AddHours(2 * quarter)) is not > 1));
        });
    }

    [Fact]
    public void Every_second_lamp_that_ends_draws_a_fifth_more_and_beyond_before()
    {
        var (grown, all) = (0, 0);
        foreach (var end in Planted(PlantedFaultKind.LampEndOfLife).Where(end => end.From > Year.AddDays(60)))
        {
            // The same hour of an evening, a month before the end and two years of drift earlier.
            var evening = new DateTimeOffset(end.From.Date, TimeSpan.Zero).AddDays(-20).AddHours(21.5);
            var (before, late) = (Value(end.Device, "powerWatts", evening.AddDays(-420)), Value(end.Device, "powerWatts", evening));
            if (before is not > 5 || late is not > 5 || Value(end.Device, "dimmingPercent", evening) != Value(end.Device, "dimmingPercent", evening.AddDays(-420))) continue;
            all++;
            Assert.InRange(late.Value / before.Value, 0.99, 1.41);
            if (late > 1.15 * before) grown++;
        }

        Assert.InRange(all, 5, 400);
        Assert.InRange(grown / (double)all, 0.25, 0.75);
    }

    [Fact]
    public void The_energy_of_a_lamp_whose_power_grows_is_the_integral_of_its_power()
    {
        var end = Planted(PlantedFaultKind.LampEndOfLife).First(end =>
            end.From > Year.AddDays(60) && Value(end.Device, "powerWatts", new DateTimeOffset(end.From.Date, TimeSpan.Zero).AddDays(-1).AddHours(20)) > 5);
        var from = new DateTimeOffset(end.From.Date, TimeSpan.Zero).AddDays(-41);
        var sum = 0.0;
        for (var at = from; at < from.AddDays(3); at = at.AddMinutes(1)) sum += Value(end.Device, "powerWatts", at.AddSeconds(30))!.Value / 60;

        Assert.Equal(sum, Value(end.Device, "energyWattHours", from.AddDays(3))!.Value - Value(end.Device, "energyWattHours", from)!.Value, (sum * 0.01) + 1);
    }

    [Fact]
    public void A_forgotten_battery_runs_down_and_its_device_is_silent_until_it_has_another_one()
    {
        var ends = Planted(PlantedFaultKind.BatteryEmpty);

        Assert.InRange(ends.Count, 10, 400);
        foreach (var end in ends.Where(end => _fleet.Read(end.Device, end.From.AddMinutes(-1)) is not null && _fleet.Read(end.Device, end.Until.AddMinutes(1)) is not null))
        {
            Assert.InRange(Value(end.Device, "batteryPercent", end.From.AddMinutes(-1))!.Value, 0, 4);
            if (Value(end.Device, "batteryPercent", end.From.AddDays(-100)) is { } before) Assert.InRange(before, 6, 14);
            Assert.Null(_fleet.Read(end.Device, end.From.AddMinutes(1)));
            Assert.Null(_fleet.Read(end.Device, end.Until.AddMinutes(-1)));
            Assert.InRange(Value(end.Device, "batteryPercent", end.Until.AddMinutes(1))!.Value, 96, 100);
            Assert.InRange((end.Until - end.From).TotalDays, 10, 40);
        }
    }

    [Fact]
    public void A_battery_that_is_seen_to_is_replaced_at_a_fifth_of_its_charge()
    {
        var quiet = SimulatedFleet.Build(Devices, Table, 1, faultRate: 0);
        var lowest = Devices.Where(device => device.Kind == DeviceKind.Environment).Select(device => Enumerable.Range(0, 120)
            .Min(month => quiet.Read(device.Id, Year.AddDays(30 * month))!.Metrics.Single(metric => metric.Name == "batteryPercent").Value)).ToList();

        Assert.InRange(lowest.Min(), 17, 21);
        Assert.InRange(lowest.Max(), 19, 23);
        Assert.DoesNotContain(quiet.PlantedFaults(Year, Year.AddYears(8)), fault => fault.Kind is PlantedFaultKind.BatteryEmpty or PlantedFaultKind.LampEndOfLife);
    }
}
