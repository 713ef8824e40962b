using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Bins;

public sealed class BinTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static ContributionFlags[] FlagsOver(TestDevice bin, string metric, params double[] values) => FlagsOver(bin, 60, metric, values);

    private static ContributionFlags[] FlagsOver(TestDevice bin, double minutes, string metric, params double[] values) =>
        [.. values.Select((value, index) => bin.Report(Noon.Minutes(minutes * index), (metric, value)).Contribution.Flags)];

    private static bool[] Tipped(params (double Minutes, double Tilted)[] reports)
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        return [.. reports.Select(report =>
        {
            bin.Report(Noon.Minutes(report.Minutes), ("tilted", report.Tilted));
            return bin.Conditions.Any(condition => condition.Condition == "tipped");
        })];
    }

    private static bool[] Burning(double minutes, params double[] celsius) =>
        [.. FlagsOver(TestDevice.Of(DeviceKind.Bin), minutes, "temperatureCelsius", celsius).Select(flags => flags == ContributionFlags.Fire)];

    [Fact]
    public void It_overflows_from_the_second_report_at_98_percent_until_the_second_at_90()
    {
        const ContributionFlags Over = ContributionFlags.Over80Percent;
        const ContributionFlags Full = Over | ContributionFlags.Overflowing;

        Assert.Equal(
            [ContributionFlags.None, Over, Over, Over, Full, Full, Full, Full, Over, ContributionFlags.None],
            FlagsOver(TestDevice.Of(DeviceKind.Bin), "fillPercent", 80, 80.1, 97.9, 98, 98.5, 95, 90.1, 90, 89, 3));
    }

    [Fact]
    public void One_stray_echo_neither_fills_nor_empties_it()
    {
        Assert.All(FlagsOver(TestDevice.Of(DeviceKind.Bin), "fillPercent", 60, 100, 60, 99, 61, 98), flags => Assert.False(flags.HasFlag(ContributionFlags.Overflowing)));
        Assert.All(FlagsOver(TestDevice.Of(DeviceKind.Bin), "fillPercent", 99, 2, 99, 5, 99), flags => Assert.True(flags.HasFlag(ContributionFlags.Overflowing)));
    }

    [Fact]
    public void A_bin_whose_first_report_says_that_it_is_full_is_believed() =>
        Assert.True(TestDevice.Of(DeviceKind.Bin).Report(Noon, ("fillPercent", 99)).Contribution.Flags.HasFlag(ContributionFlags.Overflowing));

    [Fact]
    public void It_burns_from_75_degrees_until_it_has_cooled_down_by_10() =>
        Assert.Equal([false, true, true, true, false, false], Burning(480, 74.9, 75, 300, 65.1, 65, 74));

    [Fact]
    public void A_fast_rise_is_a_fire_long_before_it_is_hot_and_ends_half_way_back()
    {
        Assert.Equal([false, false, true, true, true, false], Burning(10, 18, 22, 39, 260, 28.1, 28));
        // 19.9 degrees within half an hour are none.
        Assert.Equal([false, false, false, false], Burning(10, 18, 24, 31, 37.9));
    }

    [Fact]
    public void The_sun_is_no_fire()
    {
        // 20 to 60 degrees in three hours: 6.7 degrees in half an hour.
        Assert.All(Burning(15, [.. Enumerable.Range(0, 13).Select(quarter => 20 + (quarter * 40 / 12.0))]), Assert.False);
        // A bin that reports every hour: 20 degrees in an hour are as slow as 10 in half an hour, 45 are not.
        Assert.Equal([false, false, false], Burning(60, 20, 40, 59));
        Assert.Equal([false, true], Burning(60, 20, 65));
    }

    [Fact]
    public void It_is_tipped_from_the_second_report_on_its_side_ten_minutes_after_the_first()
    {
        Assert.Equal([false, false, true, true, false], Tipped((0, 1), (9.9, 1), (10, 1), (300, 1), (301, 0)));
        Assert.Equal([false, true], Tipped((0, 1), (60, 1)));
    }

    [Fact]
    public void A_bin_that_is_emptied_is_tilted_for_a_minute_and_nothing_is_wrong_with_it() =>
        Assert.Equal([false, false, false, false, false], Tipped((0, 0), (15, 1), (16, 0), (60, 1), (75, 0)));

    [Fact]
    public void Fire_is_a_fault_and_the_rest_warns()
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        bin.Report(Noon, ("tilted", 1), ("batteryPercent", 3));

        Assert.Equal(DeviceStatus.Warning, bin.Report(Noon.Minutes(15), ("tilted", 1)).Contribution.Status);
        Assert.Equal(["batteryLow", "tipped"], bin.Conditions.Select(condition => condition.Condition));
        Assert.Equal(DeviceStatus.Fault, bin.Report(Noon.Minutes(16), ("temperatureCelsius", 400)).Contribution.Status);
    }
}
