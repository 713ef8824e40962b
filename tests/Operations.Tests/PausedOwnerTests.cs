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
    public async Task What_a_paused_owner_was_about_to_append_is_refused_and_all_that_either_acknowledged_is_there_once()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: true);
        string[] settings = ["--Grid:Storage:Engine=Postgres", $"--Grid:Storage:Connection={server.Connection()}"];
        var (code, output, error) = await GridCommand.RunWithAsync(new() { ["Grid__Storage__Engine"] = "Postgres", ["Grid__Storage__Connection"] = server.Connection() }, "migrate");
        Assert.True(code == 0, output + error);
        var acknowledged = new SortedSet<double>();
        await using (var former = await GridProcess.StartWithAsync(_scratch["former"], settings))
        {
            using var put = await former.Http.PutAsJsonAsync($"/api/v1/devices/{Meter}", new { kind = "meter", commune = "29019", attributes = new { fluid = "water" } });
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            Assert.True(await PostAsync(former, 1, acknowledged));
            await former.SignalAsync("STOP");

            await using var owner = await GridProcess.StartWithAsync(_scratch["owner"], settings);
            Assert.True(await PostAsync(owner, 2, acknowledged));
            await former.SignalAsync("CONT");

            // It does not know yet that it was taken for dead.
            Assert.False(await PostAsync(former, 3, acknowledged));
            Assert.Contains("grid_log_refused_total{reason=\"fenced\"} 1", await former.Http.GetStringAsync("/metrics"));

            // From then on they take the partition from each other: each refusal is told to who sent, and sends again.
            for (var index = 4; index < 20; index++)
            {
                await PostAsync(index % 2 == 0 ? owner : former, index, acknowledged);
            }

            foreach (var grid in (GridProcess[])[former, owner])
            {
                await grid.SignalAsync("TERM");
                await grid.EndedAsync();
            }
        }

        await using var last = await GridProcess.StartWithAsync(_scratch["last"], settings);
        Assert.True(await PostAsync(last, 20, acknowledged));
        await Eventually.IsAsync(string.Join(' ', acknowledged), async () =>
        {
            var answer = await last.Http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{Meter}/history?metric=indexLitres");
            return string.Join(' ', answer.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("value").GetDouble()));
        });
    }

    private static async Task<bool> PostAsync(GridProcess grid, int index, SortedSet<double> acknowledged)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var answer = await grid.Http.PostAsJsonAsync("/api/v1/readings", new[] { new { device = Meter, time, metrics = new { indexLitres = index } } });
        return answer.StatusCode == HttpStatusCode.OK && acknowledged.Add(index);
    }
}
