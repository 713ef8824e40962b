using System.Globalization;
using System.Net;
using System.Text;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>The sensors of a commune beside those around it, over the real grains and storage.</summary>
public sealed class EnvironmentTests : IDisposable
{
    private const string Landunvez = "29109";
    private const string Porspoder = "29221";

    private readonly string _data = Directory.CreateTempSubdirectory("grid-environment-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_sensor_far_off_those_of_the_next_communes_is_told_with_the_reason_and_a_rising_river_with_its_neighbours()
    {
        await using var server = await GridServer.StartInAsync(_data);
        var now = DateTimeOffset.UtcNow;
        await PutAsync(server, "A1", Landunvez, -4.72, """{"pm25Level1MicrogramsPerCubicMetre":25}""");
        for (var number = 2; number <= 4; number++) await PutAsync(server, $"A{number}", Porspoder, -4.72 - (number / 100.0), "{}");
        await PutAsync(server, "R1", Landunvez, -4.72, """{"levelRiseMillimetresPerHour":200}""");
        await PutAsync(server, "R2", Porspoder, -4.74, """{"levelRiseMillimetresPerHour":200}""");
        await ReportAsync(server, "A1", now, "pm25MicrogramsPerCubicMetre", 90);
        for (var number = 2; number <= 4; number++) await ReportAsync(server, $"A{number}", now, "pm25MicrogramsPerCubicMetre", 10 + number);
        foreach (var river in (string[])["R1", "R2"])
        {
            for (var quarter = 0; quarter < 5; quarter++) await ReportAsync(server, river, now.AddMinutes(15 * (quarter - 4)), "levelMillimetres", 500 + (100 * quarter));
        }

        await Eventually.HoldsAsync("the river rises with its neighbour", async () =>
        {
            var rivers = (await ShowAsync(server, Landunvez)).GetProperty("metrics").EnumerateArray().Where(metric => metric.GetProperty("metric").GetString() == "levelMillimetres").ToArray();
            return rivers.Length == 1 && rivers[0].GetProperty("rising").GetRawText() == """[{"device":"R1","neighbours":1,"risingNeighbours":["R2"]}]""";
        });

        var shown = await ShowAsync(server, Landunvez);
        Assert.True(shown.GetProperty("isComplete").GetBoolean());
        Assert.Equal(["levelMillimetres", "pm25MicrogramsPerCubicMetre"], shown.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("metric").GetString()));
        var dust = shown.GetProperty("metrics")[1];
        Assert.Equal((1, 0, 90.0), (dust.GetProperty("sensors").GetInt32(), dust.GetProperty("stale").GetInt32(), dust.GetProperty("median").GetDouble()));
        Assert.Equal("[0,1,0,0]", dust.GetProperty("byLocalLevel").GetRawText());
        var far = Assert.Single(dust.GetProperty("farOff").EnumerateArray());
        Assert.Equal(("A1", 3, 13.0), (far.GetProperty("device").GetString(), far.GetProperty("neighbours").GetInt32(), far.GetProperty("neighbourMedian").GetDouble()));
        Assert.Equal(
            "90 µg/m³ where 3 neighbours within 15 km or on the same river have a median of 13 µg/m³ and half of them lie within 4 µg/m³ of it",
            far.GetProperty("explanation").GetString());

        // Nobody is near enough.
        Assert.Empty((await ShowAsync(server, Porspoder, "?radiusKilometres=1")).GetProperty("metrics")[1].GetProperty("farOff").EnumerateArray());
        Assert.Equal("""{"commune":"29019","metrics":[]}""", Short(await ShowAsync(server, "29019")));
    }

    [Theory]
    [InlineData("29109/environment?radiusKilometres=0", HttpStatusCode.BadRequest, "radiusKilometres")]
    [InlineData("29109/environment?radiusKilometres=101", HttpStatusCode.BadRequest, "is no number from 1 to 100")]
    [InlineData("29109/environment?staleMinutes=never", HttpStatusCode.BadRequest, "staleMinutes")]
    [InlineData("29109/environment?radius=3", HttpStatusCode.BadRequest, "is no parameter of this call")]
    [InlineData("99999/environment", HttpStatusCode.NotFound, "")]
    public async Task A_bad_question_is_told_what_is_wrong_with_it(string path, HttpStatusCode status, string text)
    {
        await using var server = await GridServer.StartInAsync(_data);
        var answer = await server.Http.GetAsync($"/api/v1/communes/{path}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<System.Text.Json.JsonElement> ShowAsync(GridServer server, string commune, string query = "") =>
        await (await server.Http.GetAsync($"/api/v1/communes/{commune}/environment{query}")).JsonAsync();

    private static string Short(System.Text.Json.JsonElement shown) =>
        $$"""{"commune":{{shown.GetProperty("commune").GetRawText()}},"metrics":{{shown.GetProperty("metrics").GetRawText()}}}""";

    private static async Task PutAsync(GridServer server, string id, string commune, double longitude, string attributes) => await (await server.Http.PutAsync(
        $"/api/v1/devices/{id}",
        Json(string.Create(CultureInfo.InvariantCulture, $$"""{"kind":"environment","commune":"{{commune}}","position":{"lon":{{longitude}},"lat":48.53},"attributes":{{attributes}}}"""))))
        .JsonAsync(HttpStatusCode.Created);

    private static async Task ReportAsync(GridServer server, string id, DateTimeOffset at, string metric, double value) => await (await server.Http.PostAsync(
        "/api/v1/readings", Json(string.Create(CultureInfo.InvariantCulture, $$$"""[{"device":"{{{id}}}","time":"{{{at:O}}}","metrics":{"{{{metric}}}":{{{value}}}}}]""")))).JsonAsync();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
