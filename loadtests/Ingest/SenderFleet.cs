using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Grid.LoadTests.Ingest;

/// <summary>What several senders at once came to.</summary>
internal sealed record SendingOutcome(long Accepted, long Rejected, long Refused, double Seconds, double DrainSeconds, double[] Millis)
{
    /// <summary>Acknowledged and, to the last one, applied: the time that the sectors took after the last answer counts.</summary>
    public double PerSecond => Accepted / (Seconds + DrainSeconds);

    public double Percentile(double share)
    {
        if (Millis.Length == 0)
        {
            return double.NaN;
        }

        Array.Sort(Millis);
        return Millis[Math.Min(Millis.Length - 1, (int)(share * Millis.Length))];
    }
}

/// <summary>Runs senders, each on a thread of its own and with devices of its own.</summary>
internal static class SenderFleet
{
    public static async Task<SendingOutcome> RunAsync(
        Uri address, ReportingDevice[] devices, int senders, int size, bool isLines, TimeSpan duration, TimeSpan interval, Func<Task> drained, CancellationToken stop)
    {
        var share = Math.Max(1, devices.Length / senders);
        var runs = Enumerable.Range(0, senders)
            .Select(number => new ReadingSender(address, new ReadingBodies(address.Authority, devices.AsSpan(number * share % (devices.Length - share + 1), share), size, isLines, number)))
            .ToArray();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(runs.Select(run => Task.Factory.StartNew(() => run.Run(duration, interval, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var seconds = watch.Elapsed.TotalSeconds;
        await drained();
        return new(
            runs.Sum(run => run.Accepted), runs.Sum(run => run.Rejected), runs.Sum(run => run.Refused), seconds, watch.Elapsed.TotalSeconds - seconds, [.. runs.SelectMany(run => run.Millis)]);
    }

    /// <summary>The devices that report by themselves, in the order of their keys: neighbours are of one commune, as those of one gateway are.</summary>
    /// <param name="http">The program.</param>
    /// <param name="kinds">Some kinds, with commas; empty for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ReportingDevice[]> DevicesAsync(HttpClient http, string kinds, CancellationToken cancellationToken)
    {
        var devices = new List<ReportingDevice>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>(
                $"/api/v1/devices?limit=1000{(kinds.Length == 0 ? "" : "&kind=" + kinds)}{(cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", cancellationToken);
            devices.AddRange(page.GetProperty("items").EnumerateArray()
                .Where(item => !(item.GetProperty("attributes").TryGetProperty("passive", out var passive) && passive.ValueKind == JsonValueKind.True))
                .Select(item => new ReportingDevice(item.GetProperty("id").GetString()!, item.GetProperty("kind").GetString()!)));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return [.. devices];
    }

    /// <summary>Waits until everything that was acknowledged is applied.</summary>
    public static async Task WaitUntilAppliedAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (await WaitingAsync(http, cancellationToken) > 0)
        {
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Entries that are durable and not applied yet.</summary>
    public static async Task<long> WaitingAsync(HttpClient http, CancellationToken cancellationToken) => (long)await MetricAsync(http, "grid_intake_waiting", cancellationToken);

    /// <summary>A metric's value, summed over its series; 0 when it has none.</summary>
    public static async Task<double> MetricAsync(HttpClient http, string name, CancellationToken cancellationToken)
    {
        var text = await http.GetStringAsync("/metrics", cancellationToken);
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
            .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }
}
