using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>A trial of a rule that needs more than a device tells what the live run did on that day; what history cannot give is named.</summary>
public sealed class RuleTrialTimeTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 2 for 25 min within not from 18:00 to 19:30 then notify ops \"x\" and set flag \"f\"", 2)]
    [InlineData("each streetlight when share(of kind streetlight where same cabinet: supplyLoss) > 40 % and not supplyLoss then notify ops \"x\" and set flag \"f\"", 5)]
    [InlineData("each commune when count(of kind streetlight: supplyLoss) >= 3 for 7 min then notify ops \"x\" and set flag \"f\"", 2)]
    [InlineData("each commune when lighting.powerWatts > 150 deadband 30 within from 08:00 to 23:00 then notify ops \"x\" and set flag \"f\"", 1)]
    public async Task A_trial_over_stored_hours_gives_exactly_what_the_live_run_gave(string text, int atLeast)
    {
        var outlet = new Outlet();
        await using var city = await TestCity.StartAsync(outlet.Register);
        await city.PutAsync(Cabinet("C1"), Cabinet("C2"));
        await city.PutAsync([.. Enumerable.Range(1, 3).Select(number => Lamp($"L{number}", "C1")), .. Enumerable.Range(1, 3).Select(number => Lamp($"M{number}", "C2"))]);
        await PublishAsync(city, "rule", "commune:29155", text);
        await LooksAsync(city, 2);
        var from = city.Now;
        for (var step = 0; step < 16; step++)
        {
            // Amid a minute: a look sees what comes within the seconds that it takes.
            while (city.Now.Second is < 15 or > 30)
            {
                await PassAsync(city);
            }

            foreach (var (lamp, place) in new[] { ("L1", 0), ("L2", 3), ("L3", 5), ("M1", 1), ("M2", 2), ("M3", 7) })
            {
                // Each without supply for a while, in its own rhythm; they report some seconds after one another.
                await city.ReportAsync(Report(city, lamp, (step + place) % 8 >= 5));
                for (var tick = 0; tick < place * 3; tick++)
                {
                    await city.TickAsync();
                }
            }

            // In steps so small that no look of the commune is missed.
            for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(28); passed += Step)
            {
                await PassAsync(city);
            }
        }

        await LooksAsync(city, 2);
        AssertSame(outlet, await TryAsync(city, "commune:29155", text, from), atLeast);
    }

    [Theory]
    [InlineData("each bin when alarm overflow is raised then notify ops \"x\"", "alarm overflow is raised")]
    [InlineData("each commune when water.leakSuspects > 3 then notify ops \"x\"", "water.leakSuspects")]
    public async Task What_history_cannot_give_is_named(string text, string input)
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Bin("B1"));
        var problem = Assert.Single((await TryAsync(city, "commune:29155", text, city.Now.AddHours(-1))).Problems);
        Assert.Equal("rule", problem.Field);
        Assert.Contains(input, problem.Reason, StringComparison.Ordinal);
    }

    /// <summary>A step, and a look of the commune that it has made due.</summary>
    private static async Task PassAsync(TestCity city)
    {
        await city.PassAsync(Step);
        for (var tick = 0; tick < 3 && city.Now.Second < 5; tick++)
        {
            await city.TickAsync();
        }
    }

    private static IncomingReading Report(TestCity city, string lamp, bool isDark) =>
        Say.Reading(lamp, city.Now, ("supplyVolts", isDark ? 0 : 230), ("powerWatts", isDark ? 0 : 40));
}
