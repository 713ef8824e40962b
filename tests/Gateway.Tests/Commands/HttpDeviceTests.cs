using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Tests.Host;
using Microsoft.AspNetCore.Http;

namespace Grid.Tests.Gateway.Commands;

/// <summary>Commands to a device behind plain HTTP, with the whole program. What takes time is waited for with a bound.</summary>
public sealed class HttpDeviceTests
{
    private static readonly string[] Final = ["confirmed", "rejected", "expired", "superseded", "failed"];

    [Fact]
    public async Task A_device_that_accepts_and_obeys_is_confirmed_by_its_own_report()
    {
        await using var device = await HttpDevice.StartAsync((http, _) => Task.FromResult(http.Response.StatusCode = 202));
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var id = await CommandAsync(server, "lamp", 40);
        var transmitted = await UntilAsync(server, id, "transmitted");
        await ReportAsync(server, "lamp", 40);
        var confirmed = await UntilAsync(server, id, "confirmed");

        Assert.Equal(["accepted", "transmitted", "confirmed"], Steps(confirmed));
        Assert.Equal("answered 202", transmitted.GetProperty("ledger")[1].GetProperty("detail").GetString());
        var request = Assert.Single(device.Requests);
        Assert.Equal(request.ExpectedSignature, request.Headers["webhook-signature"]);
        Assert.Equal(id, request.Headers["webhook-id"]);
        Assert.Equal(
            ("lamp", id, "setDimming", 40, 1L),
            (request.Json.GetProperty("device").GetString()!, request.Json.GetProperty("command").GetString()!, request.Json.GetProperty("name").GetString()!,
                request.Json.GetProperty("args").GetProperty("percent").GetInt32(), request.Json.GetProperty("version").GetInt64()));
    }

    [Fact]
    public async Task A_device_that_rejects_ends_the_command_with_its_reason()
    {
        await using var device = await HttpDevice.StartAsync(async (http, _) =>
        {
            http.Response.StatusCode = 422;
            await http.Response.WriteAsJsonAsync(new { reason = "locked out\nfor works" });
        });
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var rejected = await UntilAsync(server, await CommandAsync(server, "lamp", 40), "rejected");

        Assert.Equal("answered 422: locked out for works", Last(rejected));
        Assert.Single(device.Requests);
    }

    [Fact]
    public async Task A_device_that_never_answers_is_asked_again_and_the_command_expires_saying_that_it_may_have_arrived()
    {
        await using var device = await HttpDevice.StartAsync((http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await using var server = await GridServer.StartAsync("--Grid:Downlinks:Http:TimeoutSeconds=1");
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var expired = await UntilAsync(server, await CommandAsync(server, "lamp", 40, "PT20S"), "expired");

        Assert.Equal(["accepted", "transmitted", "expired"], Steps(expired));
        Assert.Equal("no answer within 1 s: it may have arrived", expired.GetProperty("ledger")[1].GetProperty("detail").GetString());
        Assert.Equal("transmitted, but not seen in the measurements", Last(expired));
        Assert.True(device.Requests.Count > 1, "it was not asked again");
        Assert.All(device.Requests, request => Assert.Equal(1, request.Json.GetProperty("version").GetInt64()));
    }

    [Fact]
    public async Task A_device_that_answers_only_the_second_time_and_reports_twice_is_confirmed_once()
    {
        await using var device = await HttpDevice.StartAsync(async (http, request) =>
        {
            if (request == 1)
            {
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            }

            await http.Response.WriteAsJsonAsync(new { status = "acknowledged" });
        });
        await using var server = await GridServer.StartAsync("--Grid:Downlinks:Http:TimeoutSeconds=5");
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var id = await CommandAsync(server, "lamp", 40);
        await UntilAsync(server, id, "acknowledged");
        await ReportAsync(server, "lamp", 40);
        await ReportAsync(server, "lamp", 40);
        var confirmed = await UntilAsync(server, id, "confirmed");

        Assert.Equal(["accepted", "transmitted", "acknowledged", "confirmed"], Steps(confirmed));
        Assert.True(device.Requests.Count > 1, "it was not asked again");
    }

    [Fact]
    public async Task A_device_that_acknowledges_and_does_not_obey_lets_the_command_expire()
    {
        await using var device = await HttpDevice.StartAsync((http, _) => http.Response.WriteAsJsonAsync(new { status = "acknowledged" }));
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var id = await CommandAsync(server, "lamp", 40, "PT10S");
        await ReportAsync(server, "lamp", 100);
        var expired = await UntilAsync(server, id, "expired");
        await ReportAsync(server, "lamp", 40);

        Assert.Contains("acknowledged", Steps(expired));
        Assert.Equal("acknowledged, but not seen in the measurements", Last(expired));
        Assert.Equal("expired", (await GetAsync(server, id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_device_that_is_out_of_order_for_a_while_gets_the_command_later()
    {
        await using var device = await HttpDevice.StartAsync((http, request) => Task.FromResult(http.Response.StatusCode = request == 1 ? 503 : 200));
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var transmitted = await UntilAsync(server, await CommandAsync(server, "lamp", 40), "transmitted");

        Assert.Equal("answered 200", Last(transmitted));
        Assert.Equal(2, device.Requests.Count);
    }

    [Theory]
    [InlineData("{\"status\": \"ackn")]
    [InlineData("[1, 2]")]
    [InlineData("")]
    [InlineData("null")]
    public async Task An_answer_that_is_no_answer_counts_by_its_status_code(string body) => await CountsAsTransmittedAsync(body);

    [Fact]
    public async Task An_answer_that_is_too_long_counts_by_its_status_code() => await CountsAsTransmittedAsync($$"""{"status": "acknowledged", "reason": "{{new string('a', 1 << 20)}}"}""");

    [Fact]
    public async Task Nothing_is_sent_unsigned_nor_to_where_no_device_is()
    {
        await using var device = await HttpDevice.StartAsync((http, _) => Task.FromResult(http.Response.StatusCode = 200));
        await using var server = await GridServer.StartAsync("--Grid:Downlinks:Http:Networks:0=127.0.0.0/8");
        await PutLampAsync(server, "unsigned", device.Address + "/desired", secret: null);
        await PutLampAsync(server, "metadata", "http://169.254.169.254/latest");
        await PutLampAsync(server, "elsewhere", "http://10.1.2.3/desired");

        Assert.Equal("the device has no connector.secret to sign with", Last(await UntilAsync(server, await CommandAsync(server, "unsigned", 40), "rejected")));
        foreach (var (id, host) in new[] { ("metadata", "169.254.169.254"), ("elsewhere", "10.1.2.3") })
        {
            Assert.Equal(
                $"the address {host} is in no network that Grid:Downlinks:Http:Networks allows", Last(await UntilAsync(server, await CommandAsync(server, id, 40), "rejected")));
        }

        Assert.Empty(device.Requests);
    }

    [Fact]
    public async Task A_device_that_hangs_holds_up_no_other()
    {
        await using var hanging = await HttpDevice.StartAsync((http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await using var device = await HttpDevice.StartAsync((http, _) => Task.FromResult(http.Response.StatusCode = 200));
        await using var server = await GridServer.StartAsync("--Grid:Downlinks:Http:TimeoutSeconds=30", "--Grid:Downlinks:Http:ConcurrentPerGateway=1");
        await PutLampAsync(server, "lamp", device.Address + "/desired");
        for (var lamp = 0; lamp < 3; lamp++)
        {
            await PutLampAsync(server, $"hanging-{lamp}", hanging.Address + "/desired");
            await CommandAsync(server, $"hanging-{lamp}", 40);
        }

        await UntilAsync(server, await CommandAsync(server, "lamp", 40), "transmitted");

        Assert.Single(device.Requests);
        await Eventually.HoldsAsync("the first of those that hang is asked", () => hanging.Requests.Count > 0);
        Assert.Single(hanging.Requests);
    }

    private static async Task CountsAsTransmittedAsync(string body)
    {
        await using var device = await HttpDevice.StartAsync((http, _) =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(body);
        });
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp", device.Address + "/desired");

        var transmitted = await UntilAsync(server, await CommandAsync(server, "lamp", 40), "transmitted");

        Assert.Equal("answered 200", Last(transmitted));
        Assert.Single(device.Requests);
    }

    private static async Task PutLampAsync(GridServer server, string id, string url, string? secret = HttpDevice.Secret)
    {
        var json = JsonSerializer.Serialize(new
        {
            kind = "streetlight",
            commune = "29232",
            position = new { lon = -4.1, lat = 48.0 },
            attributes = new { ratedWatts = 75 },
            connector = new { type = "http", url, secret },
        });
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.Created, (await server.Http.PutAsync($"/api/v1/devices/{id}", body)).StatusCode);
    }

    private static async Task<string> CommandAsync(GridServer server, string device, int percent, string expiresIn = "PT1H")
    {
        using var body = new StringContent(
            $$$"""{"name":"setDimming","args":{"percent":{{{percent.ToString(CultureInfo.InvariantCulture)}}}},"expiresIn":"{{{expiresIn}}}"}""", Encoding.UTF8, "application/json");
        return (await (await server.Http.PostAsync($"/api/v1/devices/{device}/commands", body)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString()!;
    }

    private static async Task ReportAsync(GridServer server, string device, int dimming)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var body = new StringContent(
            $$$"""[{"device":"{{{device}}}","time":"{{{time}}}","metrics":{"dimmingPercent":{{{dimming.ToString(CultureInfo.InvariantCulture)}}}}}]""", Encoding.UTF8, "application/json");
        Assert.Equal(1, (await (await server.Http.PostAsync("/api/v1/readings", body)).JsonAsync()).GetProperty("accepted").GetInt32());
    }

    private static async Task<JsonElement> GetAsync(GridServer server, string command) => await (await server.Http.GetAsync($"/api/v1/commands/{command}")).JsonAsync();

    private static async Task<JsonElement> UntilAsync(GridServer server, string command, string state)
    {
        var shown = default(JsonElement);
        await Eventually.HoldsAsync(
            $"{command} is {state}",
            async () =>
            {
                shown = await GetAsync(server, command);
                var now = shown.GetProperty("state").GetString();
                Assert.False(now != state && Final.Contains(now), $"it is {now} and should be {state}: {shown}");
                return now == state;
            });
        return shown;
    }

    private static string[] Steps(JsonElement command) => [.. command.GetProperty("ledger").EnumerateArray().Select(step => step.GetProperty("step").GetString()!)];

    private static string? Last(JsonElement command) => command.GetProperty("ledger").EnumerateArray().Last().GetProperty("detail").GetString();
}
