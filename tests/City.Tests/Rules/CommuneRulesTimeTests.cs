using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Interventions;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>Rules for communes are judged once a minute from what the sectors sum and count, act once, and go on after a crash.</summary>
public sealed class CommuneRulesTimeTests
{
    private const string Siren = "252900999";
    private const string Full = "each commune when bins.over80Percent >= 2 then raise alarm \"Bacs pleins\" priority high and open work order \"Tournée\" and notify ops \"pleins\" and set flag \"bins\"";
    private const string AlarmId = "commune:29155@29155.0~rule.full";

    [Fact]
    public async Task A_rule_over_figures_holds_while_they_do_and_acts_on_the_commune()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Bin("B1"), Bin("B2"), Bin("B3"));
        await PublishAsync(city, "full", "commune:29155", Full);
        await city.ReportAsync(Fill(city, "B1", 90), Fill(city, "B2", 20));
        await LooksAsync(city, 3);
        Assert.Empty(outlet.Told);
        Assert.Null(await AlarmAsync(city, AlarmId));

        await city.ReportAsync(Fill(city, "B3", 90));
        await LooksAsync(city, 2);
        await DoneAsync(city, outlet, 1);
        var alarm = await AlarmAsync(city, AlarmId);
        Assert.Equal((true, DeviceKind.Bin, AlarmPriority.High, "Bacs pleins"), (alarm!.State == AlarmState.Unacknowledged, alarm.Kind, alarm.Priority, alarm.Text));
        var order = Assert.Single(await city.Grains.GetGrain<IWorkOrdersGrain>(Ouessant).List(new WorkOrderQuery()));
        Assert.Equal((null, DeviceKind.Bin, "Tournée", AlarmId), (order.Request.Device, order.Request.Kind, order.Request.Title, order.Request.Alarm));
        Assert.Equal(1, (await city.Grains.GetGrain<ICommuneFlagsGrain>(Ouessant).Get())["bins"]);
        Assert.Equal(["full"], await city.Grains.GetGrain<ICommuneRulesGrain>(Ouessant).GetHolding());

        await city.ReportAsync(Fill(city, "B3", 10));
        await LooksAsync(city, 2);
        Assert.False((await AlarmAsync(city, AlarmId))!.IsActive);
        Assert.Empty(await city.Grains.GetGrain<ICommuneFlagsGrain>(Ouessant).Get());
        await DoneAsync(city, outlet, 1);
    }

    [Fact]
    public async Task A_group_of_the_whole_commune_counts_the_devices_of_all_its_sectors()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);

        // Brest has many sectors: lamps spread by their keys.
        await city.PutAsync([.. Enumerable.Range(1, 8).Select(number => new DeviceDescriptor { Id = $"L{number}", Kind = DeviceKind.Streetlight, Commune = "29019", Name = $"L{number}" })]);
        var rule = city.Grains.GetGrain<IRuleGrain>("dark");
        Assert.Empty((await rule.Put(Draft("commune:29019", "each commune when share(of kind streetlight: supplyLoss) >= 50 % for 2 min then notify ops \"noir\""), "tester")).Problems);
        await rule.Publish("tester");
        await LooksAsync(city, 2);
        for (var lamp = 1; lamp <= 8; lamp++)
        {
            await city.ReportAsync(Say.Reading($"L{lamp}", city.Now, ("supplyVolts", lamp <= 3 ? 0 : 230)));
        }

        await LooksAsync(city, 5);
        Assert.Empty(outlet.Told);
        await city.ReportAsync(Say.Reading("L4", city.Now, ("supplyVolts", 0)));
        await LooksAsync(city, 2);
        Assert.Empty(outlet.Told);
        await LooksAsync(city, 3);
        var told = Assert.Single(outlet.Told);
        Assert.Equal(0, told.At.Second + told.At.Millisecond);
        var directory = city.Get<IDeviceDirectory>();
        Assert.True(Enumerable.Range(1, 8).Select(number => directory.Find($"L{number}")!.Sector).Distinct().Count() > 1);
    }

    [Fact]
    public async Task A_rule_of_a_body_counts_the_kinds_of_its_competence_and_is_followed_only_where_it_names_no_other()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.AddBodyAsync(Siren, DeviceKinds.Bin, Ouessant);
        await city.PutAsync(Bin("B1"), Bin("B2"), Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(city, "bins", $"syndicate:{Siren}", "each commune when devices.total = 2 then notify ops \"mine\"");
        await PublishAsync(city, "lights", $"syndicate:{Siren}", "each commune when lighting.failed < 1 then notify ops \"not mine\"");
        await PublishAsync(city, "all", "department:29", "each commune when devices.total = 4 then notify ops \"all\"");
        await LooksAsync(city, 3);
        Assert.Equal(["all", "mine"], outlet.Told.Select(one => one.Message).Order(StringComparer.Ordinal));

        // Out of the body, its rules are followed no more.
        await city.AddBodyAsync(Siren, []);
        await LooksAsync(city, 2);
        Assert.Equal(["all"], await city.Grains.GetGrain<ICommuneRulesGrain>(Ouessant).GetHolding());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(20)]
    public async Task Whenever_the_process_dies_after_the_decision_it_is_carried_out_once(int ticks)
    {
        var outlet = new Outlet();
        await using var first = await TestCity.StartAsync(outlet.Register);
        await first.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(first, "full", "commune:29155", Full);
        await LooksAsync(first, 1);
        await first.ReportAsync(Fill(first, "B1", 90), Fill(first, "B2", 90));
        var rules = first.Grains.GetGrain<ICommuneRulesGrain>(Ouessant);
        await first.UntilAsync(async () => (await rules.GetHolding()).Length == 1, () => "the decision");
        for (var tick = 0; tick < ticks; tick++)
        {
            await first.TickAsync();
        }

        await using var second = await first.CrashNowAsync(outlet.Register);
        await LooksAsync(second, 3);
        await DoneAsync(second, outlet, 1);
        Assert.True((await AlarmAsync(second, AlarmId))!.IsActive);
        Assert.Single(await second.Grains.GetGrain<IWorkOrdersGrain>(Ouessant).List(new WorkOrderQuery()));
        Assert.Equal(1, outlet.All.Count(one => one.What == "setFlag"));

        await second.ReportAsync(Fill(second, "B2", 10));
        await LooksAsync(second, 2);
        Assert.False((await AlarmAsync(second, AlarmId))!.IsActive);
    }

    [Fact]
    public async Task What_a_rule_raised_ends_when_it_is_removed_while_the_process_is_down()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(first, "full", "commune:29155", Full);
        await first.ReportAsync(Fill(first, "B1", 90), Fill(first, "B2", 90));
        await LooksAsync(first, 2);
        Assert.True((await AlarmAsync(first, AlarmId))!.IsActive);

        await first.Grains.GetGrain<IRuleGrain>("full").Delete();
        await using var second = await first.CrashNowAsync();
        await LooksAsync(second, 2);
        Assert.False((await AlarmAsync(second, AlarmId))!.IsActive);
        Assert.Empty(await second.Grains.GetGrain<ICommuneRulesGrain>(Ouessant).GetHolding());
    }

    [Fact]
    public async Task Rules_for_communes_that_command_each_other_are_cut()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 10)));
        await PublishAsync(city, "up", "commune:29155", "each commune when lighting.powerWatts < 50 then command setDimming(percent: 100, durationMinutes: 60) on group commune and notify ops \"up\"");
        await PublishAsync(city, "down", "commune:29155", "each commune when lighting.powerWatts > 50 then command setDimming(percent: 10, durationMinutes: 60) on group commune and notify ops \"down\"");
        for (var round = 0; round < 5; round++)
        {
            await LooksUntilAsync(city, () => outlet.Told.Count() > round);
            await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", round % 2 == 0 ? 90 : 10)));
        }

        var told = outlet.Told.ToArray();
        Assert.Equal(["up", "down", "up", "down", "up"], told.Select(one => one.Message));

        // Of five times, the first two command; what comes within a quarter of an hour follows from those.
        var (up, down) = (RuleChain.None.With("up")!.Value, RuleChain.None.With("up")!.Value.With("down")!.Value);
        Assert.NotNull(await CommandAsync(city, up, "up", told[0].At));
        Assert.NotNull(await CommandAsync(city, down, "down", told[1].At));
        foreach (var later in told[2..])
        {
            foreach (var chain in new[] { up, down, RuleChain.None.With("down")!.Value })
            {
                Assert.Null(await CommandAsync(city, chain, later.Message, later.At));
            }
        }
    }

    [Theory]
    [InlineData("device:B1", "scope", "must be a territory")]
    public async Task A_scope_without_communes_is_refused(string scope, string field, string reason)
    {
        await using var city = await TestCity.StartAsync();
        var answer = await city.Grains.GetGrain<IRuleGrain>("x").Put(Draft(scope, Full), "tester");
        Assert.Equal(field, Assert.Single(answer.Problems).Field);
        Assert.Contains(reason, answer.Problems[0].Reason, StringComparison.Ordinal);
    }

    /// <summary>The command that a rule gave at a look, by the id that it must have.</summary>
    private static Task<GroupView?> CommandAsync(TestCity city, RuleChain chain, string rule, DateTimeOffset at) => city.Grains.GetGrain<IGroupCommandGrain>(
        chain.IdOf(Fingerprint.OfAction(Fingerprint.OfRule(rule, 1), "commune:29155@29155.0", at.ToUnixTimeMilliseconds(), 0))).Get();
}
