using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Tests.Gateway.Live;
using Grid.Tests.Host;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Who has every right in one commune, and none in another, over the real grains and storage.</summary>
public sealed class TerritoryRightsTests : IAsyncLifetime
{
    private const string Own = "29019";
    private const string Other = "29232";
    private const string Lamp = """{"kind":"streetlight","commune":"INSEE"}""";
    private const string Plan = """{"name":"P","programs":{"n":[{"at":"sunset","percent":100},{"at":"sunrise","percent":0}]},"calendar":[{"when":"always","program":"n","priority":0}]}""";
    private const string Calendar = """
        {"levels":[{"afterMinutes":15,"rotation":{"every":1,"unit":"weeks","from":"2026-03-02","handOver":"08:00","turns":[{"name":"Anne","endpoints":["e-KEY"]}]}}]}
        """;

    private const string Contract = """{"holder":"commune:INSEE","name":"C","contractor":"L","hours":{"monday":["08:00-12:00"]},"lots":[{"name":"o","kinds":["streetlight"]}],"deadlines":{"medium":{"hours":16}},"from":"2026-01-01"}""";
    private const string Rule = """{"name":"R","scope":"commune:INSEE","text":"each bin when overflow then open work order"}""";
    private const string Trial = """{"rule":{"scope":"commune:INSEE","text":"each bin when overflow then open work order"},"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""";

    /// <summary>A request to each route that names what is of a commune: INSEE stands for its code, KEY for the end of the keys there, NOTIFICATION and COMMAND for ids that were given.</summary>
    private static readonly Dictionary<string, Call> Calls = new()
    {
        ["GET /devices/"] = new("/devices?commune=INSEE"),
        ["GET /devices/{id}"] = new("/devices/l-KEY"),
        ["PUT /devices/{id}"] = new("/devices/l-KEY", Lamp),
        ["DELETE /devices/{id}"] = new("/devices/x-KEY?history=true"),
        ["POST /devices/import"] = new("/devices/import", """{"id":"i-KEY","kind":"bin","commune":"INSEE"}""", "application/x-ndjson") { ShowsOf = "\"accepted\":0" },
        ["GET /devices/{id}/history"] = new("/devices/l-KEY/history?metric=powerWatts"),
        ["GET /devices/{id}/parameters"] = new("/devices/l-KEY/parameters"),
        ["GET /devices/{id}/night"] = new("/devices/l-KEY/night?date=2026-11-26"),
        ["POST /devices/{id}/commands"] = new("/devices/l-KEY/commands", """{"name":"setDimming","args":{"percent":30}}"""),
        ["GET /commands/{id}"] = new("/commands/COMMAND"),
        ["DELETE /commands/{id}"] = new("/commands/COMMAND"),
        ["POST /group-commands/"] = new("/group-commands", """{"selector":{"commune":"INSEE"},"name":"setDimming","args":{"percent":30}}"""),
        ["GET /group-commands/{id}"] = new("/group-commands/GROUP"),
        ["GET /group-commands/{id}/members"] = new("/group-commands/GROUP/members"),
        ["DELETE /group-commands/{id}"] = new("/group-commands/GROUP"),
        ["GET /communes"] = new("/communes?department=29") { Lists = true },
        ["GET /communes/{insee}"] = new("/communes/INSEE"),
        ["GET /communes/{insee}/history"] = new("/communes/INSEE/history?figure=lighting.powerWatts"),
        ["GET /communes/{insee}/energy"] = new("/communes/INSEE/energy?month=2026-11"),
        ["GET /communes/{insee}/export"] = new("/communes/INSEE/export"),
        ["GET /communes/{insee}/findings"] = new("/communes/INSEE/findings"),
        ["GET /communes/{insee}/maintenance"] = new("/communes/INSEE/maintenance"),
        ["GET /communes/{insee}/collection"] = new("/communes/INSEE/collection"),
        ["GET /communes/{insee}/environment"] = new("/communes/INSEE/environment"),
        ["GET /communes/{insee}/parameters"] = new("/communes/INSEE/parameters"),
        ["PUT /communes/{insee}/parameters"] = new("/communes/INSEE/parameters", """{"bin":{"fireCelsius":71}}"""),
        ["GET /communes/{insee}/alarm-definitions"] = new("/communes/INSEE/alarm-definitions"),
        ["PUT /communes/{insee}/alarm-definitions"] = new("/communes/INSEE/alarm-definitions", """{"bin":{"overflow":{"priority":"high"}}}"""),
        ["GET /syndicates/{siren}"] = new("/syndicates/200068120") { IsWider = true },
        ["GET /syndicates/{siren}/history"] = new("/syndicates/200068120/history?figure=lighting.powerWatts") { IsWider = true },
        ["GET /syndicates/{siren}/energy"] = new("/syndicates/200068120/energy?month=2026-11") { IsWider = true },
        ["GET /departments"] = new("/departments") { Lists = true },
        ["GET /departments/{code}"] = new("/departments/29") { IsWider = true },
        ["GET /departments/{code}/history"] = new("/departments/29/history?figure=lighting.powerWatts") { IsWider = true },
        ["GET /departments/{code}/energy"] = new("/departments/29/energy?month=2026-11") { IsWider = true },
        ["GET /departments/{code}/alarm-definitions"] = new("/departments/29/alarm-definitions") { IsWider = true },
        ["PUT /departments/{code}/alarm-definitions"] = new("/departments/29/alarm-definitions", """{"bin":{"overflow":{"priority":"high"}}}""") { IsWider = true },
        ["GET /bodies/"] = new("/bodies") { IsWider = true },
        ["GET /bodies/{siren}"] = new("/bodies/200068120") { IsWider = true },
        ["PUT /bodies/{siren}"] = new("/bodies/200068120", """{"name":"S","kind":"syndicate"}""") { IsWider = true },
        ["PUT /bodies/{siren}/members"] = new("/bodies/200068120/members", """[{"commune":"29019"},{"commune":"29232"}]""") { IsWider = true },
        ["GET /bodies/{siren}/parameters"] = new("/bodies/200068120/parameters") { IsWider = true },
        ["PUT /bodies/{siren}/parameters"] = new("/bodies/200068120/parameters", """{"bin":{"fireCelsius":71}}""") { IsWider = true },
        ["GET /bodies/{siren}/alarm-definitions"] = new("/bodies/200068120/alarm-definitions") { IsWider = true },
        ["PUT /bodies/{siren}/alarm-definitions"] = new("/bodies/200068120/alarm-definitions", """{"bin":{"overflow":{"priority":"high"}}}""") { IsWider = true },
        ["GET /alarm-definitions"] = new("/alarm-definitions") { Lists = true },
        ["GET /alarm-definitions/all"] = new("/alarm-definitions/all") { IsWider = true },
        ["PUT /alarm-definitions/all"] = new("/alarm-definitions/all", """{"bin":{"overflow":{"priority":"high"}}}""") { IsWider = true },
        ["GET /alarms"] = new("/alarms?scope=commune:INSEE"),
        ["GET /alarms/{id}"] = new("/alarms/ALARM"),
        ["POST /alarms/{id}/acknowledge"] = new("/alarms/ALARM/acknowledge", """{"note":"n"}"""),
        ["POST /alarms/{id}/shelve"] = new("/alarms/ALARM/shelve", """{"until":"2030-01-01T00:00:00Z","reason":"r"}"""),
        ["POST /alarms/{id}/unshelve"] = new("/alarms/ALARM/unshelve", ""),
        ["POST /alarms/{id}/out-of-service"] = new("/alarms/ALARM/out-of-service", """{"reason":"r"}"""),
        ["POST /alarms/{id}/in-service"] = new("/alarms/ALARM/in-service", ""),
        ["POST /alarms/acknowledge"] = new("/alarms/acknowledge", """{"ids":["ALARM"]}"""),
        ["POST /alarms/orders"] = new("/alarms/orders", """{"action":"acknowledge","ids":["ALARM"]}"""),
        ["GET /lighting-plans"] = new("/lighting-plans") { Lists = true },
        ["GET /lighting-plans/{id}"] = new("/lighting-plans/p-KEY"),
        ["PUT /lighting-plans/{id}"] = new("/lighting-plans/p-KEY", Plan.Replace("\"P\"", "\"Q\"", StringComparison.Ordinal)),
        ["DELETE /lighting-plans/{id}"] = new("/lighting-plans/p-KEY"),
        ["PUT /lighting-plans/{id}/assignments"] = new("/lighting-plans/p-KEY/assignments", """[{"commune":"INSEE"},{"cabinet":"c-KEY"}]"""),
        ["GET /lighting-plans/{id}/preview"] = new("/lighting-plans/p-KEY/preview?commune=INSEE&date=2026-11-26"),
        ["GET /lighting-plans/{id}/controllers"] = new("/lighting-plans/p-KEY/controllers"),
        ["GET /rules"] = new("/rules") { Lists = true },
        ["GET /rules/starter"] = new("/rules/starter") { Lists = true },
        ["GET /rules/{id}"] = new("/rules/r-KEY"),
        ["PUT /rules/{id}"] = new("/rules/r-KEY", Rule.Replace("overflow", "fire", StringComparison.Ordinal)),
        ["DELETE /rules/{id}"] = new("/rules/r-KEY"),
        ["POST /rules/{id}/publish"] = new("/rules/r-KEY/publish", ""),
        ["POST /rules/{id}/rollback"] = new("/rules/r-KEY/rollback", ""),
        ["GET /rules/{id}/rollout"] = new("/rules/r-KEY/rollout"),
        ["GET /rules/{id}/refused"] = new("/rules/r-KEY/refused"),
        ["POST /rules/test"] = new("/rules/test", Trial),
        ["POST /promotions/test"] = new("/promotions/test", """{"from":"commune:INSEE","to":"department:29"}""") { IsWider = true },
        ["POST /promotions/"] = new("/promotions", """{"from":"commune:INSEE","to":"department:29","difference":"0"}""") { IsWider = true },
        ["GET /notification-endpoints/"] = new("/notification-endpoints") { Lists = true },
        ["GET /notification-endpoints/{id}"] = new("/notification-endpoints/e-KEY"),
        ["PUT /notification-endpoints/{id}"] = new("/notification-endpoints/e-KEY", """{"kind":"webhook","url":"https://example.org/other","scope":"commune:INSEE","enabled":false}"""),
        ["DELETE /notification-endpoints/{id}"] = new("/notification-endpoints/e-KEY"),
        ["POST /notification-endpoints/{id}/test"] = new("/notification-endpoints/e-KEY/test", ""),
        ["GET /notifications/"] = new("/notifications?endpoint=e-KEY"),
        ["GET /notifications/{id}"] = new("/notifications/NOTIFICATION"),
        ["POST /notifications/{id}/retry"] = new("/notifications/NOTIFICATION/retry", ""),
        ["GET /on-call/{scope}"] = new("/on-call/commune:INSEE"),
        ["PUT /on-call/{scope}"] = new("/on-call/commune:INSEE", Calendar.Replace("Anne", "Ben", StringComparison.Ordinal)),
        ["DELETE /on-call/{scope}"] = new("/on-call/commune:INSEE"),
        ["GET /work-orders/"] = new("/work-orders?scope=commune:INSEE"),
        ["GET /work-orders/delays"] = new("/work-orders/delays?scope=commune:INSEE"),
        ["GET /work-orders/{id}"] = new("/work-orders/INSEE-1"),
        ["POST /work-orders/"] = new("/work-orders", """{"title":"T","commune":"INSEE"}"""),
        ["PATCH /work-orders/{id}"] = new("/work-orders/INSEE-1", """{"action":"cancel","note":"n"}"""),
        ["GET /contracts/"] = new("/contracts") { Lists = true },
        ["GET /contracts/{id}"] = new("/contracts/k-KEY"),
        ["PUT /contracts/{id}"] = new("/contracts/k-KEY", Contract.Replace("\"C\"", "\"D\"", StringComparison.Ordinal)),
        ["GET /water-zones/"] = new("/water-zones?department=29&day=today") { Lists = true },
        ["GET /water-zones/{id}"] = new("/water-zones/z-KEY?day=today"),
        ["GET /water-zones/{id}/history"] = new("/water-zones/z-KEY/history?department=29&figure=lossLitres"),
        ["GET /retention"] = new("/retention") { IsWider = true },
        ["GET /subscribers/{id}"] = new("/subscribers/s-KEY") { IsWider = true },
        ["GET /subscribers/{id}/export"] = new("/subscribers/s-KEY/export") { IsWider = true },
        ["DELETE /subscribers/{id}"] = new("/subscribers/s-KEY") { IsWider = true },
        ["POST /backups/"] = new("/backups", """{"to":"/nowhere"}""") { IsWider = true },
        ["GET /backups/{id}"] = new("/backups/b-KEY") { IsWider = true },
        ["GET /system"] = new("/system") { IsWider = true },
        ["POST /readings"] = new("/readings", """[{"device":"l-KEY","time":"2026-11-26T10:00:00Z","metrics":{"powerWatts":1}}]""") { IsWider = true },
    };

    private readonly string _token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private readonly Dictionary<string, Dictionary<string, string>> _ids = [];
    private GridServer _server = null!;
    private HttpClient _limited = null!;

    public async ValueTask InitializeAsync()
    {
        List<string> settings = [$"--Grid:Auth:Tokens:brest:Sha256={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(_token)))}", $"--Grid:Auth:Tokens:brest:Territory:0=commune:{Own}"];
        settings.AddRange(Enum.GetValues<Right>().Where(right => right > Right.Public).Select((right, place) => $"--Grid:Auth:Tokens:brest:Rights:{place}={right}"));
        _server = await GridServer.StartAsync([.. settings]);
        _limited = new() { BaseAddress = new(_server.Address) };
        _limited.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
    }

    public async ValueTask DisposeAsync()
    {
        _limited.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public void Every_route_has_a_call_here_that_names_another_commune() =>
        Assert.Equal(Routes().Order(StringComparer.Ordinal), Calls.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_token_of_a_commune_reaches_nothing_of_another_by_any_route_and_all_of_its_own()
    {
        await PlantAsync();
        var before = await ShownAsync();
        foreach (var (route, call) in Calls)
        {
            var answer = await SendAsync(_limited, route, call, Other);
            var text = await answer.Content.ReadAsStringAsync();
            if (call.Lists || call.ShowsOf is not null)
            {
                Assert.True(answer.IsSuccessStatusCode, $"{route}: {(int)answer.StatusCode} {text}");
                Assert.DoesNotContain($"\"{Other}", text, StringComparison.Ordinal);
                Assert.True(!call.Lists || !text.Contains($"-{Other}\"", StringComparison.Ordinal), $"{route}: {text}");
                Assert.Contains(call.ShowsOf ?? "", text, StringComparison.Ordinal);
            }
            else
            {
                Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{route}: {(int)answer.StatusCode} {text}");
            }
        }

        Assert.Equal(before, await ShownAsync());
        Assert.DoesNotContain(await _server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(200, CancellationToken.None), entry => entry.Actor == "brest");

        // The control: where its rights hold, the same calls are not refused. What removes comes last.
        foreach (var (route, call) in Calls.Where(pair => !pair.Value.IsWider).OrderBy(pair => pair.Key.StartsWith("DELETE", StringComparison.Ordinal)).ThenBy(pair => pair.Key == "DELETE /devices/{id}"))
        {
            var answer = await SendAsync(_limited, route, call, Own);
            Assert.False(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, $"{route}: {(int)answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("department:29")]
    [InlineData("syndicate:200068120")]
    [InlineData("commune:29232")]
    [InlineData("device:l-29232")]
    [InlineData("device:nobody-knows-it")]
    public async Task A_rule_whose_scope_is_not_all_the_callers_is_neither_written_nor_tried_nor_followed(string scope)
    {
        await PlantAsync();
        var body = Rule.Replace("commune:INSEE", scope, StringComparison.Ordinal);
        await RefusedAsync(_limited.PutAsync("/api/v1/rules/mine", Json(body)));
        await RefusedAsync(_limited.PostAsync("/api/v1/rules/test", Json(Trial.Replace("commune:INSEE", scope, StringComparison.Ordinal))));
        await RefusedAsync(_limited.PostAsync("/api/v1/rules/test", Json(Trial.Replace("INSEE", Own, StringComparison.Ordinal)[..^1] + $$""","scope":"{{scope}}"}""")));

        // A rule of the caller's that somebody has taken further is no longer the caller's, and cannot be taken back to where it was either.
        await DoneAsync(_limited.PutAsync("/api/v1/rules/mine", Json(Rule.Replace("INSEE", Own, StringComparison.Ordinal))));
        await DoneAsync(_limited.PostAsync("/api/v1/rules/mine/publish", null));
        await DoneAsync(_server.Http.PutAsync("/api/v1/rules/mine", Json(body)));
        await RefusedAsync(_limited.PostAsync("/api/v1/rules/mine/publish", null));
        await DoneAsync(_server.Http.PostAsync("/api/v1/rules/mine/publish", null));
        await RefusedAsync(_limited.PostAsync("/api/v1/rules/mine/rollback", null));
        await RefusedAsync(_limited.PutAsync("/api/v1/rules/mine", Json(Rule.Replace("INSEE", Own, StringComparison.Ordinal))));
        await RefusedAsync(_limited.DeleteAsync("/api/v1/rules/mine"));
        var rule = await (await _server.Http.GetAsync("/api/v1/rules/mine")).JsonAsync();
        Assert.Equal((scope, 2, 2), (rule.GetProperty("scope").GetString(), rule.GetProperty("version").GetInt32(), rule.GetProperty("published").GetInt32()));

        // It is read where it is for some of what is the caller's.
        var isSeen = scope is "all" or "department:29" or "syndicate:200068120";
        Assert.Equal(isSeen ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await _limited.GetAsync("/api/v1/rules/mine")).StatusCode);
        Assert.Equal(isSeen, (await _limited.GetStringAsync("/api/v1/rules")).Contains("\"mine\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rollback_to_a_version_for_others_is_not_the_callers_to_do()
    {
        await PlantAsync();
        foreach (var scope in new[] { "all", $"commune:{Own}" })
        {
            await DoneAsync(_server.Http.PutAsync("/api/v1/rules/mine", Json(Rule.Replace("commune:INSEE", scope, StringComparison.Ordinal))));
            await DoneAsync(_server.Http.PostAsync("/api/v1/rules/mine/publish", null));
        }

        await RefusedAsync(_limited.PostAsync("/api/v1/rules/mine/rollback", null));
        await RefusedAsync(_limited.PostAsync("/api/v1/rules/mine/rollback?to=1", null));
        await DoneAsync(_limited.PostAsync("/api/v1/rules/mine/publish", null));
    }

    [Fact]
    public async Task A_rule_tells_nobody_of_another_territory()
    {
        await PlantAsync();
        await DoneAsync(_server.Http.PutAsync("/api/v1/notification-endpoints/wide", Json("""{"kind":"webhook","url":"https://example.org/w","scope":"department:29"}""")));
        string Telling(string endpoint) => $$"""{"name":"R","scope":"commune:{{Own}}","text":"each bin when overflow then notify {{endpoint}} \"plein\""}""";
        await RefusedAsync(_limited.PutAsync("/api/v1/rules/mine", Json(Telling($"\\\"e-{Other}\\\""))));
        await DoneAsync(_limited.PutAsync("/api/v1/rules/mine", Json(Telling($"\\\"e-{Own}\\\""))));
        await DoneAsync(_limited.PutAsync("/api/v1/rules/mine", Json(Telling("wide"))));
    }

    [Fact]
    public async Task A_promotion_takes_rights_over_what_it_comes_to()
    {
        await PlantAsync();
        await RefusedAsync(_limited.PostAsync("/api/v1/promotions/test", Json($$"""{"from":"commune:{{Own}}","to":"syndicate:200068120"}""")));
        await DoneAsync(_server.Http.PostAsync("/api/v1/promotions/test", Json($$"""{"from":"commune:{{Own}}","to":"syndicate:200068120"}""")));
    }

    [Fact]
    public async Task A_device_is_not_moved_into_another_territory_nor_out_of_one()
    {
        await PlantAsync();
        await RefusedAsync(_limited.PutAsync($"/api/v1/devices/l-{Own}", Json(Lamp.Replace("INSEE", Other, StringComparison.Ordinal))));
        await RefusedAsync(_limited.PutAsync($"/api/v1/devices/l-{Other}", Json(Lamp.Replace("INSEE", Own, StringComparison.Ordinal))));
        await RefusedAsync(_limited.PostAsync("/api/v1/group-commands", Json($$$"""{"selector":{"ids":["l-{{{Own}}}","l-{{{Other}}}"]},"name":"setDimming","args":{"percent":30}}""")));
        await RefusedAsync(_limited.PostAsync("/api/v1/group-commands", Json("""{"selector":{"kind":"streetlight","bbox":[-5,48,-4,49]},"name":"setDimming","args":{"percent":30}}""")));
        await DoneAsync(_limited.PostAsync("/api/v1/group-commands", Json($$$"""{"selector":{"ids":["l-{{{Own}}}"]},"name":"setDimming","args":{"percent":30}}""")));
        foreach (var commune in new[] { Own, Other })
        {
            Assert.Equal(commune, (await (await _server.Http.GetAsync($"/api/v1/devices/l-{commune}")).JsonAsync()).GetProperty("commune").GetString());
        }
    }

    [Theory]
    [InlineData("commune:29232", false)]
    [InlineData("department:29", false)]
    [InlineData("syndicate:200068120", false)]
    [InlineData("device:l-29232", false)]
    [InlineData("all", false)]
    [InlineData("commune:29019", true)]
    [InlineData("device:l-29019", true)]
    public async Task A_live_client_sees_its_own_territory_only(string scope, bool isOwn)
    {
        await PlantAsync();
        await using var hub = await HubClient.ConnectAsync(_server.Address, _token);
        await hub.WatchAsync("1", scope, """{"devices":true}""");
        if (isOwn)
        {
            Assert.Equal("snapshot", (await hub.FrameAsync()).GetProperty("type").GetString());
        }
        else
        {
            Assert.Contains("scope is outside of where your rights hold", await hub.CompletionAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task RefusedAsync(Task<HttpResponseMessage> asked) => await (await asked).ProblemAsync(HttpStatusCode.Forbidden);

    private static async Task DoneAsync(Task<HttpResponseMessage> asked)
    {
        var answer = await asked;
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static StringContent Json(string json, string type = "application/json") => new(json, Encoding.UTF8, type);

    private IEnumerable<string> Routes() => _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(route => route.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal) && route.Metadata.GetMetadata<RequiresRightAttribute>()?.Right != Right.Public)
        .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText!["/api/v1".Length..]}"));

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, string route, Call call, string commune)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route[..route.IndexOf(' ', StringComparison.Ordinal)]), "/api/v1" + Filled(call.Path, commune));
        request.Content = call.Body is null ? null : Json(Filled(call.Body, commune), call.Type);
        return await client.SendAsync(request);
    }

    private string Filled(string text, string commune) => _ids.GetValueOrDefault(commune, []).Aggregate(
        text.Replace("ALARM", $"b-{commune}~overflow", StringComparison.Ordinal).Replace("INSEE", commune, StringComparison.Ordinal).Replace("KEY", commune, StringComparison.Ordinal),
        (filled, id) => filled.Replace(id.Key, id.Value, StringComparison.Ordinal));

    /// <summary>In both communes the same: devices, a command, a group command, a rule, a plan, who is told and on call, a contract, a work order, an alarm.</summary>
    private async Task PlantAsync()
    {
        await DoneAsync(_server.Http.PutAsync("/api/v1/bodies/200068120", Json("""{"name":"S","kind":"syndicate"}""")));
        await DoneAsync(_server.Http.PutAsync("/api/v1/bodies/200068120/members", Json($$"""[{"commune":"{{Own}}"},{"commune":"{{Other}}"}]""")));
        foreach (var commune in new[] { Own, Other })
        {
            async Task<JsonElement> DoAsync(HttpMethod method, string path, string? body)
            {
                using var request = new HttpRequestMessage(method, "/api/v1" + Filled(path, commune)) { Content = body is null ? null : Json(Filled(body, commune)) };
                var answer = await _server.Http.SendAsync(request);
                Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
                var text = await answer.Content.ReadAsStringAsync();
                return JsonDocument.Parse(text.Length == 0 ? "{}" : text).RootElement;
            }

            await DoAsync(HttpMethod.Put, "/devices/l-KEY", Lamp);
            await DoAsync(HttpMethod.Put, "/devices/x-KEY", Lamp);
            await DoAsync(HttpMethod.Put, "/devices/c-KEY", """{"kind":"cabinet","commune":"INSEE"}""");
            await DoAsync(HttpMethod.Put, "/devices/b-KEY", """{"kind":"bin","commune":"INSEE"}""");
            await DoAsync(HttpMethod.Put, "/devices/m-KEY", """{"kind":"meter","commune":"INSEE","attributes":{"fluid":"water","zone":"z-KEY"}}""");
            await DoAsync(HttpMethod.Post, "/readings", $$$"""[{"device":"b-KEY","time":"{{{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}}}","metrics":{"fillPercent":100}}]""");
            await DoAsync(HttpMethod.Put, "/rules/r-KEY", Rule);
            await DoAsync(HttpMethod.Put, "/lighting-plans/p-KEY", Plan);
            await DoAsync(HttpMethod.Put, "/lighting-plans/p-KEY/assignments", """[{"commune":"INSEE"}]""");
            await DoAsync(HttpMethod.Put, "/notification-endpoints/e-KEY", """{"kind":"webhook","url":"https://example.org/hook","scope":"commune:INSEE"}""");
            await DoAsync(HttpMethod.Put, "/on-call/commune:INSEE", Calendar);
            await DoAsync(HttpMethod.Put, "/contracts/k-KEY", Contract);
            await DoAsync(HttpMethod.Post, "/work-orders", """{"title":"T","commune":"INSEE"}""");
            _ids[commune] = new()
            {
                ["COMMAND"] = (await DoAsync(HttpMethod.Post, "/devices/x-KEY/commands", """{"name":"setDimming","args":{"percent":50}}""")).GetProperty("id").GetString()!,
                ["GROUP"] = (await DoAsync(HttpMethod.Post, "/group-commands", """{"selector":{"ids":["x-KEY"]},"name":"setDimming","args":{"percent":60}}""")).GetProperty("id").GetString()!,
                ["NOTIFICATION"] = (await DoAsync(HttpMethod.Post, "/notification-endpoints/e-KEY/test", null)).GetProperty("id").GetString()!,
            };
            await Eventually.HoldsAsync("the bin overflows", async () => (await _server.Http.GetAsync($"/api/v1/alarms/b-{commune}~overflow")).IsSuccessStatusCode);
        }
    }

    /// <summary>What there is of the other commune, but for what goes on by itself.</summary>
    private async Task<string> ShownAsync()
    {
        string[] paths =
        [
            "/devices?commune=INSEE&limit=1000", "/devices/l-KEY/parameters", "/commands/COMMAND", "/communes/INSEE/parameters", "/communes/INSEE/alarm-definitions", "/bodies/200068120",
            "/bodies/200068120/parameters", "/departments/29/alarm-definitions", "/alarm-definitions/all", "/lighting-plans", "/lighting-plans/p-KEY/preview?commune=INSEE&date=2026-11-26", "/rules/r-KEY", "/notification-endpoints",
            "/on-call/commune:INSEE", "/work-orders?scope=commune:INSEE", "/contracts",
        ];
        var shown = new StringBuilder();
        foreach (var path in paths)
        {
            var answer = await _server.Http.GetAsync("/api/v1" + Filled(path, Other));
            shown.AppendLine(path).AppendLine(answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode}"));
        }

        var alarm = await (await _server.Http.GetAsync($"/api/v1/alarms/b-{Other}~overflow")).JsonAsync();
        return shown.AppendLine(alarm.GetProperty("state").GetString()).ToString();
    }

    /// <param name="Path">Below <c>/api/v1</c>.</param>
    /// <param name="Body">What is sent; null for nothing.</param>
    /// <param name="Type">Of which type.</param>
    private sealed record Call(string Path, string? Body = null, string Type = "application/json")
    {
        /// <summary>It lists what is the caller's, and so is not refused.</summary>
        public bool Lists { get; init; }

        /// <summary>It is about more than any one commune.</summary>
        public bool IsWider { get; init; }

        /// <summary>It answers, and this must be in the answer.</summary>
        public string? ShowsOf { get; init; }
    }
}
