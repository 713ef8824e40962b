using System.Text;
using System.Text.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Grains.Territory;

namespace Grid.Tests.Gateway.Live;

/// <summary>Alarms in the frames of those who look at figures only.</summary>
public sealed class FigureAlarmsTests
{
    private const int PromisedBytes = 256 * 1024;

    private static AlarmView Fire(string device, AlarmState state = AlarmState.Unacknowledged, DeviceKind kind = DeviceKind.Bin) => new()
    {
        Id = AlarmIds.Of(device, "fire"),
        Source = device,
        Condition = "fire",
        Kind = kind,
        Commune = "29232",
        Priority = AlarmPriority.Urgent,
        Class = AlarmClass.Safety,
        State = state,
        RaisedAt = DateTimeOffset.UnixEpoch,
        LastAt = DateTimeOffset.UnixEpoch,
        Count = 1,
    };

    private static IEnumerable<string> IdsOf(JsonElement frame) =>
        frame.TryGetProperty("alarms", out var alarms) ? alarms.EnumerateArray().Select(alarm => alarm.GetProperty("source").GetString()!).Order(StringComparer.Ordinal) : [];

    [Fact]
    public async Task A_snapshot_of_figures_has_the_open_alarms_of_the_kinds_that_are_wanted()
    {
        await using var host = await GatewayHost.StartAsync();
        var sector = host.Registry.SectorOf(await host.RegisterAsync("B1", DeviceKind.Bin));
        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1"), Fire("B2", AlarmState.Normal), Fire("C1", AlarmState.Shelved, DeviceKind.Cabinet));

        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232");
        Assert.Equal(["B1", "C1"], IdsOf(await hub.FrameAsync()));

        await using var bins = await HubClient.ConnectAsync(host.Address, host.Token);
        await bins.WatchAsync("1", "commune:29232", """{"kinds":["bin"]}""");
        Assert.Equal(["B1"], IdsOf(await bins.FrameAsync()));
    }

    [Fact]
    public async Task A_snapshot_that_was_held_for_another_never_hides_an_alarm_that_was_told_since()
    {
        await using var host = await GatewayHost.StartAsync();
        var sector = host.Registry.SectorOf(await host.RegisterAsync("B1", DeviceKind.Bin));
        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1"));
        await using var first = await HubClient.ConnectAsync(host.Address, host.Token);
        await first.WatchAsync("1", "commune:29232");
        await first.FrameAsync();

        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1", AlarmState.Normal), Fire("B2"));
        await using var second = await HubClient.ConnectAsync(host.Address, host.Token);
        await second.WatchAsync("1", "commune:29232");
        Assert.Equal(["B2"], IdsOf(await second.FrameAsync()));

        // Without news in between, the sectors are not asked again.
        var asked = host.Grid.SectorOf(sector).ChangesAsked;
        await using var third = await HubClient.ConnectAsync(host.Address, host.Token);
        await third.WatchAsync("1", "commune:29232");
        Assert.Equal(["B2"], IdsOf(await third.FrameAsync()));
        Assert.Equal(asked, host.Grid.SectorOf(sector).ChangesAsked);
    }

    [Fact]
    public async Task More_alarms_than_a_frame_holds_come_in_parts_of_which_the_last_moves_the_cursor()
    {
        await using var host = await GatewayHost.StartAsync();
        var sector = host.Registry.SectorOf(await host.RegisterAsync("B1", DeviceKind.Bin));
        await host.Grid.SectorOf(sector).ChangeAsync([.. Enumerable.Range(0, 2_000).Select(number => Fire($"B{number:0000}"))]);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232");

        var parts = new List<JsonElement> { await hub.FrameAsync() };
        while (parts.Count < parts[0].GetProperty("parts").GetInt32())
        {
            parts.Add(await hub.FrameAsync());
        }

        Assert.True(parts.Count > 1);
        Assert.Equal(Enumerable.Range(1, parts.Count), parts.Select(part => part.GetProperty("part").GetInt32()));
        Assert.All(parts, part => Assert.True(Encoding.UTF8.GetByteCount(part.GetRawText()) < PromisedBytes));
        Assert.All(parts, part => Assert.Equal((part.GetRawText() == parts[^1].GetRawText(), "snapshot"), (part.TryGetProperty("cursor", out _), part.GetProperty("type").GetString())));
        Assert.Equal(Enumerable.Range(0, 2_000).Select(number => $"B{number:0000}"), parts.SelectMany(IdsOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task With_a_cursor_of_figures_the_alarms_that_changed_since_come_too_also_those_that_are_over()
    {
        await using var host = await GatewayHost.StartAsync();
        var sector = host.Registry.SectorOf(await host.RegisterAsync("B1", DeviceKind.Bin));
        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1"));
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { Versions = [new(sector, 1, 1)] });
        string cursor;
        await using (var first = await HubClient.ConnectAsync(host.Address, host.Token))
        {
            await first.WatchAsync("1", "commune:29232");
            cursor = (await first.FrameAsync()).GetProperty("cursor").GetString()!;
        }

        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1", AlarmState.Normal));
        await host.Grid.SectorOf(sector).TellAsync();
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", $$"""{"cursor":"{{cursor}}"}""");
        var frame = await hub.FrameAsync();
        Assert.Equal(("delta", "normal"), (frame.GetProperty("type").GetString(), Assert.Single(frame.GetProperty("alarms").EnumerateArray()).GetProperty("state").GetString()));
    }

    [Fact]
    public async Task An_alarm_that_moved_with_its_device_is_told_by_the_sector_where_it_is_now_and_one_that_left_the_scope_is_over()
    {
        await using var host = await GatewayHost.StartAsync();
        var sector = host.Registry.SectorOf(await host.RegisterAsync("B1", DeviceKind.Bin));
        var other = SectorMap.SectorsOf("29232", TerritoryTable.Shared.FindCommune("29232")!.Population).First(name => name != sector);
        await host.Grid.SectorOf(other).ChangeAsync(Fire("B1"), Fire("B2"));
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { Versions = [new(sector, 1, 1), new(other, 1, 1)] });
        string cursor;
        await using (var first = await HubClient.ConnectAsync(host.Address, host.Token))
        {
            await first.WatchAsync("1", "commune:29232");
            cursor = (await first.FrameAsync()).GetProperty("cursor").GetString()!;
        }

        await host.Grid.SectorOf(other).ChangeAsync(Fire("B1", AlarmState.Normal) with { HasLeft = true }, Fire("B2", AlarmState.Normal) with { HasLeft = true });
        await host.Grid.SectorOf(sector).ChangeAsync(Fire("B1", AlarmState.Acknowledged));
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", $$"""{"cursor":"{{cursor}}"}""");
        var frame = await hub.FrameAsync();
        Assert.Equal("delta", frame.GetProperty("type").GetString());
        Assert.Equal(
            [("B1", "acknowledged"), ("B2", "normal")],
            frame.GetProperty("alarms").EnumerateArray().Select(alarm => (alarm.GetProperty("source").GetString()!, alarm.GetProperty("state").GetString()!)).Order());
    }
}
