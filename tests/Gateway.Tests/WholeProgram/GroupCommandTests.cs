using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Storage;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Commands to many devices by their REST face, over the real grains, storage and simulator.</summary>
public sealed class GroupCommandTests
{
    private const string Path = "/api/v1/group-commands";

    [Fact]
    public async Task All_on_for_a_commune_is_one_call_that_is_followed_listed_and_audited()
    {
        await using var server = await GridServer.StartAsync();
        await PutAsync(server, "c1", """{"kind":"cabinet","commune":"29155","attributes":{"segments":2}}""");
        await PutAsync(server, "p1", """{"kind":"streetlight","commune":"29155","attributes":{"passive":true,"cabinet":"c1","segment":1}}""");
        await PutAsync(server, "l1", """{"kind":"streetlight","commune":"29155","connector":{"type":"http"}}""");
        await PutAsync(server, "l2", """{"kind":"streetlight","commune":"29155","connector":{"type":"http"}}""");
        var answer = await PostAsync(server, """{"selector":{"commune":"29155"},"name":"allOn","layer":"emergency"}""");
        var accepted = await answer.JsonAsync(HttpStatusCode.Accepted);
        var id = accepted.GetProperty("id").GetString();
        Assert.Equal($"{Path}/{id}", answer.Headers.Location?.ToString());
        Assert.Equal((4, "running", "emergency", "29155", 4), (
            accepted.GetProperty("members").GetInt32(), accepted.GetProperty("state").GetString(), accepted.GetProperty("layer").GetString(),
            accepted.GetProperty("selector").GetProperty("commune").GetString(), accepted.GetProperty("counts").GetProperty("accepted").GetInt32()));

        await UntilAsync(server, id!, "the desired states are set", _ => DesiredAsync(server, "l2", "dimmingPercent"));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync("/api/v1/readings", Json($$$"""[{"device":"l1","time":"{{{DateTimeOffset.UtcNow:O}}}","metrics":{"dimmingPercent":100}}]"""))).StatusCode);
        await UntilAsync(server, id!, "one is confirmed", shown => Task.FromResult(shown.GetProperty("counts").GetProperty("confirmed").GetInt32() == 1));

        var first = await (await server.Http.GetAsync($"{Path}/{id}/members?limit=3")).JsonAsync();
        Assert.Equal(3, first.GetProperty("items").GetArrayLength());
        var second = await (await server.Http.GetAsync($"{Path}/{id}/members?limit=3&cursor={first.GetProperty("nextCursor").GetString()}")).JsonAsync();
        Assert.Equal(
            ["c1 setSegment", "c1 setSegment", "l1 setDimming", "l2 setDimming"],
            first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(member => $"{member.GetProperty("device")} {member.GetProperty("name")}"));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
        var confirmed = await (await server.Http.GetAsync($"{Path}/{id}/members?state=confirmed")).JsonAsync();
        Assert.Equal("l1", Assert.Single(confirmed.GetProperty("items").EnumerateArray()).GetProperty("device").GetString());

        var cancelled = await (await server.Http.DeleteAsync($"{Path}/{id}")).JsonAsync();
        Assert.Equal(("cancelled", 3, 1), (
            cancelled.GetProperty("state").GetString(), cancelled.GetProperty("counts").GetProperty("superseded").GetInt32(), cancelled.GetProperty("counts").GetProperty("confirmed").GetInt32()));
        var audit = await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(2, CancellationToken.None);
        Assert.Equal(
            [("group-command.cancel", "cancelled, is cancelled"), ("group-command.submit", "emergency allOn to 4 members of commune=29155")],
            audit.Select(entry => (entry.Action, entry.Detail)));
        Assert.All(audit, entry => Assert.Equal($"group-command:{id}", entry.Target));
    }

    [Fact]
    public async Task The_same_key_finds_the_same_command_and_another_body_is_409()
    {
        await using var server = await GridServer.StartAsync();
        await PutAsync(server, "l1", """{"kind":"streetlight","commune":"29155"}""");
        const string Dim = """{"selector":{"ids":["l1"]},"name":"setDimming","args":{"percent":40}}""";
        var first = (await (await PostAsync(server, Dim, "key")).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();
        Assert.Equal(first, (await (await PostAsync(server, Dim, "key")).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString());
        Assert.NotEqual(first, (await (await PostAsync(server, Dim)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString());
        await (await PostAsync(server, Dim.Replace("40", "41", StringComparison.Ordinal), "key")).ProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_wrong_is_400_by_field_and_what_is_not_there_404()
    {
        await using var server = await GridServer.StartAsync();
        await PutAsync(server, "l1", """{"kind":"streetlight","commune":"29155"}""");
        foreach (var (body, field) in new[]
        {
            ("""{"name":"allOn"}""", "selector"),
            ("""{"selector":{},"name":"allOn"}""", "selector"),
            ("""{"selector":{"kind":"streetlight"},"name":"allOn"}""", "selector"),
            ("""{"selector":{"commune":"99999"},"name":"allOn"}""", "selector.commune"),
            ("""{"selector":{"syndicate":"123"},"name":"allOn"}""", "selector.syndicate"),
            ("""{"selector":{"department":"999"},"name":"allOn"}""", "selector.department"),
            ("""{"selector":{"ids":["nobody"]},"name":"allOn"}""", "selector.ids"),
            ("""{"selector":{"commune":"29155","kind":"lamp"},"name":"allOn"}""", "selector.kind"),
            ("""{"selector":{"commune":"29155","kind":"bin"},"name":"allOn"}""", "selector.kind"),
            ("""{"selector":{"bbox":[1,2,3]},"name":"allOn"}""", "selector.bbox"),
            ("""{"selector":{"commune":"29019"},"name":"allOn"}""", "selector"),
            ("""{"selector":{"commune":"29155"},"name":"explode"}""", "name"),
            ("""{"selector":{"commune":"29155"},"name":"setDimming"}""", "args.percent"),
            ("""{"selector":{"commune":"29155"},"name":"allOn","args":{"durationMinutes":0}}""", "args.durationMinutes"),
            ("""{"selector":{"commune":"29155"},"name":"allOn","layer":"plan"}""", "layer"),
            ("""{"selector":{"commune":"29155"},"name":"allOn","expiresIn":"P8D"}""", "expiresIn"),
        })
        {
            await (await PostAsync(server, body)).ErrorAsync(HttpStatusCode.BadRequest, field);
        }

        await (await server.Http.GetAsync($"{Path}/nothing")).ProblemAsync(HttpStatusCode.NotFound);
        await (await server.Http.GetAsync($"{Path}/nothing/members")).ProblemAsync(HttpStatusCode.NotFound);
        await (await server.Http.DeleteAsync($"{Path}/nothing")).ProblemAsync(HttpStatusCode.NotFound);
        await (await server.Http.GetAsync($"{Path}/nothing/members?state=unknown")).ErrorAsync(HttpStatusCode.BadRequest, "state");
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task PutAsync(GridServer server, string id, string body) =>
        Assert.Equal(HttpStatusCode.Created, (await server.Http.PutAsync($"/api/v1/devices/{id}", Json(body))).StatusCode);

    private static Task<HttpResponseMessage> PostAsync(GridServer server, string body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return server.Http.SendAsync(request);
    }

    private static async Task<bool> DesiredAsync(GridServer server, string device, string metric) =>
        (await (await server.Http.GetAsync($"/api/v1/devices/{device}")).JsonAsync()).GetProperty("desired").TryGetProperty(metric, out _);

    private static Task UntilAsync(GridServer server, string id, string what, Func<JsonElement, Task<bool>> holds) =>
        Eventually.HoldsAsync(what, async () => await holds(await (await server.Http.GetAsync($"{Path}/{id}")).JsonAsync()));
}
