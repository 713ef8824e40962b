using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Bins;

public sealed class BinTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static ContributionFlags[] FlagsOver(TestDevice bin, string metric, params double[] values) =>
        [.. values.Select((value, hour) => bin.Report(Noon.Minutes(60 * hour), (metric, value)).Contribution.Flags)];

    [Fact]
    public void It_overflows_from_98_percent_until_90()
    {
        const ContributionFlags Over = ContributionFlags.Over80Percent;
        const ContributionFlags Full = Over | ContributionFlags.Overflowing;

        Assert.Equal(
            [ContributionFlags.None, Over, Over, Full, Full, Full, Over, ContributionFlags.None],
            FlagsOver(TestDevice.Of(DeviceKind.Bin), "fillPercent", 80, 80.1, 97.9, 98, 95, 90.1, 90, 3));
    }

    [Fact]
    public void It_burns_from_60_degrees_until_it_has_cooled_down_by_10()
    {
        Assert.Equal(
            [false, true, true, true, false, false],
            FlagsOver(TestDevice.Of(DeviceKind.Bin), "temperatureCelsius", 59.9, 60, 300, 50.1, 50, 59).Select(flags => flags == ContributionFlags.Fire));
    }

    [Fact]
    public void Fire_is_a_fault_and_the_rest_warns()
    {
        var bin = TestDevice.Of(DeviceKind.Bin);

        Assert.Equal(DeviceStatus.Warning, bin.Report(Noon, ("tilted", 1), ("batteryPercent", 3)).Contribution.Status);
        Assert.Equal(["batteryLow", "tipped"], bin.Conditions.Select(condition => condition.Condition));
        Assert.Equal(DeviceStatus.Fault, bin.Report(Noon.Minutes(1), ("temperatureCelsius", 400)).Contribution.Status);
    }
}
