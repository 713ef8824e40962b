using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>From a pilot commune to its syndicate, over the real grains and storage.</summary>
public sealed class PromotionTests : IDisposable
{
    private const string Test = "/api/v1/promotions/test";
    private const string Body = """{"from":"commune:29155","to":"syndicate:200068120"}""";

    private readonly string _data = Directory.CreateTempSubdirectory("grid-promotion-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_the_pilot_has_is_shown_first_and_then_holds_in_the_body()
    {
        await using var server = await StartAsync();
        var shown = await (await PostAsync(server, Test, Body)).JsonAsync();
        Assert.Equal(
            [
                "parameter bin.batteryLowPercent new none -> 30, 1 of 2",
                "parameter bin.fireCelsius replaced 85 -> 70, 1 of 2",
                "plan night new none -> plan night, 1 of 2",
                "plan park blocked plan parks -> plan park, 1 of 2: cannot be assigned: plan 'parks' is assigned to the same",
                "rule draft blocked commune:29155 -> syndicate:200068120, 1 of 2: is a draft: publish it in the pilot first",
                "rule full replaced commune:29155 -> syndicate:200068120, 1 of 2",
            ],
            Told(shown).Order(StringComparer.Ordinal));
        Assert.Equal(1, (await RolloutAsync(server)).Sectors);

        // Only what was looked at is carried out.
        await (await PostAsync(server, "/api/v1/promotions", Body)).ErrorAsync(HttpStatusCode.BadRequest, "difference");
        var carriesOut = $$"""{"from":"commune:29155","to":"syndicate:200068120","difference":"{{shown.GetProperty("difference").GetString()}}"}""";
        await PutAsync(server, "/api/v1/communes/29155/parameters", """{"bin":{"fireCelsius":75,"batteryLowPercent":30}}""");
        await (await PostAsync(server, "/api/v1/promotions", carriesOut)).ProblemAsync(HttpStatusCode.Conflict);
        await PutAsync(server, "/api/v1/communes/29155/parameters", """{"bin":{"fireCelsius":70,"batteryLowPercent":30}}""");
        var done = await (await PostAsync(server, "/api/v1/promotions", carriesOut)).JsonAsync();
        Assert.All(done.GetProperty("items").EnumerateArray(), item => Assert.Equal(
            item.GetProperty("change").GetString() == "blocked" ? JsonValueKind.Null : JsonValueKind.True, item.GetProperty("isDone").ValueKind));

        var parameters = await (await server.Http.GetAsync("/api/v1/bodies/200068120/parameters")).JsonAsync();
        Assert.Equal("""{"bin":{"batteryLowPercent":30,"fireCelsius":70}}""", parameters.GetProperty("parameters").GetRawText());
        var plan = await (await server.Http.GetAsync("/api/v1/lighting-plans/night")).JsonAsync();
        Assert.Equal(["29155 ", " 200068120"], plan.GetProperty("assignments").EnumerateArray().Select(item => $"{Text(item, "commune")} {Text(item, "syndicate")}"));
        var rule = await (await server.Http.GetAsync("/api/v1/rules/full")).JsonAsync();
        Assert.Equal(("syndicate:200068120", 2), (rule.GetProperty("scope").GetString(), rule.GetProperty("published").GetInt32()));

        // Publishing is complete when no sector runs the old version.
        await Eventually.HoldsAsync("every sector follows the new version", async () => await RolloutAsync(server) is (2, 2, true));
        var again = await (await PostAsync(server, Test, Body)).JsonAsync();
        Assert.Equal(["blocked", "blocked", "same", "same", "same"], again.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("change").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_promotion_that_cannot_be_is_refused_by_field()
    {
        await using var server = await StartAsync();
        foreach (var (body, field) in new[]
        {
            ("""{"from":"commune:99999","to":"all"}""", "from"),
            ("""{"from":"department:29","to":"all"}""", "from"),
            ("""{"from":"commune:29155","to":"syndicate:999"}""", "to"),
            ("""{"from":"commune:35238","to":"syndicate:200068120"}""", "to"),
            ("""{"from":"syndicate:200068120","to":"syndicate:200068120"}""", "to"),
            ("""{"from":"commune:35238","to":"department:29"}""", "to"),
            ("""{"from":"commune:29155","to":"all","parts":["rules","devices"]}""", "parts"),
            ("""{"from":"commune:29155","to":"all","parts":[]}""", "parts"),
        })
        {
            Assert.NotEmpty(await (await PostAsync(server, Test, body)).ErrorAsync(HttpStatusCode.BadRequest, field));
        }
    }

    [Fact]
    public async Task A_department_gets_the_rules_and_says_why_not_the_rest()
    {
        await using var server = await StartAsync();
        var shown = await (await PostAsync(server, Test, """{"from":"commune:29155","to":"department:29"}""")).JsonAsync();
        Assert.All(shown.GetProperty("items").EnumerateArray(), item => Assert.Equal(
            item.GetProperty("id").GetString() == "full" ? "replaced" : "blocked", item.GetProperty("change").GetString()));
    }

    private async Task<GridServer> StartAsync()
    {
        var server = await GridServer.StartInAsync(_data);
        await PutAsync(server, "/api/v1/bodies/200068120", """{"name":"S","kind":"syndicate","members":[{"commune":"29155"},{"commune":"29001"}]}""");
        foreach (var commune in new[] { "29155", "29001" })
        {
            await PutAsync(server, $"/api/v1/devices/B{commune}", $$"""{"kind":"bin","commune":"{{commune}}"}""");
            await PutAsync(server, $"/api/v1/devices/L{commune}", $$"""{"kind":"streetlight","commune":"{{commune}}"}""");
        }

        await PutAsync(server, "/api/v1/communes/29155/parameters", """{"bin":{"fireCelsius":70,"batteryLowPercent":30}}""");
        await PutAsync(server, "/api/v1/bodies/200068120/parameters", """{"bin":{"fireCelsius":85}}""");
        const string Plan = """{"name":"Nuit","programs":{"p":[{"at":"sunset","percent":100},{"at":"sunrise","percent":0}]},"calendar":[{"when":"always","program":"p","priority":1}]}""";
        foreach (var (id, assignments) in new[] { ("night", """[{"commune":"29155"}]"""), ("park", """[{"commune":"29155","group":"park"}]"""), ("parks", """[{"syndicate":"200068120","group":"park"}]""") })
        {
            await PutAsync(server, $"/api/v1/lighting-plans/{id}", Plan);
            await PutAsync(server, $"/api/v1/lighting-plans/{id}/assignments", assignments);
        }

        await PutAsync(server, "/api/v1/rules/full", """{"name":"Plein","scope":"commune:29155","text":"when fillPercent > 60 then open work order"}""");
        await (await PostAsync(server, "/api/v1/rules/full/publish", "")).JsonAsync();
        await PutAsync(server, "/api/v1/rules/draft", """{"name":"Brouillon","scope":"commune:29155","text":"when fillPercent > 50 then open work order"}""");
        await Eventually.HoldsAsync("the figures count the devices", async () =>
            (await (await server.Http.GetAsync("/api/v1/syndicates/200068120")).JsonAsync()).GetProperty("devices").GetProperty("total").GetInt32() == 4);
        return server;
    }

    private static async Task<(int Sectors, int Following, bool IsComplete)> RolloutAsync(GridServer server)
    {
        var rollout = await (await server.Http.GetAsync("/api/v1/rules/full/rollout")).JsonAsync();
        return (rollout.GetProperty("sectors").GetInt32(), rollout.GetProperty("following").GetInt32(), rollout.GetProperty("isComplete").GetBoolean());
    }

    private static IEnumerable<string> Told(JsonElement promotion) => promotion.GetProperty("items").EnumerateArray().Select(item =>
        $"{Text(item, "what")} {Text(item, "id")} {Text(item, "change")} {Text(item, "before") ?? "none"} -> {Text(item, "after")}, {item.GetProperty("pilotDevices")} of {item.GetProperty("devices")}"
        + (Text(item, "reason") is { } reason ? $": {reason}" : ""));

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task PutAsync(GridServer server, string path, string body)
    {
        var answer = await server.Http.PutAsync(path, Json(body));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> PostAsync(GridServer server, string path, string body) => server.Http.PostAsync(path, Json(body));

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
