using System.Net;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Tests.Gateway.History;

public sealed class DeviceHistoryTests
{
    private const string Day = "from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z";

    [Fact]
    public async Task Without_a_step_the_readings_come_as_they_are_with_the_unit_of_the_metric()
    {
        await using var host = await LampAsync();
        Assert.Equal(
            """
            {"metric":"powerWatts","unit":"W","step":null,"fn":null,"from":"2026-11-22T10:00:00.000Z","to":"2026-11-22T10:14:00.000Z",
            "points":[{"time":"2026-11-22T10:00:00.000Z","value":10},{"time":"2026-11-22T10:05:00.000Z","value":20.5}],"nextCursor":null}
            """.Replace("\n", "", StringComparison.Ordinal),
            (await AskAsync(host, "metric=powerWatts&from=2026-11-22T10:00:00Z&to=2026-11-22T11:14:00%2B01:00")).GetRawText());
    }

    [Fact]
    public async Task Raw_readings_come_in_pages_of_the_range_that_was_first_asked_for()
    {
        await using var host = await LampAsync();
        var times = new List<string>();
        string? cursor = null;
        do
        {
            var page = await AskAsync(host, $"metric=powerWatts&{Day}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            times.AddRange(page.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("time").GetString()![11..16]));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(["10:00", "10:05", "10:14", "10:20", "10:50"], times);
    }

    [Theory]
    [InlineData("avg", "10:00=30.5 10:15=5 10:45=7")]
    [InlineData("min", "10:00=10 10:15=5 10:45=7")]
    [InlineData("max", "10:00=61 10:15=5 10:45=7")]
    [InlineData("sum", "10:00=91.5 10:15=5 10:45=7")]
    [InlineData("last", "10:00=61 10:15=5 10:45=7")]
    [InlineData("count", "10:00=3 10:15=1 10:45=1")]

    // From 4 W at 09:50, then from step to step; a gauge may fall.
    [InlineData("delta", "10:00=57 10:15=-56 10:45=2")]
    public async Task Each_function_gives_one_value_for_each_step_that_has_readings(string function, string expected)
    {
        await using var host = await LampAsync();
        Assert.Equal(expected, Text(await AskAsync(host, $"metric=powerWatts&{Day}&step=PT15M&fn={function}")));
    }

    [Fact]
    public async Task A_step_that_quarter_hours_do_not_make_up_is_made_from_readings()
    {
        await using var host = await LampAsync();
        Assert.Equal("10:00=15.25 10:10=61 10:20=5 10:50=7", Text(await AskAsync(host, $"metric=powerWatts&{Day}&step=PT10M")));
        Assert.Equal([HistoryResolution.Raw], host.History.Asked);
    }

    [Fact]
    public async Task Roll_ups_answer_where_readings_are_past_their_retention()
    {
        await using var host = await LampAsync();
        host.History.RawFrom = DateTimeOffset.UnixEpoch.AddYears(100);
        Assert.Empty((await AskAsync(host, $"metric=powerWatts&{Day}")).GetProperty("points").EnumerateArray());
        Assert.Equal("10:00=20.7", Text(await AskAsync(host, $"metric=powerWatts&{Day}&step=PT1H")));
    }

    [Fact]
    public async Task A_range_is_widened_to_whole_steps()
    {
        await using var host = await LampAsync();
        var answer = await AskAsync(host, "metric=powerWatts&from=2026-11-22T10:07:00Z&to=2026-11-22T10:16:00Z&step=PT15M&fn=count");
        Assert.Equal(("2026-11-22T10:00:00.000Z", "2026-11-22T10:30:00.000Z"), (answer.GetProperty("from").GetString(), answer.GetProperty("to").GetString()));
        Assert.Equal("10:00=3 10:15=1", Text(answer));
    }

    [Theory]

    // The meter is replaced at 02:00: what it shows from then on counts from its new beginning.
    [InlineData(0, "23:00=30 00:00=10 01:00=0 02:00=12")]

    // It rolls over at 1,000: from 990 to 3 it has counted 13.
    [InlineData(1_000, "23:00=30 00:00=10 01:00=13 02:00=12")]
    public async Task An_index_is_resampled_as_consumption_that_is_never_negative(double maximum, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("M1", DeviceKind.Meter);
        host.Subjects.IndexMaximum = maximum;
        host.History.Add(
            "M1", "indexLitres", ("2026-11-22T20:00:00Z", 950), ("2026-11-22T23:10:00Z", 960), ("2026-11-22T23:40:00Z", 980), ("2026-11-23T00:30:00Z", 990), ("2026-11-23T01:30:00Z", 3), ("2026-11-23T02:10:00Z", 15));
        var asked = "metric=indexLitres&from=2026-11-22T23:00:00Z&to=2026-11-23T03:00:00Z&step=PT1H";
        Assert.Equal(expected, Text(await AskAsync(host, asked, "M1")));
        Assert.Equal(expected, Text(await AskAsync(host, $"{asked}&fn=delta", "M1")));
    }

    [Theory]

    // Hourly, on the hour, past a local midnight: what was consumed from 23:00 to 24:00 is the old day's, in hours, days and quarters alike.
    [InlineData("step=P1D&from=2026-11-20T23:00:00Z&to=2026-11-22T23:00:00Z", "20T23=240 21T23=480")]
    [InlineData("step=P1D&from=2026-11-21T12:00:00Z&to=2026-11-21T13:00:00Z", "20T23=240")]
    [InlineData("step=PT1H&from=2026-11-21T21:00:00Z&to=2026-11-22T01:00:00Z", "21T21=10 21T22=10 21T23=20 22T00=20")]
    [InlineData("step=PT15M&from=2026-11-21T22:00:00Z&to=2026-11-21T23:15:00Z", "21T22=10")]
    [InlineData("step=PT10M&from=2026-11-21T22:00:00Z&to=2026-11-21T23:10:00Z", "21T22=10")]
    [InlineData("step=P1W&from=2026-11-16T12:00:00Z&to=2026-11-24T12:00:00Z", "15T23=720 22T23=960")]
    public async Task An_index_at_the_border_of_two_steps_belongs_to_the_one_that_ends(string query, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("M1", DeviceKind.Meter);
        var (hour, litres) = (new DateTimeOffset(2026, 11, 20, 23, 0, 0, TimeSpan.Zero), 1_000);
        for (var hours = 0; hours <= 24 * 4; hours++, hour = hour.AddHours(1))
        {
            host.History.Add("M1", "indexLitres", (hour.ToString("O"), litres));
            litres += hours < 24 ? 10 : 20;
        }

        Assert.Equal(expected, DaysAndHours(await AskAsync(host, $"metric=indexLitres&{query}", "M1")));
    }

    [Fact]
    public async Task A_meter_that_reads_its_midnights_only_has_each_day_between_two_of_them()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("M1", DeviceKind.Meter);

        // In spring, with a day of 23 hours, and one midnight that was lost.
        host.History.Add("M1", "indexLitres", ("2026-03-26T23:00:00Z", 100), ("2026-03-27T23:00:00Z", 107), ("2026-03-28T23:00:00Z", 120), ("2026-03-29T22:00:00Z", 150), ("2026-03-31T22:00:00Z", 190));
        var asked = "metric=indexLitres&from=2026-03-27T23:00:00Z&to=2026-04-02T22:00:00Z&step=P1D";
        Assert.Equal("27T23=13 28T23=30 30T22=40", DaysAndHours(await AskAsync(host, asked, "M1")));
        Assert.Equal("27T23=1 28T23=1 29T22=1 31T22=1", DaysAndHours(await AskAsync(host, $"{asked}&fn=count", "M1")));

        // Of a dwelling these are values of the days that begin there.
        host.Subjects.AreKeptByDay = true;
        Assert.Equal("27T23=7 28T23=13 29T22=30 31T22=40", DaysAndHours(await AskAsync(host, asked, "M1")));
    }

    [Fact]
    public async Task A_change_counts_from_the_first_reading_when_there_is_none_before()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("M1", DeviceKind.Meter);
        host.History.Add("M1", "indexLitres", ("2026-11-22T10:10:00Z", 960), ("2026-11-22T10:14:00Z", 980), ("2026-11-22T10:31:00Z", 981));
        Assert.Equal("10:00=20 10:30=1", Text(await AskAsync(host, $"metric=indexLitres&{Day}&step=PT15M", "M1")));
    }

    [Fact]
    public async Task A_day_that_was_read_last_weeks_ago_is_where_consumption_goes_on()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("M1", DeviceKind.Meter);
        host.History.Add("M1", "indexLitres", ("2026-11-01T10:00:00Z", 100), ("2026-11-22T10:10:00Z", 160));
        Assert.Equal("10:00=60", Text(await AskAsync(host, $"metric=indexLitres&{Day}&step=PT1H", "M1")));
        Assert.Equal("23:00=60", Text(await AskAsync(host, "metric=indexLitres&from=2026-11-22T00:00:00Z&to=2026-11-22T12:00:00Z&step=P1D", "M1")));
    }

    [Theory]
    [InlineData("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", "23:00=24 23:00=23 22:00=24")]
    [InlineData("2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", "22:00=24 22:00=25 23:00=24")]
    public async Task A_local_day_has_23_or_25_hours_when_the_clock_is_changed(string from, string to, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        var hour = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture).AddDays(-3);
        for (var hours = 0; hours < 24 * 8; hours++, hour = hour.AddHours(1))
        {
            host.History.Add("L1", "supplyVolts", (hour.ToString("O"), 230));
        }

        Assert.Equal(expected, Text(await AskAsync(host, $"metric=supplyVolts&from={from}&to={to}&step=P1D&fn=count")));
    }

    [Theory]
    [InlineData("", "metric")]
    [InlineData("metric=fillPercent", "metric")]
    [InlineData("metric=powerWatts&step=1H", "step")]
    [InlineData("metric=powerWatts&step=PT1S", "step")]
    [InlineData("metric=powerWatts&step=PT1H&fn=median", "fn")]
    [InlineData("metric=powerWatts&fn=avg", "fn")]
    [InlineData("metric=energyWattHours&step=PT1H&fn=avg", "fn")]
    [InlineData("metric=energyWattHours&step=PT1H&fn=sum", "fn")]
    [InlineData("metric=powerWatts&from=yesterday", "from")]
    [InlineData("metric=powerWatts&from=2026-11-22T10:00:00", "from")]
    [InlineData("metric=powerWatts&to=1969-12-31T00:00:00Z", "to")]
    [InlineData("metric=powerWatts&from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z", "from")]
    [InlineData("metric=powerWatts&limit=10001", "limit")]
    [InlineData("metric=powerWatts&step=PT1H&limit=5", "limit")]
    [InlineData("metric=powerWatts&cursor=x", "cursor")]
    [InlineData("metric=powerWatts&interval=5", "interval")]
    public async Task What_is_wrong_is_400_by_field(string query, string field)
    {
        await using var host = await LampAsync();
        await (await host.Http.GetAsync($"/api/v1/devices/L1/history?{query}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_metric_that_no_kind_has_is_answered_when_the_device_has_reported_it()
    {
        await using var host = await LampAsync();
        await host.ReportAsync(host.Registry.Descriptor("L1")!, "tiltDegrees", 3);
        host.History.Add("L1", "tiltDegrees", ("2026-11-22T10:10:00Z", 3));
        var answer = await AskAsync(host, $"metric=tiltDegrees&{Day}");
        Assert.Equal((JsonValueKind.Null, 1), (answer.GetProperty("unit").ValueKind, answer.GetProperty("points").GetArrayLength()));
    }

    [Fact]
    public async Task The_last_24_hours_are_answered_when_no_range_is_given()
    {
        await using var host = await LampAsync();
        var answer = await AskAsync(host, "metric=powerWatts");
        Assert.Equal(TimeSpan.FromDays(1), answer.GetProperty("to").GetDateTimeOffset() - answer.GetProperty("from").GetDateTimeOffset());
    }

    [Fact]
    public async Task An_unknown_device_is_404_and_a_caller_who_is_not_known_401()
    {
        await using var host = await LampAsync();
        await (await host.Http.GetAsync("/api/v1/devices/L2/history?metric=powerWatts")).ProblemAsync(HttpStatusCode.NotFound);
        await (await host.Client().GetAsync("/api/v1/devices/L1/history?metric=powerWatts")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_device_is_removed_with_its_history_when_asked_and_once_more_when_the_answer_was_lost()
    {
        await using var host = await LampAsync();
        await host.RegisterAsync("L2");
        Assert.Equal(HttpStatusCode.NoContent, (await host.Http.DeleteAsync("/api/v1/devices/L2")).StatusCode);
        Assert.Empty(host.History.Deleted);
        Assert.Equal(HttpStatusCode.NoContent, (await host.Http.DeleteAsync("/api/v1/devices/L1")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await host.Http.DeleteAsync("/api/v1/devices/L1?history=true")).StatusCode);
        Assert.Equal(["L1"], host.History.Deleted);
        await (await host.Http.DeleteAsync("/api/v1/devices/L1?history=true")).ProblemAsync(HttpStatusCode.NotFound);
    }

    private static async Task<GatewayHost> LampAsync()
    {
        var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("L1");
        host.History.Add(
            "L1", "powerWatts",
            ("2026-11-22T09:50:00Z", 4), ("2026-11-22T10:00:00Z", 10), ("2026-11-22T10:05:00Z", 20.5), ("2026-11-22T10:14:00Z", 61), ("2026-11-22T10:20:00Z", 5), ("2026-11-22T10:50:00Z", 7));
        return host;
    }

    private static async Task<JsonElement> AskAsync(GatewayHost host, string query, string device = "L1") =>
        await (await host.Http.GetAsync($"/api/v1/devices/{device}/history?{query}")).JsonAsync();

    private static string DaysAndHours(JsonElement answer) => string.Join(
        ' ', answer.GetProperty("points").EnumerateArray().Select(point => $"{point.GetProperty("time").GetString()![8..13]}={point.GetProperty("value").GetRawText()}"));

    private static string Text(JsonElement answer) => string.Join(
        ' ', answer.GetProperty("points").EnumerateArray().Select(point => $"{point.GetProperty("time").GetString()![11..16]}={point.GetProperty("value").GetRawText()}"));
}
