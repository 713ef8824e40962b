using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>Rules reach devices through the log of their sector, act once, also after a crash, and a trial on history says what they did.</summary>
public sealed class RulesTimeTests
{
    [Fact]
    public async Task A_rule_that_is_published_acts_on_the_devices_of_its_scope_and_on_those_that_come_later()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"), Bin("B2", "29019"));
        await PublishAsync(city, "full", "commune:29155", "when fillPercent > 60 then notify ops \"plein\"");
        await city.PutAsync(Bin("B3"));
        foreach (var bin in new[] { "B1", "B2", "B3" })
        {
            await city.ReportAsync(Fill(city, bin, 61));
        }

        await DoneAsync(city, outlet, 2);
        Assert.Equal(["B1", "B3"], outlet.Told.Select(one => one.Device).Order());
    }

    [Fact]
    public async Task Another_version_takes_its_place_everywhere_and_a_rollback_brings_it_back()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"));
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then notify ops \"one\"");
        await PublishAsync(city, "full", "all", "when fillPercent > 70 then notify ops \"two\"");
        await city.ReportAsync(Fill(city, "B1", 75));
        await DoneAsync(city, outlet, 1);
        Assert.Equal("two", outlet.Told.Single().Message);

        var answer = await city.Grains.GetGrain<IRuleGrain>("full").RollBack("tester", to: null);
        Assert.Equal((1L, 2L), (answer.View!.Published, answer.View.Former));
        await FollowedAsync(city, "full", 1);
        await DoneAsync(city, outlet, 2);
        Assert.Equal(["two", "one"], outlet.Told.Select(one => one.Message));
    }

    [Fact]
    public async Task A_draft_changes_nothing_until_it_is_published_and_a_removed_rule_is_followed_no_more()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"));
        var rule = city.Grains.GetGrain<IRuleGrain>("full");
        Assert.True((await rule.Put(Draft("all", "when fillPercent > 60 then notify ops \"x\""), "tester")).IsNew);
        await city.PassAsync(TimeSpan.FromHours(2));
        Assert.Empty((await city.Grains.GetGrain<ISectorGrain>(Sector).GetRules()).Rules);

        await rule.Publish("tester");
        await FollowedAsync(city, "full", 1);
        Assert.True(await rule.Delete());
        await FollowedAsync(city, "full", null);
        await city.ReportAsync(Fill(city, "B1", 75));
        await city.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Empty(outlet.Told);
    }

    [Fact]
    public async Task After_a_crash_what_was_done_is_not_done_again_and_what_was_not_is()
    {
        var outlet = new Outlet();
        await using var first = await TestCity.StartAsync(outlet.Register);
        await first.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(first, "full", "commune:29155", "when fillPercent > 60 for 20 min then notify ops \"plein\"");
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
        await first.ReportAsync(Fill(first, "B1", 61));
        await first.PassAsync(TimeSpan.FromMinutes(10));
        await first.ReportAsync(Fill(first, "B2", 61));
        await first.PassAsync(TimeSpan.FromMinutes(15));
        await DoneAsync(first, outlet, 1);
        Assert.Equal("B1", outlet.Told.Single().Device);

        await using var second = await first.CrashNowAsync(outlet.Register);
        await second.PassAsync(TimeSpan.FromMinutes(30));
        await DoneAsync(second, outlet, 2);
        Assert.Equal(["B1", "B2"], outlet.Told.Select(one => one.Device));
    }

    [Fact]
    public async Task A_trial_over_a_stored_day_gives_exactly_what_the_live_run_gave()
    {
        const string Text = "when fillPercent > 60 deadband 5 for 45 min within not from 18:00 to 19:30 then notify ops \"plein\" and set flag \"bins\"";
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"), Bin("B2"), Bin("B3"));
        await PublishAsync(city, "full", "commune:29155", Text);
        var from = city.Now;
        for (var step = 0; step < 48; step++)
        {
            foreach (var (bin, place) in new[] { ("B1", 0), ("B2", 5), ("B3", 11) })
            {
                // Full for some hours, then emptied, each in its own rhythm.
                await city.ReportAsync(Fill(city, bin, 40 + ((step + place) * 7 % 50)));
            }

            await city.PassAsync(TimeSpan.FromMinutes(30));
        }

        await OpenAsync(city);
        var trial = await TryAsync(city, "commune:29155", Text, from);
        Assert.Equal(3, trial.Devices);
        AssertSame(outlet, trial, 20);
    }

    [Fact]
    public async Task What_is_wrong_with_a_rule_is_told_and_nothing_is_kept()
    {
        await using var city = await TestCity.StartAsync();
        var rule = city.Grains.GetGrain<IRuleGrain>("full");
        var answer = await rule.Put(new RuleDraft { Name = "", Scope = "commune:99999", Text = "when fillPercent > then open work order" }, "tester");
        Assert.Equal(["name", "scope", "text"], answer.Problems.Select(problem => problem.Field));
        Assert.Equal((1, 20), (answer.Problems[2].Line, answer.Problems[2].Column));
        Assert.Null(await rule.Get());
        Assert.Empty(await city.Grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key).List(null, null, 10));
    }

    [Fact]
    public async Task A_command_of_a_rule_is_a_command_like_any_other_with_the_rule_as_its_actor()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Lamp("L1", "C1"));
        await PublishAsync(city, "dim", "all", "each streetlight when powerWatts > 50 then command setDimming(percent: 40, durationMinutes: 60) on this device and notify ops \"x\"");
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 60), ("dimmingPercent", 100)));
        await DoneAsync(city, outlet, 1);

        var desired = (await city.Grains.GetGrain<IStreetlightGrain>("L1").GetView()).Desired;
        Assert.Equal([new MetricValue("dimmingPercent", 40)], desired);
    }

    [Fact]
    public async Task What_an_outlet_refuses_for_now_is_told_again_until_it_takes_it()
    {
        var outlet = new Outlet { Failures = 3 };
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"));
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then notify ops \"plein\"");
        await city.ReportAsync(Fill(city, "B1", 61));
        for (var round = 0; round < 5; round++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(1));
            await city.SettleAsync();
        }

        await DoneAsync(city, outlet, 1);
        Assert.Equal(0, outlet.Failures);
    }

    [Fact]
    public async Task What_comes_after_an_action_that_fails_waits_for_it_on_its_device_and_on_no_other()
    {
        var outlet = new Outlet { Refuses = "B1" };
        await using var city = await TestCity.StartAsync(outlet.Register);
        string[] bins = [.. Enumerable.Range(1, 70).Select(number => $"B{number}")];
        await city.PutAsync([.. bins.Select(bin => Bin(bin))]);
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then notify ops \"plein\" and set flag \"plein\"");
        foreach (var bin in bins)
        {
            await city.ReportAsync(Fill(city, bin, 61));
        }

        for (var tick = 0; tick < 5_000 && outlet.All.Count() < 2 * 69; tick++)
        {
            await city.TickAsync();
        }

        Assert.Equal(2 * 69, outlet.All.Count());
        outlet.Refuses = null;
        await DoneAsync(city, outlet, 70);
        Assert.Equal(["notify", "setFlag"], outlet.OrderOf("B1"));
    }

    [Fact]
    public async Task An_action_that_fails_for_a_day_is_given_up_and_those_after_it_are_done()
    {
        var outlet = new Outlet { Refuses = "B1" };
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"));
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then notify ops \"plein\"");
        await city.ReportAsync(Fill(city, "B1", 61));
        await city.PassAsync(TimeSpan.FromMinutes(1));
        await city.SettleAsync();
        Assert.Equal(1, await city.Grains.GetGrain<IRuleActionsGrain>(Sector).CountOpen());
        for (var hour = 0; hour < 25; hour++)
        {
            await city.PassAsync(TimeSpan.FromHours(1));
            await city.SettleAsync();
        }

        await OpenAsync(city);
        Assert.Equal(0, await city.Grains.GetGrain<IRuleActionsGrain>(Sector).CountOpen());
        Assert.Empty(outlet.Told);
    }

    [Fact]
    public async Task A_rule_about_neighbours_holds_while_enough_of_them_do()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Cabinet("C2"));
        await city.PutAsync([.. Enumerable.Range(1, 4).Select(number => Lamp($"L{number}", "C1")), Lamp("M1", "C2")]);
        await PublishAsync(city, "outage", "commune:29155", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 3 then raise alarm \"Panne\" and notify ops \"panne\"");
        await city.ReportAsync([.. new[] { "L1", "L2", "M1" }.Select(lamp => Say.Reading(lamp, city.Now, ("supplyVolts", 0)))]);
        await city.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Empty(outlet.Told);

        await city.ReportAsync(Say.Reading("L3", city.Now, ("supplyVolts", 0)));
        await city.PassAsync(TimeSpan.FromMinutes(30));
        await DoneAsync(city, outlet, 1);
        Assert.Equal("C1", outlet.Told.Single().Device);
        Assert.True((await AlarmAsync(city, "C1~rule.outage"))!.IsActive);

        await city.ReportAsync(Say.Reading("L1", city.Now, ("supplyVolts", 230)));
        await city.PassAsync(TimeSpan.FromMinutes(30));
        Assert.False((await AlarmAsync(city, "C1~rule.outage"))!.IsActive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(30)]
    public async Task A_rule_about_neighbours_acts_once_whenever_the_process_dies(int ticks)
    {
        var outlet = new Outlet();
        await using var first = await TestCity.StartAsync(outlet.Register);
        await first.PutAsync(Cabinet("C1"));
        await first.PutAsync([.. Enumerable.Range(1, 3).Select(number => Lamp($"L{number}", "C1"))]);
        await PublishAsync(first, "outage", "commune:29155", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 3 then raise alarm \"Panne\" and notify ops \"panne\"");
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
        await first.ReportAsync([.. new[] { "L1", "L2", "L3" }.Select(lamp => Say.Reading(lamp, first.Now, ("supplyVolts", 0)))]);
        for (var tick = 0; tick < ticks; tick++)
        {
            await first.TickAsync();
        }

        // Devices are ahead of the books of their sector: so a replay knows less of what was between.
        foreach (var lamp in new[] { "L1", "L2", "L3" })
        {
            await first.Grains.GetGrain<IStreetlightGrain>(lamp).Save();
        }

        await using var second = await first.CrashNowAsync(outlet.Register);
        await second.PassAsync(TimeSpan.FromMinutes(2));
        await DoneAsync(second, outlet, 1);
        Assert.True((await AlarmAsync(second, "C1~rule.outage"))!.IsActive);
        Assert.Equal("C1", outlet.Told.Single().Device);
    }

    [Fact]
    public async Task A_rule_about_neighbours_begins_some_moments_after_the_change()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(city, "outage", "commune:29155", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 1 then notify ops \"panne\"");

        // The look that comes with the version is over, and its pace.
        for (var tick = 0; tick < 100; tick++)
        {
            await city.TickAsync();
        }

        var from = city.Now;
        await city.ReportAsync(Say.Reading("L1", from, ("supplyVolts", 0)));
        await DoneAsync(city, outlet, 1);
        Assert.Equal(from.AddMilliseconds(50), outlet.Told.Single().At);
    }

    [Fact]
    public async Task A_version_that_is_published_over_a_state_that_holds_begins_with_its_arrival()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("supplyVolts", 0)));
        var from = city.Now;
        await PublishAsync(city, "outage", "commune:29155", "each cabinet where zone = \"port\" when count(of kind streetlight where same cabinet: supplyLoss) >= 1 then notify ops \"port\"");
        await PublishAsync(city, "outage2", "commune:29155", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 1 then notify ops \"all\"");
        await DoneAsync(city, outlet, 1);
        Assert.InRange(outlet.Told.Single().At, from, from.AddSeconds(5));

        // With the attribute it is one of those.
        await city.PutAsync(Cabinet("C1") with { Attributes = System.Collections.Immutable.ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("zone", AttributeValue.Of("port")) });
        await DoneAsync(city, outlet, 2);
        Assert.Equal(["all", "port"], outlet.Told.Select(one => one.Message));
    }

    [Fact]
    public async Task A_rule_for_devices_may_ask_for_the_figures_of_their_commune()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"), Bin("B2"), Bin("B3"));
        await PublishAsync(city, "many", "commune:29155", "each bin when overflow and bins.overflowing >= 2 and count(of kind bin: overflow) < 3 then raise alarm \"Plusieurs\" and notify ops \"plusieurs\"");
        await city.ReportAsync(Fill(city, "B1", 99));
        await LooksAsync(city, 3);
        Assert.Empty(outlet.Told);
        await city.ReportAsync(Fill(city, "B2", 99));
        await LooksAsync(city, 3);
        await DoneAsync(city, outlet, 2);
        Assert.Equal(["B1", "B2"], outlet.Told.Select(one => one.Device).Order(StringComparer.Ordinal));

        // What overflows no more, the second report running says.
        await city.ReportAsync(Fill(city, "B1", 5));
        await LooksAsync(city, 1);
        await city.ReportAsync(Fill(city, "B1", 6));
        await LooksAsync(city, 3);
        Assert.False((await AlarmAsync(city, "B2~rule.many"))!.IsActive);
    }

    [Fact]
    public async Task A_rule_about_an_alarm_sees_that_nobody_acknowledges_it()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(city, "full", "all", "when fillPercent > 60 then raise alarm \"Plein\" priority high");
        await PublishAsync(city, "waiting", "all", "each bin when alarm \"rule.full\" is raised and not alarm \"rule.full\" is acknowledged for 1 h then notify ops \"personne\"");
        await city.ReportAsync(Fill(city, "B1", 61), Fill(city, "B2", 61));
        await city.PassAsync(TimeSpan.FromMinutes(10));
        var alarm = await AlarmAsync(city, "B1~rule.full");
        Assert.Equal((AlarmState.Unacknowledged, AlarmPriority.High, "Plein"), (alarm!.State, alarm.Priority, alarm.Text));
        await city.Grains.GetGrain<ISectorGrain>(Sector).OrderAlarms(["B1~rule.full"], new AlarmOrder { Action = AlarmAction.Acknowledge, By = "tester" });
        await city.PassAsync(TimeSpan.FromMinutes(90));
        await DoneAsync(city, outlet, 1);
        Assert.Equal("B2", outlet.Told.Single().Device);
    }

    [Fact]
    public async Task An_alarm_of_a_rule_is_raised_once_cleared_by_itself_and_there_again_after_a_crash()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(first, "full", "all", "when fillPercent > 60 then raise alarm \"Plein\"");
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
        await first.ReportAsync(Fill(first, "B1", 61), Fill(first, "B2", 61));
        await first.PassAsync(TimeSpan.FromMinutes(5));
        await first.ReportAsync(Fill(first, "B2", 20));
        await using var second = await first.CrashNowAsync();
        await second.SettleAsync();
        Assert.True((await AlarmAsync(second, "B1~rule.full"))!.IsActive);
        Assert.False((await AlarmAsync(second, "B2~rule.full"))!.IsActive);
        await second.Grains.GetGrain<IRuleGrain>("full").Delete();
        await FollowedAsync(second, "full", null);
        Assert.False((await AlarmAsync(second, "B1~rule.full"))!.IsActive);
    }

    [Theory]
    [InlineData("each cabinet when count(of kind streetlight where same cabinet: dimmingPercent > 3) > 1 then open work order", "but not dimmingPercent")]
    [InlineData("each commune when count(of kind bin: fillPercent > 80) > 3 then open work order", "but not fillPercent")]
    public async Task A_rule_that_would_not_be_evaluated_is_refused(string text, string reason)
    {
        await using var city = await TestCity.StartAsync();
        var answer = await city.Grains.GetGrain<IRuleGrain>("x").Put(Draft("all", text), "tester");
        Assert.Contains(reason, Assert.Single(answer.Problems).Reason, StringComparison.Ordinal);
    }
}
