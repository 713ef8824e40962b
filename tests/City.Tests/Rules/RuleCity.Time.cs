using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Orleans;

namespace Grid.Tests.City.Rules;

/// <summary>What tests of rules do in a city: of Ouessant, which is one sector.</summary>
internal static class RuleCity
{
    public const string Ouessant = "29155";
    public const string Sector = "29155.0";

    public static ValueTask<AlarmView?> AlarmAsync(TestCity city, string id) => city.Grains.GetGrain<ISectorGrain>(Sector).GetAlarm(id);

    public static DeviceDescriptor Cabinet(string id) => new() { Id = id, Kind = DeviceKind.Cabinet, Commune = Ouessant, Name = id };

    public static DeviceDescriptor Lamp(string id, string cabinet) => new()
    {
        Id = id,
        Kind = DeviceKind.Streetlight,
        Commune = Ouessant,
        Name = id,
        Attributes = System.Collections.Immutable.ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("cabinet", AttributeValue.Of(cabinet)),
    };

    public static DeviceDescriptor Bin(string id, string commune = Ouessant) => new() { Id = id, Kind = DeviceKind.Bin, Commune = commune, Name = id };

    public static IncomingReading Fill(TestCity city, string bin, double percent) => Say.Reading(bin, city.Now, ("fillPercent", percent));

    public static RuleDraft Draft(string scope, string text) => new() { Name = "test", Scope = scope, Text = text };

    public static async Task PublishAsync(TestCity city, string id, string scope, string text)
    {
        var rule = city.Grains.GetGrain<IRuleGrain>(id);
        Assert.Empty((await rule.Put(Draft(scope, text), "tester")).Problems);
        var answer = await rule.Publish("tester");
        await FollowedAsync(city, id, answer.View!.Published);
    }

    /// <summary>Until the sector has the version, and its devices with it.</summary>
    public static async Task FollowedAsync(TestCity city, string id, long? version)
    {
        var sector = city.Grains.GetGrain<ISectorGrain>(Sector);
        for (var tick = 0; tick < 5_000; tick++)
        {
            if ((await sector.GetRules()).Rules.FirstOrDefault(rule => rule.Id == id)?.Version == version)
            {
                await city.SettleAsync();
                return;
            }

            await city.TickAsync();
        }

        throw new InvalidOperationException($"The sector does not follow version {version} of {id}.");
    }

    public static async Task DoneAsync(TestCity city, Outlet outlet, int count)
    {
        for (var tick = 0; tick < 5_000 && outlet.Told.Count() < count; tick++)
        {
            await city.TickAsync();
        }

        await OpenAsync(city);
        Assert.Equal(count, outlet.Told.Count());
    }

    public static async Task OpenAsync(TestCity city)
    {
        await city.SettleAsync();
        for (var tick = 0; tick < 5_000 && await city.Grains.GetGrain<IRuleActionsGrain>(Sector).CountOpen() > 0; tick++)
        {
            await city.TickAsync();
        }
    }

    /// <summary>So many looks of communes at their figures and rules pass, with what follows from them.</summary>
    public static async Task LooksAsync(TestCity city, int looks)
    {
        for (var look = 0; look < looks; look++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(1));
            for (var tick = 0; tick < 30; tick++)
            {
                await city.TickAsync();
            }
        }

        await OpenAsync(city);
    }

    /// <summary>Looks of communes pass until something has come about: a machine that is busy misses some, as a grid may.</summary>
    public static async Task LooksUntilAsync(TestCity city, Func<bool> holds, int most = 20)
    {
        for (var look = 0; !holds(); look++)
        {
            Assert.True(look < most, $"It did not come about within {most} minutes.");
            await LooksAsync(city, 1);
        }
    }

    /// <summary>What a rule would have done from an instant until now.</summary>
    public static Task<RuleTrialAnswer> TryAsync(TestCity city, string scope, string text, DateTimeOffset from) => TryAsync(city, scope, text, from, city.Now);

    /// <summary>What a rule would have done between two instants.</summary>
    public static async Task<RuleTrialAnswer> TryAsync(TestCity city, string scope, string text, DateTimeOffset from, DateTimeOffset to)
    {
        await city.Get<HistoryFeed>().CatchUpAsync(CancellationToken.None);
        await city.Get<IHistory>().FlushAsync(CancellationToken.None);
        return await city.Grains.GetGrain<IRuleTrialGrain>("t").Try(new RuleTrialRequest { Rule = Draft(scope, text), From = from, To = to });
    }

    /// <summary>A trial tells exactly what was told live.</summary>
    public static void AssertSame(Outlet outlet, RuleTrialAnswer trial, int atLeast)
    {
        Assert.Empty(trial.Problems);
        Assert.Null(trial.Cut);
        Assert.Equal(
            outlet.All.OrderBy(one => one.At).ThenBy(one => one.Device, StringComparer.Ordinal).ThenBy(one => one.What, StringComparer.Ordinal),
            trial.Events.Select(one => (one.At, one.Device, one.What)).OrderBy(one => one.At).ThenBy(one => one.Device, StringComparer.Ordinal).ThenBy(one => one.What, StringComparer.Ordinal));
        Assert.True(trial.Events.Length > atLeast, $"{trial.Events.Length} events are too few to compare");
    }
}
