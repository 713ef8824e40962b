using Grid.Tests.Host.Flips;

namespace Grid.LoadTests.Scenarios;

/// <summary>Flips bytes at random in every file of data directories, then checks and opens them: nothing is lost or wrong without a message.</summary>
internal static class FlipScenario
{
    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var rounds = options.Number("rounds", 500, 1, 1_000_000);
        var seed = options.Number("seed", 1, 0, int.MaxValue);
        var devices = options.Number("devices", 40, 2, 10_000);
        var folder = Directory.CreateTempSubdirectory("grid-flips-").FullName;
        try
        {
            var templates = await FlipTemplates.MakeAsync(folder, devices, cancellationToken);
            var outcome = await new FlipCampaign(templates, seed).RunAsync(
                rounds,
                done =>
                {
                    if (done % 50 == 0)
                    {
                        Console.Error.WriteLine($"{done} of {rounds} rounds");
                    }
                },
                cancellationToken);
            return new ScenarioOutcome(
                [
                    new Result("rounds", outcome.Rounds, "flips"),
                    new Result("refused", outcome.Refused, "flips"),
                    new Result("harmless", outcome.Harmless, "flips"),
                    new Result("failures", outcome.Failures.Count, "flips"),
                    .. outcome.ByFile.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new Result("flips." + file.Key, file.Value, "flips")),
                ],
                outcome.Failures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
