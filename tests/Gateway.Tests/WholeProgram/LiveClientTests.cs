using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>The whole program over real HTTP and WebSocket, with the client that people use.</summary>
public sealed class LiveClientTests
{
    [Fact]
    public async Task A_posted_reading_reaches_the_device_its_territories_and_a_live_client()
    {
        SkipWithoutNode();
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp-1");
        await using var watcher = await NodeWatcher.WatchAsync(server.Address, server.Token, "department:29", """{"devices":true}""");
        var snapshot = await watcher.FrameAsync();
        Assert.Equal("snapshot", snapshot.GetProperty("type").GetString());
        Assert.Equal("lamp-1", Assert.Single(snapshot.GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(1, (await PostAsync(server, "lamp-1", 70, 52.5)).GetProperty("accepted").GetInt32());
        var delta = await watcher.FrameAsync(frame => frame.TryGetProperty("devices", out var devices) && devices.GetArrayLength() > 0);
        Assert.Equal(52.5, delta.GetProperty("devices")[0].GetProperty("metrics").GetProperty("powerWatts").GetDouble());
        await watcher.FrameAsync(frame => frame.TryGetProperty("summary", out var summary) && summary.GetProperty("lighting").GetProperty("powerWatts").GetDecimal() == 52.5m);

        var device = await (await server.Http.GetAsync("/api/v1/devices/lamp-1")).JsonAsync();
        Assert.Equal(52.5, device.GetProperty("reported").GetProperty("powerWatts").GetProperty("value").GetDouble());
        Assert.NotEqual(JsonValueKind.Null, device.GetProperty("lastSeen").ValueKind);
        foreach (var territory in new[] { "communes/29232", "departments/29" })
        {
            var summary = await (await server.Http.GetAsync($"/api/v1/{territory}")).JsonAsync();
            Assert.Equal((1, "52.5"), (summary.GetProperty("lighting").GetProperty("on").GetInt32(), summary.GetProperty("lighting").GetProperty("powerWatts").GetRawText()));
        }
    }

    [Fact]
    public async Task A_client_that_comes_back_with_its_cursor_gets_what_it_missed()
    {
        SkipWithoutNode();
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp-1");
        await PutLampAsync(server, "lamp-2");
        string cursor;
        await using (var first = await NodeWatcher.WatchAsync(server.Address, server.Token, "commune:29232", """{"devices":true}"""))
        {
            cursor = (await first.FrameAsync()).GetProperty("cursor").GetString()!;
        }

        await PostAsync(server, "lamp-2", 40, 20);
        await using var again = await NodeWatcher.WatchAsync(server.Address, server.Token, "commune:29232", $$"""{"devices":true,"cursor":"{{cursor}}"}""");
        var delta = await again.FrameAsync(frame => frame.TryGetProperty("devices", out var devices) && devices.GetArrayLength() > 0);
        Assert.Equal("delta", delta.GetProperty("type").GetString());
        Assert.Equal("lamp-2", Assert.Single(delta.GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_command_is_told_at_once()
    {
        SkipWithoutNode();
        await using var server = await GridServer.StartAsync();
        await PutLampAsync(server, "lamp-1");
        await using var watcher = await NodeWatcher.WatchAsync(server.Address, server.Token, "device:lamp-1", "{}");
        await watcher.FrameAsync();
        using var body = new StringContent("""{"name":"setDimming","args":{"percent":40}}""", Encoding.UTF8, "application/json");
        var command = await (await server.Http.PostAsync("/api/v1/devices/lamp-1/commands", body)).JsonAsync(HttpStatusCode.Accepted);
        var frame = await watcher.FrameAsync(frame => frame.TryGetProperty("commands", out _));
        Assert.Equal(command.GetProperty("id").GetString(), frame.GetProperty("commands")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_client_without_a_token_is_refused()
    {
        SkipWithoutNode();
        await using var server = await GridServer.StartAsync();
        await using var watcher = await NodeWatcher.WatchAsync(server.Address, "wrong", "all", "{}");
        var answer = await watcher.FrameAsync();
        Assert.Equal("refused", answer.GetProperty("type").GetString());
        Assert.Contains("401", answer.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static void SkipWithoutNode()
    {
        if (NodeWatcher.Missing() is { } reason)
        {
            Assert.Skip(reason);
        }
    }

    private static async Task PutLampAsync(GridServer server, string id)
    {
        using var body = new StringContent("""{"kind":"streetlight","commune":"29232","position":{"lon":-4.1,"lat":48},"attributes":{"ratedWatts":75}}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.Created, (await server.Http.PutAsync($"/api/v1/devices/{id}", body)).StatusCode);
    }

    private static async Task<JsonElement> PostAsync(GridServer server, string device, double dimming, double power)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var json = string.Create(
            CultureInfo.InvariantCulture, $$$"""[{"device":"{{{device}}}","time":"{{{time}}}","metrics":{"dimmingPercent":{{{dimming}}},"powerWatts":{{{power}}} } }]""");
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        return await (await server.Http.PostAsync("/api/v1/readings", body)).JsonAsync();
    }
}
