using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

public sealed class DeviceModelTests
{
    // 23 November 2026, a Monday, at UTC+1: the sun sets at Brest at 17:31 and rises the next day at 08:38.
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 0, 0, 0, TimeSpan.FromHours(1));
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Devices = [.. DemoFleet.Create(Table, "29", 20_000, 1)];
    private static readonly ILookup<DeviceKind, DeviceDescriptor> ByKind = Devices.ToLookup(device => device.Kind);

    // A fleet is for one thread: each test has its own.
    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Devices, Table, 1);

    [Fact]
    public void The_same_seed_gives_the_same_readings_whatever_was_asked_before()
    {
        var again = SimulatedFleet.Build(Enumerable.Reverse(Devices), Table, 1);
        for (var device = 0; device < again.Reporting; device++) again.Read(device, Monday.AddDays(40));
        var other = SimulatedFleet.Build(Devices, Table, 2);

        var readings = Enumerable.Range(0, _fleet.Reporting).Select(device => Text(_fleet.Read(device, Monday.AddHours(13)))).ToList();

        Assert.Equal(readings, Enumerable.Range(0, again.Reporting).Select(device => Text(again.Read(device, Monday.AddHours(13)))));
        Assert.NotEqual(readings, Enumerable.Range(0, other.Reporting).Select(device => Text(other.Read(device, Monday.AddHours(13)))));
    }

    [Fact]
    public void All_but_passive_lamps_report_what_the_catalogue_knows_within_its_range()
    {
        Assert.Equal(Devices.Count, _fleet.Count);
        Assert.Equal(Devices.Count(device => !device.Flag("passive")), _fleet.Reporting);
        var kinds = Devices.ToDictionary(device => device.Id, device => device.Kind);
        foreach (var hours in (int[])[3, 8, 13, 22])
        {
            for (var device = 0; device < _fleet.Reporting; device++)
            {
                if (_fleet.Read(device, Monday.AddHours(hours)) is not { } reading) continue;
                Assert.NotEmpty(reading.Metrics);
                Assert.All(reading.Metrics, metric =>
                {
                    var definition = MetricCatalog.ByName[metric.Name];
                    Assert.True(definition.Kinds.HasFlag((DeviceKinds)(1 << (int)kinds[reading.Device])), $"{reading.Device} {metric.Name}");
                    Assert.InRange(metric.Value, definition.Minimum, definition.Maximum);
                });
            }
        }
    }

    [Fact]
    public void Indexes_never_fall_over_the_changes_of_the_clock_and_of_the_year()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset[] around = [start, new(2026, 3, 28, 0, 0, 0, TimeSpan.Zero), new(2026, 10, 24, 0, 0, 0, TimeSpan.Zero), new(2026, 12, 31, 0, 0, 0, TimeSpan.Zero)];
        var instants = around.SelectMany(from => Enumerable.Range(0, 48 * 3).Select(step => from.AddMinutes(20 * step))).ToArray();

        // An index starts again where a meter or a lamp was replaced, and where it has reached its end.
        var restarted = _fleet.PlantedFaults(start, start.AddYears(1)).Where(fault => fault.Kind is PlantedFaultKind.MeterSwapped or PlantedFaultKind.IndexRollover or PlantedFaultKind.LampEndOfLife).Select(fault => fault.Device).ToHashSet();
        foreach (var device in Enumerable.Range(0, _fleet.Reporting).Where(device => device % 23 == 0 && !restarted.Contains(_fleet.IdOf(device))))
        {
            var former = new Dictionary<string, double>();
            foreach (var at in instants)
            {
                foreach (var metric in (_fleet.Read(device, at)?.Metrics ?? []).Where(metric => MetricCatalog.ByName[metric.Name].IsIndex || metric.Name == "burningHours"))
                {
                    Assert.True(metric.Value >= former.GetValueOrDefault(metric.Name), $"{_fleet.IdOf(device)} {metric.Name} at {at:u}: {metric.Value} after {former.GetValueOrDefault(metric.Name)}");
                    former[metric.Name] = metric.Value;
                }
            }
        }
    }

    [Fact]
    public void Lamps_of_Brest_are_lit_in_the_evening_dimmed_at_night_and_off_by_day()
    {
        var lamps = ByKind[DeviceKind.Streetlight].Where(lamp => lamp.Commune == "29019" && !lamp.Flag("passive")).ToList();

        Assert.NotEmpty(lamps);
        Assert.All(lamps, lamp => Assert.Equal(0, Value(lamp, "dimmingPercent", 13)));
        Assert.All(lamps, lamp => Assert.InRange(Value(lamp, "powerWatts", 13), 0.1, 1));
        Assert.All(lamps, lamp => Assert.Equal(100, Value(lamp, "dimmingPercent", 21)));
        Assert.All(lamps, lamp => Assert.InRange(Value(lamp, "dimmingPercent", 26), 30, 50));
        Assert.All(lamps, lamp => Assert.Equal(0, Value(lamp, "dimmingPercent", 17)));
        Assert.All(lamps, lamp => Assert.Equal(100, Value(lamp, "dimmingPercent", 18)));
    }

    [Fact]
    public void A_cabinets_sun_segments_follow_the_night_and_its_segment_of_controlled_lamps_is_always_supplied()
    {
        var cabinets = ByKind[DeviceKind.Cabinet].Where(cabinet => cabinet.Commune == "29019").ToList();
        var controlled = ByKind[DeviceKind.Streetlight].Where(lamp => !lamp.Flag("passive")).Select(lamp => (lamp.Text("cabinet"), lamp.Number("segment"))).ToHashSet();

        Assert.All(cabinets, cabinet =>
        {
            for (var segment = 1; segment <= cabinet.Number("segments"); segment++)
            {
                var isPermanent = controlled.Contains((cabinet.Id, segment));
                Assert.Equal(isPermanent ? 1 : 0, Value(cabinet, $"segment{segment}On", 13));
                Assert.Equal(1, Value(cabinet, $"segment{segment}On", 21));
            }
        });
    }

    [Fact]
    public void A_cabinet_draws_what_its_lamps_draw()
    {
        var lamps = ByKind[DeviceKind.Streetlight].Where(lamp => lamp.Text("cabinet") is not null).ToLookup(lamp => lamp.Text("cabinet"));
        foreach (var cabinet in ByKind[DeviceKind.Cabinet].Take(50))
        {
            var expected = 6 + lamps[cabinet.Id].Sum(lamp => lamp.Flag("passive")
                ? lamp.Number("ratedWatts")!.Value * Value(cabinet, $"segment{lamp.Number("segment")}On", 21)
                : Value(lamp, "powerWatts", 21));

            Assert.Equal(expected, Value(cabinet, "powerWatts", 21), 0.1 * (1 + lamps[cabinet.Id].Count()));
        }
    }

    [Fact]
    public void Cabinets_of_a_commune_do_not_switch_at_the_same_second()
    {
        var cabinets = ByKind[DeviceKind.Cabinet].Where(cabinet => cabinet.Commune == "29019").ToList();
        var switched = cabinets.Select(cabinet => Enumerable.Range(0, 3_600).First(second => _fleet.Read(cabinet.Id, Monday.AddHours(17).AddSeconds(second))!.Metrics[0].Value == 1)).ToList();

        Assert.True(switched.Distinct().Count() > 10);
        Assert.InRange(switched.Max() - switched.Min(), 60, 8 * 60);
    }

    [Fact]
    public void A_cabinets_energy_is_the_integral_of_its_power()
    {
        var cabinet = ByKind[DeviceKind.Cabinet].First(device => device.Commune == "29019");
        AssertIntegral(cabinet.Id, "powerWatts", "energyWattHours", TimeSpan.FromSeconds(60), 0.01);
    }

    [Fact]
    public void A_lamps_energy_is_the_integral_of_its_power()
    {
        var lamp = ByKind[DeviceKind.Streetlight].First(device => device.Commune == "29019" && !device.Flag("passive"));
        AssertIntegral(lamp.Id, "powerWatts", "energyWattHours", TimeSpan.FromSeconds(60), 0.01);
    }

    [Fact]
    public void A_meters_index_is_the_integral_of_its_flow()
    {
        AssertIntegral(ByKind[DeviceKind.Meter].First(meter => meter.Text("zoneRole") is null).Id, "flowLitresPerHour", "indexLitres", TimeSpan.FromSeconds(60), 0.02);
    }

    [Fact]
    public void Nothing_flows_at_three_in_the_morning_but_in_the_meters_that_leak()
    {
        var at = Monday.AddHours(3);
        var meters = ByKind[DeviceKind.Meter].Where(meter => meter.Text("zoneRole") is null && _fleet.Read(meter.Id, at) is not null).ToList();
        var leaks = _fleet.PlantedFaults(at, at).Where(fault => fault.Kind is PlantedFaultKind.Leak or PlantedFaultKind.Burst).ToLookup(fault => fault.Device, fault => fault.Size);
        var flows = meters.ToDictionary(meter => meter.Id, meter => Value(meter, "flowLitresPerHour", 3) - leaks[meter.Id].Sum());
        var others = flows.Where(flow => flow.Value != 0).Select(flow => flow.Key).ToList();

        Assert.NotEmpty(leaks);
        Assert.InRange(leaks.Count / (double)meters.Count, 0.0005, 0.01);
        // A toilet that runs, of which there are some each night, does so for one night.
        Assert.InRange(others.Count / (double)meters.Count, 0, 0.005);
        Assert.All(others, meter => Assert.All((int[])[-1, 1], day => Assert.Equal(
            _fleet.PlantedFaults(at.AddDays(day), at.AddDays(day)).Where(fault => fault.Device == meter && fault.Kind == PlantedFaultKind.Leak).Sum(fault => fault.Size),
            _fleet.Read(meter, at.AddDays(day))!.Metrics.Single(metric => metric.Name == "flowLitresPerHour").Value)));
    }

    [Fact]
    public void A_household_uses_some_hundreds_of_litres_a_day()
    {
        var faults = _fleet.PlantedFaults(Monday, Monday.AddHours(27)).Select(fault => fault.Device).ToHashSet();
        var daily = ByKind[DeviceKind.Meter].Where(meter => meter.Text("zoneRole") is null && !faults.Contains(meter.Id))
            .Select(meter => Value(meter, "indexLitres", 27) - Value(meter, "indexLitres", 3)).ToList();

        Assert.InRange(daily.Average(), 150, 450);
        Assert.All(daily, litres => Assert.InRange(litres, 0, 3_000));
        // On holiday.
        Assert.InRange(daily.Count(litres => litres == 0) / (double)daily.Count, 0.001, 0.08);
    }

    [Fact]
    public void Lamps_that_failed_are_dark_although_commanded_on_until_they_are_repaired()
    {
        var year = _fleet.PlantedFaults(Monday.AddDays(-200), Monday.AddDays(30)).Where(fault => fault.Kind == PlantedFaultKind.LampFailure).ToList();
        Assert.NotEmpty(year);
        var fault = year.First(fault => Table.FindCommune(fault.Device[..5])!.Population > 10_000 && fault.Until - fault.From > TimeSpan.FromDays(3));
        var evening = new DateTimeOffset(fault.From.Year, fault.From.Month, fault.From.Day, 22, 30, 0, TimeSpan.FromHours(2)).AddDays(1);

        var failed = _fleet.Read(fault.Device, evening)!.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value);
        var repaired = _fleet.Read(fault.Device, new DateTimeOffset(fault.Until.Date, TimeSpan.Zero).AddDays(1).AddHours(20.5))!.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value);

        Assert.Equal((1, 0.4), (failed["lampFailure"], failed["powerWatts"]));
        Assert.True(failed["dimmingPercent"] > 0);
        Assert.True(repaired["lampFailure"] == 0 && repaired["powerWatts"] > 5);
    }

    [Fact]
    public void Buildings_are_warm_when_people_are_there_and_cool_down_at_night()
    {
        var schools = ByKind[DeviceKind.Building].Where(building => building.Text("type") == "school").ToList();

        // A heating that has failed is no fault that is told before it is freezing inside.
        var heated = schools.Where(school => Value(school, "temperatureCelsius", 11) >= 17.5).ToList();
        Assert.InRange(schools.Count - heated.Count, 0, schools.Count / 20);
        Assert.All(heated, school =>
        {
            Assert.Equal((1, 0), (Value(school, "occupied", 10), Value(school, "occupied", 22)));
            Assert.InRange(Value(school, "temperatureCelsius", 11), 17.5, 23);
            Assert.True(Value(school, "temperatureCelsius", 29) < Value(school, "temperatureCelsius", 11));
            Assert.True(Value(school, "co2Ppm", 11) > Value(school, "co2Ppm", 29) + 100);
            Assert.True(Value(school, "powerWatts", 11) > Value(school, "powerWatts", 29));
            Assert.True(Value(school, "heatWattHours", 34) > Value(school, "heatWattHours", 10));
        });
    }

    [Fact]
    public void A_device_costs_little_memory_beside_its_key()
    {
        // A lamp carries the most state. The commune's nights are shared by all.
        var site = SiteOf();
        var lamps = new SimulatedDevice[10_000];
        var key = Devices[0].Id;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < lamps.Length; index++) lamps[index] = new ControlledLamp(key, (ulong)index, site, 60, Scheduling.Own);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (double)lamps.Length, 1, 200);
    }

    [Fact]
    public void A_reading_allocates_its_record_and_its_metrics_and_nothing_else()
    {
        for (var device = 0; device < _fleet.Reporting; device++) _fleet.Read(device, Monday.AddHours(20));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var device = 0; device < _fleet.Reporting; device++) _fleet.Read(device, Monday.AddHours(20).AddMinutes(1));
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)_fleet.Reporting;

        // A record of 72 bytes and an array of 24 and 16 for each metric; a lamp has six, a cabinet up to 15.
        Assert.InRange(each, 100, 260);
    }

    private static Site SiteOf()
    {
        var clock = new Connectors.Simulator.Sky.ZoneClock("Europe/Paris");
        return new Site(1, Table.FindCommune("29019")!, clock, new Connectors.Simulator.Sky.Weather(1, -4, 48));
    }

    private void AssertIntegral(string device, string rate, string index, TimeSpan step, double tolerance)
    {
        var from = Monday.AddHours(12);
        var sum = 0.0;
        for (var at = from; at < from.AddDays(1); at += step) sum += Of(at + (step / 2), rate) * step.TotalHours;
        var grown = Of(from.AddDays(1), index) - Of(from, index);

        Assert.True(grown > 50);
        Assert.Equal(sum, grown, (tolerance * grown) + 1);

        double Of(DateTimeOffset at, string name) => _fleet.Read(device, at)!.Metrics.Single(metric => metric.Name == name).Value;
    }

    private double Value(DeviceDescriptor device, string metric, double hours) =>
        _fleet.Read(device.Id, Monday.AddHours(hours))!.Metrics.Single(value => value.Name == metric).Value;

    private static string Text(IncomingReading? reading) => reading is null ? "silent" : $"{reading.Device} {reading.Time:O} {string.Join(' ', reading.Metrics.Select(metric => $"{metric.Name}={metric.Value:R}"))}";
}
