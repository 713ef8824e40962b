using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grid.LoadTests.Live;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// A cabinet fails, and with it its lamps, each of which says so in its own time: how long until a live client is told and the list shows one alarm with all lamps under it, and until it closes by itself once
/// the supply is back.
/// </summary>
internal static class AlarmStormScenario
{
    private const double MostOpenMillis = 5_000;

    /// <summary>The lamps' report of the lost supply comes in so many requests, the cabinet's own in the middle of them.</summary>
    private const int Requests = 8;
    private const string Commune = "29019";
    private const string Cabinet = "storm-cabinet";
    private const string Parent = $"{Cabinet}~supplyLoss";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>A supply that is back returns after so long.</summary>
    private static readonly TimeSpan OffDelay = TimeSpan.FromMinutes(1);

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 50_000, 1_000, 1_000_000);
        var lamps = options.Number("lamps", 400, 10, 900);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices, rate: null, cancellationToken, "--Grid:Limits:RequestsPerSecond=100000");
        string[] ids = [.. Enumerable.Range(0, lamps).Select(number => string.Create(CultureInfo.InvariantCulture, $"storm-lamp-{number:000}"))];
        await RegisterAsync(silo.Http, ids, cancellationToken);
        await using var client = await WatchingClient.StartAsync(silo.Address, cancellationToken);
        await SupplyAsync(silo.Http, ids, volts: 230, cancellationToken);

        var told = client.Expect(Parent);
        var sent = await SupplyAsync(silo.Http, ids, volts: 0, cancellationToken);
        await told.WaitAsync(Patience, cancellationToken);
        var opened = await UntilAsync(async () => await CountAsync(silo.Http, "", cancellationToken) == 1 && await CountAsync(silo.Http, $"&parent={Parent}", cancellationToken) == lamps, Patience, cancellationToken);
        var openMillis = Stopwatch.GetElapsedTime(sent, Math.Max(await told, opened)).TotalMilliseconds;
        var (open, children) = (await CountAsync(silo.Http, "", cancellationToken), await CountAsync(silo.Http, $"&parent={Parent}", cancellationToken));

        using (var answer = await silo.Http.PostAsJsonAsync($"/api/v1/alarms/{Parent}/acknowledge", new { note = "on my way" }, cancellationToken))
        {
            answer.EnsureSuccessStatusCode();
        }

        var closed = client.Expect($"{Parent} normal");
        var back = await SupplyAsync(silo.Http, ids, volts: 230, cancellationToken);
        var closedAt = await closed.WaitAsync(OffDelay + Patience, cancellationToken);
        var left = await UntilAsync(async () => await CountAsync(silo.Http, "&children=true", cancellationToken) == 0, Patience, cancellationToken);
        var closedMillis = Stopwatch.GetElapsedTime(back, Math.Max(closedAt, left)).TotalMilliseconds;

        var failures = new List<string>();
        Check(open == 1, $"{open} alarms are open instead of one");
        Check(children == lamps, $"{children} of {lamps} lamps are under it");
        Check(openMillis <= MostOpenMillis, $"it took longer than {MostOpenMillis / 1_000:0} s");
        Check(left != long.MaxValue && closedMillis <= OffDelay.TotalMilliseconds + MostOpenMillis, "it did not close in time");
        return new ScenarioOutcome(
            [
                new("stormOpenMillis", openMillis, "ms"),
                new("stormOpenAlarms", open, "alarms"),
                new("stormChildren", children, "alarms"),
                new("stormClosedMillis", closedMillis, "ms"),
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

    private static async Task RegisterAsync(HttpClient http, string[] lamps, CancellationToken cancellationToken)
    {
        await PutAsync(Cabinet, $$"""{"kind":"cabinet","commune":"{{Commune}}"}""");
        foreach (var some in lamps.Chunk(100))
        {
            await Task.WhenAll(some.Select(lamp => PutAsync(lamp, $$$"""{"kind":"streetlight","commune":"{{{Commune}}}","attributes":{"cabinet":"{{{Cabinet}}}","ratedWatts":70}}""")));
        }

        async Task PutAsync(string id, string body)
        {
            using var answer = await http.PutAsync($"/api/v1/devices/{id}", new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Each says its supply, and the cabinet in between. Answers when the last was accepted.</summary>
    private static async Task<long> SupplyAsync(HttpClient http, string[] lamps, int volts, CancellationToken cancellationToken)
    {
        var parts = lamps.Chunk((lamps.Length + Requests - 1) / Requests).ToList();
        parts.Insert(parts.Count / 2, [Cabinet]);
        foreach (var part in parts)
        {
            var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            var body = $"[{string.Join(',', part.Select(device => string.Create(CultureInfo.InvariantCulture, $$$"""{"device":"{{{device}}}","time":"{{{now}}}","metrics":{"supplyVolts":{{{volts}}}}}""")))}]";
            using var answer = await http.PostAsync("/api/v1/readings", new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        return Stopwatch.GetTimestamp();
    }

    /// <summary>Alarms of this scenario's devices that are not normal.</summary>
    private static async Task<int> CountAsync(HttpClient http, string query, CancellationToken cancellationToken)
    {
        var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/alarms?scope=commune:{Commune}&limit=1000{query}", cancellationToken);
        return page.GetProperty("items").EnumerateArray().Count(alarm => alarm.GetProperty("source").GetString()!.StartsWith("storm-", StringComparison.Ordinal));
    }

    /// <summary>When it held; <see cref="long.MaxValue"/> when it did not in time.</summary>
    private static async Task<long> UntilAsync(Func<Task<bool>> holds, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < patience; await Task.Delay(Look, cancellationToken))
        {
            if (await holds())
            {
                return Stopwatch.GetTimestamp();
            }
        }

        return long.MaxValue;
    }
}
