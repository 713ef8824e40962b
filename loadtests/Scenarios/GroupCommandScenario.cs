using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Grid.LoadTests.Scenarios;

/// <summary>One command to many simulated lamps: it shows progress at once and ends each of them, and commands to other lamps hardly notice.</summary>
internal static class GroupCommandScenario
{
    private const string Path = "/api/v1/group-commands";
    private const double ProgressWithinSeconds = 1;
    private const double MostP99Ratio = 10;
    private const double P99FloorMillis = 250;
    private const int RegistrationsAtOnce = 256;

    /// <summary>Commands apart before the group command, for each lamp that is commanded apart.</summary>
    private const int RoundsBefore = 5;

    /// <summary>Until the devices that were registered are in their first snapshots, which are many writes at once.</summary>
    private static readonly TimeSpan SnapshotWithin = TimeSpan.FromSeconds(30);

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var lamps = options.Number("lamps", 50_000, 100, 400_000);
        var others = options.Number("others", 200, 10, 10_000);
        var expiry = options.Number("expiry-seconds", 120, 10, 3_600);
        using var data = new DataFolder();
        await using var silo = await SiloProcess.StartAsync(data.Path, devices: 0, rate: null, cancellationToken, "--Grid:Limits:RequestsPerSecond=100000");
        var registering = Stopwatch.StartNew();
        await RegisterAsync(silo.Http, lamps, others, cancellationToken);
        var registered = registering.Elapsed.TotalSeconds;
        await Task.Delay(SnapshotWithin, cancellationToken);
        var quiet = await SingleAsync(silo.Http, others, others * RoundsBefore, percent: 20, static () => true, cancellationToken);
        var bytesBefore = silo.WorkingSetBytes;
        var watch = Stopwatch.StartNew();
        var body = string.Create(CultureInfo.InvariantCulture, $$$"""{"selector":{"department":"29"},"name":"setDimming","args":{"percent":60},"expiresIn":"PT{{{expiry}}}S"}""");
        using var answer = await silo.Http.PostAsync(Path, new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
        var accepted = await ReadAsync(answer, HttpStatusCode.Accepted, cancellationToken);
        var acceptedAfter = watch.Elapsed.TotalSeconds;
        var following = FollowAsync(silo, accepted.GetProperty("id").GetString()!, watch, TimeSpan.FromSeconds(expiry + 60), cancellationToken);
        var loaded = await SingleAsync(silo.Http, others, others, percent: 30, () => following.IsCompleted, cancellationToken);
        var followed = await following;

        var failures = new List<string>();
        Check(accepted.GetProperty("members").GetInt32() == lamps, "the command has not every lamp as a member");
        Check(followed.FirstProgress - acceptedAfter <= ProgressWithinSeconds, "no progress within a second of the answer");
        Check(followed.Unfinished == 0, string.Create(CultureInfo.InvariantCulture, $"{followed.Unfinished} members have not ended"));
        Check(followed.Confirmed + followed.Expired == lamps, "a member ended as neither confirmed nor expired");
        Check(loaded.Lost + quiet.Lost == 0, "a command to one lamp was not acknowledged");
        Check(Percentile(loaded.Millis, 0.99) <= Math.Max(P99FloorMillis, MostP99Ratio * Percentile(quiet.Millis, 0.99)), "commands to other lamps waited for the group command");
        return new ScenarioOutcome(
            [
                new("registeredSeconds", registered, "s"),
                new("members", accepted.GetProperty("members").GetInt32(), "lamps"),
                new("acceptedSeconds", acceptedAfter, "s"),
                new("firstProgressSeconds", followed.FirstProgress, "s"),
                new("allFinalSeconds", followed.Final, "s"),
                new("confirmed", followed.Confirmed, "lamps"),
                new("expired", followed.Expired, "lamps"),
                new("singleP50Millis", Percentile(quiet.Millis, 0.5), "ms"),
                new("singleP99Millis", Percentile(quiet.Millis, 0.99), "ms"),
                new("singleP50MillisMeanwhile", Percentile(loaded.Millis, 0.5), "ms"),
                new("singleP99MillisMeanwhile", Percentile(loaded.Millis, 0.99), "ms"),
                new("singlesMeanwhile", loaded.Millis.Count, "commands"),
                new("bytesBefore", bytesBefore, "bytes"),
                new("peakBytesMore", followed.PeakBytes - bytesBefore, "bytes"),
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

    /// <summary>The lamps of the command are in one department, those that are commanded apart in another.</summary>
    private static async Task RegisterAsync(HttpClient http, int lamps, int others, CancellationToken cancellationToken)
    {
        string[] communes = ["29019", "29232", "29151", "29103", "29039", "29189"];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, lamps + others),
            new ParallelOptions { MaxDegreeOfParallelism = RegistrationsAtOnce, CancellationToken = cancellationToken },
            async (number, token) =>
            {
                var (id, commune) = number < lamps
                    ? (string.Create(CultureInfo.InvariantCulture, $"g{number:D6}"), communes[number % communes.Length])
                    : (OtherOf(number - lamps), "56260");
                using var answer = await http.PutAsJsonAsync($"/api/v1/devices/{id}", new { kind = "streetlight", commune, connector = new { type = "simulator" } }, token);
                await ReadAsync(answer, HttpStatusCode.Created, token);
            });
    }

    /// <summary>Commands to one lamp after another, each from its submission until it is acknowledged: at least so many, and on until something is over.</summary>
    private static async Task<Singles> SingleAsync(HttpClient http, int others, int least, int percent, Func<bool> isOver, CancellationToken cancellationToken)
    {
        const int Patience = 15_000;
        var millis = new List<double>();
        var lost = 0;

        // The first ones are for the compiler, and for the simulator to meet its lamps.
        await CommandAsync(0, 10);
        for (var number = 0; number < least || !isOver(); number++)
        {
            if (await CommandAsync(number % others, percent + (number / others)) is { } took)
            {
                millis.Add(took);
            }
            else
            {
                lost++;
            }
        }

        return new Singles(millis, lost);

        async Task<double?> CommandAsync(int lamp, int level)
        {
            var watch = Stopwatch.StartNew();
            using var answer = await http.PostAsync(
                $"/api/v1/devices/{OtherOf(lamp)}/commands", JsonContent.Create(new { name = "setDimming", args = new { percent = level % 101 } }), cancellationToken);
            var id = (await ReadAsync(answer, HttpStatusCode.Accepted, cancellationToken)).GetProperty("id").GetString();
            while (watch.ElapsedMilliseconds < Patience)
            {
                var shown = await http.GetFromJsonAsync<JsonElement>($"/api/v1/commands/{id}", cancellationToken);
                if (shown.GetProperty("state").GetString() is "acknowledged" or "confirmed")
                {
                    return watch.Elapsed.TotalMilliseconds;
                }

                await Task.Delay(5, cancellationToken);
            }

            return null;
        }
    }

    private static async Task<Followed> FollowAsync(SiloProcess silo, string id, Stopwatch watch, TimeSpan limit, CancellationToken cancellationToken)
    {
        var progress = double.PositiveInfinity;
        var peak = 0L;
        while (true)
        {
            var shown = await silo.Http.GetFromJsonAsync<JsonElement>($"{Path}/{id}", cancellationToken);
            var counts = shown.GetProperty("counts");
            int Of(string state) => counts.GetProperty(state).GetInt32();
            peak = Math.Max(peak, silo.WorkingSetBytes);
            if (double.IsInfinity(progress) && Of("accepted") < shown.GetProperty("members").GetInt32())
            {
                progress = watch.Elapsed.TotalSeconds;
            }

            if (shown.GetProperty("state").GetString() != "running" || watch.Elapsed > limit)
            {
                return new Followed(progress, watch.Elapsed.TotalSeconds, Of("accepted") + Of("transmitted") + Of("acknowledged"), Of("confirmed"), Of("expired"), peak);
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private static string OtherOf(int number) => string.Create(CultureInfo.InvariantCulture, $"other{number:D5}");

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancellationToken) => answer.StatusCode == expected
        ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
        : throw new InvalidOperationException($"{(int)answer.StatusCode} where {(int)expected} was expected: {await answer.Content.ReadAsStringAsync(cancellationToken)}");

    private static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    private sealed record Singles(IReadOnlyCollection<double> Millis, int Lost);

    private sealed record Followed(double FirstProgress, double Final, int Unfinished, int Confirmed, int Expired, long PeakBytes);
}
