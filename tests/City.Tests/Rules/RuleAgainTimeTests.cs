using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Grid.Tests.City.Rules;

/// <summary>What is asked of rules once more, or in another order, when something fails on the way: found by the sweep of the simulated world.</summary>
public sealed class RuleAgainTimeTests
{
    private const string Sector = "29155.0";

    [Fact]
    public async Task A_flag_that_goes_down_waits_for_it_to_have_gone_up()
    {
        var outlet = new FlagOutlet { Failures = 2 };
        await using var city = await TestCity.StartAsync(services => services.AddSingleton<IRuleOutlet>(outlet));
        await city.PutAsync(new DeviceDescriptor { Id = "B1", Kind = DeviceKind.Bin, Commune = "29155", Name = "B1" });
        await PublishAsync(city, "when fillPercent > 60 then set flag \"full\"");
        await city.ReportAsync(Say.Reading("B1", city.Now, ("fillPercent", 61)));
        await UntilAsync(city, () => new(outlet.Failures < 2));
        await city.ReportAsync(Say.Reading("B1", city.Now.AddSeconds(1), ("fillPercent", 10)));
        for (var minute = 0; minute < 3; minute++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(1));
            await city.SettleAsync();
        }

        await UntilAsync(city, async () => await city.Grains.GetGrain<IRuleActionsGrain>(Sector).CountOpen() == 0);
        Assert.Equal([true, false], outlet.Flags);
    }

    [Fact]
    public async Task A_rollback_to_a_version_by_name_is_one_however_often_it_is_asked_for()
    {
        await using var city = await TestCity.StartAsync();
        var rule = city.Grains.GetGrain<IRuleGrain>("full");
        foreach (var limit in new[] { 60, 70 })
        {
            await rule.Put(new RuleDraft { Name = "test", Scope = "all", Text = $"when fillPercent > {limit} then open work order" }, "tester");
            await rule.Publish("tester");
        }

        Assert.Equal((1L, 2L), Both(await rule.RollBack("tester", to: 1)));
        Assert.Equal((1L, 2L), Both(await rule.RollBack("tester", to: 1)));
        Assert.Equal("must be 2, the version that was published before", Assert.Single((await rule.RollBack("tester", to: 3)).Problems).Reason);
        Assert.Equal((2L, 1L), Both(await rule.RollBack("tester", to: null)));
    }

    [Fact]
    public async Task A_rule_for_one_device_is_followed_where_that_device_comes_later()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(new DeviceDescriptor { Id = "B1", Kind = DeviceKind.Bin, Commune = "29155", Name = "B1" });
        var rule = city.Grains.GetGrain<IRuleGrain>("full");
        await rule.Put(new RuleDraft { Name = "test", Scope = "device:B2", Text = "when fillPercent > 60 then open work order" }, "tester");
        await rule.Publish("tester");
        await city.PutAsync(new DeviceDescriptor { Id = "B2", Kind = DeviceKind.Bin, Commune = "29155", Name = "B2" });
        await city.UntilAsync(async () => await city.Grains.GetGrain<ISectorGrain>(Sector).VersionOfRule("full") == 1, () => "the rule of the device that came");
    }

    [Fact]
    public async Task Another_version_of_a_rule_about_neighbours_that_holds_as_well_keeps_its_alarm()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(
            new DeviceDescriptor { Id = "C1", Kind = DeviceKind.Cabinet, Commune = "29155", Name = "C1" },
            new DeviceDescriptor
            {
                Id = "L1",
                Kind = DeviceKind.Streetlight,
                Commune = "29155",
                Name = "L1",
                Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("cabinet", AttributeValue.Of("C1")),
            });
        await city.ReportAsync(Say.Reading("L1", city.Now, ("supplyVolts", 0)));
        await PublishAsync(city, "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 1 then raise alarm \"Panne\"", 1);
        await city.PassAsync(TimeSpan.FromMinutes(30));
        Assert.True((await city.Grains.GetGrain<ISectorGrain>(Sector).GetAlarm("C1~rule.full"))!.IsActive);

        await PublishAsync(city, "each cabinet when share(of kind streetlight where same cabinet: supplyLoss) > 50 % then raise alarm \"Panne\"", 2);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        Assert.True((await city.Grains.GetGrain<ISectorGrain>(Sector).GetAlarm("C1~rule.full"))!.IsActive);
    }

    private static (long?, long?) Both(RuleAnswer answer) => (answer.View!.Published, answer.View.Former);

    private static async Task PublishAsync(TestCity city, string text, long version = 1)
    {
        var rule = city.Grains.GetGrain<IRuleGrain>("full");
        Assert.Empty((await rule.Put(new RuleDraft { Name = "test", Scope = "all", Text = text }, "tester")).Problems);
        await rule.Publish("tester");
        await UntilAsync(city, async () => await city.Grains.GetGrain<ISectorGrain>(Sector).VersionOfRule("full") == version);
        await city.SettleAsync();
    }

    private static async Task UntilAsync(TestCity city, Func<ValueTask<bool>> isSo)
    {
        for (var tick = 0; tick < 5_000; tick++)
        {
            if (await isSo())
            {
                return;
            }

            await city.TickAsync();
        }

        Assert.Fail("It did not come about.");
    }

    /// <summary>Fails some times when a flag is to go up.</summary>
    private sealed class FlagOutlet : IRuleOutlet
    {
        private readonly ConcurrentQueue<bool> _flags = new();

        public int Failures { get; set; }

        public IEnumerable<bool> Flags => _flags;

        public Task OpenWorkOrderAsync(RuleOrigin origin, RuleWorkOrder order, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task NotifyAsync(RuleOrigin origin, RuleNotification notification, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<BilingualText?> SetFlagAsync(RuleOrigin origin, RuleFlag flag, CancellationToken cancellationToken)
        {
            if (flag.IsSet && Failures > 0)
            {
                Failures--;
                return Task.FromException<BilingualText?>(new IOException("planted"));
            }

            _flags.Enqueue(flag.IsSet);
            return Task.FromResult<BilingualText?>(null);
        }
    }
}
