using System.Globalization;
using System.Net;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Tests.Gateway.Fakes;

namespace Grid.Tests.Gateway.Collection;

public sealed class CollectionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private static async Task<FakeDevice> BinAsync(
        GatewayHost host, string id, double longitude, double? fill = 50, double rate = 0, double? fullInHours = null, string attributes = """{"stream":"glass"}""",
        DeviceStatus status = DeviceStatus.Ok, bool isPlaced = true)
    {
        var position = isPlaced ? string.Create(CultureInfo.InvariantCulture, $$""","position":{"lon":{{longitude}},"lat":48.39}""") : "";
        await host.PutAsync($"/api/v1/devices/{id}", $$"""{"kind":"bin","commune":"29019","name":"Bin {{id}}"{{position}},"attributes":{{attributes}}}""");
        var bin = (FakeDevice)host.Grid.Device(DeviceKind.Bin, id);
        bin.Status = status;
        bin.LastSeen = status == DeviceStatus.Unknown ? null : Now;
        bin.Derived =
        [
            .. fill is { } percent ? [new DerivedFigure { Name = "expectedFillPercent", Value = percent, At = Now, Basis = "trend" }] : Array.Empty<DerivedFigure>(),
            .. rate > 0 ? [new DerivedFigure { Name = "fillRatePercentPerHour", Value = rate, Basis = "trend" }] : Array.Empty<DerivedFigure>(),
            .. fullInHours is { } hours ? [new DerivedFigure { Name = "fullAt", At = Now.AddHours(hours), Basis = "trend" }] : Array.Empty<DerivedFigure>(),
        ];
        return bin;
    }

    private static async Task<JsonElement> GetAsync(GatewayHost host, string query = "") => await (await host.Http.GetAsync($"/api/v1/communes/29019/collection{query}")).JsonAsync();

    private static string[] Devices(JsonElement list, string name) => [.. list.GetProperty(name).EnumerateArray().Select(item => item.GetProperty("device").GetString()!)];

    private static string In(double hours) => $"{Now.AddHours(hours):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    [Fact]
    public async Task Bins_that_are_full_by_then_are_listed_by_round_in_the_order_of_the_way()
    {
        await using var host = await GatewayHost.StartAsync();
        await BinAsync(host, "far", -4.40, fill: 90, rate: 1, fullInHours: 8, attributes: """{"stream":"glass","round":"north"}""");
        await BinAsync(host, "near", -4.47, fill: 88, rate: 1, fullInHours: 10, attributes: """{"stream":"glass","round":"north"}""");
        await BinAsync(host, "middle", -4.44, fill: 89, rate: 1, fullInHours: 9, attributes: """{"stream":"paper","round":"north"}""");
        await BinAsync(host, "later", -4.45, fill: 60, rate: 1, fullInHours: 38, attributes: """{"stream":"glass","round":"north"}""");
        await BinAsync(host, "nowhere", 0, fill: 95, fullInHours: 2, attributes: """{"round":"north"}""", isPlaced: false);
        await BinAsync(host, "paper", -4.46, fill: 97, fullInHours: 1, attributes: """{"stream":"paper"}""");

        var list = await GetAsync(host, $"?by={In(24)}&start=-4.48,48.39");
        var rounds = list.GetProperty("rounds").EnumerateArray().ToArray();

        Assert.Equal(["north", null], rounds.Select(round => round.GetProperty("round").GetString()));
        Assert.Equal("paper", rounds[1].GetProperty("stream").GetString());
        Assert.Equal(["near", "middle", "far", "nowhere"], Devices(rounds[0], "stops"));
        Assert.Equal((6, true), (list.GetProperty("bins").GetInt32(), list.GetProperty("isComplete").GetBoolean()));

        // A hundredth of a degree of the parallel of 48.39 is 738 m.
        var legs = rounds[0].GetProperty("stops").EnumerateArray().Select(stop => stop.GetProperty("legMetres")).Select(leg => leg.ValueKind == JsonValueKind.Null ? -1 : leg.GetInt64()).ToArray();
        Assert.Equal([738, 2_215, 2_954, -1], legs);
        Assert.Equal(legs.Where(leg => leg >= 0).Sum(), rounds[0].GetProperty("distanceMetres").GetInt64());
        Assert.Equal(rounds.Sum(round => round.GetProperty("distanceMetres").GetInt64()), list.GetProperty("distanceMetres").GetInt64());
        var first = rounds[0].GetProperty("stops")[0];
        Assert.Equal(("full", "88", "100"), (first.GetProperty("reason").GetString(), first.GetProperty("fillPercent").GetRawText(), first.GetProperty("expectedFillPercent").GetRawText()));
    }

    [Fact]
    public async Task What_overflows_is_collected_whatever_its_estimate_and_a_fill_may_be_asked_for()
    {
        await using var host = await GatewayHost.StartAsync();
        (await BinAsync(host, "over", -4.40, fill: 99)).Conditions = [new("overflow", DeviceStatus.Warning, Now)];
        await BinAsync(host, "half", -4.41, fill: 55, rate: 0.5, fullInHours: 86);
        await BinAsync(host, "still", -4.42, fill: 20);

        Assert.Equal(["over"], Devices((await GetAsync(host, $"?by={In(12)}")).GetProperty("rounds")[0], "stops"));

        // In twelve hours the half full one has 61 %.
        Assert.Equal(["over"], Devices((await GetAsync(host, $"?by={In(12)}&fillPercent=61.5")).GetProperty("rounds")[0], "stops"));
        var stops = (await GetAsync(host, $"?by={In(12)}&fillPercent=60")).GetProperty("rounds")[0].GetProperty("stops").EnumerateArray().ToArray();
        Assert.Equal(["fill", "overflowing"], stops.Select(stop => stop.GetProperty("reason").GetString()).Order());
    }

    [Fact]
    public async Task Bins_that_are_not_heard_are_listed_apart_with_the_reason()
    {
        await using var host = await GatewayHost.StartAsync();
        await BinAsync(host, "mute", -4.40, fill: null, status: DeviceStatus.Unknown);
        await BinAsync(host, "gone", -4.41, fill: 80, rate: 1, fullInHours: 18, status: DeviceStatus.Silent);
        await BinAsync(host, "blind", -4.42, fill: null);
        var list = await GetAsync(host);

        Assert.Empty(list.GetProperty("rounds").EnumerateArray());
        var unknown = list.GetProperty("unknown").EnumerateArray().ToDictionary(item => item.GetProperty("device").GetString()!);
        Assert.Equal(("neverHeard", "silent", "noFill"), (Reason("mute"), Reason("gone"), Reason("blind")));
        Assert.Equal(JsonValueKind.Null, unknown["mute"].GetProperty("lastSeen").ValueKind);
        Assert.Equal(100, unknown["gone"].GetProperty("expectedFillPercent").GetDouble());
        Assert.False(unknown["blind"].TryGetProperty("fullAt", out _));

        string? Reason(string device) => unknown[device].GetProperty("reason").GetString();
    }

    [Fact]
    public async Task A_stream_chooses_bins_and_a_date_lasts_until_its_local_end()
    {
        await using var host = await GatewayHost.StartAsync();
        await BinAsync(host, "glass", -4.40, fullInHours: 1);
        await BinAsync(host, "paper", -4.41, fullInHours: 1, attributes: """{"stream":"paper"}""");
        var date = DateOnly.FromDateTime(Now.UtcDateTime).AddDays(3);
        var list = await GetAsync(host, $"?stream=paper&by={date:yyyy-MM-dd}");

        Assert.Equal(["paper"], Devices(list.GetProperty("rounds")[0], "stops"));
        var paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var end = TimeZoneInfo.ConvertTime(list.GetProperty("by").GetDateTimeOffset(), paris);
        Assert.Equal((date.AddDays(1).ToDateTime(TimeOnly.MinValue), 1), (end.DateTime, list.GetProperty("bins").GetInt32()));
    }

    [Theory]
    [InlineData("by=yesterday", "by")]
    [InlineData("by=2020-01-01", "by")]
    [InlineData("by=2199-01-01T00:00:00Z", "by")]
    [InlineData("by=9999-12-31", "by")]
    [InlineData("start=48.39", "start")]
    [InlineData("start=200,48", "start")]
    [InlineData("fillPercent=101", "fillPercent")]
    [InlineData("fillPercent=NaN", "fillPercent")]
    [InlineData("round=north", "round")]
    public async Task A_bad_parameter_is_400(string query, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync($"/api/v1/communes/29019/collection?{query}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task An_unknown_commune_is_404()
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync("/api/v1/communes/99999/collection")).ProblemAsync(HttpStatusCode.NotFound);
    }
}
