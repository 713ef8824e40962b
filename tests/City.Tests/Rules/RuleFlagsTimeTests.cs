using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Rules;
using Microsoft.Extensions.DependencyInjection;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>Flags are up while a rule holds them up, and no longer: whoever else holds them up, and whatever becomes of the device.</summary>
public sealed class RuleFlagsTimeTests
{
    private const string Dark = "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 1 then raise alarm \"Noir\" and set flag \"dark\"";

    [Fact]
    public async Task A_flag_that_two_rules_set_stays_up_until_both_let_go()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1"));
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then set flag \"bins\"");
        await PublishAsync(city, "fuller", "all", "when fillPercent > 80 then set flag \"bins\"");
        await city.ReportAsync(Fill(city, "B1", 90));
        await FlagAsync(city, "bins", 1);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Fill(city, "B1", 70));
        await OpenAsync(city);
        await FlagAsync(city, "bins", 1);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Fill(city, "B1", 10));
        await FlagAsync(city, "bins", 0);
    }

    [Fact]
    public async Task A_flag_for_which_a_commune_has_no_room_is_refused_and_goes_up_when_there_is()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1"));
        var flags = city.Grains.GetGrain<ICommuneFlagsGrain>(Ouessant);
        for (var number = 0; number < ICommuneFlagsGrain.MaximumFlags; number++)
        {
            Assert.Equal(FlagAnswer.Done, await flags.Hold($"f{number}", "others", "B9", true, city.Now));
        }

        await PublishAsync(city, "full", "all", "when fillPercent > 60 then set flag \"bins\"");
        await city.ReportAsync(Fill(city, "B1", 90));
        await OpenAsync(city);
        var rule = city.Grains.GetGrain<IRuleGrain>("full");
        await city.UntilAsync(async () => (await rule.GetRefused())?.Length == 1, () => "the refusal");
        var refused = Assert.Single((await rule.GetRefused())!.Value);
        Assert.Equal(("B1", "setFlag"), (refused.Device, refused.What));
        Assert.Equal("the commune has 100 flags already: this one waits until one of them goes down", refused.Reason);
        Assert.Equal("la commune a déjà 100 drapeaux : celui-ci attend que l’un d’eux soit baissé", refused.ReasonFrench);
        Assert.DoesNotContain("bins", (await flags.Get()).Keys);

        // Also after a crash; and it goes down as any other.
        await using var second = await city.CrashNowAsync();
        flags = second.Grains.GetGrain<ICommuneFlagsGrain>(Ouessant);
        Assert.Equal(FlagAnswer.Done, await flags.Hold("f7", "others", "B9", false, second.Now));
        Assert.Equal(1, (await flags.Get())["bins"]);
        await second.PassAsync(TimeSpan.FromMinutes(5));
        await second.ReportAsync(Fill(second, "B1", 10));
        await FlagAsync(second, "bins", 0);
    }

    [Fact]
    public async Task A_rule_that_is_retired_lets_go_of_its_own_flag_only()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then set flag \"bins\"");
        await PublishAsync(city, "fuller", "all", "when fillPercent > 80 then set flag \"bins\"");
        await city.ReportAsync(Fill(city, "B1", 70), Fill(city, "B2", 90));
        await FlagAsync(city, "bins", 2);
        await city.Grains.GetGrain<IRuleGrain>("full").Delete();
        await FollowedAsync(city, "full", null);
        await FlagAsync(city, "bins", 1);
        await city.Grains.GetGrain<IRuleGrain>("fuller").Delete();
        await FollowedAsync(city, "fuller", null);
        await FlagAsync(city, "bins", 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_flag_and_the_alarm_of_a_rule_about_neighbours_end_when_its_device_leaves(bool moves)
    {
        await using var city = await DarkAsync();
        if (moves)
        {
            await city.PutAsync(Cabinet("C1") with { Commune = "29019" });
        }
        else
        {
            Assert.True(await city.RemoveAsync("C1"));
        }

        await FlagAsync(city, "dark", 0);

        // One that moves takes its alarm along, and the rule does not cover the place where it is now.
        Assert.False(await AlarmAsync(city, "C1~rule.dark") is { IsActive: true });
        Assert.False(moves && await city.Grains.GetGrain<ISectorGrain>("29019.0").GetAlarm("C1~rule.dark") is { IsActive: true });
    }

    [Fact]
    public async Task They_end_when_a_neighbour_leaves_by_which_the_rule_held()
    {
        await using var city = await DarkAsync();
        Assert.True(await city.RemoveAsync("L1"));
        await FlagAsync(city, "dark", 0);
        Assert.False((await AlarmAsync(city, "C1~rule.dark"))!.IsActive);
    }

    [Fact]
    public async Task They_end_when_the_device_has_the_attributes_no_more_that_the_rule_asks_for()
    {
        await using var city = await DarkAsync("each cabinet where zone = \"port\"", Cabinet("C1") with { Attributes = Zone("port") });
        await city.PutAsync(Cabinet("C1") with { Attributes = Zone("centre") });
        await FlagAsync(city, "dark", 0);
        Assert.False((await AlarmAsync(city, "C1~rule.dark"))!.IsActive);
    }

    [Fact]
    public async Task They_end_also_when_the_process_dies_after_a_checkpoint_and_before_that_was_taken_to_be_done()
    {
        var tap = new StorageTap();
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var first = await DarkAsync(services: tap.Register);
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
        await first.ReportAsync(Say.Reading("L1", first.Now, ("supplyVolts", 0)));
        tap.Before = async state =>
        {
            if (state is StoredRuleActions)
            {
                held.TrySetResult();
                await release.Task;
            }
        };
        var removal = first.RemoveAsync("C1");
        try
        {
            await first.UntilAsync(() => Task.FromResult(held.Task.IsCompleted), () => "the action");
            var checkpoint = first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
            for (var tick = 0; tick < 50; tick++)
            {
                await first.TickAsync();
            }

            // What is persisted now has not come past what is not done.
            Assert.False(checkpoint.IsCompleted);
            await using var second = await first.CrashNowAsync();
            await FlagAsync(second, "dark", 0);
            release.SetResult();
            await checkpoint;
        }
        finally
        {
            release.TrySetResult();
            await removal;
        }
    }

    private static async Task<TestCity> DarkAsync(string target = "each cabinet", DeviceDescriptor? cabinet = null, Action<IServiceCollection>? services = null)
    {
        var city = await TestCity.StartAsync(services);
        await city.PutAsync(cabinet ?? Cabinet("C1"));
        await city.PutAsync(Lamp("L1", "C1"));
        await PublishAsync(city, "dark", "all", Dark.Replace("each cabinet", target, StringComparison.Ordinal));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("supplyVolts", 0)));
        await FlagAsync(city, "dark", 1);
        Assert.True((await AlarmAsync(city, "C1~rule.dark"))!.IsActive);
        return city;
    }

    private static ImmutableSortedDictionary<string, AttributeValue> Zone(string name) => ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("zone", AttributeValue.Of(name));

    private static async Task FlagAsync(TestCity city, string flag, int devices)
    {
        var flags = city.Grains.GetGrain<ICommuneFlagsGrain>(Ouessant);
        await city.UntilAsync(async () => (await flags.Get()).GetValueOrDefault(flag) == devices, () => $"{devices} devices that hold up {flag}");
        await OpenAsync(city);
        Assert.Equal(devices, (await flags.Get()).GetValueOrDefault(flag));
    }
}
