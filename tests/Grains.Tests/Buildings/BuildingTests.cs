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
        var contribution = building.Report(Noon, ("occupied", occupied), ("temperatureCelsius", celsius), ("co2Ppm", ppm)).Contribution;

        Assert.Equal(isBreach ? ContributionFlags.ComfortBreach : ContributionFlags.None, contribution.Flags);
        Assert.Equal(isBreach ? DeviceStatus.Warning : DeviceStatus.Ok, contribution.Status);
    }

    [Fact]
    public void Comfort_is_judged_when_people_come_in_a_later_report()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        building.Report(Noon, ("temperatureCelsius", 12));

        Assert.Equal(ContributionFlags.ComfortBreach, building.Report(Noon.Minutes(15), ("occupied", 1)).Contribution.Flags);
    }

    [Theory]
    [InlineData(4.9, DeviceStatus.Fault)]
    [InlineData(5, DeviceStatus.Ok)]
    public void Below_five_degrees_pipes_may_freeze(double celsius, DeviceStatus status) =>
        Assert.Equal(status, TestDevice.Of(DeviceKind.Building).Report(Noon, ("temperatureCelsius", celsius)).Contribution.Status);

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
}
