using Grid.LoadTests;
using Grid.LoadTests.Ingest;
using Grid.LoadTests.Scenarios;

var scenarios = new Dictionary<string, Func<ScenarioOptions, CancellationToken, Task<ScenarioOutcome>>>(StringComparer.Ordinal)
{
    ["crash"] = CrashScenario.RunAsync,
    ["overload"] = OverloadScenario.RunAsync,
    ["recovery"] = RecoveryScenario.RunAsync,
    ["ingest"] = IngestScenario.RunAsync,
    ["flip"] = FlipScenario.RunAsync,
    ["history"] = HistoryScenario.RunAsync,
    ["footprint"] = FootprintScenario.RunAsync,
    ["group-command"] = GroupCommandScenario.RunAsync,
    ["parameters"] = ParametersScenario.RunAsync,
    ["runtime"] = RuntimeScenario.RunAsync,
    ["detect"] = DetectScenario.RunAsync,
    ["grains"] = GrainsScenario.RunAsync,
    ["rules"] = RulesScenario.RunAsync,
    ["trial"] = TrialScenario.RunAsync,
    ["alarm-latency"] = AlarmLatencyScenario.RunAsync,
    ["alarm-storm"] = AlarmStormScenario.RunAsync,
#if !ORLEANS
    ["simulate"] = SimulateScenario.RunAsync,
    ["lighting-night"] = LightingNightScenario.RunAsync,
#endif
};

if (args is [HttpControl.Command, var known])
{
    await HttpControl.ServeAsync(known);
    return 0;
}

if (args.Length == 0 || !scenarios.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"usage: dotnet run --project loadtests -c Release -- SCENARIO [--option value ...] [--json FILE]; scenarios: {string.Join(", ", scenarios.Keys)}");
    return 2;
}

try
{
    var options = ScenarioOptions.Parse(args);
    if (ProcessSettings.MissingFor(options) is { } settings)
    {
        return await settings.RunAsync(args);
    }

    using var stopping = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        stopping.Cancel();
    };
    var outcome = await run(options, stopping.Token);
    await Report.WriteAsync(options, outcome);
    return outcome.Failures.Count == 0 ? 0 : 1;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
