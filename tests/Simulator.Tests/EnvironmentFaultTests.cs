using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Floods, and sensors that are wrong.</summary>
public sealed class EnvironmentFaultTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Sensors = [.. DemoFleet.Create(Table, "29", 250_000, 1).Where(device => device.Kind == DeviceKind.Environment)];

    private readonly SimulatedFleet _sound = SimulatedFleet.Build(Sensors, Table, 1, faultRate: 0);
    private readonly SimulatedFleet _faulty = SimulatedFleet.Build(Sensors, Table, 1, faultRate: 8);

    private List<PlantedFault> Faults(PlantedFaultKind kind) => [.. _faulty.PlantedFaults(Begin, Begin.AddDays(340)).Where(fault => fault.Kind == kind)];

    // A sensor whose battery is dead says nothing.
    private bool IsHeard(PlantedFault flood) =>
        new[] { flood.From, flood.Until, flood.Until.AddHours(46) }.All(at => _faulty.Read(flood.Device, at) is not null && _sound.Read(flood.Device, at) is not null);

    private static double Value(SimulatedFleet fleet, string device, DateTimeOffset at) => fleet.Read(device, at)!.Metrics[0].Value;

    private double More(string device, DateTimeOffset at) => Value(_faulty, device, at) - Value(_sound, device, at);

    [Fact]
    public void A_flood_raises_the_rivers_of_neighbouring_communes_together_and_not_all()
    {
        var floods = Faults(PlantedFaultKind.Flood);
        Assert.NotEmpty(floods);
        var together = floods.GroupBy(flood => flood.From.AddHours(-1).Date).ToList();

        Assert.Contains(together, flood => flood.Select(fault => fault.Device[..5]).Distinct().Count() > 1);
        Assert.All(together, flood => Assert.True(flood.Count() < Sensors.Count(sensor => sensor.Text("sensor") == "river")));
        Assert.All(floods, flood => Assert.Equal("river", Sensors.Single(sensor => sensor.Id == flood.Device).Text("sensor")));
    }

    [Fact]
    public void A_river_rises_from_the_beginning_of_the_flood_to_its_crest_by_its_size_and_falls_after() => Assert.All(Faults(PlantedFaultKind.Flood).Where(IsHeard), flood =>
    {
        Assert.Equal(0, More(flood.Device, flood.From), 1.0);
        Assert.InRange(flood.Size, 1_500, 4_000);
        Assert.InRange(More(flood.Device, flood.Until), flood.Size - 2, flood.Size + 1_502);
        Assert.InRange(More(flood.Device, flood.Until.AddHours(46)), -1, (0.11 * flood.Size) + 1_502);
    });

    [Fact]
    public void Where_a_river_floods_it_has_begun_to_pour()
    {
        var rain = Sensors.Where(sensor => sensor.Text("sensor") == "rain").ToLookup(sensor => sensor.Commune);
        var pairs = Faults(PlantedFaultKind.Flood).SelectMany(flood => rain[flood.Device[..5]].Select(sensor => (flood, sensor.Id))).ToList();

        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair => Assert.True(More(pair.Id, pair.flood.From.AddMinutes(30)) > 5));
    }

    [Fact]
    public void Without_floods_no_river_rises_by_six_hundred_millimetres_in_an_hour()
    {
        foreach (var river in Sensors.Where(sensor => sensor.Text("sensor") == "river").Take(40))
        {
            var levels = Enumerable.Range(0, 24 * 120).Select(hour => Value(_sound, river.Id, Begin.AddHours(hour))).ToList();
            var rises = levels.Zip(levels.Skip(1), (before, after) => after - before).ToList();

            // What rises in one hour and falls in the next is a bad value.
            for (var hour = 1; hour < rises.Count - 1; hour++) Assert.True(rises[hour] < 600 || rises[hour + 1] < -200, $"{river.Id}: {rises[hour]} mm in hour {hour}");
        }
    }

    [Fact]
    public void A_sensor_that_drifts_is_off_by_its_size_in_the_end_and_one_that_sticks_shows_what_it_showed()
    {
        var faults = Faults(PlantedFaultKind.SensorDrift);
        Assert.Contains(faults, fault => fault.Size == 0);
        Assert.Contains(faults, fault => fault.Size > 0);
        var right = faults.Count(fault =>
        {
            var end = fault.Until.AddMinutes(-1);
            var isSoil = Sensors.Single(sensor => sensor.Id == fault.Device).Text("sensor") == "soil";
            return fault.Size == 0
                ? Math.Abs(Value(_faulty, fault.Device, end) - Value(_faulty, fault.Device, fault.From.AddDays(3))) < 0.2
                : isSoil || Math.Abs(More(fault.Device, end) - fault.Size) < 30;
        });

        // A bad value may lie just there.
        Assert.InRange(right, faults.Count * 0.98, faults.Count);
        Assert.All(faults, fault => Assert.InRange(More(fault.Device, fault.Until.AddHours(1)), -210, 210));
    }

    [Fact]
    public void Bad_values_are_rare_and_alone()
    {
        var river = Sensors.First(sensor => sensor.Text("sensor") == "river");
        var levels = Enumerable.Range(0, 60 * 24 * 60).Select(minute => Value(_sound, river.Id, Begin.AddMinutes(minute))).ToList();
        var spikes = Enumerable.Range(1, levels.Count - 2).Count(minute => levels[minute] - Math.Max(levels[minute - 1], levels[minute + 1]) > 300);

        Assert.InRange(spikes, 5, 80);
    }
}
