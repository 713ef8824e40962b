using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Storage;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Parameters of rules by their REST face, over the real grains and storage.</summary>
public sealed class ParametersTests : IDisposable
{
    private const string Commune = "/api/v1/communes/29155/parameters";
    private const string Body = "/api/v1/bodies/999000029/parameters";

    private readonly string _data = Directory.CreateTempSubdirectory("grid-parameters-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Defaults_are_shown_as_they_were_put_with_a_version_that_is_the_etag_and_outlive_a_restart()
    {
        await using (var server = await GridServer.StartInAsync(_data))
        {
            var none = await server.Http.GetAsync(Commune);
            Assert.Equal("\"0\"", none.Headers.ETag?.ToString());
            Assert.Equal("""{"scope":"commune:29155","version":0,"changedAt":null,"parameters":{}}""", (await none.JsonAsync()).GetRawText());

            var put = await PutAsync(server, Commune, """{"bin":{"fireCelsius":55.5},"cabinet":{"segment2NightOnly":true,"unexpectedOnDelayMinutes":10},"meter":{}}""");
            Assert.Equal("\"1\"", put.Headers.ETag?.ToString());
            var shown = await put.JsonAsync();
            Assert.Equal("""{"cabinet":{"segment2NightOnly":true,"unexpectedOnDelayMinutes":10},"bin":{"fireCelsius":55.5}}""", shown.GetProperty("parameters").GetRawText());
            Assert.Equal(shown.GetRawText(), (await (await server.Http.GetAsync(Commune)).JsonAsync()).GetRawText());
        }

        await using var again = await GridServer.StartInAsync(_data);
        var kept = await again.Http.GetAsync(Commune);
        Assert.Equal("\"1\"", kept.Headers.ETag?.ToString());
        Assert.Equal(55.5, (await kept.JsonAsync()).GetProperty("parameters").GetProperty("bin").GetProperty("fireCelsius").GetDouble());
    }

    [Fact]
    public async Task A_device_shows_what_holds_and_where_it_comes_from()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await PutAsync(server, "/api/v1/bodies/999000029", """{"name":"S","kind":"syndicate","members":[{"commune":"29155","kinds":["streetlight"]}]}""");
        await (await PutAsync(server, "/api/v1/devices/L1", """{"kind":"streetlight","commune":"29155","attributes":{"cyclingChanges":6,"ratedWatts":70}}""")).JsonAsync(HttpStatusCode.Created);
        await (await PutAsync(server, "/api/v1/devices/B1", """{"kind":"bin","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        await (await PutAsync(server, Body, """{"streetlight":{"powerDriftPercent":15,"cyclingChanges":8,"nearZeroWatts":2},"bin":{"fireCelsius":50}}""")).JsonAsync();
        await (await PutAsync(server, Commune, """{"streetlight":{"powerDriftPercent":20}}""")).JsonAsync();

        var lamp = await AppliedAsync(server, "L1");
        Assert.Equal(("L1", "streetlight", "29155"), (lamp.GetProperty("device").GetString(), lamp.GetProperty("kind").GetString(), lamp.GetProperty("commune").GetString()));
        var parameters = lamp.GetProperty("parameters");
        Assert.Equal("""{"value":6,"from":"device"}""", parameters.GetProperty("cyclingChanges").GetRawText());
        Assert.Equal("""{"value":20,"from":"commune:29155"}""", parameters.GetProperty("powerDriftPercent").GetRawText());
        Assert.Equal("""{"value":2,"from":"syndicate:999000029"}""", parameters.GetProperty("nearZeroWatts").GetRawText());
        Assert.Equal("""{"value":5,"from":"builtIn"}""", parameters.GetProperty("lampFailureDelayMinutes").GetRawText());
        Assert.Equal("""{"value":null,"from":"builtIn"}""", parameters.GetProperty("presenceBoostPercent").GetRawText());
        Assert.False(parameters.TryGetProperty("ratedWatts", out _));

        // The body is not competent for bins.
        Assert.Equal("""{"value":75,"from":"builtIn"}""", (await AppliedAsync(server, "B1")).GetProperty("parameters").GetProperty("fireCelsius").GetRawText());
        await PutAsync(server, "/api/v1/bodies/999000029/members", """[{"commune":"29155","kinds":["bin"]}]""");
        Assert.Equal("""{"value":50,"from":"syndicate:999000029"}""", (await AppliedAsync(server, "B1")).GetProperty("parameters").GetProperty("fireCelsius").GetRawText());
        Assert.Equal("""{"value":0.5,"from":"device"}""", await PutAndShowAsync(server, """{"kind":"streetlight","commune":"29155","attributes":{"nearZeroWatts":0.5}}""", "nearZeroWatts"));
    }

    [Fact]
    public async Task A_default_moves_the_rules_of_the_devices()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/devices/B1", """{"kind":"bin","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        await (await PutAsync(server, Commune, """{"bin":{"fireCelsius":40}}""")).JsonAsync();
        await AppliedAsync(server, "B1");
        await (await server.Http.PostAsync("/api/v1/readings", Json($$$"""[{"device":"B1","time":"{{{DateTimeOffset.UtcNow:O}}}","metrics":{"temperatureCelsius":45}}]"""))).JsonAsync();

        await Eventually.HoldsAsync(
            "B1 burns",
            async () => (await (await server.Http.GetAsync("/api/v1/devices/B1")).JsonAsync()).GetProperty("status").GetString() == "fault");
    }

    [Theory]
    [InlineData("""{"streetlight":{"powerDriftPercent":5}}""", "streetlight.powerDriftPercent", "must be a number from 10 to 100")]
    [InlineData("""{"streetlight":{"powerDriftPercent":"15"}}""", "streetlight.powerDriftPercent", "is no finite number or flag")]
    [InlineData("""{"meter":{"ratedWatts":5}}""", "meter.ratedWatts", "is unknown; the parameters of a meter are batteryLowPercent, reportingIntervalMinutes, silenceBoundMinutes, pulseLitres, leakNights, leakMinimumLitresPerHour, nominalFlowLitresPerHour, burstLitresPerHour, burstMinutes, comparableLitresPerDay")]
    [InlineData("""{"streetlight":{"cabinet":true}}""", "streetlight.cabinet", "is for each device to say and has no default")]
    [InlineData("""{"bin":{"overflowPercent":50,"overflowClearPercent":60}}""", "bin.overflowClearPercent", "must not be above overflowPercent")]
    [InlineData("""{"lamp":{"powerDriftPercent":15}}""", "lamp", "is no kind of device; one of cabinet streetlight meter building bin environment")]
    [InlineData("""{"bin":null}""", "bin", "is null")]
    [InlineData("""{"bin":3}""", "bin", "has another type than expected")]
    public async Task What_cannot_be_a_default_is_refused_by_kind_and_name(string body, string field, string reason)
    {
        await using var server = await GridServer.StartInAsync(_data);

        Assert.StartsWith(reason, await (await PutAsync(server, Commune, body)).ErrorAsync(HttpStatusCode.BadRequest, field), StringComparison.Ordinal);
        Assert.Equal("\"0\"", (await server.Http.GetAsync(Commune)).Headers.ETag?.ToString());
    }

    [Fact]
    public async Task An_unknown_commune_body_or_device_is_404()
    {
        await using var server = await GridServer.StartInAsync(_data);
        foreach (var path in new[] { "/api/v1/communes/99999/parameters", "/api/v1/bodies/123456789/parameters", "/api/v1/devices/nobody/parameters" })
        {
            await (await server.Http.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound);
        }

        await (await PutAsync(server, "/api/v1/communes/99999/parameters", "{}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await PutAsync(server, "/api/v1/bodies/123456789/parameters", "{}")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_read_another_version_replaces_nothing()
    {
        await using var server = await GridServer.StartInAsync(_data);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(server, Commune, """{"bin":{"fireCelsius":50}}""", "\"0\"")).StatusCode);
        foreach (var other in new[] { "\"0\"", "\"7\"", "\"x\"", "W/\"1\"", "\"0\", \"1\"", "rubbish" })
        {
            var late = await PutAsync(server, Commune, """{"bin":{"fireCelsius":70}}""", other);
            Assert.Contains("version 1", (await late.ProblemAsync(HttpStatusCode.PreconditionFailed)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("\"1\"", (await server.Http.GetAsync(Commune)).Headers.ETag?.ToString());
        Assert.Equal("\"2\"", (await PutAsync(server, Commune, """{"bin":{"fireCelsius":70}}""", "\"1\"")).Headers.ETag?.ToString());
        Assert.Equal("\"3\"", (await PutAsync(server, Commune, "{}", "*")).Headers.ETag?.ToString());
    }

    [Fact]
    public async Task Each_change_is_in_the_audit_log_with_the_old_value_and_the_new_one()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await PutAsync(server, Commune, """{"bin":{"fireCelsius":50,"batteryLowPercent":20},"cabinet":{"segment1NightOnly":true}}""");
        await PutAsync(server, Commune, """{"bin":{"fireCelsius":70,"batteryLowPercent":20}}""");
        await PutAsync(server, Commune, """{"bin":{"fireCelsius":70,"batteryLowPercent":20}}""");
        await PutAsync(server, Commune, """{"bin":{"fireCelsius":7}}""");

        var lines = (await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(100, CancellationToken.None)).Where(entry => entry.Action == "parameters.put").ToArray();
        Assert.All(lines, line => Assert.Equal("commune:29155", line.Target));
        Assert.Equal(
            [
                "version 1: cabinet.segment1NightOnly none -> true", "version 1: bin.batteryLowPercent none -> 20", "version 1: bin.fireCelsius none -> 50",
                "version 2: cabinet.segment1NightOnly true -> none", "version 2: bin.fireCelsius 50 -> 70",
                "version 2, as before",
            ],
            lines.Reverse().Select(line => line.Detail));
    }

    private static Task<HttpResponseMessage> PutAsync(GridServer server, string path, string body, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = Json(body) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return server.Http.SendAsync(request);
    }

    private static async Task<string> PutAndShowAsync(GridServer server, string lamp, string name)
    {
        await (await PutAsync(server, "/api/v1/devices/L1", lamp)).JsonAsync();
        return (await AppliedAsync(server, "L1")).GetProperty("parameters").GetProperty(name).GetRawText();
    }

    /// <summary>What holds for a device, once its sector has taken it up.</summary>
    private static async Task<JsonElement> AppliedAsync(GridServer server, string device)
    {
        var shown = default(JsonElement);
        await Eventually.HoldsAsync(
            $"what holds for {device} is applied",
            async () => (shown = await (await server.Http.GetAsync($"/api/v1/devices/{device}/parameters")).JsonAsync()).GetProperty("applied").GetBoolean());
        return shown;
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
