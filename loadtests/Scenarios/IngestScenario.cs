using System.Globalization;
using Grid.LoadTests.Ingest;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// Durable readings a second through HTTP, in bodies of several sizes, beside two controls of the same run. A rate counts what was acknowledged
/// over the time until all of it was applied, so that what only waits does not count.
/// </summary>
internal static class IngestScenario
{
    private const double LeastPerSecond = 100_000;
    private const double LeastShareOfControl = 0.6;
    private const int SmallBodySenders = 64;
    private const string Yes = "yes";
    private const string No = "no";

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 1_000, 1_000_000);
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 8, 1, 300));
        var senders = options.Number("senders", 8, 1, 128);
        var kinds = options.Text("kinds", "");
        var only = options.Text("only", "");
        var hasControls = options.Text("controls", Yes) switch
        {
            Yes => true,
            No => false,
            var other => throw new ArgumentException($"--controls is '{other}'; {Yes} or {No} is expected."),
        };
        var results = new List<Result>();
        var failures = new List<string>();
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: 0, cancellationToken, await DatabaseOption.SettingsAsync(options, cancellationToken));
        var reporting = await SenderFleet.DevicesAsync(silo.Http, kinds, cancellationToken);
        options.Tell("reportingDevices", reporting.Length.ToString(CultureInfo.InvariantCulture));

        var control = hasControls ? await MeasureControlsAsync(reporting, senders, duration / 2, results, cancellationToken) : 0;

        var mixed = reporting.ToArray();
        new Random(1).Shuffle(mixed);

        // The first seconds are for the compiler.
        await SendAsync(silo, reporting, senders, 1_000, isLines: false, TimeSpan.FromSeconds(4), cancellationToken);
        foreach (var (name, size, isLines, connections, order) in new[]
        {
            ("readingsPerSecond", 1_000, false, senders, reporting),
            ("readingsPerSecondMixed", 1_000, false, senders, mixed),
            ("readingsPerSecondBatch100", 100, false, senders, reporting),
            ("readingsPerSecondBatch1", 1, false, SmallBodySenders, reporting),
            ("readingsPerSecondNdjson", 1_000, true, senders, reporting),
        })
        {
            if (only.Length > 0 && only != name)
            {
                continue;
            }

            var run = await SendAsync(silo, order, connections, size, isLines, duration, cancellationToken);
            results.Add(new(name, run.PerSecond, "readings/s"));
            results.Add(new(name + ".refusedBodies", run.Refused, "bodies"));
            results.Add(new(name + ".drainSeconds", run.DrainSeconds, "s"));
            if (run.Rejected > 0)
            {
                failures.Add($"{name}: {run.Rejected} readings were rejected");
            }

            if (name == "readingsPerSecond")
            {
                results.Add(new("ackP50Millis", run.Percentile(0.50), "ms"));
                results.Add(new("ackP99Millis", run.Percentile(0.99), "ms"));
                if (run.PerSecond < LeastPerSecond)
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {run.PerSecond:N0}, less than {LeastPerSecond:N0}"));
                }

                if (hasControls)
                {
                    results.Add(new("shareOfLowerControl", run.PerSecond / control, "ratio"));
                    if (run.PerSecond < LeastShareOfControl * control)
                    {
                        failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {run.PerSecond / control:P0} of the lower control, less than {LeastShareOfControl:P0}"));
                    }
                }
            }
        }

        results.Add(new("workingSetBytes", silo.WorkingSetBytes, "bytes"));
        return new ScenarioOutcome(results, failures);
    }

    /// <summary>The lower one of the two.</summary>
    private static async Task<double> MeasureControlsAsync(ReportingDevice[] reporting, int senders, TimeSpan duration, List<Result> results, CancellationToken cancellationToken)
    {
        // Beside the program's data, not in it.
        using var folder = new DataFolder();
        var sqlite = SqliteControl.ReadingsPerSecond(folder.Path, reporting, 1_000, duration);
        results.Add(new("sqliteControlPerSecond", sqlite, "readings/s"));
        results.Add(new("sqliteRowsPerSecond", SqliteControl.RowsPerSecond(folder.Path, reporting, 1_000, duration), "rows/s"));
        await using var control = await HttpControl.StartAsync(folder.Path, reporting, cancellationToken);

        // The first seconds are for the compiler.
        await SenderFleet.RunAsync(control.Address, reporting, senders, 1_000, isLines: false, TimeSpan.FromSeconds(2), TimeSpan.Zero, () => Task.CompletedTask, cancellationToken);
        var run = await SenderFleet.RunAsync(control.Address, reporting, senders, 1_000, isLines: false, duration, TimeSpan.Zero, () => Task.CompletedTask, cancellationToken);
        results.Add(new("httpControlPerSecond", run.PerSecond, "readings/s"));
        if (run.Rejected > 0)
        {
            throw new InvalidOperationException($"The HTTP control rejected {run.Rejected} readings: it does less than what is compared with it.");
        }

        return Math.Min(sqlite, run.PerSecond);
    }

    private static Task<SendingOutcome> SendAsync(SiloProcess silo, ReportingDevice[] devices, int senders, int size, bool isLines, TimeSpan duration, CancellationToken cancellationToken) =>
        SenderFleet.RunAsync(
            silo.Address, devices, senders, size, isLines, duration, TimeSpan.Zero, () => SenderFleet.WaitUntilAppliedAsync(silo.Http, cancellationToken), cancellationToken);
}
