using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Tests.Database;

namespace Grid.Tests.Operations;

/// <summary>Two programs on one database: the one that was paused, and is taken for dead, resumes after the other took its partitions.</summary>
public sealed class PausedOwnerTests : IDisposable
{
    private const string Meter = "METER-0";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_paused_owner_that_resumes_acknowledges_nothing_and_changes_nothing_of_what_the_new_one_has()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: true);
        string[] settings = ["--Grid:Storage:Engine=Postgres", $"--Grid:Storage:Connection={server.Connection()}"];
        var (code, output, error) = await GridCommand.RunWithAsync(new() { ["Grid__Storage__Engine"] = "Postgres", ["Grid__Storage__Connection"] = server.Connection() }, "migrate");
        Assert.True(code == 0, output + error);

        await using var former = await GridProcess.StartWithAsync(_scratch["former"], settings);
        using var put = await former.Http.PutAsJsonAsync($"/api/v1/devices/{Meter}", new { kind = "meter", commune = "29019", attributes = new { fluid = "water" } });
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(former.Http, 1));
        await former.SignalAsync("STOP");

        await using var owner = await GridProcess.StartWithAsync(_scratch["owner"], settings);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(owner.Http, 2));
        await former.SignalAsync("CONT");

        for (var again = 0; again < 3; again++)
        {
            Assert.NotEqual(HttpStatusCode.OK, await PostAsync(former.Http, 500));
        }

        Assert.Equal(HttpStatusCode.OK, await PostAsync(owner.Http, 3));
        await Eventually.IsAsync<double?>(1_003, async () =>
        {
            var device = await owner.Http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{Meter}");
            return device.GetProperty("reported").TryGetProperty("indexLitres", out var index) ? index.GetProperty("value").GetDouble() : null;
        });
        Assert.Contains("grid_log_refused_total{reason=\"fenced\"}", await former.Http.GetStringAsync("/metrics"));
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, int round)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var answer = await http.PostAsJsonAsync("/api/v1/readings", new[] { new { device = Meter, time, metrics = new { indexLitres = 1_000 + round } } });
        return answer.StatusCode;
    }
}
