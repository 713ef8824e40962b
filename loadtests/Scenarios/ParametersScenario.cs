using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grid.LoadTests.Ingest;

namespace Grid.LoadTests.Scenarios;

/// <summary>A body changes what it gives to its light points while readings come in: how long until the last of them has it, and whether readings wait for that.</summary>
internal static class ParametersScenario
{
    private const double ReachesWithinSeconds = 60;
    private const double MostP99Ratio = 10;
    private const double P99FloorMillis = 250;
    private const int Size = 100;
    private const int Looked = 4_000;

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 240_000, 1_000, 1_000_000);
        var seconds = options.Number("seconds", 15, 5, 120);
        var rate = options.Number("rate", 10_000, 100, 1_000_000);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: 0, cancellationToken, "--Grid:Limits:RequestsPerSecond=100000");
        var http = silo.Http;
        var body = await BodyAsync(http, cancellationToken);
        var reached = await LightPointsAsync(http, body, cancellationToken);
        var reporting = await SenderFleet.DevicesAsync(http, "", cancellationToken);
        var interval = TimeSpan.FromSeconds((double)Size / rate);
        Task<SendingOutcome> SendAsync(int time, CancellationToken stop) => SenderFleet.RunAsync(
            silo.Address, reporting, senders: 1, Size, isLines: false, TimeSpan.FromSeconds(time), interval, () => SenderFleet.WaitUntilAppliedAsync(http, CancellationToken.None), stop);

        // The first seconds are for the compiler, and so is the first change.
        await SendAsync(5, cancellationToken);
        await ChangeAsync(http, body, reached, percent: 20, cancellationToken);
        var quiet = await SendAsync(seconds, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(300, stop.Token);
        var change = await ChangeAsync(http, body, reached, percent: 30, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        await stop.CancelAsync();
        var meanwhile = await sending;

        var failures = new List<string>();
        Check(change.AllSeconds <= ReachesWithinSeconds, "a device did not go by the change in time");
        Check(meanwhile.Percentile(0.99) <= Math.Max(P99FloorMillis, MostP99Ratio * quiet.Percentile(0.99)), "readings waited for the change");
        Check(meanwhile.Refused + quiet.Refused == 0, "readings were refused");
        return new ScenarioOutcome(
            [
                new("lightPoints", reached.Count, "light points"),
                new("answeredSeconds", change.AnsweredSeconds, "s"),
                new("allReachedSeconds", change.AllSeconds, "s"),
                new("readingP50Millis", quiet.Percentile(0.5), "ms"),
                new("readingP99Millis", quiet.Percentile(0.99), "ms"),
                new("readingP50MillisMeanwhile", meanwhile.Percentile(0.5), "ms"),
                new("readingP99MillisMeanwhile", meanwhile.Percentile(0.99), "ms"),
                new("readingsPerSecondMeanwhile", meanwhile.Accepted / meanwhile.Seconds, "readings/s"),
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

    private static async Task<string> BodyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var bodies = await http.GetFromJsonAsync<JsonElement>("/api/v1/bodies", cancellationToken);
        return bodies.GetProperty("items").EnumerateArray().First(body => body.GetProperty("kind").GetString() == "syndicate").GetProperty("siren").GetString()!;
    }

    /// <summary>The light points for which the body is competent.</summary>
    private static async Task<IReadOnlyList<string>> LightPointsAsync(HttpClient http, string body, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>(
                $"/api/v1/devices?limit=1000&kind=streetlight&syndicate={body}{(cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", cancellationToken);
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return ids;
    }

    /// <summary>Changes a default and looks at light points spread over all sectors until each has it: a sector says that it has taken it up once all of its devices have.</summary>
    private static async Task<(double AnsweredSeconds, double AllSeconds)> ChangeAsync(
        HttpClient http, string body, IReadOnlyList<string> lightPoints, int percent, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var text = string.Create(CultureInfo.InvariantCulture, $$$"""{"streetlight":{"powerDriftPercent":{{{percent}}}}}""");
        using var answer = await http.PutAsync($"/api/v1/bodies/{body}/parameters", new StringContent(text, Encoding.UTF8, "application/json"), cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        var answered = watch.Elapsed.TotalSeconds;
        foreach (var light in lightPoints.Where((_, place) => place % Math.Max(1, lightPoints.Count / Looked) == 0))
        {
            while (watch.Elapsed.TotalSeconds <= ReachesWithinSeconds && !await HasAsync(http, light, percent, cancellationToken))
            {
                await Task.Delay(20, cancellationToken);
            }
        }

        return (answered, watch.Elapsed.TotalSeconds);
    }

    private static async Task<bool> HasAsync(HttpClient http, string light, int percent, CancellationToken cancellationToken)
    {
        var shown = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{light}/parameters", cancellationToken);
        return shown.GetProperty("applied").GetBoolean()
            && shown.GetProperty("parameters").GetProperty("powerDriftPercent").GetProperty("value").GetDouble() == percent;
    }
}
