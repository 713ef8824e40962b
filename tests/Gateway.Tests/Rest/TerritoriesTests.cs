using System.Net;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Tests.Gateway.Rest;

public sealed class TerritoriesTests
{
    private static readonly KindFigures Lights = new()
    {
        Kind = DeviceKind.Streetlight,
        Total = 10,
        ByStatus = [1, 6, 0, 1, 2],
        LightsOn = 4,
        LightsOff = 2,
        LightsFailed = 1,
        PowerMilliwatts = 1_234_567,
        Days = [new(20_001, 9, 2), new(20_000, 1_001, 6), new(19_999, 7)],
        Counting = 8,
    };

    private static readonly KindFigures Sensors = new() { Kind = DeviceKind.Environment, Total = 3, ByStatus = [0, 3, 0, 0, 0], ByLocalLevel = [1, 1, 1, 0] };

    [Fact]
    public async Task A_commune_shows_exact_figures_of_its_local_day()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with
        {
            AsOf = DateTimeOffset.UnixEpoch,
            Versions = [new("29232.0", 1, 5)],
            Figures = new() { Kinds = [Lights, Sensors] },
        });
        var shown = await (await host.Http.GetAsync("/api/v1/communes/29232")).JsonAsync();
        Assert.Equal("1970-01-01T00:00:00.000Z", shown.GetProperty("asOf").GetString());
        Assert.Equal("76.9", shown.GetProperty("coveragePercent").GetRawText());
        Assert.Equal("""{"on":4,"off":2,"failed":1,"powerWatts":1234.567,"energyTodayWattHours":1.001,"energyTodayExactPercent":75,"savedTodayWattHours":0}""", shown.GetProperty("lighting").GetRawText());
        Assert.Equal("""{"localLevel":2}""", shown.GetProperty("environment").GetRawText());
        Assert.Equal(13, shown.GetProperty("devices").GetProperty("total").GetInt64());
        Assert.Equal(9, shown.GetProperty("devices").GetProperty("byStatus").GetProperty("ok").GetInt64());
        Assert.Equal(0, shown.GetProperty("devices").GetProperty("byKind").GetProperty("bin").GetInt64());
        Assert.False(shown.TryGetProperty("communes", out var communes) && communes.ValueKind != System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task An_empty_territory_is_covered_and_was_never_heard()
    {
        await using var host = await GatewayHost.StartAsync();
        var shown = await (await host.Http.GetAsync("/api/v1/departments/29")).JsonAsync();
        Assert.Equal("100", shown.GetProperty("coveragePercent").GetRawText());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, shown.GetProperty("asOf").ValueKind);
        Assert.Equal(2, shown.GetProperty("communes").GetInt32());
    }

    [Fact]
    public async Task Communes_are_listed_by_department_and_body()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.PutAsync("/api/v1/bodies/200068120", """{"name":"S","kind":"syndicate","members":[{"commune":"29019"},{"commune":"35238","to":"2000-01-01"}]}""");
        async Task<string> ScopesAsync(string query) => string.Join(' ', (await (await host.Http.GetAsync($"/api/v1/communes?{query}")).JsonAsync())
            .GetProperty("items").EnumerateArray().Select(item => item.GetProperty("scope").GetString()));
        Assert.Equal("commune:29019 commune:29232 commune:35238", await ScopesAsync(""));
        Assert.Equal("commune:29019 commune:29232", await ScopesAsync("department=29"));
        Assert.Equal("commune:29019", await ScopesAsync("syndicate=200068120"));
        var page = await (await host.Http.GetAsync("/api/v1/communes?department=29&limit=1")).JsonAsync();
        Assert.Equal("commune:29232", await ScopesAsync($"department=29&limit=1&cursor={page.GetProperty("nextCursor").GetString()}"));
        await (await host.Http.GetAsync("/api/v1/communes?department=29&limit=1&cursor=x")).ErrorAsync(HttpStatusCode.BadRequest, "cursor");
    }

    [Fact]
    public async Task A_commune_shows_the_flags_that_rules_hold_up_in_it()
    {
        await using var host = await GatewayHost.StartAsync();
        Assert.False((await (await host.Http.GetAsync("/api/v1/communes/29232")).JsonAsync()).TryGetProperty("flags", out _));
        host.Grid.CommuneFlags.Up = host.Grid.CommuneFlags.Up.Add("frost", 3);
        Assert.Equal(3, (await (await host.Http.GetAsync("/api/v1/communes/29232")).JsonAsync()).GetProperty("flags").GetProperty("frost").GetInt32());
    }

    [Theory]
    [InlineData("/api/v1/communes/99999")]
    [InlineData("/api/v1/departments/9Z")]
    [InlineData("/api/v1/syndicates/000000000")]
    [InlineData("/api/v1/bodies/000000000")]
    [InlineData("/api/v1/nowhere")]
    public async Task What_is_unknown_is_404(string path)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_body_and_its_members_come_back_and_their_territories_are_refreshed()
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.PutAsync("/api/v1/bodies/999000029", """{"name":"Énergie 29","kind":"syndicate"}""")).JsonAsync(HttpStatusCode.Created);
        var members = await (await host.PutAsync("/api/v1/bodies/999000029/members", """[{"commune":"29232","kinds":["cabinet","streetlight"],"from":"2026-01-01"}]""")).JsonAsync();
        Assert.Equal(
            """{"siren":"999000029","name":"Énergie 29","kind":"syndicate","members":[{"commune":"29232","kinds":["cabinet","streetlight"],"from":"2026-01-01","to":null}]}""",
            System.Text.RegularExpressions.Regex.Unescape(members.GetRawText()));
        Assert.Equal(members.GetRawText(), (await (await host.Http.GetAsync("/api/v1/bodies/999000029")).JsonAsync()).GetRawText());
        Assert.Equal((1, 2), (host.Grid.TerritoryOf("commune:29232").Refreshes, host.Grid.TerritoryOf("syndicate:999000029").Refreshes));

        // A commune that leaves is refreshed as well.
        await (await host.PutAsync("/api/v1/bodies/999000029/members", "[]")).JsonAsync();
        Assert.Equal(2, host.Grid.TerritoryOf("commune:29232").Refreshes);
        await (await host.Http.GetAsync("/api/v1/syndicates/999000029")).JsonAsync();
        Assert.Single((await (await host.Http.GetAsync("/api/v1/bodies")).JsonAsync()).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("12", """{"name":"x","kind":"epci"}""", "siren")]
    [InlineData("200068120", """{"kind":"epci"}""", "name")]
    [InlineData("200068120", """{"name":"x","kind":"club"}""", "kind")]
    [InlineData("200068120", """{"name":"x","kind":"epci","members":[{"commune":"00000"}]}""", "members[0].commune")]
    [InlineData("200068120", """{"name":"x","kind":"epci","members":[{"commune":"29019","kinds":[]}]}""", "members[0].kinds")]
    [InlineData("200068120", """{"name":"x","kind":"epci","members":[{"commune":"29019","from":"2026-02-01","to":"2026-01-01"}]}""", "members[0].to")]
    [InlineData("200068120", """{"name":"x","kind":"epci","members":[{"commune":"29019","from":"soon"}]}""", "members[0].from")]
    public async Task A_bad_body_is_400_by_field(string siren, string body, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.PutAsync($"/api/v1/bodies/{siren}", body)).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public void Territories_that_share_no_device_add_up()
    {
        var one = new TerritorySummary { Scope = "a", Name = "a", Versions = [new("b.0", 1, 1)], AsOf = DateTimeOffset.UnixEpoch, Today = 20_000, Communes = 2, Figures = new() { Kinds = [Lights] } };
        var other = one with { Versions = [new("a.0", 1, 1)], Today = 20_001, Communes = 3, Figures = new() { Kinds = [Lights, Sensors] } };
        var sum = SummaryAddition.Add("all", "all", [one, other]);
        Assert.Equal((5, 20_001), (sum.Communes, sum.Today));
        Assert.Equal(["a.0", "b.0"], sum.Versions.Select(version => version.Sector));
        Assert.Equal([DeviceKind.Streetlight, DeviceKind.Environment], sum.Figures.Kinds.Select(figures => figures.Kind));
        Assert.Equal([2, 12, 0, 2, 4], sum.Figures.Kinds[0].ByStatus);
        Assert.Equal((new DayAmount(20_001, 1_001 + 9, 6 + 2), 16), (Assert.Single(sum.Figures.Kinds[0].Days), sum.Figures.Kinds[0].Counting));
    }
}
