using System.Text;
using System.Text.Json;
using Grid.Contracts.Storage;
using Grid.Tests.Gateway.Live;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

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

        // One order for all of them, each with a line in the audit log; sent again with its key it changes nothing.
        var until = DateTimeOffset.UtcNow.AddHours(4).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var shelve = $$"""{"action":"shelve","parent":"{{Parent}}","until":"{{until}}","note":"grid works"}""";
        Assert.Equal(Lamps + 1, (await OrderAsync(server, shelve, "k1")).GetProperty("accepted").GetInt32());
        Assert.Equal(Lamps + 1, (await OpenAsync(server, "&state=shelved&children=true")).Length);
        var audit = await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(1_000, CancellationToken.None);
        Assert.Equal(Lamps + 1, audit.Count(line => line.Detail.Contains("shelve until", StringComparison.Ordinal)));
        var unshelve = $$"""{"action":"unshelve","cabinet":"{{Cabinet}}"}""";
        Assert.Equal(Lamps + 1, (await OrderAsync(server, unshelve, "k2")).GetProperty("accepted").GetInt32());
        Assert.Equal(Lamps + 1, (await OrderAsync(server, shelve, "k1")).GetProperty("accepted").GetInt32());
        Assert.Empty(await OpenAsync(server, "&state=shelved&children=true"));

        (string Body, string Field)[] wrong =
        [
            ("""{"action":"raise","parent":"x"}""", "action"), ("""{"action":"shelve"}""", "ids"), ("""{"action":"shelve","parent":"x","gateway":"g"}""", "ids"), ("""{"action":"acknowledge","ids":[]}""", "ids"),
            ($$"""{"action":"shelve","cabinet":"{{Cabinet}}","note":"x"}""", "until"), ($$"""{"action":"removeFromService","cabinet":"{{Cabinet}}"}""", "note"),
        ];
        foreach (var (body, field) in wrong)
        {
            await (await PostOrderAsync(server, body, null)).ErrorAsync(System.Net.HttpStatusCode.BadRequest, field);
        }

        await (await PostOrderAsync(server, """{"action":"unshelve","cabinet":"nobody"}""", null)).ProblemAsync(System.Net.HttpStatusCode.NotFound);
        await (await PostOrderAsync(server, """{"action":"unshelve","parent":"nobody~fire"}""", null)).ProblemAsync(System.Net.HttpStatusCode.NotFound);
        Assert.Equal(0, (await OrderAsync(server, """{"action":"unshelve","gateway":"G1"}""", null)).GetProperty("accepted").GetInt32());

        await (await server.Http.PostAsync($"/api/v1/alarms/{Parent}/acknowledge", null)).JsonAsync();
        Assert.Empty(await OpenAsync(server, "&state=unacknowledged&children=true"));
    }

    private static async Task<JsonElement> OrderAsync(GridServer server, string body, string? key) => await (await PostOrderAsync(server, body, key)).JsonAsync();

    private static Task<HttpResponseMessage> PostOrderAsync(GridServer server, string body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/alarms/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return server.Http.SendAsync(request);
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
