using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>A water zone from its registration over HTTP to its balance, over the real grains and storage.</summary>
public sealed class WaterZoneTests : IDisposable
{
    // Two communes, and so two sectors.
    private const string Ouessant = "29155";
    private const string Sein = "29083";

    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    private readonly string _data = Directory.CreateTempSubdirectory("grid-zones-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_zone_over_two_communes_balances_to_the_litre_and_says_what_is_missing()
    {
        Assert.SkipWhen(Local.Hour == 23 && Local.Minute >= 55, "Yesterday would become the day before while this runs.");
        await using (var server = await GridServer.StartInAsync(_data))
        {
            await RegisterAsync(server, "inlet", Ouessant, """ "zoneRole":"inlet",""");
            await RegisterAsync(server, "outlet", Sein, """ "zoneRole":"outlet",""");
            await RegisterAsync(server, "c1", Ouessant, "");
            await RegisterAsync(server, "c2", Sein, """ "dwelling":true,"legalBasis":"contract",""");
            await RegisterAsync(server, "c3", Sein, "");

            // The evening before yesterday, the night, and yesterday's evening, local. The dwelling may keep one reading a day.
            await ReportAsync(server, ("inlet", -2, 23, 10_000), ("outlet", -2, 23, 500), ("c1", -2, 23, 100), ("c2", -2, 23, 200), ("c3", -2, 23, 300));
            await ReportAsync(server, ("inlet", -1, 2.25, 10_040), ("inlet", -1, 3.5, 10_065));
            await ReportAsync(server, ("inlet", -1, 23, 11_000), ("outlet", -1, 23, 600), ("c1", -1, 23, 350), ("c2", -1, 23, 500));

            var partly = await UntilAsync(server, "metersHeard", "4");
            Assert.Equal(("5", "80"), (Text(partly, "meters"), Text(partly, "coveragePercent")));
            Assert.Equal(("1000", "100", "550", "350"), (Text(partly, "inletLitres"), Text(partly, "outletLitres"), Text(partly, "deliveredLitres"), Text(partly, "lossLitres")));
            Assert.Equal(("825", "75"), (Text(partly, "estimatedDeliveredLitres"), Text(partly, "estimatedLossLitres")));
            Assert.Equal("20", Text(partly, "nightMinimumLitresPerHour"));

            // It comes late, and amends its day.
            await ReportAsync(server, ("c3", -1, 22.9, 345));
            var whole = await UntilAsync(server, "metersHeard", "5");
            Assert.Equal(("100", "595", "305", "33.8"), (Text(whole, "coveragePercent"), Text(whole, "deliveredLitres"), Text(whole, "lossLitres"), Text(whole, "lossPercent")));
            Assert.Equal(("595", "305"), (Text(whole, "estimatedDeliveredLitres"), Text(whole, "estimatedLossLitres")));
            Assert.Equal("""["29083","29155"]""", whole.GetProperty("communes").GetRawText());

            // Sums only: not even their number says what one dwelling consumed.
            var list = await (await server.Http.GetAsync($"/api/v1/water-zones?commune={Sein}")).JsonAsync();
            Assert.Equal(whole.GetRawText(), Assert.Single(list.GetProperty("items").EnumerateArray()).GetRawText());
        }

        // What the sectors hold of it outlives the program.
        await using var again = await GridServer.StartInAsync(_data);
        var kept = await UntilAsync(again, "metersHeard", "5");
        Assert.Equal(("305", "20"), (Text(kept, "lossLitres"), Text(kept, "nightMinimumLitresPerHour")));
        await again.Http.DeleteAsync("/api/v1/devices/c3");
        var fewer = await UntilAsync(again, "meters", "4");
        Assert.Equal(("4", "550"), (Text(fewer, "metersHeard"), Text(fewer, "deliveredLitres")));
    }

    [Fact]
    public async Task A_zone_that_is_named_badly_is_refused()
    {
        await using var server = await GridServer.StartInAsync(_data);

        await (await PutAsync(server, "m", Ouessant, """ "zone":"a b",""")).ErrorAsync(HttpStatusCode.BadRequest, "attributes.zone");
        await (await PutAsync(server, "m", Ouessant, """ "zone":"Z","zoneRole":"source",""")).ErrorAsync(HttpStatusCode.BadRequest, "attributes.zoneRole");
        await (await server.Http.GetAsync("/api/v1/water-zones/Z")).ProblemAsync(HttpStatusCode.NotFound);
    }

    private static DateTimeOffset Local => TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, Paris);

    private static async Task RegisterAsync(GridServer server, string id, string commune, string attributes) =>
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(server, id, commune, $"\"zone\":\"Z\",{attributes}")).StatusCode);

    private static Task<HttpResponseMessage> PutAsync(GridServer server, string id, string commune, string attributes) => server.Http.PutAsync(
        $"/api/v1/devices/{id}",
        new StringContent($$$"""{"kind":"meter","commune":"{{{commune}}}","attributes":{ {{{attributes}}}"fluid":"water" } }""", Encoding.UTF8, "application/json"));

    /// <summary>Indexes of meters, each on a day counted from today and at an hour, local.</summary>
    private static async Task ReportAsync(GridServer server, params (string Device, int Day, double Hours, double Litres)[] readings)
    {
        var today = Local.Date;
        var lines = readings.Select(reading =>
        {
            var local = today.AddDays(reading.Day).AddHours(reading.Hours);
            var at = TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), Paris);
            return string.Create(CultureInfo.InvariantCulture, $$$"""{"device":"{{{reading.Device}}}","time":"{{{at:yyyy-MM-dd'T'HH:mm:ss'Z'}}}","metrics":{"indexLitres":{{{reading.Litres}}}}}""");
        });
        var answer = await server.Http.PostAsync("/api/v1/readings", new StringContent($"[{string.Join(',', lines)}]", Encoding.UTF8, "application/json"));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        Assert.Equal(readings.Length, JsonDocument.Parse(body).RootElement.GetProperty("accepted").GetInt32());
    }

    private static async Task<JsonElement> UntilAsync(GridServer server, string figure, string value)
    {
        var shown = default(JsonElement);
        await Eventually.HoldsAsync($"{figure} is {value}", async () =>
        {
            var answer = await server.Http.GetAsync("/api/v1/water-zones/Z");
            if (!answer.IsSuccessStatusCode) return false;
            shown = await answer.JsonAsync();
            return Text(shown, figure) == value;
        });
        return shown;
    }

    private static string Text(JsonElement zone, string figure) => zone.GetProperty(figure).GetRawText();
}
