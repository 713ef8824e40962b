using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>What a rule may have done within an hour.</summary>
public sealed class RuleBudgetTimeTests
{
    [Fact]
    public async Task What_is_over_the_budget_of_the_hour_is_left_out_and_an_alarm_says_so_until_the_hour_is_over()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"));
        var actions = city.Grains.GetGrain<IRuleActionsGrain>(Sector);
        await actions.Take([.. Enumerable.Range(0, 1_003).Select(number => Message(city, "wide", number)), .. Enumerable.Range(0, 5).Select(number => Message(city, "other", number)), Flag(city, false)]);
        await actions.Take([Message(city, "wide", 1_002), Message(city, "wide", 7), Flag(city, true)]);

        var alarm = default(AlarmView);
        await city.UntilAsync(async () => (alarm = (await AlarmsAsync(city)).SingleOrDefault()) is { IsActive: true } && await actions.CountOpen() == 0, () => "the alarm");
        Assert.Equal("rule.wide.budget", alarm!.Condition);
        Assert.Equal((1_005, 1), (outlet.Told.Count(), outlet.All.Count(one => one.What == "endFlag")));
        Assert.DoesNotContain(outlet.All, one => one.What == "setFlag");

        for (var minute = 0; minute < 61; minute++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(1));
        }

        await city.UntilAsync(async () => (await AlarmsAsync(city)).All(one => !one.IsActive), () => "the end of the alarm");
        await actions.Take([Message(city, "wide", 2_000), Message(city, "wide", 1_002)]);
        await OpenAsync(city);
        Assert.Equal(1_006, outlet.Told.Count());
    }

    private static async Task<IEnumerable<AlarmView>> AlarmsAsync(TestCity city) =>
        await city.Grains.GetGrain<ISectorGrain>(Sector).GetAlarms(new AlarmFilter { Limit = 10 });

    private static RuleTask Message(TestCity city, string rule, int number) => RuleTask.Of(
        "B1", DeviceKind.Bin, new RuleNotification { Id = $"{rule}-{number}", Rule = rule, At = city.Now, Endpoint = "ops", Message = "x" });

    private static RuleTask Flag(TestCity city, bool isSet) => RuleTask.Of(
        "B1", DeviceKind.Bin, new RuleFlag { Id = $"flag-{isSet}", Rule = "wide", At = city.Now, Name = "f", IsSet = isSet });
}
