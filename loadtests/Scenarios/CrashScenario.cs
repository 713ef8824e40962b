using System.Globalization;
using Grid.LoadTests.Crash;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// Kills the program with SIGKILL at moments that a seed decides, also while it starts and recovers, under a load of everything that is
/// acknowledged. After each start everything that was acknowledged is there, exactly once, and every sum equals what it is made of. With
/// <c>--plant forgetful-disk</c> it must find losses: that shows that it would.
/// </summary>
public static class CrashScenario
{
    /// <summary>Of ten starts, so many are killed before they are ready.</summary>
    private const int KilledInStartOfTen = 4;

    private const string NoPlant = "none";
    private const string ForgetfulDisk = "forgetful-disk";
    private const int ForgottenBytes = 16_384;

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var rounds = options.Number("rounds", 50, 1, 100_000);
        var seed = options.Number("seed", 1, 0, int.MaxValue);
        var devices = options.Number("devices", 300, 50, 5_000);
        var loadMillis = options.Number("load-millis", 2_500, 100, 600_000);
        var plant = options.Text("plant", NoPlant);
        if (plant is not (NoPlant or ForgetfulDisk))
        {
            throw new ArgumentException($"--plant is '{plant}'; {NoPlant} or {ForgetfulDisk} is expected.");
        }

        var random = new Random(seed);
        var report = new CrashReport();
        var fleet = new CrashFleet(devices);
        var load = new CrashLoad(fleet, seed, report);
        var verification = new CrashVerification(fleet, load, report);
        var kills = 0;
        var startKills = 0;
        var slowest = TimeSpan.Zero;
        using var data = new DataFolder();
        var database = await DatabaseOption.SettingsAsync(options, cancellationToken);

        await using (var first = Launch(data, database))
        {
            await first.WaitUntilReadyAsync(cancellationToken);
            await load.ProvisionAsync(first.Http, cancellationToken);
            await VerifyAsync(first);
            await LoadAndKillAsync(first);
        }

        for (report.Round = 1; report.Round <= rounds; report.Round++)
        {
            while (random.Next(10) < KilledInStartOfTen)
            {
                await using var started = Launch(data, database);
                await Task.Delay(random.Next(0, 2_500), cancellationToken);
                await started.KillAsync();
                startKills++;
            }

            await using var silo = Launch(data, database);
            await silo.WaitUntilReadyAsync(cancellationToken);
            slowest = silo.ReadyAfter > slowest ? silo.ReadyAfter : slowest;
            await VerifyAsync(silo);
            await LoadAndKillAsync(silo);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {report.Round} of {rounds}: {report.AcknowledgedCount:N0} acknowledged, {report.LostCount} lost, {report.DuplicatedCount} duplicated, {report.WrongCount} wrong; ready after {silo.ReadyAfter.TotalSeconds:F1} s"));
        }

        await using (var last = Launch(data, database))
        {
            await last.WaitUntilReadyAsync(cancellationToken);
            await VerifyAsync(last);
        }

        return new ScenarioOutcome(
            [
                new("rounds", rounds, "rounds"),
                new("acknowledged", report.AcknowledgedCount, "requests"),
                new("lost", report.LostCount, "requests"),
                new("duplicated", report.DuplicatedCount, "requests"),
                new("wrong", report.WrongCount, "figures"),
                new("commands", load.Commands.Count, "commands"),
                new("kills", kills, "kills"),
                new("killsInStart", startKills, "kills"),
                new("slowestReadySeconds", slowest.TotalSeconds, "s"),
            ],
            report.Failures);

        async Task VerifyAsync(SiloProcess silo)
        {
            try
            {
                await verification.RunAsync(silo.Http, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && report.Failures.Count > 0)
            {
                // An answer that was wrong is in the report, and has ended the look at the rest.
            }
            catch (HttpRequestException broken)
            {
                report.Wrong($"the program stopped answering while it was asked ({broken.Message}); {silo.Ending()}");
            }
        }

        async Task LoadAndKillAsync(SiloProcess silo)
        {
            using var stop = new CancellationTokenSource();
            var sending = load.RunAsync(silo.Http, stop.Token);
            await Task.Delay(random.Next(50, loadMillis), cancellationToken);
            if (silo.HasExited)
            {
                report.Wrong($"the program ended by itself: {silo.Ending()}");
            }

            await silo.KillAsync();
            kills++;
            await stop.CancelAsync();
            await sending;
            if (plant == ForgetfulDisk)
            {
                Forget(data);
            }
        }
    }

    /// <summary>Takes away what was written last, as a disk does that answers a sync and has not done it.</summary>
    private static void Forget(DataFolder data)
    {
        var newest = Directory.GetFiles(Path.Combine(data.Path, "log"), "*.log").Max(StringComparer.Ordinal)!;
        using var segment = File.Open(newest, FileMode.Open);
        segment.SetLength(Math.Max(segment.Length / 2, segment.Length - ForgottenBytes));
    }

    private static SiloProcess Launch(DataFolder data, string[] settings) => SiloProcess.Launch(data.Path, isQuiet: true, ["--Grid:Demo:Enabled=false", .. settings]);
}
