using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Starter;

namespace Grid.Tests.Grains.Rules;

/// <summary>The rules that ship hold as they are.</summary>
public sealed class StarterRulesTests
{
    [Fact]
    public void Each_is_a_rule_in_both_languages_and_some_need_more_than_a_device()
    {
        foreach (var starter in StarterRules.All)
        {
            Assert.All(new[] { starter.Text, starter.TextFrench }, text => Assert.Empty(RuleText.Read(text).Faults.Select(fault => $"{starter.Id}: {fault}")));
        }

        var needs = StarterRules.All.Select(starter => RuleChecker.FactsOf(RuleText.Read(starter.Text).Rule!).Needs).ToHashSet();
        Assert.Equal([RuleNeeds.Device, RuleNeeds.Sector, RuleNeeds.Commune], needs.Order());
    }

    [Fact]
    public void There_is_one_for_each_kind_and_some_across_kinds()
    {
        var kinds = StarterRules.All.Select(starter => RuleText.Read(starter.Text).Rule!.Target.Kind).ToHashSet();
        Assert.Equal([null, .. Enum.GetValues<DeviceKind>().Select(kind => (DeviceKind?)kind)], kinds.Order());
        Assert.Equal(StarterRules.All.Length, StarterRules.All.Select(starter => starter.Id).Distinct().Count());
    }
}
