using System.Net;
using System.Text.Json;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Rest;

public sealed class ImportTests
{
    private const string Path = "/api/v1/devices/import";

    [Theory]
    [InlineData("text/csv", "id,kind,commune,name,longitude,latitude,attributes.cabinet,attributes.ratedWatts,attributes.passive\nL1,streetlight,29232,\"Rue Kéréon, 12\",-4.1021,47.9957,17,70.5,false\n")]
    [InlineData("text/csv", "\uFEFFid;kind;commune;name;lon;lat;attributes\r\nL1;streetlight;29232;Rue Kéréon, 12;-4,1021;47,9957;\"{\"\"cabinet\"\":\"\"17\"\",\"\"ratedWatts\"\":70.5,\"\"passive\"\":false}\"\r\n")]
    [InlineData("application/x-ndjson", """{"id":"L1","kind":"streetlight","commune":"29232","name":"Rue Kéréon, 12","position":{"lon":-4.1021,"lat":47.9957},"attributes":{"cabinet":"17","ratedWatts":70.5,"passive":false},"status":"ok"}""")]
    [InlineData("application/geo+json", """
        {"type":"FeatureCollection","features":[{"type":"Feature","id":"L1","geometry":{"type":"Point","coordinates":[-4.1021,47.9957,12]},
         "properties":{"kind":"streetlight","commune":"29232","name":"Rue Kéréon, 12","attributes":{"cabinet":"17","ratedWatts":70.5},"attributes.passive":false}}]}
        """)]
    public async Task Every_format_says_the_same_device(string type, string body)
    {
        await using var host = await GatewayHost.StartAsync();
        var answer = await (await host.PostAsync(Path, body, type)).JsonAsync();
        Assert.Equal("""{"accepted":1,"created":1,"replaced":0,"rejected":[]}""", answer.GetRawText());
        var device = host.Registry.Descriptor("L1")!;
        Assert.Equal((DeviceKind.Streetlight, "29232", "Rue Kéréon, 12"), (device.Kind, device.Commune, device.Name));
        Assert.Equal(new GeoPoint(-4.1021, 47.9957), device.Position);
        Assert.Equal(("17", 70.5, false), (device.Text("cabinet"), device.Number("ratedWatts"), device.Attributes["passive"].Flag));
        Assert.Equal("devices.import", Assert.Single(host.Audit.Entries).Action);
    }

    [Fact]
    public async Task A_bad_line_costs_no_other_and_names_line_field_and_reason()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Body = """
            id,kind,commune,lon,lat,attributes.ratedWatts
            good,streetlight,29232,,,70
            bad key,streetlight,29232,,,
            rocket,rocket,29232,,,
            nowhere,bin,99999,,,
            north,bin,29232,4,91
            half,bin,29232,4,,
            word,bin,29232,east,1,
            good,bin,29232,,,
            last,bin,29232,,,
            """;
        var answer = await (await host.PostAsync(Path, Body, "text/csv")).JsonAsync();
        Assert.Equal(2, answer.GetProperty("accepted").GetInt32());
        Assert.Equal(
            ["3 bad key id", "4 rocket kind", "5 nowhere commune", "6  body", "7 half position.lat", "8 word position.lon", "9 good id"],
            answer.GetProperty("rejected").EnumerateArray().Select(Told));
        Assert.All(answer.GetProperty("rejected").EnumerateArray(), rejected => Assert.NotEmpty(rejected.GetProperty("reason").GetString()!));
        Assert.Equal(DeviceKind.Streetlight, host.Registry.Descriptor("good")!.Kind);
        Assert.NotNull(host.Registry.Descriptor("last"));
    }

    [Fact]
    public async Task Lines_of_ndjson_and_features_are_rejected_one_by_one()
    {
        await using var host = await GatewayHost.StartAsync();
        var lines = await (await host.PostAsync(
            Path,
            """
            {"id":"a","kind":"bin","commune":"29232"}

            {"id":"b","kind":"bin",
            {"id":"c","kind":"bin","commune":"29232","position":{"lon":"x","lat":1}}
            null
            {"kind":"bin","commune":"29232"}
            """,
            "application/x-ndjson")).JsonAsync();
        Assert.Equal(1, lines.GetProperty("accepted").GetInt32());
        Assert.Equal(["3  body", "4  position.lon", "5  body", "6  id"], lines.GetProperty("rejected").EnumerateArray().Select(Told));

        var features = await (await host.PostAsync(
            Path,
            """
            {"type":"FeatureCollection","features":[7,
             {"type":"Feature","id":1,"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"kind":"bin","commune":"29232"}},
             {"type":"Feature","id":2,"geometry":null,"properties":{"kind":"bin","commune":"29232","colour":"green"}},
             {"type":"Feature","id":3,"geometry":null,"properties":{"kind":"bin","commune":"29232","attributes":{"stream":"4"}}}]}
            """,
            "application/geo+json")).JsonAsync();
        Assert.Equal(1, features.GetProperty("accepted").GetInt32());
        Assert.Equal(["1  body", "2  geometry", "3  properties.colour"], features.GetProperty("rejected").EnumerateArray().Select(Told));
        Assert.Equal("4", host.Registry.Descriptor("3")!.Text("stream"));
    }

    [Theory]
    [InlineData("text/csv", "", "body")]
    [InlineData("text/csv", "id,kind,colour\n1,bin,green", "header")]
    [InlineData("text/csv", "id,kind,kind\n1,bin,bin", "header")]
    [InlineData("text/csv", "kind,commune\nbin,29232", "header")]
    [InlineData("application/geo+json", "{\"type\":", "body")]
    [InlineData("application/geo+json", "[]", "body")]
    [InlineData("application/geo+json", """{"type":"Feature"}""", "body")]
    public async Task A_body_that_is_no_such_file_is_400(string type, string body, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        Assert.NotEmpty(await (await host.PostAsync(Path, body, type)).ErrorAsync(HttpStatusCode.BadRequest, field));
        Assert.Empty(host.Audit.Entries);
    }

    [Fact]
    public async Task A_header_of_a_hundred_thousand_columns_is_400_at_once()
    {
        await using var host = await GatewayHost.StartAsync();
        var body = "id," + string.Join(',', Enumerable.Range(0, 100_000).Select(number => $"attributes.a{number}")) + "\n";
        await (await host.PostAsync(Path, body, "text/csv")).ErrorAsync(HttpStatusCode.BadRequest, "header");
    }

    [Fact]
    public async Task What_is_exported_can_be_imported_and_secrets_stay()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.PutAsync("/api/v1/devices/b", """{"kind":"bin","commune":"29232","name":"=1+1","connector":{"type":"http","secret":"hush"},"attributes":{"stream":"glass"}}""");
        var before = host.Registry.Descriptor("b")!;
        await (await host.PostAsync(Path, "id,kind,commune,name,longitude,latitude,status,lastSeen,attributes,connector.type\nb,bin,29232,'=1+1,,,unknown,,\"{\"\"stream\"\":\"\"glass\"\"}\",http\n", "text/csv")).JsonAsync();
        var after = host.Registry.Descriptor("b")!;
        Assert.Equal(("=1+1", "hush", "glass"), (after.Name, after.Connector!.Secret, after.Text("stream")));
        Assert.Equal(before.Connector!.Type, after.Connector.Type);
        Assert.All(host.Audit.Entries, entry => Assert.DoesNotContain("hush", entry.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_than_a_batch_goes_in_and_each_batch_is_audited()
    {
        await using var host = await GatewayHost.StartAsync();
        var body = string.Join('\n', Enumerable.Range(0, 2_500).Select(i => $$"""{"id":"d{{i}}","kind":"bin","commune":"29232"}"""));
        Assert.Equal(2_500, (await (await host.PostAsync(Path, body, "application/x-ndjson")).JsonAsync()).GetProperty("created").GetInt32());
        Assert.Equal(2_500, (await (await host.PostAsync(Path, body, "application/x-ndjson")).JsonAsync()).GetProperty("replaced").GetInt32());
        Assert.Equal(6, host.Audit.Entries.Count);
    }

    [Fact]
    public async Task Another_type_a_longer_body_and_a_query_are_refused()
    {
        await using var host = await GatewayHost.StartAsync(settings: new Dictionary<string, string?> { ["Grid:Limits:ImportBytes"] = "2000" });
        await (await host.PostAsync(Path, "[]")).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await host.PostAsync(Path, new string(' ', 2_001), "text/csv")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        await (await host.PostAsync($"{Path}?dry=1", "id\n", "text/csv")).ErrorAsync(HttpStatusCode.BadRequest, "dry");
    }

    private static string Told(JsonElement rejected) =>
        $"{rejected.GetProperty("line").GetInt32()} {rejected.GetProperty("device").GetString()} {rejected.GetProperty("field").GetString()}";
}
