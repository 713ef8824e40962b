using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;

namespace Grid.LoadTests.Detection;

/// <summary>A rule that is judged: what it should find, and what it is reported under.</summary>
internal sealed record DetectionRule
{
    /// <summary>Begins the names of its results.</summary>
    public required string Name { get; init; }

    /// <summary>The trade; null for what crosses trades.</summary>
    public required DeviceKind? Device { get; init; }

    /// <summary>The condition that it raises.</summary>
    public required string Condition { get; init; }

    /// <summary>What was planted for it to find.</summary>
    public required PlantedFaultKind Fault { get; init; }

    /// <summary>Other things that were planted and that it may rightly find too.</summary>
    public PlantedFaultKind[] AlsoExplains { get; init; } = [];

    /// <summary>The keys of which faults are expected to be found; null for all.</summary>
    public Func<DetectionRun, HashSet<string>>? OnlyOf { get; init; }

    /// <summary>For whatever is planted in a device, the key of something else that it explains a finding of; null for none.</summary>
    public Func<DeviceDescriptor, string?>? ExplainedThrough { get; init; }

    /// <summary>The least size of a fault that it is expected to find.</summary>
    public double LeastSize { get; init; }

    /// <summary>How long after its beginning it must be found to count as found in time; where a device sends frames, how long after it can have been heard of.</summary>
    public required TimeSpan Within { get; init; }

    /// <summary>How long a condition may outlast what it was raised by.</summary>
    public TimeSpan Outlasts { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The least share that is found in time; null where nothing was promised.</summary>
    public double? LeastRecall { get; init; }

    /// <summary>The most false alarms of a thousand devices in a month of 30 days; null where nothing was promised.</summary>
    public double? MostFalseAlarms { get; init; }
}

/// <summary>How a rule did.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Devices">Devices of its kind.</param>
/// <param name="Faults">What it should have found.</param>
/// <param name="InTime">What it found in time.</param>
/// <param name="Found">What it found while it lasted or soon after.</param>
/// <param name="Alarms">How often it raised its condition.</param>
/// <param name="FalseAlarms">How often for nothing that was planted.</param>
/// <param name="MedianDelay">From the beginning of what it found to its finding.</param>
internal sealed record DetectionVerdict(DetectionRule Rule, int Devices, int Faults, int InTime, int Found, int Alarms, int FalseAlarms, TimeSpan? MedianDelay)
{
    /// <summary>What it missed, or found late.</summary>
    public required IReadOnlyList<PlantedFault> Missed { get; init; }

    /// <summary>What it found for nothing that was planted.</summary>
    public required IReadOnlyList<Finding> Wrong { get; init; }

    /// <summary>Found in time of what was there; NaN when nothing was.</summary>
    public double Recall => (double)InTime / Faults;

    /// <summary>Alarms that had a reason; NaN when there were none.</summary>
    public double Precision => (double)(Alarms - FalseAlarms) / Alarms;

    /// <summary>Holds findings against what was planted.</summary>
    public static DetectionVerdict Of(DetectionRule rule, DetectionPlan plan, DetectionRun run)
    {
        var devices = run.Devices.Count(device => rule.Device is null || device.Kind == rule.Device);
        var planted = run.Faults.Where(fault => fault.Kind == rule.Fault || rule.AlsoExplains.Contains(fault.Kind)).Concat(Through(rule, run)).ToLookup(fault => fault.Device, StringComparer.Ordinal);
        var only = rule.OnlyOf?.Invoke(run);
        var findings = run.Findings
            .Where(finding => finding.Condition == rule.Condition && finding.Kind == rule.Device && (finding.Until ?? plan.To) > plan.From)
            .ToLookup(finding => finding.Source, StringComparer.Ordinal);

        // Those that begin early enough for their time to pass before the end.
        var expected = planted.SelectMany(faults => faults)
            .Where(fault => fault.Kind == rule.Fault && fault.Size >= rule.LeastSize && only?.Contains(fault.Device) != false && fault.From >= plan.From && fault.From + rule.Within + run.HeardAfter(fault.Device) <= plan.To)
            .ToList();
        var delays = new List<TimeSpan>();
        var missed = new List<PlantedFault>();
        var inTime = 0;
        foreach (var fault in expected)
        {
            var first = findings[fault.Device]
                .Where(finding => finding.From <= fault.Until + rule.Outlasts + run.HeardAfter(fault.Device) && (finding.Until ?? plan.To) >= fault.From)
                .Select(finding => finding.From)
                .DefaultIfEmpty(DateTimeOffset.MaxValue)
                .Min();
            if (first != DateTimeOffset.MaxValue)
            {
                var delay = first > fault.From ? first - fault.From : TimeSpan.Zero;
                delays.Add(delay);
                if (delay <= rule.Within + run.HeardAfter(fault.Device))
                {
                    inTime++;
                    continue;
                }
            }

            missed.Add(fault);
        }

        var alarms = findings.SelectMany(group => group).Where(finding => finding.From >= plan.From).ToList();
        var wrong = alarms.FindAll(alarm => !planted[alarm.Source].Any(fault => fault.From <= alarm.From && alarm.From <= fault.Until + rule.Outlasts + run.HeardAfter(fault.Device)));
        delays.Sort();
        return new DetectionVerdict(rule, devices, expected.Count, inTime, delays.Count, alarms.Count, wrong.Count, delays.Count == 0 ? null : delays[delays.Count / 2])
        {
            Missed = missed,
            Wrong = wrong,
        };
    }

    private static IEnumerable<PlantedFault> Through(DetectionRule rule, DetectionRun run)
    {
        if (rule.ExplainedThrough is not { } through)
        {
            return [];
        }

        var to = run.Devices.Where(device => through(device) is not null).ToDictionary(device => device.Id, device => through(device)!, StringComparer.Ordinal);
        return run.Faults.Where(fault => to.ContainsKey(fault.Device)).Select(fault => fault with { Device = to[fault.Device] });
    }

    /// <summary>False alarms of a thousand devices in 30 days.</summary>
    public double FalseAlarmsPer1000DeviceMonths(TimeSpan judged) => FalseAlarms * 1_000.0 / Devices * 30 / judged.TotalDays;
}
