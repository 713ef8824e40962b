using System.Text.Json;
using Grid.Client.Live;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.Live;

public sealed class WatchTests
{
    private const string Devices = """{"devices":true}""";

    [Fact]
    public async Task Figures_come_first_as_a_snapshot_and_then_as_they_change()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232");
        var snapshot = await hub.FrameAsync();
        Assert.Equal("snapshot", snapshot.GetProperty("type").GetString());
        Assert.Equal("commune:29232", snapshot.GetProperty("summary").GetProperty("scope").GetString());
        Assert.False(snapshot.TryGetProperty("devices", out _));
        Assert.False(snapshot.TryGetProperty("parts", out _));
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { Name = "Quimper", AsOf = DateTimeOffset.UnixEpoch, Versions = [new("29232.0", 1, 9)] });
        var delta = await hub.FrameAsync();
        Assert.Equal("delta", delta.GetProperty("type").GetString());
        Assert.Equal("Quimper", delta.GetProperty("summary").GetProperty("name").GetString());
        Assert.NotEqual(snapshot.GetProperty("cursor").GetString(), delta.GetProperty("cursor").GetString());
        Assert.Equal(delta.GetProperty("cursor").GetString(), delta.GetProperty("summary").GetProperty("cursor").GetString());
    }

    [Fact]
    public async Task The_cursor_of_a_summary_goes_on_in_watch()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        await host.ReportAsync(lamp, "powerWatts", 1);
        var sector = host.Registry.SectorOf(lamp);
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { Versions = [new(sector, 1, 1)] });
        var cursor = (await (await host.Http.GetAsync("/api/v1/communes/29232")).JsonAsync()).GetProperty("cursor").GetString();
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", $$"""{"cursor":"{{cursor}}"}""");
        await UntilFollowedAsync(host, 1);
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { Versions = [new(sector, 1, 2)] });
        Assert.Equal("delta", (await hub.FrameAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Devices_come_whole_and_then_with_what_changed()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        await host.ReportAsync(lamp, "powerWatts", 50);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "department:29", Devices);
        var device = Assert.Single((await hub.FrameAsync()).GetProperty("devices").EnumerateArray());
        Assert.Equal("""{"id":"L1","kind":"streetlight","lon":-4.1,"lat":48,"status":"ok","metrics":{"powerWatts":50}}""", device.GetRawText());
        await host.ReportAsync(lamp, "dimmingPercent", 30);
        var delta = await hub.FrameAsync(frame => frame.GetProperty("devices").GetArrayLength() > 0);
        Assert.Equal("""{"dimmingPercent":30}""", delta.GetProperty("devices")[0].GetProperty("metrics").GetRawText());
        await host.Grid.SectorOf(host.Registry.SectorOf(lamp)).RemoveAsync("L1");
        var removal = await hub.FrameAsync(frame => frame.TryGetProperty("removed", out _));
        Assert.Equal("L1", removal.GetProperty("removed")[0].GetString());
    }

    [Fact]
    public async Task Kinds_and_box_choose_the_devices()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.ReportAsync(await host.RegisterAsync("L1"), "powerWatts", 1);
        await host.ReportAsync(await host.RegisterAsync("b1", DeviceKind.Bin), "fillPercent", 1);
        await host.ReportAsync(await host.RegisterAsync("b2", DeviceKind.Bin, lon: 2), "fillPercent", 1);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "all", """{"devices":true,"kinds":["bin"],"bbox":[-5,47,-4,49]}""");
        Assert.Equal("b1", Assert.Single((await hub.FrameAsync()).GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_body_shows_what_it_is_competent_for()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.ReportAsync(await host.RegisterAsync("L1"), "powerWatts", 1);
        await host.ReportAsync(await host.RegisterAsync("b1", DeviceKind.Bin), "fillPercent", 1);
        await host.PutAsync("/api/v1/bodies/999000029", """{"name":"S","kind":"syndicate","members":[{"commune":"29232","kinds":["bin"]}]}""");
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "syndicate:999000029", Devices);
        Assert.Equal("b1", Assert.Single((await hub.FrameAsync()).GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task One_device_is_watched_without_its_neighbours()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        var neighbour = await host.RegisterAsync("L2");
        await host.ReportAsync(lamp, "powerWatts", 1);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "device:L1");
        var snapshot = await hub.FrameAsync();
        Assert.Equal("L1", Assert.Single(snapshot.GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
        Assert.False(snapshot.TryGetProperty("summary", out _));
        await host.Grid.SectorOf(host.Registry.SectorOf(neighbour)).ReportAsync(neighbour, "powerWatts", 2, tell: false);
        await host.ReportAsync(lamp, "powerWatts", 3);
        var delta = await hub.FrameAsync(frame => frame.GetProperty("devices").GetArrayLength() > 0);
        Assert.Equal("""{"powerWatts":3}""", Assert.Single(delta.GetProperty("devices").EnumerateArray()).GetProperty("metrics").GetRawText());
    }

    [Fact]
    public async Task With_the_last_cursor_only_what_changed_since_is_sent()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        var other = await host.RegisterAsync("L2", commune: "29019");
        await host.ReportAsync(lamp, "powerWatts", 1);
        await host.ReportAsync(other, "powerWatts", 1);
        string cursor;
        await using (var first = await HubClient.ConnectAsync(host.Address, host.Token))
        {
            await first.WatchAsync("1", "department:29", Devices);
            cursor = (await first.FrameAsync()).GetProperty("cursor").GetString()!;
        }

        await host.ReportAsync(other, "powerWatts", 2);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "department:29", $$"""{"devices":true,"cursor":"{{cursor}}"}""");
        var delta = await hub.FrameAsync();
        Assert.Equal("delta", delta.GetProperty("type").GetString());
        Assert.Equal("L2", Assert.Single(delta.GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("other filter")]
    [InlineData("other epoch")]
    public async Task A_cursor_that_cannot_be_served_is_a_gap_and_then_a_snapshot(string reason)
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        await host.ReportAsync(lamp, "powerWatts", 1);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", reason == "other filter" ? "{}" : Devices);
        var cursor = reason == "nonsense" ? "nonsense" : (await hub.FrameAsync()).GetProperty("cursor").GetString();
        if (reason == "nonsense")
        {
            await hub.FrameAsync();
        }

        await hub.CancelAsync("1");
        await hub.CompletionAsync();
        if (reason == "other epoch")
        {
            host.Grid.SectorOf(host.Registry.SectorOf(lamp)).Epoch = 2;
        }

        await hub.WatchAsync("2", "commune:29232", $$"""{"devices":true,"cursor":"{{cursor}}"}""");
        Assert.Equal("gap", (await hub.FrameAsync()).GetProperty("type").GetString());
        var snapshot = await hub.FrameAsync();
        Assert.Equal("snapshot", snapshot.GetProperty("type").GetString());
        Assert.Single(snapshot.GetProperty("devices").EnumerateArray());
    }

    [Fact]
    public async Task A_sector_that_begins_a_new_epoch_is_a_gap_for_those_who_watch()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        var sector = host.Grid.SectorOf(host.Registry.SectorOf(lamp));
        await host.ReportAsync(lamp, "powerWatts", 1);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", Devices);
        await hub.FrameAsync();
        sector.Epoch = 2;
        await host.ReportAsync(lamp, "powerWatts", 9);
        await hub.FrameAsync(frame => frame.GetProperty("type").GetString() == "gap");
        var snapshot = await hub.FrameAsync(frame => frame.GetProperty("type").GetString() == "snapshot");
        Assert.Equal(9, snapshot.GetProperty("devices")[0].GetProperty("metrics").GetProperty("powerWatts").GetDouble());
    }

    [Theory]
    [InlineData("planet:earth", "{}", "scope ")]
    [InlineData("commune:99999", "{}", "scope ")]
    [InlineData("device:nobody", "{}", "scope ")]
    [InlineData("department:29", """{"kinds":["rocket"]}""", "kinds ")]
    [InlineData("department:29", """{"bbox":[1,2,3]}""", "bbox ")]
    [InlineData("department:29", """{"bbox":[1,9,3,4]}""", "bbox ")]
    [InlineData("department:29", """{"maxPerSecond":6}""", "maxPerSecond ")]
    [InlineData("department:29", """{"maxPerSecond":0}""", "maxPerSecond ")]
    public async Task A_bad_watch_is_refused_by_argument(string scope, string options, string message)
    {
        await using var host = await GatewayHost.StartAsync();
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", scope, options);
        Assert.Contains(message, await hub.CompletionAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_of_too_many_devices_is_refused()
    {
        await using var host = await GatewayHost.StartAsync(settings: new Dictionary<string, string?> { ["Grid:Limits:LiveDevices"] = "1" });
        await host.ReportAsync(await host.RegisterAsync("L1"), "powerWatts", 1);
        await host.ReportAsync(await host.RegisterAsync("L2"), "powerWatts", 1);
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", Devices);
        Assert.Contains("more than 1 devices", await hub.CompletionAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_streams_on_a_connection_are_refused_until_one_ends()
    {
        await using var host = await GatewayHost.StartAsync(settings: new Dictionary<string, string?> { ["Grid:Limits:StreamsPerConnection"] = "1" });
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232");
        await hub.FrameAsync();
        await hub.WatchAsync("2", "commune:29232");
        Assert.Contains("too many streams", await hub.CompletionAsync(), StringComparison.Ordinal);
        await hub.CancelAsync("1");
        await hub.CompletionAsync();
        await hub.WatchAsync("3", "commune:29232");
        Assert.Equal("snapshot", (await hub.FrameAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Command_changes_reach_those_whose_scope_has_the_device_and_move_no_cursor()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232", """{"kinds":["streetlight"]}""");
        await using var binsOnly = await HubClient.ConnectAsync(host.Address, host.Token);
        await binsOnly.WatchAsync("1", "commune:29232", """{"kinds":["bin"]}""");
        var cursor = (await hub.FrameAsync()).GetProperty("cursor").GetString();
        await binsOnly.FrameAsync();
        var command = new CommandView
        {
            Id = "c1",
            Device = "L1",
            Name = "setDimming",
            Arguments = System.Collections.Immutable.ImmutableSortedDictionary<string, double>.Empty.Add("percent", 50),
            State = CommandState.Transmitted,
            CreatedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.UnixEpoch,
            Ledger = [],
        };
        await host.Grid.SectorOf(host.Registry.SectorOf(lamp)).Announce(command);
        var frame = await hub.FrameAsync();
        Assert.Equal(("delta", cursor), (frame.GetProperty("type").GetString(), frame.GetProperty("cursor").GetString()));
        Assert.Equal(("c1", "transmitted"), (frame.GetProperty("commands")[0].GetProperty("id").GetString(), frame.GetProperty("commands")[0].GetProperty("state").GetString()));
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { AsOf = DateTimeOffset.UnixEpoch });
        Assert.False((await binsOnly.FrameAsync()).TryGetProperty("commands", out _));
    }

    [Fact]
    public async Task Many_who_look_at_the_same_share_one_observer_and_one_question()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        var sector = host.Grid.SectorOf(host.Registry.SectorOf(lamp));
        await host.ReportAsync(lamp, "powerWatts", 1);
        var hubs = new List<HubClient>();
        for (var i = 0; i < 10; i++)
        {
            var hub = await HubClient.ConnectAsync(host.Address, host.Token);
            hubs.Add(hub);
            await hub.WatchAsync("1", "commune:29232", Devices);
            await hub.FrameAsync();
        }

        await UntilFollowedAsync(host, 1);
        Assert.Equal(1, sector.Observers);
        Assert.Equal(1, host.Grid.TerritoryOf("commune:29232").Observers);
        await host.ReportAsync(lamp, "powerWatts", 2);
        foreach (var hub in hubs)
        {
            await hub.FrameAsync(frame => frame.GetProperty("devices").GetArrayLength() > 0);
        }

        // One snapshot (shared for seconds), a join for each, and one question for the change.
        Assert.InRange(sector.ChangesAsked, 2, 22);
        foreach (var hub in hubs)
        {
            await hub.DisposeAsync();
        }

        await Eventually.HoldsAsync("nobody watches", () => sector.Observers == 0 && host.Services.GetRequiredService<LiveObservers>().Count == 0);
    }

    [Fact]
    public async Task A_client_that_does_not_read_gets_fewer_and_newer_updates()
    {
        await using var host = await GatewayHost.StartAsync();
        var lamp = await host.RegisterAsync("L1");
        await host.ReportAsync(lamp, "powerWatts", 0);
        var feeds = host.Services.GetRequiredService<LiveFeeds>();
        var key = new FeedKey(new(ScopeKind.Commune, "29232"), new(DeviceKinds.All, null, Devices: true), TimeSpan.FromMilliseconds(20));
        await using var slow = NewSubscription(host, key, feeds);
        await using var fast = NewSubscription(host, key, feeds);
        await slow.NextAsync(CancellationToken.None);
        await fast.NextAsync(CancellationToken.None);
        for (var i = 1; i <= 5; i++)
        {
            await host.ReportAsync(lamp, "powerWatts", i);
            while (PowerOf(await fast.NextAsync(CancellationToken.None)) != i)
            {
                // An update of the figures alone, or of the join.
            }
        }

        var frames = 0;
        double? last = null;
        while (last != 5)
        {
            last = PowerOf(await slow.NextAsync(CancellationToken.None)) ?? last;
            frames++;
        }

        Assert.InRange(frames, 1, 2);
    }

    [Fact]
    public async Task A_stop_of_the_program_ends_the_streams_without_an_error()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var hub = await HubClient.ConnectAsync(host.Address, host.Token);
        await hub.WatchAsync("1", "commune:29232");
        await hub.FrameAsync();
        await host.StopAsync();

        // The stream is completed, or its connection is closed before that can be said; it never fails, and nothing is left behind.
        Assert.Null(await hub.CompletionOrCloseAsync());
        await Eventually.HoldsAsync("nobody watches", () => host.Grid.TerritoryOf("commune:29232").Observers == 0);
    }

    private static Subscription NewSubscription(GatewayHost host, FeedKey key, LiveFeeds feeds) =>
        new(key, null, feeds, host.Services.GetRequiredService<Grid.Client.Metrics.GatewayMeter>(), TimeProvider.System);

    private static double? PowerOf(IReadOnlyList<EncodedFrame>? frames)
    {
        var devices = frames!.Select(frame => JsonDocument.Parse(frame.Utf8).RootElement)
            .Where(frame => frame.TryGetProperty("devices", out _)).SelectMany(frame => frame.GetProperty("devices").EnumerateArray()).ToArray();
        return devices.Length == 0 ? null : devices[0].GetProperty("metrics").GetProperty("powerWatts").GetDouble();
    }

    private static Task UntilFollowedAsync(GatewayHost host, int feeds) =>
        Eventually.HoldsAsync($"{feeds} feeds are followed", () => host.Services.GetRequiredService<LiveFeeds>().Count == feeds);
}
