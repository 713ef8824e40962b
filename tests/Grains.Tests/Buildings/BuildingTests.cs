using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Buildings;

public sealed class BuildingTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Theory]
    [InlineData(1, 20, 800, false)]
    [InlineData(1, 15.9, 800, true)]
    [InlineData(1, 16, 800, false)]
    [InlineData(1, 28, 800, false)]
    [InlineData(1, 28.1, 800, true)]
    [InlineData(1, 20, 1_300, false)]
    [InlineData(1, 20, 1_301, true)]
    [InlineData(0, 10, 5_000, false)]
    public void Comfort_counts_while_people_are_in(double occupied, double celsius, double ppm, bool isBreach)
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("occupied", occupied), ("temperatureCelsius", celsius), ("co2Ppm", ppm));
        var contribution = building.Report(Noon.Minutes(15), ("occupied", occupied), ("temperatureCelsius", celsius), ("co2Ppm", ppm)).Contribution;

        Assert.Equal(isBreach ? ContributionFlags.ComfortBreach : ContributionFlags.None, contribution.Flags);
        Assert.Equal(isBreach ? DeviceStatus.Warning : DeviceStatus.Ok, contribution.Status);
    }

    [Fact]
    public void A_single_bad_sample_is_no_breach_and_no_frost()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("occupied", 1), ("temperatureCelsius", 20), ("co2Ppm", 600));
        building.Report(Noon.Minutes(15), ("temperatureCelsius", -40));
        Assert.Empty(building.Conditions);

        // A report without the thermometer proves nothing either.
        building.Report(Noon.Minutes(30), ("co2Ppm", 600));
        Assert.Empty(building.Conditions);
        building.Report(Noon.Minutes(45), ("temperatureCelsius", 20));
        building.Report(Noon.Minutes(60), ("temperatureCelsius", 20), ("co2Ppm", 99_999));
        building.Report(Noon.Minutes(75), ("temperatureCelsius", 20), ("co2Ppm", 600));
        Assert.Empty(building.Conditions);
    }

    [Fact]
    public void A_breach_begins_after_its_delay_and_ends_half_a_degree_and_a_hundred_ppm_inside_comfort()
    {
        var building = TestDevice.Of(DeviceKind.Building, ("comfortDelayMinutes", 30));
        Assert.Equal(
            [false, false, true, true, true, false, false],
            Breaches(building, (15, 700), (15, 700), (15, 700), (16.4, 700), (19, 1_201), (16.5, 1_200), (16, 1_300)));
    }

    [Fact]
    public void A_breach_ends_when_people_go()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        Assert.Equal([false, true], Breaches(building, (15, 700), (15, 700)));

        Assert.Equal(ContributionFlags.None, building.Report(Noon.Minutes(60), ("occupied", 0), ("temperatureCelsius", 15)).Contribution.Flags);
    }

    [Fact]
    public void Comfort_is_judged_when_people_come_in_a_later_report()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("temperatureCelsius", 12));
        building.Report(Noon.Minutes(15), ("occupied", 1), ("temperatureCelsius", 12));

        Assert.Equal(ContributionFlags.ComfortBreach, building.Report(Noon.Minutes(30), ("temperatureCelsius", 12)).Contribution.Flags);
    }

    [Theory]
    [InlineData(4.9, DeviceStatus.Fault)]
    [InlineData(5, DeviceStatus.Ok)]
    public void Below_five_degrees_pipes_may_freeze(double celsius, DeviceStatus status)
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("temperatureCelsius", celsius));

        Assert.Equal(status, building.Report(Noon.Minutes(15), ("temperatureCelsius", celsius)).Contribution.Status);
    }

    [Fact]
    public void The_risk_of_frost_ends_a_degree_above_its_limit_and_may_have_a_delay()
    {
        var building = TestDevice.Of(DeviceKind.Building, ("frostDelayMinutes", 30));
        var statuses = new double[] { 4, 4, 4, 5.9, 6 }
            .Select((celsius, quarter) => building.Report(Noon.Minutes(15 * quarter), ("temperatureCelsius", celsius)).Contribution.Status);

        Assert.Equal([DeviceStatus.Ok, DeviceStatus.Ok, DeviceStatus.Fault, DeviceStatus.Fault, DeviceStatus.Ok], statuses);
    }

    [Fact]
    public void It_adds_power_and_the_energy_of_its_index()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("energyWattHours", 1_000_000), ("powerWatts", 4_000));
        var later = building.Report(Noon.Minutes(30), ("energyWattHours", 1_002_500), ("powerWatts", 5_000.25)).Contribution;

        Assert.Equal((5_000_250L, Entries.StartDay, 2_500_000L), (later.PowerMilliwatts, later.Day, later.DayAmount));
    }

    [Fact]
    public void Without_an_index_it_adds_the_energy_of_its_power()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("powerWatts", 4_000));

        Assert.Equal(2_000_000, building.Report(Noon.Minutes(30), ("powerWatts", 0)).Contribution.DayAmount);
    }

    private static bool[] Breaches(TestDevice building, params (double Celsius, double Ppm)[] reports) =>
        [.. reports.Select((report, quarter) => building.Report(
            Noon.Minutes(15 * quarter), ("occupied", 1), ("temperatureCelsius", report.Celsius), ("co2Ppm", report.Ppm)).Contribution.Flags == ContributionFlags.ComfortBreach)];
}
