using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Grid.LoadTests.Scenarios;

/// <summary>Durable readings a second through HTTP, in batches of several sizes, with the time that an answer takes.</summary>
internal static class IngestScenario
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 1_000, 1_000_000);
        var seconds = options.Number("seconds", 10, 1, 300);
        var senders = options.Number("senders", 8, 1, 128);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: 0, cancellationToken, await DatabaseOption.SettingsAsync(options, cancellationToken));
        var bins = await BinsAsync(silo.Http, cancellationToken);
        var results = new List<Result>();
        var failures = new List<string>();
        foreach (var (name, size, type) in new[]
        {
            ("readingsPerSecond", 1_000, Json),
            ("readingsPerSecondBatch100", 100, Json),
            ("readingsPerSecondBatch1", 1, Json),
            ("readingsPerSecondNdjson", 1_000, Ndjson),
        })
        {
            var run = await SendAsync(silo.Http, bins, size, type, senders, TimeSpan.FromSeconds(seconds), cancellationToken);
            results.Add(new Result(name, run.Accepted / run.Seconds, "readings/s"));
            if (size == 1_000 && type == Json)
            {
                results.Add(new Result("ackP50Millis", Percentile(run.Millis, 0.50), "ms"));
                results.Add(new Result("ackP99Millis", Percentile(run.Millis, 0.99), "ms"));
            }

            if (run.Rejected > 0)
            {
                failures.Add($"{name}: {run.Rejected} readings were rejected");
            }

            results.Add(new Result(name + ".refusedBatches", run.Refused, "batches"));
        }

        return new ScenarioOutcome(results, failures);
    }

    private static async Task<string[]> BinsAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var bins = new List<string>();
        string? cursor = null;
        do
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices?kind=bin&limit=1000{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", cancellationToken);
            bins.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return [.. bins];
    }

    private static async Task<Run> SendAsync(HttpClient http, string[] devices, int size, string type, int senders, TimeSpan duration, CancellationToken cancellationToken)
    {
        var run = new Run();
        var watch = Stopwatch.StartNew();
        var sequence = 0L;
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(
            async () =>
            {
                var random = new Random(sender);
                while (watch.Elapsed < duration)
                {
                    var body = Body(devices, size, type, random, Interlocked.Increment(ref sequence));
                    using var content = new ByteArrayContent(body) { Headers = { ContentType = new(type) } };
                    var sent = watch.Elapsed;
                    using var answer = await http.PostAsync("/api/v1/readings", content, cancellationToken);
                    if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                    {
                        Interlocked.Increment(ref run.Refused);
                        await Task.Delay(100, cancellationToken);
                        continue;
                    }

                    answer.EnsureSuccessStatusCode();
                    var said = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                    Interlocked.Add(ref run.Accepted, said.GetProperty("accepted").GetInt64());
                    Interlocked.Add(ref run.Rejected, said.GetProperty("rejected").GetArrayLength());
                    run.Millis.Add((watch.Elapsed - sent).TotalMilliseconds);
                }
            },
            cancellationToken)));
        run.Seconds = watch.Elapsed.TotalSeconds;
        return run;
    }

    private static byte[] Body(string[] devices, int size, string type, Random random, long sequence)
    {
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var text = new StringBuilder(size * 110);
        text.Append(type == Json ? "[" : "");
        for (var index = 0; index < size; index++)
        {
            text.Append(index == 0 ? "" : type == Json ? "," : "\n")
                .Append(CultureInfo.InvariantCulture, $$$"""{"device":"{{{devices[(sequence * size + index) % devices.Length]}}}","time":"{{{now}}}","metrics":{"fillPercent":{{{random.Next(0, 800) / 10.0}}},"temperatureCelsius":{{{random.Next(50, 200) / 10.0}}}}}""");
        }

        return Encoding.UTF8.GetBytes(text.Append(type == Json ? "]" : "").ToString());
    }

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var ordered = values.Order().ToArray();
        return ordered.Length == 0 ? double.NaN : ordered[Math.Min(ordered.Length - 1, (int)(share * ordered.Length))];
    }

    private sealed class Run
    {
        public long Accepted;
        public long Rejected;
        public long Refused;

        public ConcurrentBag<double> Millis { get; } = [];

        public double Seconds { get; set; }
    }
}
