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
    // Mid-winter: rivers rise, and what is heated shows. The years of the simulator begin in 2026.
    private static readonly DateTimeOffset Start = new(2026, 2, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Forecast = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private const double MostBinErrorHours = 6;
    private const int ShownAtMost = 50;

    public static Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var days = options.Number("days", 30, 1, 300);
        var threads = options.Number("threads", Environment.ProcessorCount, 1, 64);
        var plan = new DetectionPlan
        {
            Department = options.Text("department", "29"),
            Devices = options.Number("devices", 20_000, 100, 1_000_000),
            Seed = options.Number("seed", 1, 0, int.MaxValue),
            FaultRate = options.Number("fault-rate", 10, 0, 1_000),
            WarmFrom = Start.AddDays(-options.Number("warm-days", 45, 0, 50)),
            From = Start,
            To = Start.AddDays(days),
        };
        var clock = Stopwatch.StartNew();
        var (bins, zones) = (new BinForecasts(), new ZoneLosses());
        var run = new DetectionRun(plan, [bins, zones]);
        run.Run(threads, cancellationToken);
        var results = new List<Result>
        {
            new("devices", run.Devices.Length, "devices"),
            new("days", days, "days"),
            new("reports", run.Reports, "reports"),
            new("rejected", run.Rejected, "reports"),
        };
        var failures = new List<string>();
        var shown = options.Untold("show");
        foreach (var rule in DetectionRules.All)
        {
            var verdict = DetectionVerdict.Of(rule, plan, run);
            Add(results, failures, verdict, plan.To - plan.From);
            if (rule.Name == shown)
            {
                Show(verdict);
            }
        }

        var (month, ofMonth) = Months(plan, threads, cancellationToken);
        Add(results, failures, DetectionVerdict.Of(DetectionRules.Abnormal, month, ofMonth), month.To - month.From);
        AddBins(results, failures, bins);
        AddZones(results, failures, zones);
        results.AddRange(Forecasts(plan, threads, cancellationToken));
        results.Add(new Result("wallSeconds", clock.Elapsed.TotalSeconds, "s"));
        return Task.FromResult(new ScenarioOutcome(results, failures));
    }

    /// <summary>Wear shows in months: those that wear, over the year before, at a slower pace of reports, without faults beside the believable.</summary>
    private static IEnumerable<Result> Forecasts(DetectionPlan plan, int threads, CancellationToken cancellationToken)
    {
        var probe = new FailureForecasts(Forecast);
        var year = plan with
        {
            WarmFrom = new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero),
            From = Forecast,
            To = Forecast.AddHours(1),
            ReportsEvery = TimeSpan.FromHours(3),
            Only = device => device.Kind is DeviceKind.Meter or DeviceKind.Bin or DeviceKind.Environment || (device.Kind == DeviceKind.Streetlight && !device.Flag("passive")),
        };
        var run = new DetectionRun(year, [probe]) { FaultsUntil = Forecast.AddDays(100) };
        run.Run(threads, cancellationToken);
        return probe.Results(run);
    }

    /// <summary>What a rule missed and what it found for nothing, for who works on it.</summary>
    private static void Show(DetectionVerdict verdict)
    {
        foreach (var fault in verdict.Missed.Take(ShownAtMost))
        {
            Console.WriteLine($"missed: {fault}");
        }

        foreach (var finding in verdict.Wrong.Take(ShownAtMost))
        {
            Console.WriteLine($"wrong: {finding}");
        }
    }

    /// <summary>Meters by the day, over a year and two months: the last two are judged.</summary>
    private static (DetectionPlan Plan, DetectionRun Run) Months(DetectionPlan plan, int threads, CancellationToken cancellationToken)
    {
        var months = plan with
        {
            WarmFrom = new DateTimeOffset(2026, 1, 2, 23, 0, 0, TimeSpan.Zero),
            From = new DateTimeOffset(2027, 1, 31, 23, 0, 0, TimeSpan.Zero),
            To = new DateTimeOffset(2027, 3, 31, 22, 0, 0, TimeSpan.Zero),
            ReportsEvery = TimeSpan.FromHours(12),
            Only = device => device.Kind == DeviceKind.Meter && device.Text("usage") == "dwelling",
        };
        var run = new DetectionRun(months, []);
        run.Run(threads, cancellationToken);
        return (months, run);
    }

    private static void AddBins(List<Result> results, List<string> failures, BinForecasts bins)
    {
        var (made, missing) = bins.Count;
        results.Add(new Result("binForecasts", made, "forecasts"));
        results.Add(new Result("binForecastsMissing", missing, "forecasts"));
        results.Add(new Result("binMedianErrorHours", bins.ErrorHours(0.5), "h"));
        results.Add(new Result("binP90ErrorHours", bins.ErrorHours(0.9), "h"));
        if (!(bins.ErrorHours(0.5) < MostBinErrorHours))
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"half of the bins are full more than {bins.ErrorHours(0.5):0.0} h from when they said a day before; {MostBinErrorHours} h is the most"));
        }
    }

    private static void AddZones(List<Result> results, List<string> failures, ZoneLosses zones)
    {
        results.AddRange(zones.Results());
        if (zones.Wrong is var wrong and > 0)
        {
            failures.Add($"{wrong} days of water zones were said to be exact to the litre and were not");
        }
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
