using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>What is planted in buildings is there in what they report, and nowhere else.</summary>
public sealed class BuildingFaultTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly TerritoryTable Table = TerritoryTable.Shared;

    // On no supply, so that none is ever without.
    private static readonly List<DeviceDescriptor> Buildings =
        [.. DemoFleet.Create(Table, "29", 40_000, 1).Where(device => device.Kind == DeviceKind.Building).Select(device => device with { Attributes = device.Attributes.Remove(DeviceLinks.SupplyAttribute) })];

    // A fleet is for one thread. The believable one and one that fails far too often, otherwise the same.
    private readonly SimulatedFleet _sound = SimulatedFleet.Build(Buildings, Table, 1, faultRate: 0);
    private readonly SimulatedFleet _faulty = SimulatedFleet.Build(Buildings, Table, 1, faultRate: 15);

    private List<PlantedFault> Faults(PlantedFaultKind kind) =>
        [.. _faulty.PlantedFaults(Begin, Begin.AddDays(340)).Where(fault => fault.Kind == kind).OrderBy(fault => fault.Device, StringComparer.Ordinal).ThenBy(fault => fault.From)];

    private static double Value(SimulatedFleet fleet, string device, DateTimeOffset at, string metric) => fleet.Read(device, at)!.Metrics.Single(value => value.Name == metric).Value;

    private (double Faulty, double Sound) Both(PlantedFault fault, DateTimeOffset at, string metric) => (Value(_faulty, fault.Device, at, metric), Value(_sound, fault.Device, at, metric));

    [Fact]
    public void A_fleet_without_faults_has_none() => Assert.Empty(_sound.PlantedFaults(Begin, Begin.AddDays(340)));

    [Theory]
    [InlineData(PlantedFaultKind.HeatedWhileClosed)]
    [InlineData(PlantedFaultKind.HeatingFailure)]
    [InlineData(PlantedFaultKind.Frost)]
    [InlineData(PlantedFaultKind.BadVentilation)]
    [InlineData(PlantedFaultKind.BaseLoad)]
    [InlineData(PlantedFaultKind.EfficiencyDrift)]
    public void Faults_of_every_sort_are_planted_and_end(PlantedFaultKind kind)
    {
        var faults = Faults(kind);

        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.True(fault.Until > fault.From && fault.Size != 0));
        Assert.Equal(faults.Count, faults.Distinct().Count());
    }

    [Fact]
    public void A_building_that_is_heated_while_closed_is_warm_at_noon_of_a_day_on_which_it_is_shut()
    {
        var failed = Faults(PlantedFaultKind.HeatingFailure).Select(fault => fault.Device).ToHashSet();
        var faults = Faults(PlantedFaultKind.HeatedWhileClosed).Where(fault => !failed.Contains(fault.Device) && fault.From.Month is 1 or 2 or 12).ToList();
        Assert.True(faults.Count > 50);

        var warm = faults.Count(fault => Both(fault, fault.From.AddHours(4), "temperatureCelsius") is var (faulty, sound) && faulty > 17.5 && faulty > sound + 0.5);
        Assert.InRange(warm, faults.Count * 0.8, faults.Count);
        Assert.All(faults, fault => Assert.Equal(0, Value(_faulty, fault.Device, fault.From.AddHours(4), "occupied")));
    }

    [Fact]
    public void Where_it_freezes_inside_the_heating_has_failed_and_it_is_warm_again_days_after() => Assert.All(Faults(PlantedFaultKind.Frost), fault =>
    {
        Assert.InRange(Value(_faulty, fault.Device, fault.From, "temperatureCelsius"), -20, 5.01);
        Assert.InRange(fault.Size, -20, 5);
        Assert.Contains(Faults(PlantedFaultKind.HeatingFailure), failure => failure.Device == fault.Device && failure.From < fault.From && failure.Until > fault.Until);
        Assert.InRange(Value(_faulty, fault.Device, fault.Until.AddDays(6), "temperatureCelsius"), 12, 86);
    });

    [Fact]
    public void Bad_air_is_beyond_what_is_tolerated_when_the_building_is_full_and_good_air_is_not()
    {
        var bad = Faults(PlantedFaultKind.BadVentilation).ToLookup(fault => fault.Device);
        foreach (var building in Buildings.Take(120))
        {
            for (var hour = 0; hour < 24 * 30; hour++)
            {
                var at = Begin.AddDays(60).AddHours(hour);
                var isBad = bad[building.Id].Any(fault => at >= fault.From && at < fault.Until);
                if (!isBad) Assert.InRange(Value(_faulty, building.Id, at, "co2Ppm"), 400, 1_300);
            }
        }

        var full = bad.SelectMany(faults => faults).Count(fault => Enumerable.Range(0, 24 * 14).Any(hour => Value(_faulty, fault.Device, fault.From.AddHours(hour), "co2Ppm") > 1_300));
        Assert.InRange(full, bad.Count * 0.9, bad.Count);
    }

    [Fact]
    public void What_is_left_on_is_in_its_power_and_in_its_energy() => Assert.All(Faults(PlantedFaultKind.BaseLoad), fault =>
    {
        var at = fault.From.AddDays(2);
        var (faulty, sound) = Both(fault, at, "powerWatts");
        Assert.Equal(fault.Size, faulty - sound, 1.0);

        var before = Both(fault, fault.From, "energyWattHours");
        var after = Both(fault, fault.Until.AddDays(1), "energyWattHours");
        Assert.Equal(fault.Size * (fault.Until - fault.From).TotalHours, after.Faulty - before.Faulty - (after.Sound - before.Sound), 10.0);
    });

    [Fact]
    public void A_heating_that_has_worn_takes_more_heat_by_its_size()
    {
        var others = Faults(PlantedFaultKind.HeatedWhileClosed).Concat(Faults(PlantedFaultKind.HeatingFailure)).Select(fault => fault.Device).ToHashSet();
        var winter = Faults(PlantedFaultKind.EfficiencyDrift).Where(fault => fault.From.Month is 1 or 2 or 11 && !others.Contains(fault.Device)).ToList();
        Assert.NotEmpty(winter);
        Assert.All(winter, fault =>
        {
            var (from, to) = (fault.From.AddDays(1), fault.From.AddDays(11));
            var (faulty, sound) = (Value(_faulty, fault.Device, to, "heatWattHours") - Value(_faulty, fault.Device, from, "heatWattHours"), Value(_sound, fault.Device, to, "heatWattHours") - Value(_sound, fault.Device, from, "heatWattHours"));

            // A failed heating that is nowhere freezing is planted too and not told: it takes less.
            Assert.True(faulty <= sound * (1 + (fault.Size / 100)) + 2);
        });
        Assert.Contains(winter, fault => Math.Abs((Value(_faulty, fault.Device, fault.From.AddDays(11), "heatWattHours") - Value(_faulty, fault.Device, fault.From.AddDays(1), "heatWattHours"))
            / (Value(_sound, fault.Device, fault.From.AddDays(11), "heatWattHours") - Value(_sound, fault.Device, fault.From.AddDays(1), "heatWattHours")) - 1 - (fault.Size / 100)) < 0.001);
    }

    [Fact]
    public void Whatever_fails_no_index_ever_falls()
    {
        foreach (var building in Buildings.Take(60))
        {
            var (energy, heat) = (0.0, 0.0);
            for (var at = Begin; at < Begin.AddDays(330); at = at.AddHours(5))
            {
                var (now, warm) = (Value(_faulty, building.Id, at, "energyWattHours"), Value(_faulty, building.Id, at, "heatWattHours"));
                Assert.True(now >= energy && warm >= heat, $"{building.Id} at {at:u}");
                (energy, heat) = (now, warm);
            }
        }
    }

    [Fact]
    public void Schools_are_closed_on_holidays_and_everybody_on_public_ones()
    {
        var school = Buildings.First(building => building.Text("type") == "school");
        var hall = Buildings.First(building => building.Text("type") == "townHall");

        Assert.Equal((1, 1), Occupied("2026-10-13")); // a Tuesday
        Assert.Equal((0, 1), Occupied("2026-10-20")); // in the holidays that begin on the 17th
        Assert.Equal((0, 0), Occupied("2026-11-11")); // Armistice
        Assert.Contains("2026-10-17/2026-11-01", school.Text("schoolHolidays"), StringComparison.Ordinal);
        Assert.Equal("Mo 08:30-17:30; Tu 08:30-17:30; We 08:30-17:30; Th 08:30-17:30; Fr 08:30-17:00; Sa 09:00-12:00", hall.Text("occupancy"));
        Assert.Null(hall.Text("schoolHolidays"));

        (double School, double Hall) Occupied(string date)
        {
            var at = DateTimeOffset.Parse($"{date}T10:00+01:00", System.Globalization.CultureInfo.InvariantCulture);
            return (Value(_sound, school.Id, at, "occupied"), Value(_sound, hall.Id, at, "occupied"));
        }
    }

    [Fact]
    public void Those_that_the_decree_is_about_know_their_reference() =>
        Assert.All(Buildings, building => Assert.Equal(building.Number("floorAreaSquareMetres") >= 1_000, building.Number("referenceKilowattHours") is not null && building.Number("referenceYear") == 2015));
}
