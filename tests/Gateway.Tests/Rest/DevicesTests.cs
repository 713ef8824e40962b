using System.Net;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Rest;

public sealed class DevicesTests
{
    [Fact]
    public async Task Put_answers_what_get_answers()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Body = """
            {"kind":"streetlight","commune":"29232","name":"Place Saint-Corentin","position":{"lon":-4.1021,"lat":47.9957},
             "attributes":{"ratedWatts":70.5,"passive":false,"cabinet":"C1"},
             "connector":{"type":"http","url":"https://example.org/lamp","secret":"hush","mapping":{"p":"powerWatts"}}}
            """;
        var put = await host.PutAsync("/api/v1/devices/L1", Body);
        Assert.Equal("/api/v1/devices/L1", put.Headers.Location?.ToString());
        var created = await put.JsonAsync(HttpStatusCode.Created);
        var shown = await (await host.Http.GetAsync("/api/v1/devices/L1")).JsonAsync();
        Assert.Equal(created.GetRawText(), shown.GetRawText());
        Assert.Equal(
            """{"id":"L1","kind":"streetlight","commune":"29232","name":"Place Saint-Corentin","position":{"lon":-4.1021,"lat":47.9957},"attributes":{"cabinet":"C1","passive":false,"ratedWatts":70.5},"connector":{"type":"http","url":"https://example.org/lamp","deviceId":null,"devEui":null,"topic":null,"gateway":null,"codec":null,"mapping":{"p":"powerWatts"}},"status":"unknown","lastSeen":null,"reported":{},"desired":{},"alarms":[],"derived":{}}""",
            shown.GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await host.PutAsync("/api/v1/devices/L1", Body)).StatusCode);
    }

    [Fact]
    public async Task A_secret_is_never_shown_kept_when_left_out_and_removed_by_null()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Device = """{"kind":"bin","commune":"29232","connector":{"type":"http"SECRET}}""";
        var created = await host.PutAsync("/api/v1/devices/b", Device.Replace("SECRET", ",\"secret\":\"hush\"", StringComparison.Ordinal));
        Assert.DoesNotContain("hush", await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await host.PutAsync("/api/v1/devices/b", Device.Replace("SECRET", "", StringComparison.Ordinal));
        Assert.Equal("hush", host.Registry.Descriptor("b")!.Connector!.Secret);
        await host.PutAsync("/api/v1/devices/b", Device.Replace("SECRET", ",\"secret\":null", StringComparison.Ordinal));
        Assert.Null(host.Registry.Descriptor("b")!.Connector!.Secret);
        Assert.All(host.Audit.Entries, entry => Assert.DoesNotContain("hush", entry.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("hush", host.Log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"commune":"29232"}""", "kind")]
    [InlineData("""{"kind":"rocket","commune":"29232"}""", "kind")]
    [InlineData("""{"kind":"bin"}""", "commune")]
    [InlineData("""{"kind":"bin","commune":"99999"}""", "commune")]
    [InlineData("""{"kind":"bin","commune":"29232","position":{"lon":181,"lat":0}}""", "position.lon")]
    [InlineData("""{"kind":"bin","commune":"29232","position":{"lon":0}}""", "position.lat")]
    [InlineData("""{"kind":"bin","commune":"29232","position":{"lon":"x","lat":1}}""", "position.lon")]
    [InlineData("""{"kind":"bin","commune":"29232","attributes":{"a":[1]}}""", "attributes.a")]
    [InlineData("""{"kind":"bin","commune":"29232","attributes":{"a b":1}}""", "attributes")]
    [InlineData("""{"kind":"bin","commune":"29232","connector":{"type":"pigeon"}}""", "connector.type")]
    [InlineData("""{"kind":"bin","commune":"29232","connector":{"type":"http","url":"file:///etc"}}""", "connector.url")]
    [InlineData("""{"kind":"bin","commune":"29232","connector":{"type":"tts","devEui":"12"}}""", "connector.devEui")]
    [InlineData("""{"kind":"bin",""", "body")]
    [InlineData("null", "body")]
    public async Task A_bad_device_is_400_by_field(string body, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        Assert.NotEmpty(await (await host.PutAsync("/api/v1/devices/x", body)).ErrorAsync(HttpStatusCode.BadRequest, field));
        Assert.Empty(host.Audit.Entries);
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("%C3%A9")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task A_bad_key_is_400(string id)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.PutAsync($"/api/v1/devices/{id}", """{"kind":"bin","commune":"29232"}""")).ErrorAsync(HttpStatusCode.BadRequest, "id");
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged()
    {
        await using var host = await GatewayHost.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await host.RegisterAsync($"bin{i}", DeviceKind.Bin, i < 3 ? "29232" : "29019", lon: -4 - (i / 10.0));
        }

        await host.PutAsync("/api/v1/devices/fed", """{"kind":"streetlight","commune":"35238","attributes":{"cabinet":"cabinet-1"}}""");
        await host.RegisterAsync("lamp", DeviceKind.Streetlight);
        await host.PutAsync("/api/v1/bodies/200068120", """{"name":"S","kind":"syndicate","members":[{"commune":"29232","kinds":["streetlight"]}]}""");
        var lamp = host.Registry.Descriptor("lamp")!;
        await host.ReportAsync(lamp, "powerWatts", 1);

        async Task<string> IdsAsync(string query) => string.Join(' ', (await (await host.Http.GetAsync($"/api/v1/devices?{query}")).JsonAsync())
            .GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.Equal("bin0 bin1 bin2 bin3 bin4 fed lamp", await IdsAsync(""));
        Assert.Equal("fed", await IdsAsync("cabinet=cabinet-1"));
        Assert.Equal("", await IdsAsync("cabinet=cabinet-1&department=29"));
        Assert.Equal("bin3 bin4", await IdsAsync("commune=29019"));
        Assert.Equal("bin0 bin1 bin2 bin3 bin4 lamp", await IdsAsync("department=29"));
        Assert.Equal("fed", await IdsAsync("department=35"));
        Assert.Equal("lamp", await IdsAsync("syndicate=200068120"));
        Assert.Equal("fed lamp", await IdsAsync("kind=streetlight,meter"));
        Assert.Equal("bin3 bin4", await IdsAsync("q=BIN&bbox=-4.5,47,-4.25,49"));
        Assert.Equal("lamp", await IdsAsync("status=ok"));
        Assert.Equal("bin0 bin1 bin2 bin3 bin4 fed", await IdsAsync("status=unknown&status=fault"));

        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = await (await host.Http.GetAsync($"/api/v1/devices?limit=2{cursor}")).JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(["bin0", "bin1", "bin2", "bin3", "bin4", "fed", "lamp"], seen);
    }

    [Theory]
    [InlineData("kind=rocket", "kind")]
    [InlineData("status=great", "status")]
    [InlineData("commune=99999", "commune")]
    [InlineData("department=29bis", "department")]
    [InlineData("syndicate=1", "syndicate")]
    [InlineData("bbox=1,2,3", "bbox")]
    [InlineData("bbox=1,9,3,2", "bbox")]
    [InlineData("bbox=1,2,NaN,4", "bbox")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("statuz=ok", "statuz")]
    public async Task A_bad_query_is_400_by_parameter(string query, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync($"/api/v1/devices?{query}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_cursor_of_another_filter_is_400()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        await host.RegisterAsync("b2", DeviceKind.Bin);
        var cursor = (await (await host.Http.GetAsync("/api/v1/devices?kind=bin&limit=1")).JsonAsync()).GetProperty("nextCursor").GetString();
        await (await host.Http.GetAsync($"/api/v1/devices?kind=bin&limit=1&cursor={cursor}")).JsonAsync();
        await (await host.Http.GetAsync($"/api/v1/devices?kind=meter&limit=1&cursor={cursor}")).ErrorAsync(HttpStatusCode.BadRequest, "cursor");
    }

    [Fact]
    public async Task A_device_is_removed_once()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        await (await host.Http.DeleteAsync("/api/v1/devices/b1?history=perhaps")).ErrorAsync(HttpStatusCode.BadRequest, "history");
        Assert.Equal(HttpStatusCode.NoContent, (await host.Http.DeleteAsync("/api/v1/devices/b1?history=true")).StatusCode);
        await (await host.Http.DeleteAsync("/api/v1/devices/b1")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.GetAsync("/api/v1/devices/b1")).ProblemAsync(HttpStatusCode.NotFound);
    }
}
