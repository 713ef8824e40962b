using System.Text;
using System.Text.Json;
using Grid.Tests.Gateway.Live;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>A cabinet that fails with all its lamps, through the real door, to a live client and the list of alarms.</summary>
public sealed class AlarmStormTests
{
    private const string Cabinet = "C1";
    private const string Parent = $"{Cabinet}~supplyLoss";
    private const int Lamps = 400;

    private static readonly string[] Ids = [.. Enumerable.Range(0, Lamps).Select(number => $"L{number:000}")];

    [Fact]
    public async Task Four_hundred_lamps_that_say_one_after_the_other_that_their_supply_is_lost_are_one_open_alarm_with_four_hundred_children()
    {
        await using var server = await GridServer.StartAsync();
        await PutAsync(server, Cabinet, """{"kind":"cabinet","commune":"29155"}""");
        foreach (var some in Ids.Chunk(50))
        {
            await Task.WhenAll(some.Select(lamp => PutAsync(server, lamp, $$$"""{"kind":"streetlight","commune":"29155","attributes":{"cabinet":"{{{Cabinet}}}","ratedWatts":70}}""")));
        }

        await using var hub = await HubClient.ConnectAsync(server.Address, server.Token);
        await hub.WatchAsync("1", "commune:29155");
        Assert.False((await hub.FrameAsync()).TryGetProperty("alarms", out _));

        // The cabinet says so itself only after some of its lamps have.
        await ReportAsync(server, Ids[..150]);
        await ReportAsync(server, [Cabinet]);
        await ReportAsync(server, Ids[150..]);

        await hub.FrameAsync(frame => IdsIn(frame).Contains(Parent));
        await Eventually.HoldsAsync("one alarm is open and explains all lamps", async () => (await OpenAsync(server, "")).SequenceEqual([Parent]) && (await OpenAsync(server, $"&parent={Parent}")).Length == Lamps);
        Assert.Equal(Lamps + 1, (await OpenAsync(server, "&children=true")).Length);
        var parent = await (await server.Http.GetAsync($"/api/v1/alarms/{Parent}")).JsonAsync();
        Assert.Equal(("unacknowledged", Lamps), (parent.GetProperty("state").GetString(), parent.GetProperty("children").GetInt32()));

        // Who looks now, at figures only, has it at once, and none of its lamps'.
        await using var later = await HubClient.ConnectAsync(server.Address, server.Token);
        await later.WatchAsync("1", "commune:29155");
        Assert.Equal([Parent], IdsIn(await later.FrameAsync()));
        await (await server.Http.PostAsync($"/api/v1/alarms/{Parent}/acknowledge", null)).JsonAsync();
        Assert.Empty(await OpenAsync(server, "&state=unacknowledged&children=true"));
    }

    private static string[] IdsIn(JsonElement frame) =>
        frame.TryGetProperty("alarms", out var alarms) ? [.. alarms.EnumerateArray().Where(alarm => alarm.GetProperty("state").GetString() != "normal").Select(alarm => alarm.GetProperty("id").GetString()!)] : [];

    private static async Task<string[]> OpenAsync(GridServer server, string query) =>
        [.. (await (await server.Http.GetAsync($"/api/v1/alarms?scope=commune:29155&limit=1000{query}")).JsonAsync()).GetProperty("items").EnumerateArray().Select(alarm => alarm.GetProperty("id").GetString()!)];

    private static async Task PutAsync(GridServer server, string id, string body) =>
        (await server.Http.PutAsync($"/api/v1/devices/{id}", new StringContent(body, Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();

    private static async Task ReportAsync(GridServer server, string[] devices)
    {
        var now = DateTimeOffset.UtcNow.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var body = $"[{string.Join(',', devices.Select(device => $$$"""{"device":"{{{device}}}","time":"{{{now}}}","metrics":{"supplyVolts":0}}"""))}]";
        var answer = await (await server.Http.PostAsync("/api/v1/readings", new StringContent(body, Encoding.UTF8, "application/json"))).JsonAsync();
        Assert.Equal(devices.Length, answer.GetProperty("accepted").GetInt32());
    }
}
