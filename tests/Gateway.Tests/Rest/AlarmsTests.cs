using System.Net;
using System.Text.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Tests.Gateway.Live;

namespace Grid.Tests.Gateway.Rest;

public sealed class AlarmsTests
{
    private static AlarmView Fire(string device, int second, AlarmState state = AlarmState.Unacknowledged) => new()
    {
        Id = AlarmIds.Of(device, "fire"),
        Source = device,
        Condition = "fire",
        Kind = DeviceKind.Bin,
        Commune = "29232",
        Priority = AlarmPriority.Urgent,
        Class = AlarmClass.Safety,
        State = state,
        RaisedAt = DateTimeOffset.UnixEpoch.AddSeconds(second),
        LastAt = DateTimeOffset.UnixEpoch.AddSeconds(second),
        Count = 2,
        RespondBy = DateTimeOffset.UnixEpoch.AddSeconds(second) + TimeSpan.FromMinutes(15),
        History = [new AlarmEvent(AlarmAction.Raise, DateTimeOffset.UnixEpoch, "system", null)],
    };

    private static async Task<(GatewayHost Host, string Sector)> StartAsync(params AlarmView[] alarms)
    {
        var host = await GatewayHost.StartAsync();
        var sector = "";
        foreach (var device in alarms.Select(alarm => alarm.Source).Append("B1").Distinct())
        {
            sector = host.Registry.SectorOf(await host.RegisterAsync(device, DeviceKind.Bin));
        }

        foreach (var alarm in alarms)
        {
            await host.Grid.SectorOf(host.Registry.SectorOf(host.Registry.Descriptor(alarm.Source)!)).ChangeAsync(alarm);
        }

        return (host, sector);
    }

    [Fact]
    public async Task An_alarm_is_shown_with_its_texts_in_the_language_of_the_caller_and_its_history()
    {
        var (host, _) = await StartAsync(Fire("B1", 60));
        await using var _1 = host;
        var alarm = await (await host.Http.GetAsync("/api/v1/alarms/B1~fire")).JsonAsync();
        Assert.Equal(
            ("B1", "fire", "bin", "urgent", "unacknowledged", 2),
            (alarm.GetProperty("source").GetString(), alarm.GetProperty("condition").GetString(), alarm.GetProperty("kind").GetString(), alarm.GetProperty("priority").GetString(), alarm.GetProperty("state").GetString(), alarm.GetProperty("count").GetInt32()));
        Assert.Equal(("Fire in a container", "1970-01-01T00:16:00.000Z"), (alarm.GetProperty("message").GetString(), alarm.GetProperty("respondBy").GetString()));
        Assert.Equal("raise", alarm.GetProperty("history")[0].GetProperty("action").GetString());

        using var french = new HttpRequestMessage(HttpMethod.Get, "/api/v1/alarms/B1~fire");
        french.Headers.AcceptLanguage.ParseAdd("fr-FR");
        Assert.Equal("Feu dans un conteneur", (await (await host.Http.SendAsync(french)).JsonAsync()).GetProperty("message").GetString());
        await (await host.Http.GetAsync("/api/v1/alarms/B1~frostRisk")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.GetAsync("/api/v1/alarms/gateway:G1@99999.0~gatewayOutage")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.GetAsync("/api/v1/alarms/nothing")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Lists_go_on_from_page_to_page_the_newest_first()
    {
        var (host, _) = await StartAsync(Fire("B1", 10), Fire("B2", 30), Fire("B3", 20), Fire("B4", 40, AlarmState.Normal));
        await using var _1 = host;
        var first = await (await host.Http.GetAsync("/api/v1/alarms?scope=commune:29232&limit=2")).JsonAsync();
        Assert.Equal(["B2", "B3"], first.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("source").GetString()));
        var second = await (await host.Http.GetAsync($"/api/v1/alarms?scope=commune:29232&limit=2&cursor={first.GetProperty("nextCursor").GetString()}")).JsonAsync();
        Assert.Equal(["B1"], second.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("source").GetString()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
        var normal = await (await host.Http.GetAsync("/api/v1/alarms?scope=commune:29232&state=normal")).JsonAsync();
        Assert.Equal("B4", Assert.Single(normal.GetProperty("items").EnumerateArray()).GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("scope=village:1", "scope")]
    [InlineData("scope=commune:00000", "scope")]
    [InlineData("state=angry", "state")]
    [InlineData("priority=9", "priority")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("colour=red", "colour")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync($"/api/v1/alarms?{query}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task What_an_operator_does_goes_to_the_sector_under_the_operators_name_and_into_the_audit_log()
    {
        var (host, sector) = await StartAsync(Fire("B1", 10));
        await using var _1 = host;
        await (await host.PostAsync("/api/v1/alarms/B1~fire/acknowledge", """{"note":"on my way"}""")).JsonAsync();
        await (await host.PostAsync("/api/v1/alarms/B1~fire/shelve", """{"until":"1970-01-02T00:00:00Z","reason":"the brigade is there"}""")).JsonAsync();
        await (await host.PostAsync("/api/v1/alarms/B1~fire/unshelve", "")).JsonAsync();
        await (await host.PostAsync("/api/v1/alarms/B1~fire/out-of-service", """{"reason":"broken sensor"}""")).JsonAsync();
        await (await host.PostAsync("/api/v1/alarms/B1~fire/in-service", "")).JsonAsync();
        Assert.Equal(
            [
                (AlarmAction.Acknowledge, "administrator", "on my way"),
                (AlarmAction.Shelve, "administrator", "the brigade is there"),
                (AlarmAction.Unshelve, "administrator", null),
                (AlarmAction.RemoveFromService, "administrator", "broken sensor"),
                (AlarmAction.ReturnToService, "administrator", null),
            ],
            host.Grid.SectorOf(sector).Orders.Select(item => (item.Order.Action, item.Order.By, item.Order.Note)));
        Assert.Equal(
            ["alarm.acknowledge", "alarm.shelve", "alarm.unshelve", "alarm.removeFromService", "alarm.returnToService"],
            host.Audit.Entries.Where(entry => entry.Target == "alarm:B1~fire").Select(entry => entry.Action));
        await (await host.PostAsync("/api/v1/alarms/B9~fire/acknowledge", "{}")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Several_are_acknowledged_at_once_and_one_that_is_none_costs_the_others_nothing()
    {
        var (host, _) = await StartAsync(Fire("B1", 10), Fire("B2", 20));
        await using var _1 = host;
        var answer = await (await host.PostAsync("/api/v1/alarms/acknowledge", """{"ids":["B1~fire","B9~fire","B2~fire"],"note":"storm"}""")).JsonAsync();
        Assert.Equal(2, answer.GetProperty("accepted").GetInt32());
        Assert.Equal("B9~fire", Assert.Single(answer.GetProperty("rejected").EnumerateArray()).GetProperty("id").GetString());
        await (await host.PostAsync("/api/v1/alarms/acknowledge", """{"ids":[]}""")).ErrorAsync(HttpStatusCode.BadRequest, "ids");
    }

    [Fact]
    public async Task A_change_of_an_alarm_reaches_the_watchers_of_its_kind_at_once()
    {
        var (host, sector) = await StartAsync();
        await using var _1 = host;
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", """{"kinds":["bin"]}""");
        await using var lampsOnly = await HubClient.ConnectAsync(host.Address, host.Token);
        await lampsOnly.WatchAsync("1", "commune:29232", """{"kinds":["streetlight"]}""");
        var cursor = (await hub.FrameAsync()).GetProperty("cursor").GetString();
        await lampsOnly.FrameAsync();

        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1", 10));
        var frame = await hub.FrameAsync();
        Assert.Equal(("delta", cursor), (frame.GetProperty("type").GetString(), frame.GetProperty("cursor").GetString()));
        Assert.Equal(("B1~fire", "unacknowledged"), (frame.GetProperty("alarms")[0].GetProperty("id").GetString(), frame.GetProperty("alarms")[0].GetProperty("state").GetString()));
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { AsOf = DateTimeOffset.UnixEpoch });
        Assert.False((await lampsOnly.FrameAsync()).TryGetProperty("alarms", out _));
    }
}
