using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Rules.Evaluation;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>Loops of rules that wait are cut in a city as it runs: on devices, on the sector's turn, on the commune's, over more than one device, and after a crash.</summary>
public sealed class SlowLoopTimeTests
{
    [Fact]
    public async Task Rules_of_a_device_that_wait_twenty_minutes_are_cut_and_the_reason_can_be_asked_for()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(city, "down", "all", "each streetlight when dimmingPercent > 50 for 20 min then command setDimming(percent: 40) on this device and notify ops \"down\"");
        await PublishAsync(city, "up", "all", "each streetlight when dimmingPercent < 50 for 20 min then command setDimming(percent: 60) on this device and notify ops \"up\"");
        await RoundsAsync(city, outlet, 3, level => Say.Reading("L1", city.Now, ("dimmingPercent", level)));
        Assert.Equal(["down", "up", "down"], outlet.Told.Select(one => one.Message));
        await AssertCutAsync(city, "down", "up");
    }

    [Fact]
    public async Task A_process_that_dies_while_a_rule_waits_still_knows_what_brought_it_about()
    {
        var outlet = new Outlet();
        await using var first = await TestCity.StartAsync(outlet.Register);
        await first.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(first, "down", "all", "each streetlight when dimmingPercent > 50 for 20 min then command setDimming(percent: 40) on this device and notify ops \"down\"");
        await PublishAsync(first, "up", "all", "each streetlight when dimmingPercent < 50 for 20 min then command setDimming(percent: 60) on this device and notify ops \"up\"");
        await RoundsAsync(first, outlet, 2, level => Say.Reading("L1", first.Now, ("dimmingPercent", level)));

        // What it was told is reported, and nothing of it is in a snapshot yet.
        await first.ReportAsync(Say.Reading("L1", first.Now, ("dimmingPercent", 60)));
        await using var second = await first.CrashNowAsync(outlet.Register);
        await PassUntilAsync(second, () => outlet.Told.Count() >= 3);
        await OpenAsync(second);
        await AssertCutAsync(second, "down", "up");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_of_neighbours_that_wait_are_cut(bool dies)
    {
        var outlet = new Outlet();
        await using var first = await TestCity.StartAsync(outlet.Register);
        await first.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(first, "off", "all", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) = 0 for 20 min then command setSegment(segment: 1, on: 0) on this device and notify ops \"off\"");
        await PublishAsync(first, "on", "all", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) = 1 for 20 min then command setSegment(segment: 1, on: 1) on this device and notify ops \"on\"");
        await first.ReportAsync(Say.Reading("C1", first.Now, ("segment1On", 1)));
        await RoundAsync(first, 0);
        await RoundAsync(first, 1);

        // What was commanded is in the snapshot of the sector, or in its log.
        await using var second = dies ? await DieAsync() : null;
        await RoundAsync(second ?? first, 2);
        Assert.Equal(["off", "on", "off"], outlet.Told.Where(one => one.Device == "C1").Select(one => one.Message));
        await AssertCutAsync(second ?? first, "off", "on");

        async Task RoundAsync(TestCity city, int round)
        {
            await city.ReportAsync(Say.Reading("L1", city.Now, ("supplyVolts", round % 2 == 0 ? 230 : 0)));
            await PassUntilAsync(city, () => outlet.Told.Count() > round);
            await OpenAsync(city);
        }

        async Task<TestCity> DieAsync()
        {
            await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
            return await first.CrashNowAsync(outlet.Register);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_of_communes_that_wait_are_cut(bool dies)
    {
        var outlet = new Outlet();
        await using var first = await TestCity.StartAsync(outlet.Register);
        await first.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(first, "up", "commune:29155", "each commune when lighting.powerWatts < 50 for 20 min then command setDimming(percent: 100, durationMinutes: 60) on group commune and notify ops \"up\"");
        await PublishAsync(first, "down", "commune:29155", "each commune when lighting.powerWatts > 50 for 20 min then command setDimming(percent: 10, durationMinutes: 60) on group commune and notify ops \"down\"");
        await RoundAsync(first, 0);
        await RoundAsync(first, 1);
        await using var second = dies ? await first.CrashNowAsync(outlet.Register) : null;
        await RoundAsync(second ?? first, 2);
        Assert.Equal(["up", "down", "up"], outlet.Told.Select(one => one.Message));
        await AssertCutAsync(second ?? first, "up", "down");

        async Task RoundAsync(TestCity city, int round)
        {
            await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", round % 2 == 0 ? 10 : 90)));
            await LooksUntilAsync(city, () => outlet.Told.Count() > round, 60);
        }
    }

    [Fact]
    public async Task A_slow_loop_over_the_rules_of_a_lamp_and_of_its_cabinet_is_cut()
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Lamp("L1", "C1"));
        await PublishAsync(city, "off", "all", "each cabinet when segment1On for 20 min then command setSegment(segment: 1, on: 0) on this device and notify ops \"off\"");
        await PublishAsync(city, "on", "all", "each streetlight when powerWatts < 5 for 20 min then command setSegment(segment: 1, on: 1) on group commune and notify ops \"on\"");
        for (var round = 0; round < 4; round++)
        {
            // What the last command brought about.
            var on = round % 2 == 0 ? 1 : 0;
            await city.ReportAsync(Say.Reading("C1", city.Now, ("segment1On", on)), Say.Reading("L1", city.Now, ("powerWatts", on * 80)));
            await PassUntilAsync(city, () => outlet.Told.Count() > round);
            await OpenAsync(city);
        }

        Assert.Equal(["off", "on", "off", "on"], outlet.Told.Select(one => one.Message));
        var cut = (await city.Grains.GetGrain<IRuleActionsGrain>(Sector).GetRefused()).Where(one => one.Reason.Contains("the loop is cut", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(cut);
    }

    /// <summary>The lamp shows what it was told, after each beginning of a rule; the last is not shown.</summary>
    private static async Task RoundsAsync(TestCity city, Outlet outlet, int rounds, Func<double, IncomingReading> report)
    {
        var level = 60.0;
        for (var round = 0; round < rounds; round++)
        {
            await city.ReportAsync(report(level));
            await PassUntilAsync(city, () => outlet.Told.Count() > round);
            await OpenAsync(city);
            level = level > 50 ? 40 : 60;
        }
    }

    private static async Task PassUntilAsync(TestCity city, Func<bool> holds)
    {
        for (var minute = 0; !holds(); minute++)
        {
            Assert.True(minute < 90, "It did not come about within an hour and a half.");
            await city.PassAsync(TimeSpan.FromMinutes(1));
            await OpenAsync(city);
        }
    }

    /// <summary>The first two commands were given, the third was not, and says why in both languages.</summary>
    private static async Task AssertCutAsync(TestCity city, string first, string second)
    {
        var refused = Assert.Single(await city.Grains.GetGrain<IRuleActionsGrain>(Sector).GetRefused());
        Assert.Equal((first, "command"), (refused.Rule, refused.What));
        Assert.Contains("the loop is cut", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("la boucle est coupée", refused.ReasonFrench, StringComparison.Ordinal);
        Assert.Equal(RuleChain.None.With(first)!.Value.With(second)!.Value, RuleChain.Of(refused.Id));
    }
}
