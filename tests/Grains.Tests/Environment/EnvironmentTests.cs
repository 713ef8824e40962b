using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Environment;

public sealed class EnvironmentTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice River(params (string, object)[] more) => TestDevice.Of(
        DeviceKind.Environment, [("level1Millimetres", 1_000), ("level2Millimetres", 2_000), ("level3Millimetres", 3_000), .. more]);

    private static byte[] LevelsOver(TestDevice sensor, params double[] millimetres) =>
        [.. millimetres.Select((value, quarter) => sensor.Report(Noon.Minutes(15 * quarter), ("levelMillimetres", value)).Contribution.LocalLevel)];

    [Fact]
    public void Without_thresholds_there_is_no_level() =>
        Assert.Equal(0, TestDevice.Of(DeviceKind.Environment).Report(Noon, ("levelMillimetres", 9_999), ("noiseDecibels", 130)).Contribution.LocalLevel);

    [Fact]
    public void A_level_is_reached_at_its_threshold_and_left_five_percent_below() =>
        Assert.Equal([0, 1, 2, 2, 1, 3, 3, 2, 0], LevelsOver(River(), 999, 1_000, 2_000, 1_900, 1_899, 3_000, 2_850, 2_849, 10));

    [Fact]
    public void The_deadband_is_an_attribute() =>
        Assert.Equal([1, 1, 0], LevelsOver(River(("deadbandPercent", 50)), 1_000, 500, 499));

    [Fact]
    public void Without_a_deadband_a_level_is_left_where_it_was_reached() =>
        Assert.Equal([1, 0, 1], LevelsOver(River(("deadbandPercent", 0)), 1_000, 999.9, 1_000));

    [Fact]
    public void The_highest_of_all_metrics_counts()
    {
        var sensor = River(("rainLevel2MillimetresPerHour", 20), ("noiseLevel1Decibels", 80), ("pm25Level3MicrogramsPerCubicMetre", 75));

        Assert.Equal(2, sensor.Report(Noon, ("levelMillimetres", 1_500), ("rainMillimetresPerHour", 25), ("noiseDecibels", 85)).Contribution.LocalLevel);
        Assert.Equal(3, sensor.Report(Noon.Minutes(15), ("pm25MicrogramsPerCubicMetre", 80)).Contribution.LocalLevel);
    }

    [Theory]
    [InlineData(1_500, DeviceStatus.Warning)]
    [InlineData(3_500, DeviceStatus.Fault)]
    public void A_local_level_is_a_condition(double millimetres, DeviceStatus severity)
    {
        var sensor = River();
        sensor.Report(Noon, ("levelMillimetres", millimetres));

        Assert.Equal([new ActiveCondition("localLevel", severity, Noon)], sensor.Conditions);
    }
}
