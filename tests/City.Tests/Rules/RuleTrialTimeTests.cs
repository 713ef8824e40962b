using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>What a trial cannot tell is named.</summary>
public sealed class RuleTrialTimeTests
{
    [Theory]
    [InlineData("each bin when alarm overflow is raised then notify ops \"x\"", "alarm overflow is raised")]
    [InlineData("each commune when water.leakSuspects > 3 then notify ops \"x\"", "water.leakSuspects")]
    public async Task What_history_cannot_give_is_named(string text, string input)
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1"));
        var problem = Assert.Single((await TryAsync(city, "commune:29155", text, city.Now.AddHours(-1))).Problems);
        Assert.Equal("rule", problem.Field);
        Assert.Contains(input, problem.Reason, StringComparison.Ordinal);
    }
}
