using System.Net;
using System.Text;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Rest;

public sealed class CommandsTests
{
    private const string Half = """{"name":"setDimming","args":{"percent":50}}""";

    [Fact]
    public async Task A_command_is_accepted_and_can_be_followed()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        var answer = await host.PostAsync("/api/v1/devices/L1/commands", """{"name":"setDimming","args":{"percent":50,"durationMinutes":30},"expiresIn":"PT10M"}""");
        var command = await answer.JsonAsync(HttpStatusCode.Accepted);
        var id = command.GetProperty("id").GetString();
        Assert.Equal($"/api/v1/commands/{id}", answer.Headers.Location?.ToString());
        var shown = await (await host.Http.GetAsync(answer.Headers.Location)).JsonAsync();
        Assert.Equal("accepted", shown.GetProperty("state").GetString());
        Assert.Equal(30, shown.GetProperty("args").GetProperty("durationMinutes").GetDouble());
        Assert.Equal("1970-01-01T00:10:00.000Z", shown.GetProperty("expiresAt").GetString());
        Assert.Equal(("accepted", "administrator"), (shown.GetProperty("ledger")[0].GetProperty("step").GetString(), shown.GetProperty("ledger")[0].GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task The_same_key_finds_the_same_command_and_another_body_is_409()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        await host.RegisterAsync("L2");
        var first = (await (await SendAsync(host, "L1", Half, "key-1")).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();
        Assert.Equal(first, (await (await SendAsync(host, "L1", Half, "key-1")).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString());
        Assert.NotEqual(first, (await (await SendAsync(host, "L2", Half, "key-1")).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString());
        Assert.NotEqual(first, (await (await SendAsync(host, "L1", Half, null)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString());
        await (await SendAsync(host, "L1", """{"name":"setDimming","args":{"percent":51}}""", "key-1")).ProblemAsync(HttpStatusCode.Conflict);
        await (await SendAsync(host, "L1", Half, new string('k', 256))).ErrorAsync(HttpStatusCode.BadRequest, "Idempotency-Key");
    }

    [Theory]
    [InlineData("""{"args":{"percent":50}}""", "name")]
    [InlineData("""{"name":"explode"}""", "name")]
    [InlineData("""{"name":"setDimming"}""", "args.percent")]
    [InlineData("""{"name":"setDimming","args":{"percent":101}}""", "args.percent")]
    [InlineData("""{"name":"setDimming","args":{"percent":"50"}}""", "args.percent")]
    [InlineData("""{"name":"setDimming","args":{"percent":50,"colour":1}}""", "args.colour")]
    [InlineData("""{"name":"setDimming","args":{"percent":50},"expiresIn":"P1M"}""", "expiresIn")]
    [InlineData("""{"name":"setDimming","args":{"percent":50},"expiresIn":"P8D"}""", "expiresIn")]
    public async Task A_bad_command_is_400_by_field(string body, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        await (await host.PostAsync("/api/v1/devices/L1/commands", body)).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_bin_cannot_be_dimmed()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        await (await host.PostAsync("/api/v1/devices/b1/commands", Half)).ErrorAsync(HttpStatusCode.BadRequest, "name");
    }

    [Fact]
    public async Task What_is_not_there_is_404()
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.PostAsync("/api/v1/devices/nobody/commands", Half)).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.GetAsync("/api/v1/commands/nothing")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.DeleteAsync("/api/v1/commands/nothing")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_cancelled_command_ends_superseded_and_stays_so()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        var location = (await host.PostAsync("/api/v1/devices/L1/commands", Half)).Headers.Location;
        var cancelled = await (await host.Http.DeleteAsync(location)).JsonAsync();
        Assert.Equal("superseded", cancelled.GetProperty("state").GetString());
        Assert.Equal("cancelled by administrator", cancelled.GetProperty("ledger")[1].GetProperty("detail").GetString());
        Assert.Equal(2, (await (await host.Http.DeleteAsync(location)).JsonAsync()).GetProperty("ledger").GetArrayLength());
    }

    private static Task<HttpResponseMessage> SendAsync(GatewayHost host, string device, string body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/devices/{device}/commands") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return host.Http.SendAsync(request);
    }
}
