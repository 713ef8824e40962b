using System.Diagnostics;
using System.Globalization;
using System.Text;
using Grid.LoadTests.Ingest;
using Grid.LoadTests.Live;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// How long from a reading that burns until a live client is told of the alarm, while readings come in at half of what the program takes: containers of this scenario's own burn one after the other, each
/// once, and a client looks at everything.
/// </summary>
internal static class AlarmLatencyScenario
{
    private const double MostP99Millis = 50;
    private const int Size = 1_000;

    /// <summary>The first alarms are for the compiler.</summary>
    private const int WarmUp = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 1_000, 1_000_000);
        var seconds = options.Number("seconds", 8, 2, 120);
        var senders = options.Number("senders", 4, 1, 64);
        var fires = options.Number("fires", 400, 10, 10_000);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: 0, cancellationToken, "--Grid:Limits:RequestsPerSecond=100000");
        var reporting = await SenderFleet.DevicesAsync(silo.Http, "", cancellationToken);
        await RegisterAsync(silo.Http, WarmUp + fires + fires, cancellationToken);
        Task<SendingOutcome> SendAsync(TimeSpan time, TimeSpan interval, CancellationToken stop) => SenderFleet.RunAsync(
            silo.Address, reporting, senders, Size, isLines: false, time, interval, () => SenderFleet.WaitUntilAppliedAsync(silo.Http, CancellationToken.None), stop);

        // The first seconds are for the compiler; then as much as it takes.
        await SendAsync(TimeSpan.FromSeconds(4), TimeSpan.Zero, cancellationToken);
        var top = (await SendAsync(TimeSpan.FromSeconds(seconds), TimeSpan.Zero, cancellationToken)).PerSecond;
        await using var client = await WatchingClient.StartAsync(silo.Address, cancellationToken);
        await BurnAsync(silo.Http, client, 0, WarmUp, cancellationToken);
        var quiet = await BurnAsync(silo.Http, client, WarmUp, fires, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(2.0 * Size * senders / top), stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        var under = await BurnAsync(silo.Http, client, WarmUp + fires, fires, cancellationToken);
        await stop.CancelAsync();
        var load = await sending;

        var failures = new List<string>();
        if (under.Lost + quiet.Lost > 0)
        {
            failures.Add($"{under.Lost + quiet.Lost} alarms were not told within {Patience.TotalSeconds:0} s");
        }

        if (under.Percentile(0.99) > MostP99Millis)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"p99 is {under.Percentile(0.99):0.0} ms, more than {MostP99Millis} ms"));
        }

        return new ScenarioOutcome(
            [
                new("p50Millis", under.Percentile(0.5), "ms"),
                new("p99Millis", under.Percentile(0.99), "ms"),
                new("loadPerSecond", load.Accepted / load.Seconds, "readings/s"),
                new("topPerSecond", top, "readings/s"),
                new("p50MillisFromSending", under.FromSending(0.5), "ms"),
                new("p99MillisFromSending", under.FromSending(0.99), "ms"),
                new("p50MillisWithoutLoad", quiet.Percentile(0.5), "ms"),
                new("p99MillisWithoutLoad", quiet.Percentile(0.99), "ms"),
                new("alarms", under.Times.Count, "alarms"),
                new("lost", under.Lost + quiet.Lost, "alarms"),
            ],
            failures);
    }

    private static async Task RegisterAsync(HttpClient http, int count, CancellationToken cancellationToken)
    {
        // In communes of every size, many at once: registrations that wait together share a commit.
        string[] communes = ["29019", "29232", "29151"];
        foreach (var numbers in Enumerable.Range(0, count).Chunk(100))
        {
            await Task.WhenAll(numbers.Select(async number =>
            {
                var body = $$"""{"kind":"bin","commune":"{{communes[number % communes.Length]}}"}""";
                using var answer = await http.PutAsync($"/api/v1/devices/{IdOf(number)}", new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
                answer.EnsureSuccessStatusCode();
            }));
        }
    }

    private static async Task<Latencies> BurnAsync(HttpClient http, WatchingClient client, int first, int count, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        for (var number = first; number < first + count; number++)
        {
            var id = IdOf(number);
            var told = client.Expect($"{id}~fire");
            var body = string.Create(CultureInfo.InvariantCulture, $$$"""[{"device":"{{{id}}}","time":"{{{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}}}","metrics":{"temperatureCelsius":95,"fillPercent":40}}]""");
            var sent = Stopwatch.GetTimestamp();
            using (var answer = await http.PostAsync("/api/v1/readings", new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken))
            {
                answer.EnsureSuccessStatusCode();
            }

            var accepted = Stopwatch.GetTimestamp();
            try
            {
                var at = await told.WaitAsync(Patience, cancellationToken);
                latencies.Times.Add((Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds, Math.Max(0, Stopwatch.GetElapsedTime(accepted, at).TotalMilliseconds)));
            }
            catch (TimeoutException)
            {
                latencies.Lost++;
            }

            await Task.Delay(Pause, cancellationToken);
        }

        return latencies;
    }

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"burning-{number:00000}");

    private sealed class Latencies
    {
        public List<(double Sent, double Accepted)> Times { get; } = [];

        public int Lost { get; set; }

        public double Percentile(double share) => Of(Times.ConvertAll(time => time.Accepted), share);

        public double FromSending(double share) => Of(Times.ConvertAll(time => time.Sent), share);

        private static double Of(List<double> values, double share)
        {
            values.Sort();
            return values.Count == 0 ? double.NaN : values[Math.Min(values.Count - 1, (int)(values.Count * share))];
        }
    }
}
