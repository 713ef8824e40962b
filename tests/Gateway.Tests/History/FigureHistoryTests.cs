using System.Net;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Tests.Gateway.History;

public sealed class FigureHistoryTests
{
    private static readonly TerritoryFigures Figures = new()
    {
        Kinds =
        [
            .. Enum.GetValues<DeviceKind>().Select((kind, place) => new KindFigures
            {
                Kind = kind,
                Total = 100 + place,
                ByStatus = [3, 50 + place, 20, 10, 7],
                LightsOn = kind == DeviceKind.Streetlight ? 41 : 0,
                LightsOff = kind == DeviceKind.Streetlight ? 42 : 0,
                LightsFailed = kind == DeviceKind.Streetlight ? 43 : 0,
                PowerMilliwatts = 1_234_567 + place,
                FlowMillilitresPerHour = kind == DeviceKind.Meter ? 9_001 : 0,
                ComfortBreaches = kind == DeviceKind.Building ? 44 : 0,
                Over80Percent = kind == DeviceKind.Bin ? 45 : 0,
                Overflowing = kind == DeviceKind.Bin ? 46 : 0,
                Fires = kind == DeviceKind.Bin ? 47 : 0,
                ByLocalLevel = kind == DeviceKind.Environment ? [1, 1, 1, 0] : [],
                Days = [new(20_001, 5), new(20_000, 1_000 * (place + 1)), new(19_999, 6)],
            }),
        ],
    };

    [Fact]
    public async Task A_figure_has_the_name_and_the_value_that_the_summary_shows()
    {
        await using var host = await GatewayHost.StartAsync();
        var territory = host.Grid.TerritoryOf("commune:29232");
        await territory.SetAsync(summary => summary with { Figures = Figures });
        var shown = await (await host.Http.GetAsync("/api/v1/communes/29232")).JsonAsync();
        var summary = await territory.GetSummary();

        Assert.All(FigureCatalog.All, figure =>
        {
            var place = shown;
            foreach (var part in figure.Name.Split('.'))
            {
                Assert.True(place.TryGetProperty(part, out place), $"{figure.Name} is nowhere in the summary");
            }

            Assert.Equal((figure.Name, place.GetDouble()), (figure.Name, figure.Read(summary)));
        });
    }

    [Fact]
    public async Task Every_number_of_a_summary_has_a_history()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.Grid.TerritoryOf("commune:29232").SetAsync(summary => summary with { Figures = Figures });
        var shown = await (await host.Http.GetAsync("/api/v1/communes/29232")).JsonAsync();

        // Of the commune itself, which does not change.
        string[] fixedOnes = ["population", "position.lon", "position.lat"];
        Assert.Equal(
            FigureCatalog.All.Select(figure => figure.Name).Order(StringComparer.Ordinal),
            Numbers("", shown).Except(fixedOnes).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("communes/29232", "commune:29232")]
    [InlineData("departments/29", "department:29")]
    [InlineData("syndicates/999000029", "syndicate:999000029")]
    public async Task A_territory_answers_the_history_of_a_figure(string path, string scope)
    {
        await using var host = await GatewayHost.StartAsync();
        await host.Bodies.PutAsync(new Body("999000029", "Énergie 29", BodyKind.Syndicate), CancellationToken.None);
        host.History.Add($"scope/{scope}", "lighting.powerWatts", ("2026-11-22T10:01:00Z", 100.125), ("2026-11-22T10:02:00Z", 101.125), ("2026-11-22T10:16:00Z", 90));
        var answer = await (await host.Http.GetAsync($"/api/v1/{path}/history?figure=lighting.powerWatts&from=2026-11-22T10:00:00Z&to=2026-11-22T10:30:00Z&step=PT15M")).JsonAsync();
        Assert.Equal(
            $$"""{"scope":"{{scope}}","figure":"lighting.powerWatts","unit":"W","step":"PT15M","fn":"avg","from":"2026-11-22T10:00:00.000Z","to":"2026-11-22T10:30:00.000Z","points":[{"time":"2026-11-22T10:00:00.000Z","value":100.625},{"time":"2026-11-22T10:15:00.000Z","value":90}],"nextCursor":null}""",
            answer.GetRawText());
    }

    [Theory]
    [InlineData("communes/29232/history", HttpStatusCode.BadRequest, "figure")]
    [InlineData("communes/29232/history?figure=lighting.colour", HttpStatusCode.BadRequest, "figure")]
    [InlineData("departments/29/history?figure=bins.total&step=often", HttpStatusCode.BadRequest, "step")]
    public async Task What_is_wrong_is_400_by_field(string path, HttpStatusCode status, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync($"/api/v1/{path}")).ErrorAsync(status, field);
    }

    [Theory]
    [InlineData("communes/99999")]
    [InlineData("departments/9Z")]
    [InlineData("syndicates/000000000")]
    public async Task An_unknown_territory_is_404(string path)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync($"/api/v1/{path}/history?figure=bins.total")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Retention_shows_the_policy_and_the_oldest_day_kept_by_kind()
    {
        await using var host = await GatewayHost.StartAsync();
        host.History.Oldest = [new(null, HistoryResolution.Raw, new DateOnly(2026, 11, 1)), new(DeviceKind.Meter, HistoryResolution.Day, new DateOnly(2020, 1, 2))];
        Assert.Equal(
            """
            {"default":{"rawDays":400,"quarterHourDays":1827,"dayDays":7305},"personal":{"rawDays":62,"quarterHourDays":400,"dayDays":1127},
            "rules":[{"kind":"bin","commune":"29019","keep":{"rawDays":30,"quarterHourDays":60,"dayDays":90}}],
            "oldest":[{"kind":null,"resolution":"raw","day":"2026-11-01"},{"kind":"meter","resolution":"day","day":"2020-01-02"}]}
            """.Replace("\n", "", StringComparison.Ordinal),
            (await (await host.Http.GetAsync("/api/v1/retention")).JsonAsync()).GetRawText());
        await (await host.Client().GetAsync("/api/v1/retention")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static IEnumerable<string> Numbers(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Numbers(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value)),
        JsonValueKind.Number => [path],
        _ => [],
    };
}
