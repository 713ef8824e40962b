using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Meters;

public sealed class BurstTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice Meter(params (string, object)[] more) => TestDevice.Of(DeviceKind.Meter, [("fluid", "water"), .. more]);

    private static bool Bursts(TestDevice meter) => meter.Conditions.Any(condition => condition is { Condition: "burst", Severity: DeviceStatus.Fault });

    /// <summary>After each of the indexes, a quarter of an hour apart: whether it bursts.</summary>
    private static bool[] QuarterHours(TestDevice meter, params double[] litres) =>
        [.. litres.Select((index, place) => meter.Report(Noon.Minutes(15 * place), ("indexLitres", index)) is var _ && Bursts(meter))];

    [Fact]
    public void A_flow_above_the_limit_is_a_burst_after_half_an_hour_and_until_a_report_is_below() =>
        Assert.Equal([false, false, true, true, false], QuarterHours(Meter(), 0, 250, 500, 760, 800));

    [Fact]
    public void A_bath_is_no_burst() => Assert.Equal([false, false, false, false], QuarterHours(Meter(), 0, 280, 300, 560));

    [Fact]
    public void A_hose_that_fills_a_pool_is_no_burst() => Assert.DoesNotContain(true, QuarterHours(Meter(), [.. Enumerable.Range(0, 20).Select(place => place * 225.0)]));

    [Fact]
    public void An_hour_above_the_limit_is_long_enough()
    {
        var meter = Meter();
        meter.Report(Noon, ("indexLitres", 1_000));
        meter.Report(Noon.Minutes(60), ("indexLitres", 2_100));

        Assert.True(Bursts(meter));
    }

    [Fact]
    public void What_flows_now_counts_more_than_what_has_flowed()
    {
        var meter = Meter();
        meter.Report(Noon, ("indexLitres", 1_000), ("flowLitresPerHour", 0));
        meter.Report(Noon.Minutes(60), ("indexLitres", 2_100), ("flowLitresPerHour", 20));
        Assert.False(Bursts(meter));

        meter.Report(Noon.Minutes(70), ("flowLitresPerHour", 1_500));
        meter.Report(Noon.Minutes(99), ("flowLitresPerHour", 1_500));
        Assert.False(Bursts(meter));
        meter.Report(Noon.Minutes(100), ("flowLitresPerHour", 1_500));
        Assert.True(Bursts(meter));
    }

    [Theory]
    [InlineData("nominalFlowLitresPerHour", 10_000, 999, false)]
    [InlineData("nominalFlowLitresPerHour", 10_000, 1_000, true)]
    [InlineData("burstLitresPerHour", 300, 75, true)]
    [InlineData("burstLitresPerHour", 300, 74, false)]
    [InlineData("burstMinutes", 31, 900, false)]
    [InlineData("zoneRole", "inlet", 9_000, false)]
    [InlineData("fluid", "gas", 9_000, false)]
    public void The_limit_is_given_or_follows_from_the_size_of_the_meter(string attribute, object value, double perQuarter, bool expected) =>
        Assert.Equal(expected, QuarterHours(TestDevice.Of(DeviceKind.Meter, [(attribute, value)]), 0, perQuarter, 2 * perQuarter)[^1]);

    [Fact]
    public void A_coarse_step_within_a_minute_is_no_flow()
    {
        var meter = Meter(("pulseLitres", 100));
        foreach (var (minutes, litres) in new[] { (0.0, 0), (1, 100), (2, 100), (31, 200), (32, 300), (62, 300) })
        {
            meter.Report(Noon.Minutes(minutes), ("indexLitres", litres));
            Assert.False(Bursts(meter));
        }
    }

    [Fact]
    public void A_late_report_ends_nothing_and_begins_nothing()
    {
        var meter = Meter();
        QuarterHours(meter, 0, 300, 600);
        meter.Take(Entries.Reading("D1", Noon.Minutes(20), Noon.Minutes(31), ("indexLitres", 400), ("flowLitresPerHour", 0)));
        Assert.True(Bursts(meter));
    }

    [Fact]
    public void A_meter_that_is_replaced_does_not_burst()
    {
        var meter = Meter();
        Assert.Equal([false, false, false], QuarterHours(meter, 90_000, 12, 20));
    }
}
