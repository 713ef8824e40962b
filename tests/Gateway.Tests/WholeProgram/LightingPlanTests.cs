using System.Net;
using System.Text.Json;
using Grid.Contracts.Storage;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Lighting plans by their REST face, over the real grains and storage.</summary>
public sealed class LightingPlanTests : IDisposable
{
    private const string Midnight = """
        {"name":"Extinction","decision":{"reference":"2026-114","date":"2026-03-12"},
         "programs":{"night":[{"at":"sunset","percent":100},{"at":"23:00","percent":0},{"at":"05:30","percent":100},{"at":"sunrise","percent":0}],
                     "feast":[{"at":"sunset","percent":100,"rampSeconds":30},{"at":"sunrise","percent":0}]},
         "calendar":[{"when":"always","program":"night","priority":0},{"when":"07-14","program":"feast","priority":10}]}
        """;

    private readonly string _data = Directory.CreateTempSubdirectory("grid-plans-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_plan_is_created_shown_listed_replaced_and_removed()
    {
        await using var server = await GridServer.StartInAsync(_data);
        var answer = await PutAsync(server, "/api/v1/lighting-plans/extinction", Midnight);
        Assert.Equal("/api/v1/lighting-plans/extinction", answer.Headers.Location?.ToString());
        var created = await answer.JsonAsync(HttpStatusCode.Created);
        Assert.Equal((1, "2026-114", "2026-03-12"), (created.GetProperty("version").GetInt32(), created.GetProperty("decision").GetProperty("reference").GetString(), created.GetProperty("decision").GetProperty("date").GetString()));
        Assert.Equal("05:30", created.GetProperty("programs").GetProperty("night")[2].GetProperty("at").GetString());

        // The same again is no new version; another one is.
        Assert.Equal(1, (await (await PutAsync(server, "/api/v1/lighting-plans/extinction", Midnight)).JsonAsync()).GetProperty("version").GetInt32());
        Assert.Equal(2, (await (await PutAsync(server, "/api/v1/lighting-plans/extinction", Midnight.Replace("23:00", "22:30", StringComparison.Ordinal))).JsonAsync()).GetProperty("version").GetInt32());

        await (await PutAsync(server, "/api/v1/lighting-plans/dimming", Midnight)).JsonAsync(HttpStatusCode.Created);
        var first = await (await server.Http.GetAsync("/api/v1/lighting-plans?limit=1")).JsonAsync();
        Assert.Equal("dimming", Assert.Single(first.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        var second = await (await server.Http.GetAsync($"/api/v1/lighting-plans?limit=1&cursor={first.GetProperty("nextCursor").GetString()}")).JsonAsync();
        Assert.Equal("extinction", Assert.Single(second.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);

        Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync("/api/v1/lighting-plans/dimming")).StatusCode);
        await (await server.Http.DeleteAsync("/api/v1/lighting-plans/dimming")).ProblemAsync(HttpStatusCode.NotFound);
        await (await server.Http.GetAsync("/api/v1/lighting-plans/dimming")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(3, (await (await PutAsync(server, "/api/v1/lighting-plans/extinction", Midnight)).JsonAsync()).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_plan_outlives_a_restart_and_a_removed_one_comes_back_newer()
    {
        await using (var server = await GridServer.StartInAsync(_data))
        {
            await (await PutAsync(server, "/api/v1/lighting-plans/kept", Midnight)).JsonAsync(HttpStatusCode.Created);
            await (await PutAsync(server, "/api/v1/lighting-plans/kept/assignments", """[{"commune":"29019"}]""")).JsonAsync();
            await (await PutAsync(server, "/api/v1/lighting-plans/gone", Midnight)).JsonAsync(HttpStatusCode.Created);
            await server.Http.DeleteAsync("/api/v1/lighting-plans/gone");
        }

        await using var again = await GridServer.StartInAsync(_data);
        var kept = Assert.Single((await (await again.Http.GetAsync("/api/v1/lighting-plans")).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(("kept", "29019"), (kept.GetProperty("id").GetString(), kept.GetProperty("assignments")[0].GetProperty("commune").GetString()));
        Assert.Equal("sunset", (await (await again.Http.GetAsync("/api/v1/lighting-plans/kept")).JsonAsync()).GetProperty("programs").GetProperty("feast")[0].GetProperty("at").GetString());
        Assert.Equal(2, (await (await PutAsync(again, "/api/v1/lighting-plans/gone", Midnight)).JsonAsync(HttpStatusCode.Created)).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_preview_shows_the_night_of_a_commune_in_its_own_time()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/lighting-plans/p", Midnight)).JsonAsync(HttpStatusCode.Created);

        var night = await (await server.Http.GetAsync("/api/v1/lighting-plans/p/preview?commune=29019&date=2026-11-26")).JsonAsync();
        Assert.Equal(("night", "Europe/Paris"), (night.GetProperty("program").GetString(), night.GetProperty("zone").GetString()));
        Assert.Equal(["2026-11-26T23:00:00+01:00", "2026-11-27T05:30:00+01:00"], night.GetProperty("points").EnumerateArray().Skip(1).Take(2).Select(point => point.GetProperty("local").GetString()));
        Assert.Equal("2026-11-26T22:00:00.000Z", night.GetProperty("points")[1].GetProperty("at").GetString());
        var sunset = night.GetProperty("sunset").GetDateTimeOffset();
        var sunrise = night.GetProperty("sunrise").GetDateTimeOffset();
        Assert.Equal((sunrise - sunset).TotalHours - 6.5, night.GetProperty("litHours").GetDouble(), 0.001);

        Assert.Equal("feast", (await (await server.Http.GetAsync("/api/v1/lighting-plans/p/preview?commune=29019&date=2027-07-14")).JsonAsync()).GetProperty("program").GetString());
        await (await server.Http.GetAsync("/api/v1/lighting-plans/p/preview?commune=99999&date=2026-11-26")).ErrorAsync(HttpStatusCode.BadRequest, "commune");
        await (await server.Http.GetAsync("/api/v1/lighting-plans/p/preview?commune=29019&date=26/11/2026")).ErrorAsync(HttpStatusCode.BadRequest, "date");
        await (await server.Http.GetAsync("/api/v1/lighting-plans/q/preview?commune=29019&date=2026-11-26")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_hours_of_the_law_warn_in_the_plan_and_in_its_preview()
    {
        await using var server = await GridServer.StartInAsync(_data);
        var plan = Midnight.Replace("\"programs\"", "\"installation\":{\"category\":\"facade\"},\"programs\"", StringComparison.Ordinal);
        var created = await (await PutAsync(server, "/api/v1/lighting-plans/p", plan)).JsonAsync(HttpStatusCode.Created);
        Assert.Equal("is lit after 01:00", Assert.Single(created.GetProperty("warnings").EnumerateArray()).GetProperty("message").GetString());

        // Not in June, when the sun rises before the morning point would light.
        var winter = await (await server.Http.GetAsync("/api/v1/lighting-plans/p/preview?commune=67482&date=2026-11-26")).JsonAsync();
        Assert.Equal("2026-11-27T04:30:00.000Z", Assert.Single(winter.GetProperty("warnings").EnumerateArray()).GetProperty("from").GetString());
        Assert.Empty((await (await server.Http.GetAsync("/api/v1/lighting-plans/p/preview?commune=67482&date=2026-06-20")).JsonAsync()).GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task The_most_particular_assignment_gives_a_light_its_plan()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await PutAsync(server, "/api/v1/bodies/999000029", """{"name":"S","kind":"syndicate","members":[{"commune":"29019","kinds":["streetlight","cabinet"]},{"commune":"29232","kinds":["bin"]}]}""");
        foreach (var (id, body) in new (string, string)[]
        {
            ("A1", """{"kind":"cabinet","commune":"29019"}"""),
            ("L1", """{"kind":"streetlight","commune":"29019","attributes":{"cabinet":"A1","passive":true}}"""),
            ("L2", """{"kind":"streetlight","commune":"29019","attributes":{"cabinet":"A1","group":"centre"}}"""),
            ("L3", """{"kind":"streetlight","commune":"29019","attributes":{"group":"centre"}}"""),
            ("L4", """{"kind":"streetlight","commune":"29019"}"""),
            ("L5", """{"kind":"streetlight","commune":"29232"}"""),
        })
        {
            await (await PutAsync(server, $"/api/v1/devices/{id}", body)).JsonAsync(HttpStatusCode.Created);
        }

        foreach (var (plan, assignments) in new (string, string)[]
        {
            ("body", """[{"syndicate":"999000029"}]"""),
            ("centre", """[{"commune":"29019","group":"centre"}]"""),
            ("cabinet", """[{"cabinet":"A1"}]"""),
            ("one", """[{"ids":["L2"]}]"""),
        })
        {
            await (await PutAsync(server, $"/api/v1/lighting-plans/{plan}", Midnight)).JsonAsync(HttpStatusCode.Created);
            await (await PutAsync(server, $"/api/v1/lighting-plans/{plan}/assignments", assignments)).JsonAsync();
        }

        Assert.Equal(("cabinet", "cabinet:A1"), await PlanOfAsync("A1"));
        Assert.Equal(("cabinet", "cabinet:A1"), await PlanOfAsync("L1"));
        Assert.Equal(("one", "device:L2"), await PlanOfAsync("L2"));
        Assert.Equal(("centre", "commune:29019/centre"), await PlanOfAsync("L3"));
        Assert.Equal(("body", "syndicate:999000029"), await PlanOfAsync("L4"));

        // Its safety minimum holds where the plan would have it dark.
        await PutAsync(server, "/api/v1/devices/L4", """{"kind":"streetlight","commune":"29019","attributes":{"safetyMinimumPercent":20}}""");
        var safe = await (await server.Http.GetAsync("/api/v1/devices/L4/night?date=2026-11-26")).JsonAsync();
        Assert.Equal([100, 20, 100, 0], safe.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("percent").GetDouble()));

        // The body is not competent for lighting there.
        await (await server.Http.GetAsync("/api/v1/devices/L5/night?date=2026-11-26")).ProblemAsync(HttpStatusCode.NotFound);

        // Nothing is under two plans of the same rank, and a removed plan sets free what it had.
        Assert.Contains("plan one", await (await PutAsync(server, "/api/v1/lighting-plans/centre/assignments", """[{"ids":["L2"]}]""")).ErrorAsync(HttpStatusCode.BadRequest, "[0].ids[0]"), StringComparison.Ordinal);
        await server.Http.DeleteAsync("/api/v1/lighting-plans/one");
        Assert.Equal(("cabinet", "cabinet:A1"), await PlanOfAsync("L2"));

        async Task<(string?, string?)> PlanOfAsync(string device)
        {
            var night = await (await server.Http.GetAsync($"/api/v1/devices/{device}/night?date=2026-11-26")).JsonAsync();
            return (night.GetProperty("plan").GetString(), night.GetProperty("assignedBy").GetString());
        }
    }

    [Theory]
    [InlineData("[{}]", "[0]")]
    [InlineData("""[{"commune":"29019","cabinet":"A1"}]""", "[0]")]
    [InlineData("""[{"commune":"99999"}]""", "[0].commune")]
    [InlineData("""[{"syndicate":"999000029"}]""", "[0].syndicate")]
    [InlineData("""[{"cabinet":"L9"}]""", "[0].cabinet")]
    [InlineData("""[{"ids":["L9"]}]""", "[0].ids[0]")]
    [InlineData("""[{"cabinet":"L9","group":"x"}]""", "[0].group")]
    [InlineData("""[{"commune":"29019"},{"commune":"29019"}]""", "[1].commune")]
    public async Task A_bad_assignment_is_400_by_field(string body, string field)
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/lighting-plans/p", Midnight)).JsonAsync(HttpStatusCode.Created);
        await (await PutAsync(server, "/api/v1/lighting-plans/p/assignments", body)).ErrorAsync(HttpStatusCode.BadRequest, field);
        await (await PutAsync(server, "/api/v1/lighting-plans/none/assignments", "[]")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_bad_plan_is_400_by_field_and_changes_nothing()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/lighting-plans/p", """{"programs":{"n":[{"at":"sunset"}]},"calendar":[{"when":"always"}]}""")).ErrorAsync(HttpStatusCode.BadRequest, "name");
        await (await PutAsync(server, "/api/v1/lighting-plans/p", """{"name":"x","programs":{"n":[{"percent":1}]}}""")).ErrorAsync(HttpStatusCode.BadRequest, "programs.n[0].at");
        await (await PutAsync(server, "/api/v1/lighting-plans/p", Midnight.Replace("23:00", "24:00", StringComparison.Ordinal))).ErrorAsync(HttpStatusCode.BadRequest, "programs.night[1].at");
        await (await PutAsync(server, "/api/v1/lighting-plans/p", Midnight.Replace("07-14", "july", StringComparison.Ordinal))).ErrorAsync(HttpStatusCode.BadRequest, "calendar[1].when");
        await (await PutAsync(server, "/api/v1/lighting-plans/p", Midnight.Replace("\"calendar\"", "\"pauses\":[{\"from\":\"2026-07-14T12:00\",\"to\":\"2026-07-15T12:00\",\"cause\":\"event\",\"commune\":\"99999\"}],\"calendar\"", StringComparison.Ordinal)))
            .ErrorAsync(HttpStatusCode.BadRequest, "pauses[0].commune");
        await (await PutAsync(server, "/api/v1/lighting-plans/a%20b", Midnight)).ErrorAsync(HttpStatusCode.BadRequest, "id");
        await (await server.Http.GetAsync("/api/v1/lighting-plans/p")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Empty((await (await server.Http.GetAsync("/api/v1/lighting-plans")).JsonAsync()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Changes_are_audited_and_need_a_caller()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await PutAsync(server, "/api/v1/lighting-plans/p", Midnight);
        await PutAsync(server, "/api/v1/lighting-plans/p/assignments", """[{"commune":"29019"}]""");
        await server.Http.DeleteAsync("/api/v1/lighting-plans/p");
        var lines = await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(10, CancellationToken.None);
        Assert.Equal(["lighting-plan.delete", "lighting-plan.assign", "lighting-plan.put"], lines.Select(line => line.Action));
        Assert.Contains("2026-114", lines[^1].Detail, StringComparison.Ordinal);

        using var stranger = new HttpClient { BaseAddress = new(server.Address) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/v1/lighting-plans")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.DeleteAsync("/api/v1/lighting-plans/p")).StatusCode);
    }

    private static Task<HttpResponseMessage> PutAsync(GridServer server, string path, string json) =>
        server.Http.PutAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
