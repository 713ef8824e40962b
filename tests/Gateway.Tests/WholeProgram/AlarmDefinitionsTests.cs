using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Tests.Host;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Definitions of alarms by territory by their REST face, over the real grains and storage.</summary>
public sealed class AlarmDefinitionsTests : IDisposable
{
    private const string Commune = "/api/v1/communes/29155/alarm-definitions";

    private readonly string _data = Directory.CreateTempSubdirectory("grid-alarm-definitions-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task They_are_shown_as_they_were_put_with_their_version_move_a_standing_alarm_are_audited_and_outlive_a_restart()
    {
        const string Given = """{"all":{"communicationLoss":{"onDelay":"PT10M"}},"bin":{"fire":{"priority":"high","timeToRespond":"PT2H","enabled":true}}}""";
        await using (var server = await GridServer.StartInAsync(_data))
        {
            Assert.Equal("""{"scope":"commune:29155","version":0,"changedAt":null,"definitions":{}}""", (await (await server.Http.GetAsync(Commune)).JsonAsync()).GetRawText());
            Assert.Equal(HttpStatusCode.Created, (await server.Http.PutAsync("/api/v1/devices/B1", Json("""{"kind":"bin","commune":"29155"}"""))).StatusCode);
            await (await server.Http.PostAsync("/api/v1/readings", Json($$$"""[{"device":"B1","time":"{{{DateTimeOffset.UtcNow:O}}}","metrics":{"temperatureCelsius":95}}]"""))).JsonAsync();
            await Eventually.HoldsAsync("B1 burns urgently", async () => await PriorityAsync(server) == "urgent");

            var put = await server.Http.PutAsync(Commune, Json(Given));
            Assert.Equal("\"1\"", put.Headers.ETag?.ToString());
            Assert.Equal(Given, (await put.JsonAsync()).GetProperty("definitions").GetRawText());
            await Eventually.HoldsAsync("B1 burns less urgently", async () => await PriorityAsync(server) == "high");
            var audit = (await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(10, CancellationToken.None)).Where(line => line.Action == "alarm-definitions.put").ToArray();
            Assert.Contains(audit, line => line.Target == "commune:29155" && line.Detail.Contains("bin.fire none -> (priority high, timeToRespond PT2H, enabled true)", StringComparison.Ordinal));

            using var stale = new HttpRequestMessage(HttpMethod.Put, Commune) { Content = Json("{}") };
            stale.Headers.TryAddWithoutValidation("If-Match", "\"0\"");
            await (await server.Http.SendAsync(stale)).ProblemAsync(HttpStatusCode.PreconditionFailed);
        }

        await using var again = await GridServer.StartInAsync(_data);
        Assert.Equal(Given, (await (await again.Http.GetAsync(Commune)).JsonAsync()).GetProperty("definitions").GetRawText());
        Assert.Equal("high", await PriorityAsync(again));
    }

    [Fact]
    public async Task What_cannot_be_given_is_refused_by_kind_condition_and_member()
    {
        await using var server = await GridServer.StartInAsync(_data);
        (string Body, string Field, string Reason)[] cases =
        [
            ("""{"lamp":{}}""", "lamp", "is no kind of device; one of all cabinet"),
            ("""{"bin":null}""", "bin", "is null"),
            ("""{"bin":{"rage":{"priority":"low"}}}""", "bin.rage", "is no condition"),
            ("""{"bin":{"fire":null}}""", "bin.fire", "is null"),
            ("""{"bin":{"fire":{"priority":"soon"}}}""", "bin.fire.priority", "is none of low medium high urgent"),
            ("""{"all":{"fire":{"class":"x"}}}""", "all.fire.class", "is none of service"),
            ("""{"all":{"fire":{"onDelay":"ten"}}}""", "all.fire.onDelay", "is no duration"),
            ("""{"all":{"fire":{"onDelay":"P8D"}}}""", "all.fire.onDelay", "must be a duration of whole seconds from PT0S to P7D"),
            ("""{"all":{"fire":{"offDelay":"PT0.5S"}}}""", "all.fire.offDelay", "must be a duration of whole seconds"),
            ("""{"all":{"fire":{"timeToRespond":"PT1S"}}}""", "all.fire.timeToRespond", "must be a duration of whole seconds from PT1M"),
        ];
        foreach (var (body, field, reason) in cases)
        {
            Assert.StartsWith(reason, await (await server.Http.PutAsync(Commune, Json(body))).ErrorAsync(HttpStatusCode.BadRequest, field), StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/api/v1/communes/99999/alarm-definitions", "/api/v1/bodies/123456789/alarm-definitions", "/api/v1/departments/00/alarm-definitions" })
        {
            await (await server.Http.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound);
            await (await server.Http.PutAsync(path, Json("{}"))).ProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Who_may_change_one_commune_may_not_change_what_reaches_many()
    {
        await using var server = await GridServer.StartInAsync(_data);
        var rights = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.Contains("alarm-definitions", StringComparison.Ordinal) && route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("PUT"))
            .ToDictionary(route => route.RoutePattern.RawText!, route => route.Metadata.GetMetadata<RequiresRightAttribute>()!.Right);
        Assert.Equal(4, rights.Count);
        Assert.All(rights, pair => Assert.Equal(pair.Key.Contains("communes", StringComparison.Ordinal) ? Right.ManageDevices : Right.Administer, pair.Value));
    }

    private static async Task<string?> PriorityAsync(GridServer server) =>
        await (await server.Http.GetAsync("/api/v1/alarms?scope=commune:29155")).JsonAsync() is var page && page.GetProperty("items").GetArrayLength() == 1
            ? page.GetProperty("items")[0].GetProperty("priority").GetString()
            : null;

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
