using System.Globalization;
using Grid.LoadTests.Ingest;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// Several times more load than the program can take: memory and the answers of what is admitted stay bounded, what is refused is refused as a
/// whole and counted by reason, and nothing that was acknowledged is lost.
/// </summary>
internal static class OverloadScenario
{
    private const double MostBytesRatio = 2;
    private const double MostP99Ratio = 10;
    private const int Size = 1_000;

    /// <summary>What the intake was short of, where the door says "overload".</summary>
    private const string IntakeRefusals = "grid_intake_batches_refused_total{";

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 1_000, 1_000_000);
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 15, 1, 300));
        var senders = options.Number("senders", 4, 1, 64);
        var times = options.Number("times", 16, 2, 64);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: 0, cancellationToken);
        var reporting = await SenderFleet.DevicesAsync(silo.Http, "", cancellationToken);

        // The first seconds are for the compiler.
        await RunAsync(silo, reporting, senders, TimeSpan.FromSeconds(8), cancellationToken);
        var usual = await RunAsync(silo, reporting, senders, duration, cancellationToken);
        var refusedBefore = await RefusedAsync(silo, cancellationToken);
        var reasonsBefore = await CountsAsync(silo, IntakeRefusals, cancellationToken);
        var over = await RunAsync(silo, reporting, senders * times, duration, cancellationToken);
        var refusedByReason = await RefusedAsync(silo, cancellationToken);
        var reasons = await CountsAsync(silo, IntakeRefusals, cancellationToken);
        var counted = refusedByReason.Sum(reason => reason.Value) - refusedBefore.Sum(reason => reason.Value);
        var explained = reasons.Sum(reason => reason.Value) - reasonsBefore.Sum(reason => reason.Value);
        var overloads = refusedByReason.GetValueOrDefault("overload") - refusedBefore.GetValueOrDefault("overload");

        var failures = new List<string>();
        Check(over.PeakBytes <= MostBytesRatio * usual.PeakBytes, "memory grew under overload");
        Check(over.P99 <= MostP99Ratio * usual.P99, "answers to what was admitted grew under overload");
        Check(over.Refused > 0, "nothing was refused: this was no overload");
        Check(counted == over.Refused, string.Create(CultureInfo.InvariantCulture, $"senders saw {over.Refused} refusals and the program counted {counted}"));
        Check(explained == overloads, string.Create(CultureInfo.InvariantCulture, $"the door refused {overloads} bodies by overload, and for {explained} the intake says why"));
        Check(over.Lost + usual.Lost == 0, "acknowledged readings are not there");
        return new ScenarioOutcome(
            [
                new("peakBytesRatio", (double)over.PeakBytes / usual.PeakBytes, "ratio"),
                new("admittedP99Ratio", over.P99 / usual.P99, "ratio"),
                new("refused", over.Refused, "bodies"),
                new("lost", over.Lost + usual.Lost, "readings"),
                new("offeredRatio", (over.Accepted + ((double)over.Refused * Size)) / Math.Max(1, over.Accepted), "ratio"),
                new("usualPerSecond", usual.PerSecond, "readings/s"),
                new("overloadedPerSecond", over.PerSecond, "readings/s"),
                new("usualP99Millis", usual.P99, "ms"),
                new("overloadedP99Millis", over.P99, "ms"),
                new("usualPeakBytes", usual.PeakBytes, "bytes"),
                new("overloadedPeakBytes", over.PeakBytes, "bytes"),
                .. refusedByReason.Select(reason => new Result("refused." + reason.Key, reason.Value - refusedBefore.GetValueOrDefault(reason.Key), "bodies")),
                .. reasons.Select(reason => new Result("refused.overload." + reason.Key, reason.Value - reasonsBefore.GetValueOrDefault(reason.Key), "bodies")),
            ],
            failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
            {
                failures.Add(failure);
            }
        }
    }

    private static async Task<Phase> RunAsync(SiloProcess silo, ReportingDevice[] devices, int senders, TimeSpan duration, CancellationToken cancellationToken)
    {
        var acknowledged = new Acknowledgements(devices, senders, Size);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(duration);
        var sending = acknowledged.SendAsync(silo.Address, TimeSpan.Zero, stop.Token);
        var peak = 0L;
        while (!sending.IsCompleted)
        {
            peak = Math.Max(peak, silo.WorkingSetBytes);
            await Task.WhenAny(sending, Task.Delay(50, cancellationToken));
        }

        await sending;
        await SenderFleet.WaitUntilAppliedAsync(silo.Http, cancellationToken);
        return new Phase(
            acknowledged.Readings,
            acknowledged.Senders.Sum(sender => sender.Refused),
            acknowledged.Readings / duration.TotalSeconds,
            Percentile([.. acknowledged.Senders.SelectMany(sender => sender.Millis)], 0.99),
            peak,
            await acknowledged.CountLostAsync(silo.Http, cancellationToken));
    }

    private static Task<Dictionary<string, long>> RefusedAsync(SiloProcess silo, CancellationToken cancellationToken) =>
        CountsAsync(silo, "grid_gateway_bodies_refused_total{", cancellationToken);

    /// <summary>A counter by reason.</summary>
    private static async Task<Dictionary<string, long>> CountsAsync(SiloProcess silo, string counter, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in (await silo.Http.GetStringAsync("/metrics", cancellationToken)).Split('\n'))
        {
            if (line.StartsWith(counter, StringComparison.Ordinal))
            {
                var reason = line.Split("reason=\"")[1].Split('"')[0];
                counts[reason] = counts.GetValueOrDefault(reason) + long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
            }
        }

        return counts;
    }

    private static double Percentile(double[] values, double share)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN : values[Math.Min(values.Length - 1, (int)(share * values.Length))];
    }

    private sealed record Phase(long Accepted, long Refused, double PerSecond, double P99, long PeakBytes, long Lost);
}
