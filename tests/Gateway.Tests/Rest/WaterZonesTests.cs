using System.Collections.Immutable;
using System.Net;
using Grid.Client.WaterZones;
using Grid.Contracts.Devices;
using Grid.Contracts.Zones;

namespace Grid.Tests.Gateway.Rest;

/// <summary>Water zones by their REST face, over a city in memory.</summary>
public sealed class WaterZonesTests
{
    private static readonly WaterZoneBalance Whole = Balance("Z-whole", new(1, 1, 100_000_000, 1), new(1, 1, 10_000_000, 1), new(20, 20, 78_500_500, 20));

    [Fact]
    public async Task A_zone_shows_what_came_in_left_was_delivered_and_lost_in_exact_litres()
    {
        await using var host = await HostAsync(Whole with { NightMinimumMillilitresPerHour = 480_000 });

        var shown = await (await host.Http.GetAsync("/api/v1/water-zones/Z-whole?department=29")).JsonAsync();

        Assert.Equal(
            """
            {"zone":"Z-whole","department":"29","communes":["29232"],"date":"2026-11-26","asOf":"2026-11-27T00:00:00.000Z","meters":22,"metersHeard":22,"metersExact":22,"exact":true,"coveragePercent":100,
            "byRole":{"inlets":{"meters":1,"heard":1,"exact":1},"outlets":{"meters":1,"heard":1,"exact":1},"customers":{"meters":20,"heard":20,"exact":20}},
            "inletLitres":100000,"outletLitres":10000,"deliveredLitres":78500.5,"lossLitres":11499.5,"lossPercent":12.7,"estimatedDeliveredLitres":78500.5,"estimatedLossLitres":11499.5,
            "nightMinimumLitresPerHour":480}
            """.ReplaceLineEndings(""),
            shown.GetRawText());
    }

    [Fact]
    public async Task Missing_meters_lower_the_coverage_and_their_estimate_stands_beside_what_was_measured()
    {
        await using var host = await HostAsync(Balance("Z", new(1, 1, 100_000_000), default, new(20, 15, 60_000_000)), Balance("Y", new(2, 1, 1_000), default, new(1, 0, 0)));

        var shown = await (await host.Http.GetAsync("/api/v1/water-zones/Z?department=29")).JsonAsync();
        Assert.Equal(("76.1", "0", "false"), (Text("coveragePercent"), Text("metersExact"), Text("exact")));
        Assert.Equal(("60000", "40000", "40"), (Text("deliveredLitres"), Text("lossLitres"), Text("lossPercent")));
        Assert.Equal(("80000", "20000"), (Text("estimatedDeliveredLitres"), Text("estimatedLossLitres")));

        shown = await (await host.Http.GetAsync("/api/v1/water-zones/Y?department=29")).JsonAsync();
        Assert.Equal(("1", "null", "null", "null", "null", "null"), (Text("inletLitres"), Text("lossLitres"), Text("lossPercent"), Text("estimatedDeliveredLitres"), Text("estimatedLossLitres"), Text("nightMinimumLitresPerHour")));

        string Text(string name) => shown.GetProperty(name).GetRawText();
    }

    [Fact]
    public async Task Zones_are_listed_by_their_loss_and_those_without_one_last()
    {
        await using var host = await HostAsync(
            Balance("A-small", new(1, 1, 100), default, new(1, 1, 90)),
            Balance("B-unknown", default, default, new(1, 1, 90)),
            Balance("C-great", new(1, 1, 9_000), default, new(1, 1, 90)),
            Balance("D-small", new(1, 1, 100), default, new(1, 1, 90)),
            Balance("E-negative", new(1, 1, 100), default, new(1, 1, 190)),
            // Measured it would be first: half of its customers are missing.
            Balance("F-estimated", new(1, 1, 20_000), default, new(2, 1, 9_900)));
        const string Expected = "C-great F-estimated A-small D-small E-negative B-unknown";

        Assert.Equal(Expected, string.Join(' ', await PagesAsync(host, "department=29", 100)));
        Assert.Equal(Expected, string.Join(' ', await PagesAsync(host, "department=29", 1)));
        Assert.Equal(Expected, string.Join(' ', await PagesAsync(host, "department=29", 4)));
    }

    [Fact]
    public async Task Zones_are_found_by_commune_and_by_day()
    {
        await using var host = await HostAsync(Whole, Balance("Y", default, default, new(1, 1, 90)) with { Communes = ["29019", "29232"] });
        host.Grid.ZonesOf("29").Balances[ZoneDay.Today] = [Balance("T", default, default, new(1, 1, 90))];

        Assert.Equal(["Z-whole", "Y"], await PagesAsync(host, "commune=29232", 10));
        Assert.Equal(["Y"], await PagesAsync(host, "commune=29019&department=29", 10));
        Assert.Equal(["T"], await PagesAsync(host, "commune=29232&day=today", 10));
        await (await host.Http.GetAsync("/api/v1/water-zones/T?department=29")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.GetAsync("/api/v1/water-zones/Z-whole?department=29&day=today")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("?day=tomorrow", "day")]
    [InlineData("?day=today,yesterday", "day")]
    [InlineData("?department=9Z", "department")]
    [InlineData("?commune=99999", "commune")]
    [InlineData("?commune=35238&department=29", "commune")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?cursor=x", "cursor")]
    [InlineData("?zone=Z", "zone")]
    [InlineData("/Z?day=2026-11-26", "day")]
    [InlineData("/Z?commune=29232", "commune")]
    [InlineData("/Z/history", "figure")]
    [InlineData("/Z/history?figure=loss", "figure")]
    [InlineData("/Z/history?figure=meters&step=PT1H", "step")]
    [InlineData("/Z/history?figure=meters&step=1D", "step")]
    [InlineData("/Z/history?figure=meters&fn=median", "fn")]
    [InlineData("/Z/history?figure=meters&from=yesterday", "from")]
    [InlineData("/Z/history?figure=meters&department=9Z", "department")]
    [InlineData("/Z/history?figure=meters&limit=5", "limit")]
    public async Task A_bad_question_names_its_field(string path, string field)
    {
        await using var host = await HostAsync();

        await (await host.Http.GetAsync($"/api/v1/water-zones{path}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Theory]

    // What was recorded last on the day after counts, and nothing where that was no longer known.
    [InlineData("from=2026-11-23T23:00:00Z&to=2026-11-26T23:00:00Z", "23T23=5 24T23=11", "P1D", "avg")]
    [InlineData("from=2026-11-24T12:00:00Z&to=2026-11-24T13:00:00Z", "23T23=5", "P1D", "avg")]
    [InlineData("from=2026-11-23T23:00:00Z&to=2026-11-26T23:00:00Z&step=P1W&fn=sum", "22T23=86", "P1W", "sum")]
    [InlineData("from=2026-11-26T23:00:00Z&to=2026-11-28T23:00:00Z", "", "P1D", "avg")]
    public async Task Days_that_are_over_have_a_history(string query, string expected, string step, string function)
    {
        await using var host = await HostAsync(Balance("Z", new(1, 1, 100), default, new(1, 1, 90)));
        await host.RegisterAsync("M1", DeviceKind.Meter);
        const string Series = "scope/waterZone:29:Z";
        host.History.Add(Series, "meters", ("2026-11-24T10:00:00Z", 2), ("2026-11-25T10:00:00Z", 3), ("2026-11-25T12:00:00Z", 3), ("2026-11-26T22:59:00Z", 3), ("2026-11-27T09:00:00Z", 3), ("2026-11-27T10:00:00Z", 3));
        host.History.Add(Series, "lossLitres", ("2026-11-24T10:00:00Z", 70), ("2026-11-25T10:00:00Z", 7), ("2026-11-25T12:00:00Z", 5), ("2026-11-26T22:59:00Z", 11), ("2026-11-27T09:00:00Z", 99));

        foreach (var department in (string[])["&department=29", ""])
        {
            var shown = await (await host.Http.GetAsync($"/api/v1/water-zones/Z/history?figure=lossLitres&{query}{department}")).JsonAsync();

            Assert.Equal(expected, string.Join(' ', shown.GetProperty("points").EnumerateArray().Select(point => $"{point.GetProperty("time").GetString()![8..13]}={point.GetProperty("value").GetRawText()}")));
            Assert.Equal(
                ("waterZone:29:Z", "lossLitres", "L", step, function),
                (Of("scope"), Of("figure"), Of("unit"), Of("step"), Of("fn")));

            string? Of(string name) => shown.GetProperty(name).GetString();
        }
    }

    [Fact]
    public async Task A_zone_that_is_gone_keeps_its_history_and_one_that_never_was_has_none()
    {
        await using var host = await HostAsync();
        host.History.Add("scope/waterZone:29:Z", "meters", ("2026-11-25T10:00:00Z", 3));
        const string Days = "figure=meters&from=2026-11-23T23:00:00Z&to=2026-11-26T23:00:00Z";

        Assert.Equal(1, (await (await host.Http.GetAsync($"/api/v1/water-zones/Z/history?{Days}&department=29")).JsonAsync()).GetProperty("points").GetArrayLength());
        await (await host.Http.GetAsync($"/api/v1/water-zones/Z/history?{Days}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Http.GetAsync($"/api/v1/water-zones/Y/history?{Days}&department=29")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Client().GetAsync($"/api/v1/water-zones/Z/history?{Days}&department=29")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void A_rank_survives_as_a_text()
    {
        foreach (var rank in (WaterZoneRank[])[new(12, "29", "Z/1"), new(-12, "2A", "z"), new(null, "29", "Z")])
        {
            Assert.Equal(rank, WaterZoneRank.Parse(rank.ToString()));
        }

        Assert.Null(WaterZoneRank.Parse("Z"));
        Assert.Null(WaterZoneRank.Parse("x/29/Z"));
    }

    private static async Task<GatewayHost> HostAsync(params ImmutableArray<WaterZoneBalance> balances)
    {
        var host = await GatewayHost.StartAsync();
        host.Grid.ZonesOf("29").Balances[ZoneDay.Yesterday] = balances;
        return host;
    }

    private static async Task<List<string>> PagesAsync(GatewayHost host, string query, int limit)
    {
        var (zones, cursor) = (new List<string>(), default(string));
        do
        {
            var page = await (await host.Http.GetAsync($"/api/v1/water-zones?{query}&limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}")).JsonAsync();
            zones.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("zone").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        return zones;
    }

    private static WaterZoneBalance Balance(string zone, ZoneSide inlets, ZoneSide outlets, ZoneSide customers) =>
        Grid.Grains.Zones.ZoneBalance.Of(zone, new DateOnly(2026, 11, 26).DayNumber - new DateOnly(1970, 1, 1).DayNumber,
        [
            ("29232", new ZonePartial
            {
                Zone = zone,
                Inlets = inlets,
                Outlets = outlets,
                Customers = customers,
                NightMinimumMillilitresPerHour = 0,
                InletsWithNight = 0,
                AsOf = new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero),
            }),
        ]);
}
