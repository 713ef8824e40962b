using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.LoadTests.Crash;
using Grid.LoadTests.Ingest;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// The program is killed with SIGKILL under load, with many devices, and started again: how long until it takes readings, how long until all
/// that was acknowledged is in the figures, and whether all of it is.
/// </summary>
internal static class RecoveryScenario
{
    private const double ReadyWithinSeconds = 5;
    private const double CaughtUpWithinSeconds = 30;

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 500_000, 1_000, 2_000_000);
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 30, 1, 600));
        var senders = options.Number("senders", 4, 1, 64);
        var rate = options.Number("rate", 50_000, 0, 1_000_000);
        const int Size = 1_000;
        using var data = new DataFolder();
        var results = new List<Result> { new("devices", devices, "devices") };
        var failures = new List<string>();
        Acknowledgements acknowledged;
        await using (var silo = await SiloProcess.StartAsync(data.Path, devices, rate: 0, cancellationToken))
        {
            results.Add(new("provisionSeconds", silo.ReadyAfter.TotalSeconds, "s"));
            var reporting = await SenderFleet.DevicesAsync(silo.Http, "", cancellationToken);
            options.Tell("reportingDevices", reporting.Length.ToString(CultureInfo.InvariantCulture));
            acknowledged = new Acknowledgements(reporting, senders, Size);
            var interval = rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)senders * Size / rate);
            using var stop = new CancellationTokenSource();
            var sending = acknowledged.SendAsync(silo.Address, interval, stop.Token);
            await Task.Delay(duration, cancellationToken);
            results.Add(new("processBytesBefore", silo.WorkingSetBytes, "bytes"));
            await silo.KillAsync();
            await stop.CancelAsync();
            await sending;
        }

        await using (var silo = SiloProcess.Launch(data.Path, isQuiet: false, "--Grid:Demo:Rate=0"))
        {
            await silo.WaitUntilReadyAsync(cancellationToken);
            results.Add(new("readySeconds", silo.ReadyAfter.TotalSeconds, "s"));
            var department = await silo.Http.GetFromJsonAsync<JsonElement>("/api/v1/departments/29", cancellationToken);
            var counted = department.GetProperty("devices").GetProperty("total").GetInt64();
            if (counted != devices)
            {
                failures.Add($"ready with {counted} devices counted, and {devices} are registered");
            }

            await CrashVerification.WaitUntilWholeAsync(silo.Http, cancellationToken);
            var caughtUp = silo.SinceLaunch.TotalSeconds;
            results.Add(new("caughtUpSeconds", caughtUp, "s"));
            results.Add(new("processBytes", silo.WorkingSetBytes, "bytes"));
            var lost = await acknowledged.CountLostAsync(silo.Http, cancellationToken);
            results.Add(new("acknowledged", acknowledged.Readings, "readings"));
            results.Add(new("lost", lost, "readings"));
            failures.AddRange(await SumsOf(silo.Http, cancellationToken));
            if (lost > 0)
            {
                failures.Add($"{lost} acknowledged readings are not there");
            }

            if (silo.ReadyAfter.TotalSeconds > ReadyWithinSeconds)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"ready after {silo.ReadyAfter.TotalSeconds:F1} s, more than {ReadyWithinSeconds} s"));
            }

            if (caughtUp > CaughtUpWithinSeconds)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"caught up after {caughtUp:F1} s, more than {CaughtUpWithinSeconds} s"));
            }

            results.Add(new("stopSeconds", (await silo.StopAsync(cancellationToken)).TotalSeconds, "s"));
        }

        await using (var silo = SiloProcess.Launch(data.Path, isQuiet: false, "--Grid:Demo:Rate=0"))
        {
            await silo.WaitUntilReadyAsync(cancellationToken);
            results.Add(new("readySecondsAfterStop", silo.ReadyAfter.TotalSeconds, "s"));
            await CrashVerification.WaitUntilWholeAsync(silo.Http, cancellationToken);
            results.Add(new("caughtUpSecondsAfterStop", silo.SinceLaunch.TotalSeconds, "s"));
        }

        return new ScenarioOutcome(results, failures);
    }

    /// <summary>I1 over the territories: the department is the sum of its communes, and each commune counts what is registered there.</summary>
    private static async Task<List<string>> SumsOf(HttpClient http, CancellationToken cancellationToken)
    {
        var communes = new List<SortedDictionary<string, decimal>>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>(
                $"/api/v1/communes?department=29&limit=1000{(cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", cancellationToken);
            communes.AddRange(page.GetProperty("items").EnumerateArray().Select(TerritoryFold.Of));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        var department = TerritoryFold.Of(await http.GetFromJsonAsync<JsonElement>("/api/v1/departments/29", cancellationToken));
        return TerritoryFold.Difference(department, TerritoryFold.Sum(communes, isLightingOnly: false)) is { } difference ? [$"department 29 and the sum of its communes: {difference}"] : [];
    }
}
