namespace Grid.LoadTests.Scenarios;

/// <summary>What the running demo costs: time to ready, memory and processor at its own pace.</summary>
internal static class FootprintScenario
{
    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 1, 2_000_000);
        var seconds = options.Number("seconds", 30, 1, 600);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: null, cancellationToken);
        var before = silo.ProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        var used = silo.ProcessorTime - before;
        return new ScenarioOutcome(
            [
                new Result("devices", devices, "devices"),
                new Result("readySeconds", silo.ReadyAfter.TotalSeconds, "s"),
                new Result("workingSetBytes", silo.WorkingSetBytes, "bytes"),
                new Result("processorPercentOfOneCore", 100 * used.TotalSeconds / seconds, "%"),
            ],
            []);
    }
}
