using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>What is planted in water meters shows in what they report, from when to when and as much as the truth says.</summary>
public sealed class WaterMeterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Meters =
        [.. DemoFleet.Create(Table, "29", 30_000, 1).Where(device => device.Kind == DeviceKind.Meter && device.Text("zoneRole") is null)];

    // Ten times as many faults as is believable, so that there are enough of each sort.
    private static readonly SimulatedFleet Fleet = SimulatedFleet.Build(Meters, Table, 1, faultRate: 10);
    private static readonly List<PlantedFault> Faults = [.. Fleet.PlantedFaults(Start, Start.AddDays(365))];
    private static readonly ILookup<string, PlantedFault> ByMeter = Faults.ToLookup(fault => fault.Device);

    [Theory]
    [InlineData(PlantedFaultKind.Leak, 0.3)]
    [InlineData(PlantedFaultKind.Burst, 0.05)]
    [InlineData(PlantedFaultKind.Backflow, 0.03)]
    [InlineData(PlantedFaultKind.Tamper, 0.02)]
    [InlineData(PlantedFaultKind.AbnormalUse, 0.1)]
    [InlineData(PlantedFaultKind.MeterSwapped, 0.2)]
    [InlineData(PlantedFaultKind.ClockWrong, 0.05)]
    [InlineData(PlantedFaultKind.Silence, 0.1)]
    public void Of_each_sort_there_are_as_many_as_the_rate_says(PlantedFaultKind sort, double share)
    {
        var planted = Faults.Count(fault => fault.Kind == sort) / (double)Meters.Count;

        Assert.InRange(planted, share * 0.7, share * 1.3);
    }

    [Theory]
    [InlineData(PlantedFaultKind.Leak)]
    [InlineData(PlantedFaultKind.Burst)]
    public void Water_that_leaks_flows_from_the_instant_planted_until_the_repair(PlantedFaultKind sort)
    {
        Assert.All(Alone(sort).Take(50), fault =>
        {
            Assert.True(Flow(fault, fault.From.AddSeconds(1)) >= fault.Size - 0.05);
            Assert.True(Flow(fault, fault.Until.AddSeconds(-1)) >= fault.Size - 0.05);
            // What else flows differs little within two seconds.
            Assert.Equal(fault.Size, Flow(fault, fault.From.AddSeconds(1)) - Flow(fault, fault.From.AddSeconds(-1)), 3.0);
            Assert.Equal(fault.Size, Flow(fault, fault.Until.AddSeconds(-1)) - Flow(fault, fault.Until.AddSeconds(1)), 3.0);
        });

        static double Flow(PlantedFault fault, DateTimeOffset at) => Value(fault.Device, "flowLitresPerHour", at);
    }

    [Fact]
    public void What_comes_back_is_reported_while_it_does_and_no_longer()
    {
        Assert.All(Alone(PlantedFaultKind.Backflow).Take(50), fault =>
        {
            Assert.Equal(0, Value(fault.Device, "backflowLitres", fault.From.AddSeconds(-1)));
            Assert.Equal(1, Value(fault.Device, "backflowLitres", fault.From.AddSeconds(1)));
            Assert.Equal(fault.Size * (fault.Until - fault.From).TotalHours, Value(fault.Device, "backflowLitres", fault.Until.AddSeconds(-1)), 1.1);
            Assert.Equal(0, Value(fault.Device, "backflowLitres", fault.Until.AddSeconds(1)));
        });
    }

    [Fact]
    public void Tampering_is_reported_while_it_lasts()
    {
        Assert.All(Alone(PlantedFaultKind.Tamper).Take(50), fault => Assert.Equal(
            [0, 1, 1, 0],
            new[] { fault.From.AddSeconds(-1), fault.From.AddSeconds(1), fault.Until.AddSeconds(-1), fault.Until.AddSeconds(1) }.Select(at => Value(fault.Device, "tamper", at))));
    }

    [Fact]
    public void An_abnormal_household_uses_as_many_times_as_much_as_the_truth_says()
    {
        var with = Fleet;
        var without = SimulatedFleet.Build(Meters, Table, 1, faultRate: 0);
        Assert.All(Alone(PlantedFaultKind.AbnormalUse).Where(fault => ByMeter[fault.Device].Count() == 1).Take(50), fault =>
        {
            var usual = Used(without, fault.Device, fault.From, fault.Until);
            var days = (fault.Until - fault.From).TotalDays;
            // Days away and guests count once, whatever the household is: they are less than the half.
            if (usual > 40 * days) Assert.InRange(Used(with, fault.Device, fault.From, fault.Until) / usual, Math.Min(2, fault.Size - 0.6), fault.Size * 1.8);
            Assert.Equal(0, Used(with, fault.Device, Start, fault.From.AddMinutes(-40)) - Used(without, fault.Device, Start, fault.From.AddMinutes(-40)), 1.0);
        });
    }

    [Fact]
    public void A_swapped_meter_goes_on_from_its_own_index()
    {
        var swaps = Alone(PlantedFaultKind.MeterSwapped).Take(100).ToList();

        Assert.All(swaps, fault =>
        {
            var before = Value(fault.Device, "indexLitres", fault.From.AddSeconds(-1));
            var after = Value(fault.Device, "indexLitres", fault.From.AddSeconds(1));
            Assert.True(before > 9_000);
            Assert.Equal(fault.Size, after, 10.0);
            Assert.InRange(Value(fault.Device, "indexLitres", fault.From.AddDays(20)), after, after + 60_000);
        });
        Assert.Contains(swaps, fault => fault.Size == 0);
        Assert.Contains(swaps, fault => fault.Size > 100);
    }

    [Fact]
    public void A_register_that_has_reached_its_end_starts_again_from_0()
    {
        var ends = Alone(PlantedFaultKind.IndexRollover).ToList();

        Assert.True(ends.Count > 20);
        Assert.All(ends, fault =>
        {
            Assert.InRange(Value(fault.Device, "indexLitres", fault.From.AddSeconds(-5)), fault.Size - 50, fault.Size - 1);
            Assert.InRange(Value(fault.Device, "indexLitres", fault.From.AddSeconds(5)), 0, 50);
        });
    }

    [Fact]
    public void A_wrong_clock_shows_in_the_time_of_readings_and_in_nothing_else()
    {
        var wrong = Alone(PlantedFaultKind.ClockWrong).Where(fault => ByMeter[fault.Device].Count() == 1).Take(100).ToList();
        var right = SimulatedFleet.Build(Meters, Table, 1, faultRate: 0);

        Assert.All(wrong, fault =>
        {
            var at = fault.From + ((fault.Until - fault.From) / 2);
            var reading = Fleet.Read(fault.Device, at)!;
            Assert.Equal(at.AddMinutes(fault.Size), reading.Time);
            // What is forgotten of batteries depends on how much is planted.
            Assert.Equal(right.Read(fault.Device, at)!.Metrics.Where(metric => metric.Name != "batteryPercent"), reading.Metrics.Where(metric => metric.Name != "batteryPercent"));
            Assert.Equal(fault.From.AddSeconds(-1), Fleet.Read(fault.Device, fault.From.AddSeconds(-1))!.Time);
        });
        Assert.All(wrong, fault => Assert.InRange(fault.Size, -360, 9));
        Assert.Contains(wrong, fault => fault.Size > 0);
        Assert.Contains(wrong, fault => fault.Size < -60);
    }

    [Fact]
    public void A_meter_with_a_dead_battery_says_nothing()
    {
        Assert.All(Alone(PlantedFaultKind.Silence).Take(50), fault =>
        {
            Assert.NotNull(Fleet.Read(fault.Device, fault.From.AddSeconds(-1)));
            Assert.Null(Fleet.Read(fault.Device, fault.From.AddSeconds(1)));
            Assert.Null(Fleet.Read(fault.Device, fault.Until.AddSeconds(-1)));
            Assert.NotNull(Fleet.Read(fault.Device, fault.Until.AddSeconds(1)));
        });
    }

    [Fact]
    public void Meters_with_a_step_of_ten_litres_report_whole_steps()
    {
        var coarse = Meters.Where(meter => meter.Number("pulseLitres") == 10).ToList();

        Assert.InRange(coarse.Count / (double)Meters.Count, 0.08, 0.12);
        Assert.All(coarse.Take(200), meter => Assert.Equal(0, (Fleet.Read(meter.Id, Start.AddDays(100))?.Metrics[0].Value ?? 0) % 10));
    }

    [Fact]
    public void Healthy_households_do_what_could_pass_for_a_fault()
    {
        var healthy = SimulatedFleet.Build(Meters, Table, 1, faultRate: 0);
        Assert.DoesNotContain(healthy.PlantedFaults(Start, Start.AddDays(365)), fault => fault.Kind != PlantedFaultKind.IndexRollover);
        var summer = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.FromHours(2));
        var winter = new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.FromHours(1));
        var meters = Meters.Take(4_000).ToList();

        // A garden by night, in summer and not in winter: some flow for an hour, and none for the most of the night.
        var night = Enumerable.Range(0, 16).Select(quarter => TimeSpan.FromMinutes(30 + (15 * quarter))).ToList();
        var gardens = meters.Where(meter => night.Any(time => Flow(meter, summer + time) > 100) || night.Any(time => Flow(meter, summer.AddDays(1) + time) > 100)).ToList();
        Assert.InRange(gardens.Count / (double)meters.Count, 0.04, 0.1);
        Assert.All(gardens, meter => Assert.Contains(night, time => Flow(meter, summer + time) == 0));
        // Water all night: a toilet. It does so for one night.
        var toilets = meters.Where(meter => night.All(time => Flow(meter, winter + time) > 0)).ToList();
        Assert.NotEmpty(toilets);
        Assert.All(toilets, meter => Assert.Contains(night, time => Flow(meter, winter.AddDays(1) + time) == 0));
        // A pool in May or June: more than 1,000 litres in one evening, and never again.
        var evenings = meters.Select(meter => Enumerable.Range(0, 75).Count(day => Used(healthy, meter.Id, summer.AddDays(day - 75).AddHours(17), summer.AddDays(day - 75).AddHours(24)) > 1_200)).ToList();
        Assert.InRange(evenings.Count(count => count > 0) / (double)meters.Count, 0.02, 0.08);
        Assert.All(evenings, count => Assert.InRange(count, 0, 1));
        // Away for a week and more.
        Assert.InRange(meters.Count(meter => Used(healthy, meter.Id, summer.AddDays(20), summer.AddDays(25)) == 0) / (double)meters.Count, 0.001, 0.05);

        double Flow(DeviceDescriptor meter, DateTimeOffset at) => healthy.Read(meter.Id, at)!.Metrics.Single(metric => metric.Name == "flowLitresPerHour").Value;
    }

    [Fact]
    public void Meters_report_hourly_unless_they_say_how_often()
    {
        var own = Meters[0] with { Attributes = Meters[0].Attributes.SetItem("reportingIntervalMinutes", AttributeValue.Of(1_440)) };
        var fleet = SimulatedFleet.Build([own, Meters[1]], Table, 1);

        var intervals = Enumerable.Range(0, 2).ToDictionary(fleet.IdOf, fleet.ReportsEvery);

        Assert.Equal(TimeSpan.FromDays(1), intervals[own.Id]);
        Assert.Equal(TimeSpan.FromHours(1), intervals[Meters[1].Id]);
    }

    [Theory]
    [InlineData("electricity", "indexWattHours")]
    [InlineData("heat", "indexWattHours")]
    [InlineData("gas", "indexLitres")]
    public void Meters_of_other_fluids_have_none_of_this(string fluid, string index)
    {
        var others = Meters.Take(2_000).Select(meter => meter with { Attributes = meter.Attributes.SetItem("fluid", AttributeValue.Of(fluid)) }).ToList();
        var fleet = SimulatedFleet.Build(others, Table, 1, faultRate: 10);

        var faults = fleet.PlantedFaults(Start, Start.AddDays(365)).ToList();
        Assert.DoesNotContain(faults, fault => fault.Kind != PlantedFaultKind.BatteryEmpty);
        Assert.Equal(fluid == "gas", faults.Count > 0);
        var forgotten = faults.Select(fault => fault.Device).ToHashSet();
        Assert.All(others.Where(meter => !forgotten.Contains(meter.Id)), meter => Assert.True(Index(meter.Id, 200) > Index(meter.Id, 199)));

        double Index(string meter, int day) => fleet.Read(meter, Start.AddDays(day))!.Metrics.Single(metric => metric.Name == index).Value;
    }

    /// <summary>The faults of a sort in meters with no other one at the time: what shows is theirs alone.</summary>
    private static IEnumerable<PlantedFault> Alone(PlantedFaultKind sort) => Faults.Where(fault => fault.Kind == sort && fault.From > Start.AddDays(2)
        && !ByMeter[fault.Device].Any(other => other != fault && other.From < fault.Until.AddDays(25) && other.Until > fault.From.AddDays(-1))
        && !ByMeter[fault.Device].Any(other => other.Kind == PlantedFaultKind.MeterSwapped && other != fault));

    private static double Used(SimulatedFleet fleet, string meter, DateTimeOffset from, DateTimeOffset to) => Index(fleet, meter, to) - Index(fleet, meter, from) is var used && used < 0 ? used + 10_000_000 : used;

    private static double Index(SimulatedFleet fleet, string meter, DateTimeOffset at) => fleet.Read(meter, at)!.Metrics.Single(metric => metric.Name == "indexLitres").Value;

    private static double Value(string meter, string metric, DateTimeOffset at) => Fleet.Read(meter, at)!.Metrics.Single(value => value.Name == metric).Value;
}
