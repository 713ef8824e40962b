using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Tests.Host;
using Microsoft.AspNetCore.Http;

namespace Grid.Tests.Gateway.Commands;

/// <summary>A controller behind plain HTTP loads the program of its plan, with the whole program. What takes time is waited for with a bound.</summary>
public sealed class HttpControllerTests
{
    [Fact]
    public async Task A_cabinet_loads_its_program_acknowledges_it_and_reports_that_it_runs_it()
    {
        await using var cabinet = await HttpDevice.StartAsync(async (http, _) => await http.Response.WriteAsJsonAsync(new { status = "acknowledged" }));
        await using var server = await GridServer.StartAsync();
        await PutAsync(server, "/api/v1/devices/A1", JsonSerializer.Serialize(new
        {
            kind = "cabinet",
            commune = "29232",
            connector = new { type = "http", url = cabinet.Address + "/desired", secret = HttpDevice.Secret },
        }));
        await PutAsync(server, "/api/v1/lighting-plans/night", """
            {"name":"Night","programs":{"n":[{"at":"civilDusk+00:05","percent":100},{"at":"23:00","percent":0},{"at":"sunrise-01:00","percent":100,"rampSeconds":60},{"at":"sunrise","percent":0}]},
             "calendar":[{"when":"always","program":"n","priority":0}],
             "overrides":[{"from":"2199-07-14T22:00","to":"2199-07-15T02:00","percent":80,"reason":"feast"}]}
            """);
        await PutAsync(server, "/api/v1/lighting-plans/night/assignments", """[{"commune":"29232"}]""");

        var acknowledged = await UntilAsync(server, "acknowledged");
        var request = Assert.Single(cabinet.Requests);
        Assert.Equal(request.ExpectedSignature, request.Headers["webhook-signature"]);
        Assert.Equal(request.Headers["webhook-id"], request.Json.GetProperty("command").GetString());
        Assert.Equal(("A1", "loadProgram"), (request.Json.GetProperty("device").GetString(), request.Json.GetProperty("name").GetString()));
        var program = request.Json.GetProperty("program");
        var version = program.GetProperty("version").GetInt64();
        Assert.Equal(
            ["civilDusk+00:05", "23:00", "sunrise-01:00", "sunrise"],
            program.GetProperty("programs")[0].EnumerateArray().Select(point => point.GetProperty("at").GetString()));
        Assert.Equal(("night", 1, "Europe/Paris"), (program.GetProperty("plan").GetString(), program.GetProperty("planVersion").GetInt32(), program.GetProperty("zone").GetString()));
        Assert.Equal("2199-07-14T22:00", program.GetProperty("spans")[0].GetProperty("from").GetString());
        Assert.Equal((version, "commune:29232"), (acknowledged.GetProperty("programVersion").GetInt64(), acknowledged.GetProperty("assignedBy").GetString()));

        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var reading = Json($$$"""[{"device":"A1","time":"{{{time}}}","metrics":{"programVersion":{{{version.ToString(CultureInfo.InvariantCulture)}}}}}]""");
        await (await server.Http.PostAsync("/api/v1/readings", reading)).JsonAsync();
        Assert.Equal(version, (await UntilAsync(server, "running")).GetProperty("reportedVersion").GetInt64());

        var plan = await (await server.Http.GetAsync("/api/v1/lighting-plans/night")).JsonAsync();
        Assert.Equal(1, plan.GetProperty("controllers").GetProperty("running").GetInt32());
        Assert.Single(cabinet.Requests);
    }

    [Fact]
    public async Task Controllers_are_listed_in_pages_and_a_bad_question_is_refused()
    {
        await using var server = await GridServer.StartAsync();
        foreach (var id in (string[])["A1", "A2", "A3"])
        {
            await PutAsync(server, $"/api/v1/devices/{id}", """{"kind":"streetlight","commune":"29232"}""");
        }

        await PutAsync(server, "/api/v1/lighting-plans/night", """{"name":"Night","programs":{"n":[{"at":"sunset","percent":100}]},"calendar":[{"when":"always","program":"n","priority":0}]}""");
        await PutAsync(server, "/api/v1/lighting-plans/night/assignments", """[{"commune":"29232"}]""");
        await Eventually.HoldsAsync("all three are driven live", async () => (await PageAsync(server, "state=live")).GetProperty("items").GetArrayLength() == 3);

        var found = new List<string>();
        var cursor = string.Empty;
        do
        {
            var page = await PageAsync(server, $"limit=1{cursor}");
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("device").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : null;
        }
        while (cursor is not null);

        Assert.Equal(["A1", "A2", "A3"], found.Order());
        Assert.Empty((await PageAsync(server, "state=running")).GetProperty("items").EnumerateArray());
        await (await server.Http.GetAsync("/api/v1/lighting-plans/night/controllers?state=asleep")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await server.Http.GetAsync("/api/v1/lighting-plans/day/controllers")).ProblemAsync(HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> PageAsync(GridServer server, string query) =>
        await (await server.Http.GetAsync($"/api/v1/lighting-plans/night/controllers?{query}")).JsonAsync();

    private static async Task<JsonElement> UntilAsync(GridServer server, string state)
    {
        var items = default(JsonElement);
        await Eventually.HoldsAsync($"a controller is {state}", async () => (items = (await PageAsync(server, $"state={state}")).GetProperty("items")).GetArrayLength() > 0);
        return items[0];
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task PutAsync(GridServer server, string path, string text)
    {
        using var body = Json(text);
        using var answer = await server.Http.PutAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
