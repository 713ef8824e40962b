using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Where a rule is judged follows from what it says.</summary>
public sealed class RuleFactsTests
{
    [Theory]
    [InlineData("when fillPercent > 80 then open work order", DeviceKinds.Bin, RuleNeeds.Device)]
    [InlineData("when temperatureCelsius > 80 then open work order", DeviceKinds.Bin | DeviceKinds.Building, RuleNeeds.Device)]
    [InlineData("when batteryLow and night then open work order", DeviceKinds.Meter | DeviceKinds.Bin | DeviceKinds.Environment, RuleNeeds.Device)]
    [InlineData("when \"vendor metric\" > 3 then open work order", DeviceKinds.All, RuleNeeds.Device)]
    [InlineData("each meter when since(heard) > 1 d then open work order", DeviceKinds.Meter, RuleNeeds.Device)]
    [InlineData("when alarm overflow is acknowledged for 1 h then open work order", DeviceKinds.All, RuleNeeds.Sector)]
    [InlineData("each cabinet when count(of kind streetlight where same cabinet: lampFailure) >= 3 then open work order", DeviceKinds.Cabinet, RuleNeeds.Sector)]
    [InlineData("when count(of kind streetlight where same cabinet: lampFailure) >= 3 then open work order", DeviceKinds.Cabinet | DeviceKinds.Streetlight, RuleNeeds.Sector)]
    [InlineData("each commune when share(of kind bin: overflow) > 50 % then open work order", DeviceKinds.None, RuleNeeds.Commune)]
    [InlineData("when fillPercent > 80 and bins.overflowing > 3 then open work order", DeviceKinds.Bin, RuleNeeds.Commune)]
    internal void Kinds_and_needs_are_those_of_all_that_is_named(string text, DeviceKinds kinds, RuleNeeds needs) =>
        Assert.Equal(new RuleFacts(kinds, needs), RuleChecker.FactsOf(RuleText.Read(text).Rule!));
}
