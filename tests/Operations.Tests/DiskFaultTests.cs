using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Silo.Maintenance;
using Grid.Storage.Checking;
using Grid.Tests.Host;

namespace Grid.Tests.Operations;

/// <summary>A disk that answers with an error, or slowly, below the real program: what was acknowledged stays, and the rest is said.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const string Meter = "METER-0";
    private const int Most = 2_000;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Data => _scratch["data"];

    private string LogFile => Path.Combine(Data, "log", "0000000000000001.log");

    [Theory]
    [InlineData("fdatasync")]
    [InlineData("pwrite64,pwritev,pwritev2")]
    public async Task When_the_disk_of_the_log_fails_it_takes_nothing_more_says_so_and_a_restart_has_all_that_was_acknowledged(string calls)
    {
        var acknowledged = 0;
        await using (var grid = await GridProcess.StartAsync(Data, InjectedFault.In(calls, "error=EIO:when=150+", _scratch["trace"], LogFile)))
        {
            await RegisterAsync(grid.Http, Meter);
            for (var round = 1; await PostAsync(grid.Http, round) is HttpStatusCode.OK; round++)
            {
                acknowledged = round;
                Assert.True(round < Most, "the disk never failed");
            }

            // From here on nobody knows what is on the disk: nothing is taken, however often it is tried.
            for (var again = 0; again < 3; again++)
            {
                Assert.NotEqual(HttpStatusCode.OK, await PostAsync(grid.Http, 1_000_000));
            }

            Assert.Contains("grid_log_stopped_total 1", await grid.Http.GetStringAsync("/metrics"));
            Assert.Contains("The reading log has stopped", grid.Said);
            await KillAsync(grid);
        }

        Assert.True(acknowledged > 0);
        AssertWhole();
        await using var server = await GridServer.StartInAsync(Data);
        var shown = 0.0;
        await Eventually.IsAsync(true, async () => (shown = await City.IndexAsync(server, Meter) ?? 0) >= 1_000 + acknowledged);

        // The one whose answer was an error may have been written; nothing that came after it.
        Assert.InRange(shown, 1_000 + acknowledged, 1_000 + acknowledged + 1);
    }

    [Fact]
    public async Task When_the_disk_of_the_registry_fails_no_registration_is_acknowledged_that_a_restart_does_not_have()
    {
        var acknowledged = 0;
        await using (var grid = await GridProcess.StartAsync(
            Data, InjectedFault.In("fdatasync,fsync", "error=EIO:when=60+", _scratch["trace"], Path.Combine(Data, "registry.db-wal"))))
        {
            while (await RegisterAsync(grid.Http, $"METER-{acknowledged}") is HttpStatusCode.Created)
            {
                Assert.True(++acknowledged < Most, "the disk never failed");
            }

            Assert.Contains("registry", grid.Said);
            await KillAsync(grid);
        }

        Assert.True(acknowledged > 0);
        AssertWhole();
        await using var server = await GridServer.StartInAsync(Data);
        for (var number = 0; number < acknowledged; number++)
        {
            using var device = await server.Http.GetAsync($"/api/v1/devices/METER-{number}");
            Assert.Equal(HttpStatusCode.OK, device.StatusCode);
        }
    }

    [Fact]
    public async Task When_the_disk_of_history_fails_readings_go_on_the_log_keeps_them_and_a_restart_has_them_in_history()
    {
        var today = DateTime.UtcNow.Date;
        var history = Path.Combine(Data, "history");
        string[] files = [.. Enumerable.Range(0, 2).Select(day => string.Create(CultureInfo.InvariantCulture, $"raw-{today.AddDays(day):yyyy-MM-dd}.db")).SelectMany(file => (string[])[file, file + "-wal"])];
        await using (var grid = await GridProcess.StartAsync(
            Data, InjectedFault.In("fdatasync,fsync", "error=EIO", _scratch["trace"], [.. files.Select(file => Path.Combine(history, file))])))
        {
            await RegisterAsync(grid.Http, Meter);
            for (var round = 1; round <= 20; round++)
            {
                Assert.Equal(HttpStatusCode.OK, await PostAsync(grid.Http, round));
            }

            // A stop makes history durable, and here it cannot.
            await grid.SignalAsync("TERM", grid.ProcessOfGrid());
            await grid.EndedAsync();
            Assert.Contains("History could not be made durable at the stop", grid.Said);
        }

        AssertWhole();
        await using var server = await GridServer.StartInAsync(Data);
        await Eventually.IsAsync(20, async () =>
        {
            var answer = await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{Meter}/history?metric=indexLitres&from={today.AddDays(-1):yyyy-MM-dd}T00:00:00Z");
            return answer.GetProperty("points").GetArrayLength();
        });
    }

    [Fact]
    public async Task On_a_slow_disk_answers_wait_for_the_sync_and_what_waits_shares_the_next_one()
    {
        // Bodies whose length is not told count as the largest: more of them at once would be refused for memory.
        const int Senders = 24;
        const int DelayMicroseconds = 150_000;
        var delay = TimeSpan.FromMicroseconds(DelayMicroseconds);
        await using var grid = await GridProcess.StartAsync(
            Data, InjectedFault.In("fdatasync", string.Create(CultureInfo.InvariantCulture, $"delay_enter={DelayMicroseconds}"), _scratch["trace"], LogFile));
        await RegisterAsync(grid.Http, Meter);
        var before = File.ReadLines(_scratch["trace"]).Count();

        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(HttpStatusCode.OK, await PostAsync(grid.Http, 1));
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= delay, "an answer left before the sync");

        var answers = await Task.WhenAll(Enumerable.Range(2, Senders).Select(async round =>
        {
            started = TimeProvider.System.GetTimestamp();
            return await PostAsync(grid.Http, round);
        }));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        var syncs = File.ReadLines(_scratch["trace"]).Count() - before;
        Assert.InRange(syncs, 2, Senders / 2);
    }

    private void AssertWhole() => Assert.DoesNotContain(
        DirectoryCheck.Run(Data, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None).Findings, finding => finding.Kind == FindingKind.Damage);

    private static async Task KillAsync(GridProcess grid)
    {
        await grid.SignalAsync("KILL", grid.ProcessOfGrid());
        await grid.EndedAsync();
    }

    private static async Task<HttpStatusCode> RegisterAsync(HttpClient http, string device)
    {
        using var put = await http.PutAsJsonAsync($"/api/v1/devices/{device}", new { kind = "meter", commune = "29019", attributes = new { fluid = "water" } });
        return put.StatusCode;
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, int round)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var answer = await http.PostAsJsonAsync("/api/v1/readings", new[] { new { device = Meter, time, metrics = new { indexLitres = 1_000 + round } } });
        return answer.StatusCode;
    }
}
