using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Bins;
using Grid.Grains.Devices;
using Grid.Grains.Sectors;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.City.Parameters;

/// <summary>
/// What communes and bodies give to the parameters of rules reaches their devices through the log: all of them, those that come later, and again after a crash at
/// whatever moment.
/// </summary>
public sealed class ParametersTimeTests
{
    private const string Brest = "29019";
    private const string Ouessant = "29155";
    private const string Syndicate = "999000001";

    [Fact]
    public async Task A_default_of_a_commune_holds_for_its_devices_that_say_nothing_themselves_and_for_those_that_come_later()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant), Bin("B2", Ouessant, ("fireCelsius", 90)), Bin("B3", Brest));
        await BurnAsync(city, "B1", "B2", "B3");
        Assert.Equal("", await BurningAsync(city, "B1", "B2", "B3"));

        await GiveAsync(city, "commune:29155", ("fireCelsius", 40));
        await city.PutAsync(Bin("B4", Ouessant));
        await BurnAsync(city, "B1", "B2", "B3", "B4");
        Assert.Equal("B1 B4", await BurningAsync(city, "B1", "B2", "B3", "B4"));

        await GiveAsync(city, "commune:29155");
        await BurnAsync(city, "B1", "B4");
        Assert.Equal("", await BurningAsync(city, "B1", "B4"));
    }

    [Fact]
    public async Task The_first_device_of_a_commune_has_its_defaults_as_soon_as_it_is_there()
    {
        await using var city = await TestCity.StartAsync();
        await city.Grains.GetGrain<IParametersGrain>("commune:29155").Put([Set(DeviceKind.Bin, ("fireCelsius", 40))], null);
        await city.PutAsync(Bin("B1", Ouessant));
        await AppliedAsync(city, Ouessant);
        await BurnAsync(city, "B1");

        Assert.Equal("B1", await BurningAsync(city, "B1"));
    }

    [Fact]
    public async Task A_device_that_moves_has_the_defaults_of_where_it_is()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant), Bin("B2", Brest));
        await GiveAsync(city, "commune:29155", ("fireCelsius", 40));
        await GiveAsync(city, "commune:29019", ("fireCelsius", 50));
        await city.PutAsync(Bin("B1", Brest), Bin("B2", Ouessant));
        await BurnAsync(city, "B1", "B2");

        Assert.Equal("B2", await BurningAsync(city, "B1", "B2"));
    }

    [Fact]
    public async Task A_body_gives_to_the_kinds_of_its_competence_from_the_local_day_of_its_membership_to_its_last()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant), Meter("M1"));
        var today = DateOnly.FromDateTime(city.Now.UtcDateTime);
        await city.AddBodyAsync(Syndicate, [new Membership(Ouessant, Syndicate, DeviceKinds.Bin, today.AddDays(1), today.AddDays(2))]);
        await city.Grains.GetGrain<IParametersGrain>(ParameterScopes.OfBody(Syndicate)).Put(
            [Set(DeviceKind.Bin, ("fireCelsius", 40)), Set(DeviceKind.Meter, ("batteryLowPercent", 80))], null);
        var seen = new List<string>();
        for (var day = 0; day < 4; day++)
        {
            await AppliedAsync(city, Ouessant);
            await BurnAsync(city, "B1");
            await city.ReportAsync(Say.Reading("M1", city.Now, ("batteryPercent", 50)));
            seen.Add(await BurningAsync(city, "B1"));
            Assert.Empty((await Device(city, DeviceKind.Meter, "M1").GetView()).Conditions);
            await city.PassAsync(TimeSpan.FromDays(1));
        }

        Assert.Equal(["", "B1", "B1", ""], seen);
    }

    [Fact]
    public async Task A_commune_comes_before_its_epci_before_its_syndicate()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant));
        await city.AddBodyAsync(Syndicate, DeviceKinds.All, Ouessant);
        await city.AddBodyAsync("999000002", DeviceKinds.All, Ouessant);
        await city.Get<IBodyRegistry>().PutAsync(new Body("999000002", "E", BodyKind.Epci), CancellationToken.None);
        var bin = Bin("B1", Ouessant);

        await GiveAsync(city, "syndicate:999000001", ("fireCelsius", 45), ("batteryLowPercent", 31));
        Assert.Equal((45.0, "syndicate:999000001", true), await HoldsAsync(city, bin, "fireCelsius"));
        await GiveAsync(city, "syndicate:999000002", ("fireCelsius", 46), ("overflowPercent", 99));
        Assert.Equal((46.0, "syndicate:999000002", true), await HoldsAsync(city, bin, "fireCelsius"));
        await GiveAsync(city, "commune:29155", ("fireCelsius", 47));
        Assert.Equal((47.0, "commune:29155", true), await HoldsAsync(city, bin, "fireCelsius"));
        Assert.Equal((99.0, "syndicate:999000002", true), await HoldsAsync(city, bin, "overflowPercent"));
        Assert.Equal((31.0, "syndicate:999000001", true), await HoldsAsync(city, bin, "batteryLowPercent"));
        Assert.Equal((60.0, "builtIn", true), await HoldsAsync(city, bin, "reportingIntervalMinutes"));
    }

    [Fact]
    public async Task A_stop_between_the_acceptance_of_a_default_and_its_application_is_made_up_for_after_the_start()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1", Ouessant));
        await GiveAsync(first, "commune:29155", ("batteryLowPercent", 20));
        await first.Grains.GetGrain<IParametersGrain>("commune:29155").Put([Set(DeviceKind.Bin, ("fireCelsius", 40))], null);
        Assert.Equal((40.0, "commune:29155", false), await HoldsAsync(first, Bin("B1", Ouessant), "fireCelsius"));

        await using var second = await first.CrashNowAsync();
        await AppliedAsync(second, Ouessant);

        Assert.Equal((40.0, "commune:29155", true), await HoldsAsync(second, Bin("B1", Ouessant), "fireCelsius"));
        await BurnAsync(second, "B1");
        Assert.Equal("B1", await BurningAsync(second, "B1"));
    }

    [Fact]
    public async Task A_change_that_no_sector_was_told_of_is_seen_within_the_hour()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant));
        await GiveAsync(city, "syndicate:999000001", ("fireCelsius", 40));

        // The registry alone: nobody tells.
        await city.AddBodyAsync(Syndicate, DeviceKinds.All, Ouessant);
        Assert.False((await HoldsAsync(city, Bin("B1", Ouessant), "fireCelsius")).IsApplied);
        await city.PassAsync(TimeSpan.FromMinutes(61));
        await AppliedAsync(city, Ouessant);

        Assert.Equal((40.0, "syndicate:999000001", true), await HoldsAsync(city, Bin("B1", Ouessant), "fireCelsius"));
    }

    [Fact]
    public async Task A_replay_gives_every_device_the_state_that_it_had()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1", Ouessant), Bin("B2", Ouessant, ("fireCelsius", 90)));
        await CheckpointAsync(first);
        await BurnAsync(first, "B1", "B2");
        await GiveAsync(first, "commune:29155", ("fireCelsius", 40), ("overflowPercent", 95));
        await first.PutAsync(Bin("B3", Ouessant), Bin("B2", Ouessant));
        await BurnAsync(first, "B1", "B2", "B3");
        await first.ReportAsync([.. Bins.Select(bin => Say.Reading(bin, first.Now.AddMinutes(1), ("fillPercent", 96)))]);
        await GiveAsync(first, "commune:29155", ("fireCelsius", 95));
        await first.PutAsync(Bin("B3", Ouessant, ("batteryLowPercent", 1)));

        await using var second = await first.CrashNowAsync();

        Assert.Equal("B1 B2 B3", await BurningAsync(first, Bins));
        foreach (var bin in Bins)
        {
            var (before, after) = (Device(first, DeviceKind.Bin, bin), Device(second, DeviceKind.Bin, bin));
            Assert.Equal(await before.GetContribution(), await after.GetContribution());
            Assert.Equal((await before.GetView()).Conditions, (await after.GetView()).Conditions);
            Assert.Equal(await before.GetPosition(), await after.GetPosition());
        }

        // What is applied is not applied again, however often it is looked at.
        var head = await second.Get<IReadingLog>().GetHeadAsync("29155.0", CancellationToken.None);
        await second.PassAsync(TimeSpan.FromMinutes(61));
        Assert.Equal(head, await second.Get<IReadingLog>().GetHeadAsync("29155.0", CancellationToken.None));
    }

    [Fact]
    public async Task A_snapshot_remembers_what_is_given_for_devices_that_come_after_it()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1", Ouessant));
        await GiveAsync(first, "commune:29155", ("fireCelsius", 40));
        await CheckpointAsync(first);

        await using var second = await first.CrashNowAsync();
        await second.PutAsync(Bin("B2", Ouessant));
        await BurnAsync(second, "B1", "B2");

        Assert.Equal("B1 B2", await BurningAsync(second, "B1", "B2"));
    }

    [Fact]
    public async Task A_device_that_was_registered_before_there_were_defaults_keeps_what_it_says_itself()
    {
        await using var first = await TestCity.StartAsync();
        await first.PutAsync(Bin("B1", Ouessant), Bin("B2", Ouessant, ("fireCelsius", 90), ("reportingIntervalMinutes", 60)));
        await BurnAsync(first, "B1", "B2");
        await CheckpointAsync(first);
        var books = new List<SectorBook>();
        await using var second = await first.CrashNowAsync(services => services.AddSingleton(new SectorOptions
        {
            NewBook = () =>
            {
                books.Add(new SectorBook());
                return books[^1];
            },
        }));

        // Neither the device nor the books of its sector have noted which parameters it says itself.
        var (id, storage) = (second.Grains.GetGrain<IBinGrain>("B2").GetGrainId(), second.Get<GridStorage>().Grains);
        var stored = new GrainState<DeviceState<BinSettings, BinState>>();
        await storage.ReadStateAsync("device", id, stored);
        Assert.NotEmpty(stored.State!.Own!);
        stored.State.Own = null;
        await storage.WriteStateAsync("device", id, stored);
        foreach (var device in books.SelectMany(book => book.Devices))
        {
            (device.HasNotedOwn, device.Own) = (false, default);
        }

        await GiveAsync(second, "commune:29155", ("fireCelsius", 40), ("reportingIntervalMinutes", 720));
        await BurnAsync(second, "B1", "B2");
        Assert.Equal("B1", await BurningAsync(second, "B1", "B2"));
        Assert.All(books.SelectMany(book => book.Devices), device => Assert.True(device.HasNotedOwn));
        await second.PassAsync(TimeSpan.FromMinutes(250));
        Assert.Equal("Fault Silent", await StatusOfAsync(second, "B1", "B2"));
    }

    [Fact]
    public async Task How_long_a_device_may_be_silent_follows_the_interval_that_it_is_given()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant), Bin("B2", Ouessant, ("reportingIntervalMinutes", 60)), Bin("B3", Brest));
        await BurnAsync(city, "B1", "B2", "B3");
        await GiveAsync(city, "commune:29155", ("reportingIntervalMinutes", 720));
        await city.PassAsync(TimeSpan.FromMinutes(240));
        Assert.Equal("Ok Ok Ok", await StatusOfAsync(city, "B1", "B2", "B3"));

        // Four reports running are missed, and the fourth is later than it may be.
        await city.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("Ok Silent Silent", await StatusOfAsync(city, "B1", "B2", "B3"));

        await GiveAsync(city, "commune:29155");
        await city.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("Silent", await StatusOfAsync(city, "B1"));
    }

    [Fact]
    public async Task A_territory_may_say_how_much_later_than_its_interval_a_device_may_be_heard()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1", Ouessant), Bin("B2", Ouessant, ("silenceBoundMinutes", 120)), Bin("B3", Brest));
        await BurnAsync(city, "B1", "B2", "B3");
        await GiveAsync(city, "commune:29155", ("silenceBoundMinutes", 20));
        await city.PassAsync(TimeSpan.FromMinutes(78));
        Assert.Equal("Ok Ok Ok", await StatusOfAsync(city, "B1", "B2", "B3"));

        // An interval, the bound, and the sweep.
        await city.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("Silent Ok Ok", await StatusOfAsync(city, "B1", "B2", "B3"));
        await city.PassAsync(TimeSpan.FromMinutes(101));
        Assert.Equal("Silent Silent Ok", await StatusOfAsync(city, "B1", "B2", "B3"));
    }

    [Fact]
    public async Task The_same_defaults_are_no_new_version_and_another_version_is_replaced_only_by_who_knows_it()
    {
        await using var city = await TestCity.StartAsync();
        var grain = city.Grains.GetGrain<IParametersGrain>("commune:29155");
        ImmutableArray<ParameterSet> forty = [Set(DeviceKind.Bin, ("fireCelsius", 40))];

        Assert.Equal((0, null), ((await grain.Get()).Version, (await grain.Get()).ChangedAt));
        Assert.Equal(1, (await grain.Put(forty, 0)).View.Version);
        Assert.Equal(1, (await grain.Put(forty, null)).View.Version);
        var late = await grain.Put([], 0);
        Assert.True(late.IsConflict);
        Assert.Equal(1, (await grain.Get()).Version);
        Assert.Equal(2, (await grain.Put([], 1)).View.Version);
        Assert.NotEmpty((await grain.Put([Set(DeviceKind.Bin, ("fireCelsius", 1))], 2)).Faults);
        Assert.Equal(2, (await grain.Get()).Version);
    }

    private static readonly string[] Bins = ["B1", "B2", "B3"];

    private static DeviceDescriptor Bin(string id, string commune, params (string Name, double Value)[] attributes) =>
        Say.Device(id, DeviceKind.Bin, commune, [.. attributes.Select(attribute => (attribute.Name, AttributeValue.Of(attribute.Value)))]);

    private static DeviceDescriptor Meter(string id) => Say.WaterMeter(id, Ouessant);

    private static ParameterSet Set(DeviceKind kind, params (string Name, double Value)[] values) =>
        new() { Kind = kind, Values = [.. values.Select(value => new ParameterValue(value.Name, AttributeValue.Of(value.Value)))] };

    private static IDeviceGrain Device(TestCity city, DeviceKind kind, string id) => DeviceGrains.Get(city.Grains, kind, id);

    /// <summary>Gives to bins, and waits until the sectors have looked.</summary>
    private static async Task GiveAsync(TestCity city, string scope, params (string Name, double Value)[] values)
    {
        Assert.Empty((await city.Grains.GetGrain<IParametersGrain>(scope).Put(values.Length == 0 ? [] : [Set(DeviceKind.Bin, values)], null)).Faults);
        await AppliedAsync(city, scope.StartsWith("commune:", StringComparison.Ordinal) ? scope[8..] : Ouessant);
    }

    /// <summary>Lets time pass until the sector of a commune has looked, and its bins have followed.</summary>
    private static Task AppliedAsync(TestCity city, string commune) =>
        city.UntilAsync(async () => (await HoldsAsync(city, Bin("B1", commune), "fireCelsius")).IsApplied, () => $"what is given to bins in {commune}");

    /// <summary>Each bin reports 45 degrees, and cools down first to where that is no fast rise.</summary>
    private static async Task BurnAsync(TestCity city, params string[] bins)
    {
        await city.ReportAsync([.. bins.Select(bin => Say.Reading(bin, city.Now.AddMilliseconds(-1), ("temperatureCelsius", 28)))]);
        await city.ReportAsync([.. bins.Select(bin => Say.Reading(bin, city.Now, ("temperatureCelsius", 45)))]);
    }

    /// <summary>Those of the bins that burn.</summary>
    private static async Task<string> BurningAsync(TestCity city, params string[] bins)
    {
        var burning = new List<string>();
        foreach (var bin in bins)
        {
            if ((await Device(city, DeviceKind.Bin, bin).GetView()).Conditions.Any(condition => condition.Condition == "fire"))
            {
                burning.Add(bin);
            }
        }

        return string.Join(' ', burning);
    }

    private static async Task<string> StatusOfAsync(TestCity city, params string[] bins)
    {
        var statuses = new List<DeviceStatus>();
        foreach (var bin in bins)
        {
            statuses.Add((await Device(city, DeviceKind.Bin, bin).GetView()).Status);
        }

        return string.Join(' ', statuses);
    }

    private static async Task<(double? Value, string From, bool IsApplied)> HoldsAsync(TestCity city, DeviceDescriptor device, string name)
    {
        var holding = await city.Grains.GetGrain<IParametersGrain>(ParameterScopes.OfCommune(device.Commune)).Explain(device);
        var parameter = holding.Parameters.Single(parameter => parameter.Name == name);
        return (parameter.Value?.Number, parameter.From, holding.IsApplied);
    }

    private static async Task CheckpointAsync(TestCity city)
    {
        await city.SettleAsync();
        await city.Grains.GetGrain<ISectorGrain>("29155.0").Checkpoint();
    }
}
