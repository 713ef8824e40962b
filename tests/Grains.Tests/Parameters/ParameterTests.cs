using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Parameters;

/// <summary>Which parameters there are, what may be given, and who gives what holds.</summary>
public sealed class ParameterTests
{
    private static readonly DateOnly Day = new(2026, 1, 15);

    private static readonly Body Epci = new("249000001", "E", BodyKind.Epci);
    private static readonly Body Lower = new("251000001", "S", BodyKind.Syndicate);
    private static readonly Body Higher = new("259000001", "T", BodyKind.Syndicate);
    private static readonly Body Department = new("222900011", "D", BodyKind.Department);

    private static ImmutableArray<ParameterSet> Set(DeviceKind kind, params (string Name, double Value)[] values) =>
        ParameterRules.Normalize([new ParameterSet { Kind = kind, Values = [.. values.Select(value => new ParameterValue(value.Name, AttributeValue.Of(value.Value)))] }]);

    private static EffectiveParameter Of(DeviceDescriptor device, string name, params ParameterGiver[] givers) =>
        ParameterResolution.Explain(device, givers).Single(parameter => parameter.Name == name);

    private static ParameterGiver Commune(params (string Name, double Value)[] values) => new("commune:29019", DeviceKinds.All, Set(DeviceKind.Bin, values));

    private static ParameterGiver Body(params (string Name, double Value)[] values) => new("syndicate:251000001", DeviceKinds.All, Set(DeviceKind.Bin, values));

    private static Membership Member(Body body, DeviceKinds kinds = DeviceKinds.All, DateOnly? from = null, DateOnly? to = null) => new("29019", body.Siren, kinds, from, to);

    [Theory]
    [InlineData(DeviceKind.Cabinet, "supplyMinimumVolts leakageMaximumMilliamperes reportingIntervalMinutes unexpectedOnDelayMinutes", "scheduler indexMaximum")]
    [InlineData(DeviceKind.Streetlight, "nearZeroWatts supplyMinimumVolts safetyMinimumPercent reportingIntervalMinutes lampFailureDelayMinutes cyclingChanges powerDriftPercent presenceBoostPercent", "passive cabinet segment ratedWatts switchedSupply scheduler indexMaximum")]
    [InlineData(DeviceKind.Meter, "batteryLowPercent reportingIntervalMinutes leakNights burstMinutes comparableLitresPerDay", "fluid indexMaximum")]
    [InlineData(DeviceKind.Building, "comfortMinimumCelsius comfortMaximumCelsius co2MaximumPpm frostCelsius setbackCelsius baseLoadWatts energyDriftPercent reportingIntervalMinutes", "indexMaximum occupancy schoolHolidays signatureEnergy signatureFrom floorAreaSquareMetres referenceYear referenceKilowattHours referenceHeatingDegreeDays absoluteTargetKilowattHoursPerSquareMetre2030")]
    [InlineData(DeviceKind.Bin, "overflowPercent overflowClearPercent fireCelsius fireRiseCelsius fireRiseMinutes tippedDelayMinutes emptiedDropPercent emptiedReports batteryLowPercent reportingIntervalMinutes", "")]
    [InlineData(DeviceKind.Environment, "level1Millimetres rainLevel3MillimetresPerHour deadbandPercent batteryLowPercent reportingIntervalMinutes", "")]
    public void What_a_device_is_only_it_can_say_and_how_it_is_judged_others_may_too(DeviceKind kind, string parameters, string others)
    {
        var names = ParameterTable.Of(kind).Select(parameter => parameter.Name).ToArray();

        Assert.Empty(parameters.Split(' ').Except(names));
        Assert.Equal(others.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), DeviceAttributes.Of(kind).Select(attribute => attribute.Name).Except(names).Order());
    }

    [Fact]
    public void A_device_comes_before_its_commune_before_a_body_before_what_is_built_in()
    {
        var own = Entries.Descriptor("B1", DeviceKind.Bin, ("fireCelsius", 90));
        var bare = Entries.Descriptor("B1", DeviceKind.Bin);

        Assert.Equal((90, "device"), (Of(own, "fireCelsius", Commune(("fireCelsius", 80)), Body(("fireCelsius", 70))).Value!.Value.Number, Of(own, "fireCelsius", Commune(("fireCelsius", 80))).From));
        Assert.Equal((AttributeValue.Of(80), "commune:29019"), Plain(Of(bare, "fireCelsius", Commune(("fireCelsius", 80)), Body(("fireCelsius", 70)))));
        Assert.Equal((AttributeValue.Of(70), "syndicate:251000001"), Plain(Of(bare, "fireCelsius", Commune(("batteryLowPercent", 5)), Body(("fireCelsius", 70)))));
        Assert.Equal((AttributeValue.Of(75), "builtIn"), Plain(Of(bare, "fireCelsius", Commune(("batteryLowPercent", 5)), Body())));
    }

    [Fact]
    public void A_parameter_that_has_no_built_in_value_has_none_until_somebody_gives_one()
    {
        var lamp = Entries.Descriptor("L1", DeviceKind.Streetlight);
        var giver = new ParameterGiver("commune:29019", DeviceKinds.All, Set(DeviceKind.Streetlight, ("presenceBoostPercent", 80)));

        Assert.Equal((null, "builtIn"), Plain(Of(lamp, "presenceBoostPercent")));
        Assert.Equal((AttributeValue.Of(80), "commune:29019"), Plain(Of(lamp, "presenceBoostPercent", giver)));
        Assert.Equal((AttributeValue.Of(false), "builtIn"), Plain(Of(Entries.Descriptor("C1", DeviceKind.Cabinet), "segment1NightOnly")));
    }

    [Fact]
    public void What_is_bound_together_comes_from_one_giver()
    {
        // 97 % of the commune alone would be below the clearing of the built-in 98 %; and 95 % of the body would be above the bin's own 80 %.
        var own = Entries.Descriptor("B1", DeviceKind.Bin, ("overflowPercent", 80), ("overflowClearPercent", 70));
        var half = Entries.Descriptor("B2", DeviceKind.Bin, ("overflowClearPercent", 60));
        var body = Body(("overflowPercent", 97), ("overflowClearPercent", 95));

        Assert.Equal((AttributeValue.Of(70), "device"), Plain(Of(own, "overflowClearPercent", body)));
        Assert.Equal((AttributeValue.Of(98), "builtIn"), Plain(Of(half, "overflowPercent", body)));
        Assert.Equal((AttributeValue.Of(98), "builtIn"), Plain(Of(Entries.Descriptor("B3", DeviceKind.Bin), "overflowPercent", Commune(("overflowClearPercent", 50)), body)));
        Assert.Equal((AttributeValue.Of(95), "syndicate:251000001"), Plain(Of(Entries.Descriptor("B3", DeviceKind.Bin), "overflowClearPercent", Commune(("fireCelsius", 50)), body)));
    }

    [Fact]
    public void Of_bodies_the_nearest_counts_and_of_one_kind_the_lowest_siren()
    {
        Membership[] members = [Member(Department), Member(Higher), Member(Lower), Member(Epci)];

        Assert.Equal([Epci, Lower, Higher, Department], ParameterResolution.Order(members, [Higher, Department, Epci, Lower], Day).Select(item => item.Body));
    }

    [Fact]
    public void A_body_gives_to_the_kinds_of_its_competence_on_the_days_of_its_membership()
    {
        Membership[] members =
        [
            Member(Lower, DeviceKinds.Bin, to: Day),
            Member(Lower, DeviceKinds.Meter, from: Day),
            Member(Epci, DeviceKinds.Bin, from: Day.AddDays(1)),
        ];
        ImmutableArray<ParameterSet> given = [.. Set(DeviceKind.Meter, ("batteryLowPercent", 30)), .. Set(DeviceKind.Bin, ("batteryLowPercent", 30))];
        DeviceKind[] KindsOn(DateOnly day) =>
        [
            .. ParameterResolution.Given([.. ParameterResolution.Order(members, [Lower, Epci], day).Where(item => item.Body == Lower).Select(item => new ParameterGiver("x", item.Kinds, given))])
                .Select(set => set.Kind),
        ];

        Assert.Equal([DeviceKind.Bin], KindsOn(Day.AddDays(-1)));
        Assert.Equal([DeviceKind.Meter, DeviceKind.Bin], KindsOn(Day));
        Assert.Equal([DeviceKind.Meter], KindsOn(Day.AddDays(1)));
        Assert.Equal([Epci, Lower], ParameterResolution.Order(members, [Lower, Epci], Day.AddDays(1)).Select(item => item.Body));
    }

    [Theory]
    [InlineData(DeviceKind.Streetlight, "powerDriftPercent", 5, "streetlight.powerDriftPercent", "must be a number from 10 to 100")]
    [InlineData(DeviceKind.Streetlight, "cyclingChanges", 2.5, "streetlight.cyclingChanges", "must be a whole number from 2 to 16")]
    [InlineData(DeviceKind.Cabinet, "segment1NightOnly", 1, "cabinet.segment1NightOnly", "must be true or false")]
    [InlineData(DeviceKind.Bin, "overflowClearPercent", 99, "bin.overflowClearPercent", "must not be above overflowPercent")]
    [InlineData(DeviceKind.Building, "comfortMinimumCelsius", 28, "building.comfortMinimumCelsius", "must be below comfortMaximumCelsius")]
    [InlineData(DeviceKind.Meter, "batteryPercent", 3, "meter.batteryPercent", "is unknown; the parameters of a meter are batteryLowPercent, reportingIntervalMinutes, silenceBoundMinutes, pulseLitres, leakNights, leakMinimumLitresPerHour, nominalFlowLitresPerHour, burstLitresPerHour, burstMinutes, comparableLitresPerDay, abnormalHours")]
    [InlineData(DeviceKind.Meter, "indexMaximum", 3, "meter.indexMaximum", "is for each device to say and has no default; the parameters of a meter are batteryLowPercent, reportingIntervalMinutes, silenceBoundMinutes, pulseLitres, leakNights, leakMinimumLitresPerHour, nominalFlowLitresPerHour, burstLitresPerHour, burstMinutes, comparableLitresPerDay, abnormalHours")]
    public void A_fault_names_kind_parameter_and_reason(DeviceKind kind, string name, double value, string field, string reason)
    {
        var fault = Assert.Single(ParameterRules.Check(Set(kind, (name, value))));

        Assert.Equal((field, reason), (fault.Field, fault.Reason));
    }

    [Fact]
    public void Thresholds_that_do_not_grow_are_refused_as_those_of_a_device_are()
    {
        Assert.Equal(
            "environment.level2Millimetres", Assert.Single(ParameterRules.Check(Set(DeviceKind.Environment, ("level1Millimetres", 5), ("level2Millimetres", 5), ("level3Millimetres", 6)))).Field);
        Assert.Equal(
            "attributes.level2Millimetres",
            Assert.Single(DescriptorRules.Check(Entries.Descriptor("E1", DeviceKind.Environment, ("level1Millimetres", 5), ("level2Millimetres", 5), ("level3Millimetres", 6)))).Field);
    }

    private static (AttributeValue? Value, string From) Plain(EffectiveParameter parameter) => (parameter.Value, parameter.From);
}
