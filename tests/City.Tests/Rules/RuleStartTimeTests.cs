using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Grains.RollUp;
using Grid.Grains.Sectors;
using Microsoft.Extensions.DependencyInjection;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>A start with much to read: rules wait until what they look at is whole, and what held goes on holding.</summary>
public sealed class RuleStartTimeTests
{
    private static readonly SectorOptions Slow = new() { ReplayAtOnce = 0, CatchUpAfter = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task A_rule_for_a_device_that_is_in_the_log_only_is_followed_all_along()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1"));
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();
        await first.PutAsync(Bin("B2"));
        await PublishAsync(first, "other", "all", "when fillPercent > 95 then open work order");
        await PublishAsync(first, "full", "device:B2", "when fillPercent > 60 then raise alarm \"Plein\"");
        await first.ReportAsync(Fill(first, "B2", 90));
        await first.UntilAsync(async () => (await AlarmAsync(first, "B2~rule.full")) is { IsActive: true }, () => "the alarm");
        var raised = (await AlarmAsync(first, "B2~rule.full"))!;

        await using var second = await first.CrashNowAsync(Slowly, wakes: false);
        var sector = second.Grains.GetGrain<ISectorGrain>(Sector);
        Assert.Null(await AlarmAsync(second, "B2~rule.full"));
        await sector.RenewRules();
        for (var tick = 0; tick < 150; tick++)
        {
            await second.TickAsync();
        }

        var alarm = (await AlarmAsync(second, "B2~rule.full"))!;
        Assert.Equal((true, raised.RaisedAt, raised.Count), (alarm.IsActive, alarm.RaisedAt, alarm.Count));
        Assert.Equal(1, await sector.VersionOfRule("full"));
    }

    [Theory]
    [InlineData("each commune when count(of kind bin: overflow) >= 2 then set flag \"bins\" and notify ops \"pleins\"")]
    [InlineData("each commune when bins.overflowing >= 2 then set flag \"bins\" and notify ops \"pleins\"")]
    public async Task A_rule_of_a_commune_is_not_judged_by_sectors_that_have_not_read_their_logs(string text)
    {
        var (outlet, tap) = (new Outlet(), new StorageTap());
        await using var first = await TestCity.StartAsync(services => { tap.Register(services); outlet.Register(services); });
        await first.PutAsync(Bin("B1"), Bin("B2"));
        await PublishAsync(first, "full", "commune:29155", text);
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();

        // From here on all is in the log only.
        tap.Before = static state => state is SectorState ? Task.FromException(new IOException("planted")) : Task.CompletedTask;
        await first.ReportAsync(Fill(first, "B1", 99), Fill(first, "B2", 99));
        await LooksAsync(first, 2);
        await DoneAsync(first, outlet, 1);

        // Less than a second before the next look.
        var left = TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (first.Now.UtcTicks % TimeSpan.TicksPerMinute));
        await first.PassAsync(left - TimeSpan.FromMilliseconds(500));
        await using var second = await first.CrashNowAsync(services => { Slowly(services); outlet.Register(services); }, wakes: false);
        Assert.Empty(await second.Grains.GetGrain<ISectorGrain>(Sector).CountForRules(second.Now));
        Assert.True((await second.Grains.GetGrain<ISectorGrain>(Sector).GetPartial()).IsBehind);
        await second.Grains.GetGrain<ICommuneRulesGrain>(Ouessant).Wake();
        await LooksAsync(second, 3);
        Assert.False((await second.Grains.GetGrain<ISectorGrain>(Sector).GetPartial()).IsBehind);
        Assert.Equal(["full"], await second.Grains.GetGrain<ICommuneRulesGrain>(Ouessant).GetHolding());
        Assert.DoesNotContain(outlet.All, one => one.What == "endFlag");
        Assert.Single(outlet.Told);

        for (var report = 0; report < 2; report++)
        {
            await second.ReportAsync(Fill(second, "B1", 10));
            await LooksAsync(second, 2);
        }

        Assert.Contains(outlet.All, one => one.What == "endFlag");
    }

    [Fact]
    public async Task Nobody_records_figures_of_what_a_sector_has_not_read_of_its_log()
    {
        const string Siren = "999000001";
        var tap = new StorageTap();
        var minute = new FigureOptions { RecordEvery = TimeSpan.FromMinutes(1) };
        await using var first = await TestCity.StartAsync(services => { tap.Register(services); services.AddSingleton(minute); });
        await first.AddBodyAsync(Siren, DeviceKinds.All, Ouessant);
        await first.PutAsync(Bin("B1"), Bin("B2"));
        await first.Grains.GetGrain<ISectorGrain>(Sector).Checkpoint();

        // From here on all is in the log only.
        tap.Before = static state => state is SectorState ? Task.FromException(new IOException("planted")) : Task.CompletedTask;
        await first.ReportAsync(Fill(first, "B1", 99), Fill(first, "B2", 99));
        await FiguresAsync(first);
        await LooksAsync(first, 3);
        var left = TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (first.Now.UtcTicks % TimeSpan.TicksPerMinute));
        await first.PassAsync(left - TimeSpan.FromMilliseconds(500));

        // A look falls into the time in which the sector has not read it.
        await using var second = await first.CrashNowAsync(services => { Slowly(services); services.AddSingleton(minute); }, wakes: false);
        await FiguresAsync(second);
        Assert.True((await second.Grains.GetGrain<ISectorGrain>(Sector).GetPartial()).IsBehind);
        Assert.True((await second.Department("29").GetPartial()).IsBehind);
        await LooksAsync(second, 17);
        Assert.False((await second.Department("29").GetPartial()).IsBehind);
        foreach (var scope in new[] { $"commune:{Ouessant}", $"syndicate:{Siren}", "department:29" })
        {
            var recorded = await second.HistoryAsync(FigureCatalog.SeriesOf(scope), "bins.overflowing");
            Assert.True(recorded.Count >= 2, scope);
            Assert.Equal([2], recorded.SkipWhile(value => value == 0).Distinct());
        }
    }

    private static async Task FiguresAsync(TestCity city)
    {
        foreach (var territory in new ITerritoryGrain[] { city.Commune(Ouessant), city.Body("999000001"), city.Department("29") })
        {
            await city.FiguresAsync(territory);
        }
    }

    private static void Slowly(IServiceCollection services) => services.AddSingleton(Slow);
}
