using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Cabinets;

public sealed class CabinetTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Theory]
    [InlineData("breakerTripped", 1, "breakerTripped", DeviceStatus.Fault)]
    [InlineData("supplyVolts", 179.9, "supplyLoss", DeviceStatus.Fault)]
    [InlineData("doorOpen", 1, "doorOpen", DeviceStatus.Warning)]
    [InlineData("leakageMilliamperes", 300.1, "leakage", DeviceStatus.Warning)]
    public void A_bad_value_is_a_condition_until_a_good_one(string metric, double bad, string condition, DeviceStatus severity)
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet);
        cabinet.Report(Noon, (metric, bad));

        Assert.Equal([new ActiveCondition(condition, severity, Noon)], cabinet.Conditions);
        Assert.Equal(severity, cabinet.Contribution.Status);

        cabinet.Report(Noon.Minutes(15), (metric, metric == "supplyVolts" ? 180 : 0));
        Assert.Empty(cabinet.Conditions);
        Assert.Equal(DeviceStatus.Ok, cabinet.Contribution.Status);
    }

    [Fact]
    public void It_is_in_exactly_the_conditions_that_the_last_value_of_each_metric_says()
    {
        var values = Gen.Elements(
            ("breakerTripped", 0.0, (string?)null), ("breakerTripped", 1, "breakerTripped"), ("doorOpen", 0, null), ("doorOpen", 1, "doorOpen"),
            ("supplyVolts", 180, null), ("supplyVolts", 179.999, "supplyLoss"), ("leakageMilliamperes", 300, null), ("leakageMilliamperes", 300.001, "leakage"));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(values.ListOf().ToArbitrary(), reports =>
        {
            var (cabinet, expected) = (TestDevice.Of(DeviceKind.Cabinet), new Dictionary<string, string?>());
            foreach (var (metric, value, condition) in reports)
            {
                cabinet.Report(Noon.Minutes(cabinet.Offset), (metric, value));
                expected[metric] = condition;
            }

            return expected.Values.OfType<string>().ToHashSet().SetEquals(cabinet.Conditions.Select(condition => condition.Condition));
        }));
    }

    [Fact]
    public void Its_limits_are_attributes()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, ("supplyMinimumVolts", 207), ("leakageMaximumMilliamperes", 30));
        cabinet.Report(Noon, ("supplyVolts", 200), ("leakageMilliamperes", 31));

        Assert.Equal(["supplyLoss", "leakage"], cabinet.Conditions.Select(condition => condition.Condition));
    }

    [Fact]
    public void It_adds_neither_power_nor_energy_to_those_of_its_lamps()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet);
        cabinet.Report(Noon, ("powerWatts", 2_000), ("energyWattHours", 1_000), ("segment1On", 1));
        var contribution = cabinet.Report(Noon.Minutes(60), ("powerWatts", 2_000), ("energyWattHours", 3_000), ("segment1On", 1)).Contribution;

        Assert.Equal(new Contribution { Kind = DeviceKind.Cabinet, Status = DeviceStatus.Ok }, contribution);
        Assert.Equal(2_000, cabinet.Shown("powerWatts"));
    }
}
