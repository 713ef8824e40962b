using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using static Grid.Tests.City.Lighting.PlannedCity;

namespace Grid.Tests.City.Lighting;

/// <summary>Lamps that are switched live behind a gateway with multicast: few messages, whatever happens.</summary>
public sealed class MulticastTimeTests
{
    private const string Sein = "29083";

    private static readonly ImmutableArray<string> Lamps = [.. Enumerable.Range(1, 30).Select(number => $"L{number}")];

    [Fact]
    public async Task Lamps_that_did_not_hear_a_message_are_reminded_by_one_message_to_all_of_them()
    {
        await using var city = await TestCity.StartAsync();
        using var field = Gateway(city);
        await SwitchedOnAsync(city, field);
        await city.PassAsync(TimeSpan.FromMinutes(6));
        await ReportAsync(city, 0, Lamps[..20]);
        await ReportAsync(city, 100, Lamps[20..]);
        await SettleAsync(city, "L1");

        var reminded = await field.SendAsync();

        Assert.Equal(Lamps[..20].Order(), reminded.Select(message => message.Device).Order());
        Assert.All(reminded, message => Assert.Equal(("setDimming", 100.0), (message.Name, message.Arguments["percent"])));
        Assert.Equal(1, field.Multicasts);
        await city.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(await field.SendAsync());
        Assert.Equal(0, await city.Get<Contracts.Storage.IOutbox>().CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_lamp_that_should_do_something_else_by_then_is_not_told_by_a_reminder()
    {
        await using var city = await TestCity.StartAsync();
        using var field = Gateway(city);
        await SwitchedOnAsync(city, field);
        await city.PassAsync(TimeSpan.FromMinutes(6));
        await ReportAsync(city, 0, Lamps);
        await SettleAsync(city, "L1", TimeSpan.Zero);
        await city.Grains.GetGrain<ICommandGrain>("c1").Submit(new CommandRequest
        {
            Device = "L7",
            Kind = DeviceKind.Streetlight,
            Name = "setDimming",
            Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", 55),
            ExpiresIn = TimeSpan.FromHours(1),
            Actor = "somebody",
            Connector = "simulator",
        });
        await SettleAsync(city, "L1");

        var sent = await field.SendAsync();

        Assert.Equal(55, Assert.Single(sent, message => message.Device == "L7").Arguments["percent"]);
        Assert.Equal(30, sent.Count);
        Assert.Equal(1, field.Multicasts);
    }

    [Fact]
    public async Task What_lay_under_a_command_to_many_is_told_by_one_message_when_it_ends_also_after_a_stop()
    {
        await using var city = await TestCity.StartAsync();
        using var field = Gateway(city);
        await SwitchedOnAsync(city, field);
        Assert.Equal(SubmitStatus.Accepted, (await city.Grains.GetGrain<IGroupCommandGrain>("g1").Submit(new GroupRequest
        {
            Selector = new GroupSelector { Commune = Ouessant },
            Name = "setDimming",
            Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", 60).Add("durationMinutes", 30),
            ExpiresIn = TimeSpan.FromHours(10),
            Actor = "somebody",
        })).Status);
        for (var look = 0; look < 3; look++)
        {
            await field.SendAsync();
            await city.PassAsync(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(Lamps.Length, field.Messages.Count(message => message.Arguments["percent"] == 60));
        await UntilAsync(city, 18, 34);
        await using var second = await city.CrashNowAsync();
        using var later = Gateway(second);
        await SettleAsync(second, "L1");
        await SettleAsync(second, "L1");

        var told = await later.SendAsync();

        Assert.Equal(Lamps.Order(), told.Select(message => message.Device).Order());
        Assert.All(told, message => Assert.Equal(100, message.Arguments["percent"]));
        Assert.Equal(1, later.Multicasts);
    }

    [Fact]
    public async Task Sectors_behind_one_gateway_that_say_the_same_share_a_message_with_its_repetitions()
    {
        await using var city = await TestCity.StartAsync();
        using var field = Gateway(city);
        (field.Times, field.Budget) = (5, new DownlinkBudget(PerHour: 1, Burst: 7));
        await city.PutAsync([.. Lamps.Select(lamp => Say.Lamp(lamp, Ouessant)), .. Enumerable.Range(1, 12).Select(number => Say.Lamp($"S{number}", Sein))]);
        await AssignAsync(city, Sein);
        foreach (var (hour, message) in new[] { (18, 1), (23, 2), (6, 3) })
        {
            await UntilAsync(city, hour, 1, "L1", "S1");
            await SettleAsync(city, "L1");
            await SettleAsync(city, "S1");

            Assert.Equal((42, message), ((await field.SendAsync()).Count, field.Multicasts));
        }

        await city.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(await field.SendAsync());
    }

    [Fact]
    public async Task Repetitions_count_against_the_budget_of_a_gateway()
    {
        await using var city = await TestCity.StartAsync();
        using var field = Gateway(city);
        (field.Times, field.Budget) = (5, new DownlinkBudget(PerHour: 2, Burst: 5));
        await SwitchedOnAsync(city, field);
        await UntilAsync(city, 18, 40);
        await ReportAsync(city, 0, Lamps);
        await SettleAsync(city, "L1");

        Assert.Empty(await field.SendAsync());
        await UntilAsync(city, 20, 35);
        Assert.Equal(Lamps.Length, (await field.SendAsync()).Count);
    }

    private static Field Gateway(TestCity city) => new(city) { HasMulticast = true, Answer = static _ => DownlinkStatus.Transmitted };

    /// <summary>The lamps have been told to come on; what they were told before is forgotten.</summary>
    private static async Task SwitchedOnAsync(TestCity city, Field field)
    {
        await city.PutAsync([.. Lamps.Select(lamp => Say.Lamp(lamp, Ouessant))]);
        await UntilAsync(city, 18, 1);
        await AssignAsync(city);
        await SettleAsync(city, "L1");
        await SettleAsync(city, "L1");
        Assert.Equal(Lamps.Length, (await field.SendAsync()).Count);
        field.Forget();
    }

    private static Task ReportAsync(TestCity city, double percent, IEnumerable<string> lamps) =>
        city.ReportAsync([.. lamps.Select((lamp, index) => Say.Reading(lamp, city.Now, ("dimmingPercent", percent)) with { Index = index })]);
}
