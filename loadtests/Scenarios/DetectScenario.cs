using System.Diagnostics;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.LoadTests.Detection;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// What the rules that ship find of what is planted in a simulated territory, what they find that is not there, and how long it takes them: for each rule, after weeks in which
/// they could learn what is usual.
/// </summary>
internal static class DetectScenario
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var days = options.Number("days", 30, 1, 300);
        var warmDays = options.Number("warm-days", 45, 0, 300);
        var plan = new DetectionPlan
        {
            Department = options.Text("department", "29"),
            Devices = options.Number("devices", 20_000, 100, 1_000_000),
            Seed = options.Number("seed", 1, 0, int.MaxValue),
            FaultRate = options.Number("fault-rate", 10, 0, 1_000),
            WarmFrom = Start.AddDays(-warmDays),
            From = Start,
            To = Start.AddDays(days),
        };
        var clock = Stopwatch.StartNew();
        var run = new DetectionRun(plan, []);
        run.Run(options.Number("threads", Environment.ProcessorCount, 1, 64), cancellationToken);
        var results = new List<Result>
        {
            new("devices", run.Devices.Length, "devices"),
            new("days", days, "days"),
            new("reports", run.Reports, "reports"),
            new("rejected", run.Rejected, "reports"),
            new("wallSeconds", clock.Elapsed.TotalSeconds, "s"),
        };
        var failures = new List<string>();
        foreach (var rule in DetectionRules.All)
        {
            Add(results, failures, DetectionVerdict.Of(rule, plan, run), plan.To - plan.From);
        }

        return Task.FromResult(new ScenarioOutcome(results, failures));
    }

    private static void Add(List<Result> results, List<string> failures, DetectionVerdict verdict, TimeSpan judged)
    {
        var rule = verdict.Rule;
        var falseAlarms = verdict.FalseAlarmsPer1000DeviceMonths(judged);
        results.Add(new Result($"{rule.Name}Faults", verdict.Faults, "faults"));
        results.Add(new Result($"{rule.Name}Alarms", verdict.Alarms, "alarms"));
        results.Add(new Result($"{rule.Name}FalseAlarmsPer1000{NameOf(rule.Device)}Months", falseAlarms, "alarms"));
        if (verdict.Faults > 0)
        {
            results.Add(new Result($"{rule.Name}Recall", verdict.Recall, "1"));
            results.Add(new Result($"{rule.Name}RecallEver", (double)verdict.Found / verdict.Faults, "1"));
        }

        if (verdict.Alarms > 0)
        {
            results.Add(new Result($"{rule.Name}Precision", verdict.Precision, "1"));
        }

        if (verdict.MedianDelay is { } delay)
        {
            results.Add(new Result($"{rule.Name}MedianDelayHours", delay.TotalHours, "h"));
        }

        // A promise of which nothing was seen is not kept.
        if (rule.LeastRecall is { } least && !(verdict.Recall >= least))
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{rule.Name}: {verdict.InTime} of {verdict.Faults} were found within {rule.Within.TotalHours:0} h; {least:0.##} is the least"));
        }

        if (rule.MostFalseAlarms is { } most && !(falseAlarms <= most))
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{rule.Name}: {falseAlarms:0.00} false alarms of 1,000 devices in a month; {most:0.##} is the most"));
        }
    }

    private static string NameOf(DeviceKind? kind) => kind switch
    {
        null => "Device",
        DeviceKind.Cabinet => "Cabinet",
        DeviceKind.Streetlight => "Streetlight",
        DeviceKind.Meter => "Meter",
        DeviceKind.Building => "Building",
        DeviceKind.Bin => "Bin",
        DeviceKind.Environment => "Sensor",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
