using System.Net;
using System.Net.Http.Headers;
using Grid.Client.Authentication;
using Grid.Client.Rights;
using Grid.Client.Settings;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Grid.Tests.Gateway.Rights;

public sealed class AccessTests
{
    [Theory]
    [InlineData("GET", "/api/v1/devices")]
    [InlineData("PUT", "/api/v1/devices/x")]
    [InlineData("POST", "/api/v1/readings")]
    [InlineData("GET", "/api/v1/devices/x/history")]
    [InlineData("GET", "/api/v1/communes/29019/history")]
    [InlineData("GET", "/api/v1/retention")]
    [InlineData("PUT", "/api/v1/communes/29019/parameters")]
    [InlineData("PUT", "/api/v1/bodies/999000029/parameters")]
    [InlineData("GET", "/api/v1/devices/x/parameters")]
    [InlineData("GET", "/api/v1/system")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/openapi/v1.json")]
    [InlineData("POST", "/hubs/live/negotiate?negotiateVersion=1")]
    public async Task Without_a_token_every_door_is_401(string method, string path)
    {
        await using var host = await GatewayHost.StartAsync();
        using var stranger = host.Client();
        var answer = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await answer.ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Token + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode);
    }

    [Fact]
    public async Task Health_is_open_and_says_when_it_is_not_ready()
    {
        await using var host = await GatewayHost.StartAsync();
        using var stranger = host.Client();
        await (await stranger.GetAsync("/health/live")).JsonAsync();
        await (await stranger.GetAsync("/health/ready")).JsonAsync();
        host.Readiness.WaitsFor = "the demo";
        Assert.Contains("the demo", (await (await stranger.GetAsync("/health/ready")).ProblemAsync(HttpStatusCode.ServiceUnavailable)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_query_token_serves_the_hub_only_and_is_never_logged()
    {
        await using var host = await GatewayHost.StartAsync();
        using var stranger = host.Client();
        Assert.Equal(HttpStatusCode.OK, (await stranger.PostAsync($"/hubs/live/negotiate?negotiateVersion=1&access_token={host.Token}", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/api/v1/devices?access_token={host.Token}")).StatusCode);
        Assert.DoesNotContain(host.Token, host.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_know_is_405_to_those_who_may_read()
    {
        await using var host = await GatewayHost.StartAsync();
        var answer = await host.Http.PatchAsync("/api/v1/devices/x", null);
        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed);
        Assert.Contains("PUT", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_put_that_is_no_json_is_415_and_one_that_is_too_large_413()
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.PutAsync("/api/v1/devices/x", new StringContent("kind=bin"))).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await host.PutAsync("/api/v1/devices/x", $$"""{"name":"{{new string('x', 5_000_000)}}"}""")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_fault_inside_is_500_without_its_trace()
    {
        await using var host = await GatewayHost.StartAsync(map: app => app.MapGet("/fault", string () => throw new InvalidOperationException("the secret of the house")).RequireRight(Right.Read));
        var problem = await (await host.Http.GetAsync("/fault")).ProblemAsync(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret of the house", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("secret of the house", host.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_are_429_and_health_is_not_among_them()
    {
        await using var host = await GatewayHost.StartAsync(settings: new Dictionary<string, string?> { ["Grid:Limits:RequestsPerSecond"] = "1" });
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await host.Http.GetAsync("/api/v1/system"));
        }

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        await (await host.Http.GetAsync("/health/live")).JsonAsync();
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_log_before_its_answer()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        await host.PostAsync("/api/v1/devices/L1/commands", """{"name":"setDimming","args":{"percent":50}}""");
        await host.PutAsync("/api/v1/bodies/200068120", """{"name":"S","kind":"syndicate"}""");
        await host.Http.DeleteAsync("/api/v1/devices/L1");
        await host.Http.DeleteAsync("/api/v1/devices/L1");
        Assert.Equal(["device.put", "command.submit", "body.put", "device.delete"], host.Audit.Entries.Select(entry => entry.Action));
        Assert.All(host.Audit.Entries, entry => Assert.Equal("administrator", entry.Actor));
        Assert.Contains("setDimming percent=50", host.Audit.Entries.ElementAt(1).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("getCommuneParameters", Right.Read)]
    [InlineData("getBodyParameters", Right.Read)]
    [InlineData("getDeviceParameters", Right.Read)]
    [InlineData("putCommuneParameters", Right.ManageDevices)]
    [InlineData("putBodyParameters", Right.Administer)]
    public async Task Defaults_of_a_commune_are_for_who_may_change_its_devices_and_those_of_a_body_for_who_may_change_bodies(string route, Right right)
    {
        await using var host = await GatewayHost.StartAsync();
        var endpoint = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == route);
        Assert.Equal(right, endpoint.Metadata.GetMetadata<RequiresRightAttribute>()?.Right);
    }

    [Fact]
    public async Task Open_needs_no_token_but_a_caller_of_this_machine()
    {
        await using var host = await GatewayHost.StartAsync(AuthenticationMode.Open);
        await (await host.Http.GetAsync("/api/v1/devices")).JsonAsync();
        async Task<HttpStatusCode> StatusAsync(string header, string value)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices");
            request.Headers.TryAddWithoutValidation(header, value);
            return (await host.Http.SendAsync(request)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("Host", "rebound.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("Origin", "https://page.example"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("Origin", "http://localhost:5173"));
    }

    [Fact]
    public async Task Open_on_an_address_that_others_reach_does_not_start()
    {
        var fault = await Assert.ThrowsAsync<GatewaySettingException>(() => GatewayHost.StartAsync(AuthenticationMode.Open, url: "http://0.0.0.0:0"));
        Assert.Contains("Grid:Auth:Mode=Open", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://127.9.9.9:0", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("https://localhost:1", true)]
    [InlineData("http://unix:/tmp/grid.sock", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://+:5080", false)]
    [InlineData("http://[::]:5080", false)]
    [InlineData("http://192.168.1.2:5080", false)]
    [InlineData("http://localhost.example:1", false)]
    [InlineData("nonsense", false)]
    public void Only_loopback_is_loopback(string address, bool isLoopback) => Assert.Equal(isLoopback, LoopbackRule.FindReachable([address]) is null);

    [Theory]
    [InlineData(null, AuthenticationMode.Local)]
    [InlineData("open", AuthenticationMode.Open)]
    public void Modes_are_read(string? value, AuthenticationMode mode) => Assert.Equal(mode, AuthenticationModes.Parse(value));

    [Fact]
    public void An_unknown_mode_is_a_clear_error() =>
        Assert.StartsWith("Grid:Auth:Mode=Oidc: ", Assert.Throws<GatewaySettingException>(() => AuthenticationModes.Parse("Oidc")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_token_is_made_once_readable_by_its_owner_only_and_shown_once()
    {
        var data = Directory.CreateTempSubdirectory("grid-token-").FullName;
        try
        {
            var first = AdministratorToken.LoadOrCreate(data);
            var link = first.TakeSignInLink("http://127.0.0.1:5080/");
            var token = File.ReadAllText(Path.Combine(data, "admin-token")).Trim();
            Assert.Equal($"http://127.0.0.1:5080/#token={token}", link);
            Assert.Equal(43, token.Length);
            Assert.Null(first.TakeSignInLink("http://127.0.0.1:5080"));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "admin-token")));
            }

            Assert.Single(Directory.GetFiles(data));
            var second = AdministratorToken.LoadOrCreate(data);
            Assert.Null(second.TakeSignInLink("http://127.0.0.1:5080"));
            Assert.True(second.Matches(token));
            Assert.False(second.Matches(token + "x"));
            Assert.False(second.Matches(""));
            File.WriteAllText(Path.Combine(data, "admin-token"), "\n");
            Assert.Throws<GatewaySettingException>(() => AdministratorToken.LoadOrCreate(data));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public void Every_grain_interface_declares_its_right() => Assert.Empty(RightsCheck.FindOffenders([], [typeof(IDeviceGrain).Assembly]));

    [Fact]
    public async Task A_route_without_a_right_stops_the_program_by_name()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayHost.StartAsync(map: app => app.MapGet("/back-door", () => "in")));
        Assert.Contains("route GET /back-door declares no right", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_is_not_audited_stops_the_program()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayHost.StartAsync(map: app => app.MapPost("/quiet", () => "done").RequireRight(Right.Administer)));
        Assert.Contains("route POST /quiet changes something and is not audited", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hub_method_or_grain_interface_without_a_right_is_named()
    {
        var endpoint = new RouteEndpoint(
            _ => Task.CompletedTask, RoutePatternFactory.Parse("/h"), 0, new EndpointMetadataCollection(new HubMetadata(typeof(LooseHub)), new RequiresRightAttribute(Right.Read)), null);
        var offenders = RightsCheck.FindOffenders([endpoint], [typeof(ILooseGrain).Assembly]);
        Assert.Contains(offenders, offender => offender.EndsWith("LooseHub.Shout declares no right", StringComparison.Ordinal));
        Assert.DoesNotContain(offenders, offender => offender.Contains("OnConnectedAsync", StringComparison.Ordinal) || offender.Contains("Whisper", StringComparison.Ordinal));
        Assert.Contains(offenders, offender => offender.EndsWith("ILooseGrain declares no right", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Openapi_names_the_calls_and_their_errors()
    {
        await using var host = await GatewayHost.StartAsync();
        var paths = (await (await host.Http.GetAsync("/openapi/v1.json")).JsonAsync()).GetProperty("paths");
        var put = paths.GetProperty("/api/v1/devices/{id}").GetProperty("put");
        Assert.NotEmpty(put.GetProperty("summary").GetString()!);
        Assert.Equal(["200", "201", "400", "415"], put.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
        Assert.True(paths.TryGetProperty("/api/v1/readings", out _));
        Assert.True(paths.TryGetProperty("/api/v1/departments/{code}", out _));
        foreach (var path in new[] { "/api/v1/devices/{id}/history", "/api/v1/communes/{insee}/history", "/api/v1/syndicates/{siren}/history", "/api/v1/departments/{code}/history" })
        {
            Assert.Equal(
                ["200", "400", "404"], paths.GetProperty(path).GetProperty("get").GetProperty("responses").EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
        }
    }

    public interface ILooseGrain : IGrainWithStringKey;

    public sealed class LooseHub : Hub
    {
        public override Task OnConnectedAsync() => base.OnConnectedAsync();

        public string Shout() => "!";

        [RequiresRight(Right.Read)]
        public string Whisper() => ".";
    }
}
