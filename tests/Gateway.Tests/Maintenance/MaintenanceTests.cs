using System.Net;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Tests.Gateway.Fakes;

namespace Grid.Tests.Gateway.Maintenance;

public sealed class MaintenanceTests
{
    private static async Task DeviceAsync(GatewayHost host, string id, string kind, string attributes, params DerivedFigure[] derived)
    {
        await host.PutAsync($"/api/v1/devices/{id}", $$"""{"kind":"{{kind}}","commune":"29019","name":"The {{id}}","attributes":{{attributes}}}""");
        ((FakeDevice)host.Grid.Device(DeviceKind.Streetlight, id)).Derived = [.. derived];
    }

    private static DerivedFigure Failure(string name, string at, string basis) => new() { Name = name, At = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), Basis = basis };

    private static async Task<GatewayHost> StartAsync()
    {
        var host = await GatewayHost.StartAsync();
        await DeviceAsync(host, "lamp", "streetlight", "{}",
            new DerivedFigure { Name = "burningHours", Value = 99_000, High = 100_000, Basis = "ratedLife" },
            Failure("lampFailureAt", "2031-02-03T04:05:06Z", "powerDrift"),
            new DerivedFigure { Name = "powerDriftPercent", Value = 21, Basis = "trend" },
            new DerivedFigure { Name = "savedWattHours", Value = 7, Basis = "usual" });
        await DeviceAsync(host, "passive", "streetlight", """{"passive":true,"cabinet":"C"}""", Failure("lampFailureAt", "2031-01-01T00:00:00Z", "ratedLife"));
        await DeviceAsync(host, "meter", "meter", "{}", new DerivedFigure { Name = "expectedBatteryPercent", Value = 9, Basis = "dischargeCurve" }, Failure("batteryEmptyAt", "2030-12-31T23:30:00Z", "dischargeCurve"));
        await DeviceAsync(host, "bin", "bin", "{}", Failure("batteryEmptyAt", "2031-03-31T21:59:59Z", "dischargeCurve"));
        await DeviceAsync(host, "person", "meter", """{"dwelling":true,"legalBasis":"contract","subscriber":"S1"}""", Failure("batteryEmptyAt", "2031-01-01T00:00:00Z", "dischargeCurve"));
        await DeviceAsync(host, "sound", "environment", "{}");
        return host;
    }

    private static string[] Devices(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("device").GetString()!)];

    private static async Task<JsonElement> GetAsync(GatewayHost host, string query) => await (await host.Http.GetAsync($"/api/v1/communes/29019/maintenance{query}")).JsonAsync();

    [Fact]
    public async Task What_fails_until_a_local_day_is_listed_by_date_with_its_evidence()
    {
        await using var host = await StartAsync();
        var page = await GetAsync(host, "?by=2031-03-31");

        Assert.DoesNotContain("passive", Devices(page));
        Assert.Equal(["meter", "lamp", "bin"], Devices(page).Where(device => device != "person"));
        Assert.Equal(["meter", "lamp"], Devices(await GetAsync(host, "?by=2031-03-30")).Where(device => device != "person"));

        var items = page.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("device").GetString()!);
        var lamp = items["lamp"];
        Assert.Equal(
            ("2031-02", "lamp", "powerDrift", "2031-02-03T04:05:06.000Z", "The lamp", "streetlight"),
            (Text("month"), Text("part"), Text("basis"), Text("estimatedFailureAt"), Text("name"), Text("kind")));
        Assert.Equal("""{"burningHours":99000,"powerDriftPercent":21}""", lamp.GetProperty("evidence").GetRawText());

        // Half past midnight in Paris: another year than in UTC.
        Assert.Equal(("2031-01", "battery"), (items["meter"].GetProperty("month").GetString(), items["meter"].GetProperty("part").GetString()));

        string? Text(string name) => lamp.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Pages_follow_each_other_and_a_kind_chooses()
    {
        await using var host = await StartAsync();
        var found = new List<string>();
        for (var query = "?by=2031-12-31&limit=1"; ;)
        {
            var page = await GetAsync(host, query);
            found.AddRange(Devices(page));
            if (page.GetProperty("nextCursor").GetString() is not { } cursor) break;
            query = $"?by=2031-12-31&limit=1&cursor={cursor}";
        }

        Assert.Equal(Devices(await GetAsync(host, "?by=2031-12-31")), found);
        Assert.Equal(["lamp"], Devices(await GetAsync(host, "?by=2031-12-31&kind=streetlight")));
        Assert.Equal(1, (await GetAsync(host, "?by=2031-12-31&kind=streetlight")).GetProperty("devices").GetInt32());
    }

    [Fact]
    public async Task Without_a_day_it_is_the_end_of_next_month()
    {
        await using var host = await StartAsync();
        var page = await GetAsync(host, "");
        var by = DateOnly.Parse(page.GetProperty("by").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        var today = TimeZoneInfo.ConvertTime(page.GetProperty("asOf").GetDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));

        Assert.Equal((1, today.AddMonths(1).Month), (by.AddDays(1).Day, by.Month));
        Assert.Empty(page.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("by=2031-13-01", "by")]
    [InlineData("by=2031-12-01T00:00:00Z", "by")]
    [InlineData("by=1900-01-01", "by")]
    [InlineData("kind=boat", "kind")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("part=lamp", "part")]
    public async Task A_bad_parameter_is_400(string query, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync($"/api/v1/communes/29019/maintenance?{query}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task An_unknown_commune_is_404()
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync("/api/v1/communes/99999/maintenance")).ProblemAsync(HttpStatusCode.NotFound);
    }
}
