using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Intake;

namespace Grid.Tests.City;

public sealed class ReadingRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("fillPercent", 100.5, "must be between 0 and 100")]
    [InlineData("fillPercent", -1, "must be between 0 and 100")]
    [InlineData("powerWatts", -0.1, "must be at least 0")]
    [InlineData("temperatureCelsius", -61, "must be between -60 and 1000")]
    [InlineData("lampFailure", 0.5, "must be 0 or 1")]
    [InlineData("doorOpen", 2, "must be 0 or 1")]
    [InlineData("fillPercent", double.NaN, "must be a finite number")]
    [InlineData("somethingElse", double.PositiveInfinity, "must be a finite number")]
    public void A_value_out_of_range_names_its_metric_and_the_range(string metric, double value, string reason)
    {
        var fault = ReadingRules.Check(Reading(Now, (metric, value)), Now);
        Assert.Equal(new Rejection(7, "D", $"metrics.{metric}", reason), fault);
    }

    [Theory]
    [InlineData("fillPercent", 0)]
    [InlineData("fillPercent", 100)]
    [InlineData("temperatureCelsius", 1000)]
    [InlineData("energyWattHours", 9e15)]
    [InlineData("vendorSpecific", -12)]
    public void A_value_within_its_range_and_an_unknown_metric_pass(string metric, double value) =>
        Assert.Null(ReadingRules.Check(Reading(Now, (metric, value)), Now));

    [Fact]
    public void A_time_more_than_ten_minutes_ahead_is_rejected()
    {
        Assert.Null(ReadingRules.Check(Reading(Now.AddMinutes(10), ("fillPercent", 1)), Now));
        Assert.Equal("time", ReadingRules.Check(Reading(Now.AddMinutes(10).AddMilliseconds(1), ("fillPercent", 1)), Now)?.Field);
    }

    [Fact]
    public void A_reading_without_metrics_is_rejected() => Assert.Equal("metrics", ReadingRules.Check(Reading(Now), Now)?.Field);

    private static IncomingReading Reading(DateTimeOffset time, params (string Name, double Value)[] metrics) =>
        new(7, "D", time, [.. metrics.Select(metric => new MetricValue(metric.Name, metric.Value))]);
}
