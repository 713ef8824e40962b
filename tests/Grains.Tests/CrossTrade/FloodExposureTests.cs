using System.Collections.Immutable;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Grains.CrossTrade;

namespace Grid.Tests.Grains.CrossTrade;

public sealed class FloodExposureTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 16, 12, 0, 0, TimeSpan.Zero);

    private static LinkedDevice Sensor(string id, string metric, double value, string? condition = null, DeviceStatus severity = DeviceStatus.Warning, DateTimeOffset? rainedAt = null) => new()
    {
        Id = id,
        Kind = DeviceKind.Environment,
        Interval = TimeSpan.FromMinutes(15),
        View = new DeviceView
        {
            Status = DeviceStatus.Ok,
            Reported = [new ReportedMetric(metric, value, Noon.AddMinutes(-5))],
            Desired = [],
            Conditions = condition is null ? [] : [new ActiveCondition(condition, severity, Noon.AddMinutes(-40))],
            Derived = rainedAt is { } at ? [new DerivedFigure { Name = "rainedAt", At = at, Basis = "reported" }] : [],
        },
    };

    private static LinkedDevice Exposed(string id, DeviceKind kind, string sensor = "R1") =>
        new() { Id = id, Kind = kind, Links = new DeviceLinks { ExposedTo = sensor }, Interval = TimeSpan.FromHours(1) };

    private static LinkedDevice River(string? condition = "rapidRise", DeviceStatus severity = DeviceStatus.Warning) => Sensor("R1", "levelMillimetres", 1_450, condition, severity);

    private static LinkedDevice Rain(double now, DateTimeOffset? last = null) => Sensor("P1", "rainMillimetresPerHour", now, rainedAt: last);

    [Fact]
    public void A_river_that_rises_in_the_rain_names_what_its_water_reaches()
    {
        var finding = Assert.Single(FloodExposureRule.Find([River(), Rain(6), Exposed("B1", DeviceKind.Bin), Exposed("M1", DeviceKind.Meter), Exposed("B2", DeviceKind.Bin, "R9")], Noon));

        Assert.Equal((CrossTradeFinding.FloodExposure, "R1", Noon.AddMinutes(-40), DeviceStatus.Warning, 2), (finding.Rule, finding.Source, finding.Since, finding.Severity, finding.Of));
        Assert.Equal([("B1", "exposed"), ("M1", "exposed"), ("P1", "rain"), ("R1", "rapidRise")], finding.Members.Select(member => (member.Device, member.Shows)));
        Assert.Equal(("levelMillimetres", 1_450), (finding.Members[^1].Figure!.Name, finding.Members[^1].Figure!.Value));
    }

    [Fact]
    public void The_worst_that_the_sensor_says_is_how_bad_it_is() => Assert.Equal(
        DeviceStatus.Fault, Assert.Single(FloodExposureRule.Find([River("localLevel", DeviceStatus.Fault), Rain(6), Exposed("B1", DeviceKind.Bin)], Noon)).Severity);

    [Fact]
    public void Rain_of_this_morning_counts_and_that_of_the_day_before_yesterday_does_not()
    {
        Assert.Single(FloodExposureRule.Find([River(), Rain(0, Noon.AddHours(-9)), Exposed("B1", DeviceKind.Bin)], Noon));
        Assert.Empty(FloodExposureRule.Find([River(), Rain(0, Noon.AddHours(-49)), Exposed("B1", DeviceKind.Bin)], Noon));
    }

    [Fact]
    public void Where_nothing_measures_rain_the_river_alone_counts() => Assert.Single(FloodExposureRule.Find([River(), Exposed("B1", DeviceKind.Bin)], Noon));

    [Fact]
    public void Without_rain_without_rise_or_without_anything_exposed_there_is_nothing_across_trades()
    {
        Assert.Empty(FloodExposureRule.Find([River(), Rain(0), Exposed("B1", DeviceKind.Bin)], Noon));
        Assert.Empty(FloodExposureRule.Find([River(condition: null), Rain(6), Exposed("B1", DeviceKind.Bin)], Noon));
        Assert.Empty(FloodExposureRule.Find([River(), Rain(6)], Noon));
    }
}
