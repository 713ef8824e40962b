using System.Net;

namespace Grid.Tests.Gateway.Energy;

public sealed class EnergyTests
{
    private const string Series = "scope/commune:29232";
    private const string Figure = "lighting.energyTodayWattHours";

    private static readonly Dictionary<string, string?> Tariff = new()
    {
        ["Grid:Energy:EurosPerKilowattHour"] = "0.20",
        ["Grid:Energy:Periods:0:From"] = "22:00",
        ["Grid:Energy:Periods:0:To"] = "06:00",
        ["Grid:Energy:Periods:0:EurosPerKilowattHour"] = "0.10",
        ["Grid:Energy:Co2eKilogramsPerKilowattHour"] = "0.05",
        ["Grid:Energy:Co2eSource"] = "A source, 2026",
    };

    [Fact]
    public async Task Energy_is_priced_by_the_hour_and_summed_by_day_and_month()
    {
        await using var host = await GatewayHost.StartAsync(settings: Tariff);
        // The 9th, in local time: 0 at midnight, 4,000 Wh by 06:10, 5,000 by 22:10, 7,000.5 by 23:50. The 10th: 1,000 by 05:00.
        host.History.Add(
            Series, Figure,
            ("2026-11-09T00:01+01:00", 0), ("2026-11-09T05:59+01:00", 4_000), ("2026-11-09T06:10+01:00", 4_000), ("2026-11-09T21:59+01:00", 5_000),
            ("2026-11-09T22:10+01:00", 5_500), ("2026-11-09T23:50+01:00", 7_000.5), ("2026-11-10T00:01+01:00", 0), ("2026-11-10T05:00+01:00", 1_000),
            ("2026-12-01T00:30+01:00", 900), ("2026-10-31T23:50+01:00", 800));

        host.History.Add(
            Series, "lighting.savedTodayWattHours",
            ("2026-11-09T00:01+01:00", 0), ("2026-11-09T12:00+01:00", 3_000), ("2026-11-09T23:50+01:00", 2_500), ("2026-11-10T05:00+01:00", -250));

        var energy = await (await host.Http.GetAsync("/api/v1/communes/29232/energy?month=2026-11")).JsonAsync();
        Assert.Equal(("commune:29232", "2026-11", "Europe/Paris"), (energy.GetProperty("scope").GetString(), energy.GetProperty("month").GetString(), energy.GetProperty("zone").GetString()));
        var days = energy.GetProperty("days").EnumerateArray().ToArray();
        Assert.Equal(["2026-11-09", "2026-11-10"], days.Select(day => day.GetProperty("date").GetString()));

        // 4 kWh and 2.0005 kWh at 0.10, 1 kWh at 0.20.
        Assert.Equal((7.0005m, 0.8001m, 0.350m), (days[0].GetProperty("energyKilowattHours").GetDecimal(), days[0].GetProperty("euros").GetDecimal(), days[0].GetProperty("co2eKilograms").GetDecimal()));
        Assert.Equal((8.0005m, 0.9001m, 0.400m), (energy.GetProperty("energyKilowattHours").GetDecimal(), energy.GetProperty("euros").GetDecimal(), energy.GetProperty("co2eKilograms").GetDecimal()));
        Assert.Equal((2.5m, -0.25m, 2.25m), (days[0].GetProperty("savedKilowattHours").GetDecimal(), days[1].GetProperty("savedKilowattHours").GetDecimal(), energy.GetProperty("savedKilowattHours").GetDecimal()));
        Assert.Equal("A source, 2026", energy.GetProperty("co2eSource").GetString());
    }

    [Fact]
    public async Task Without_price_and_factor_there_are_no_euros_and_no_emissions()
    {
        await using var host = await GatewayHost.StartAsync();
        host.History.Add("scope/department:29", Figure, ("2026-11-09T20:00+01:00", 500));
        var energy = await (await host.Http.GetAsync("/api/v1/departments/29/energy?month=2026-11")).JsonAsync();

        Assert.Equal(0.5m, energy.GetProperty("energyKilowattHours").GetDecimal());
        Assert.False(energy.TryGetProperty("euros", out _) || energy.TryGetProperty("co2eKilograms", out _) || energy.TryGetProperty("co2eSource", out _));
    }

    [Fact]
    public async Task What_falls_takes_nothing_back_and_a_long_day_is_one_day()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.PutAsync("/api/v1/bodies/200068120", """{"name":"S","kind":"syndicate"}""");
        // The clock is put back in the night of 25 October 2026: the day lasts 25 hours.
        host.History.Add(
            "scope/syndicate:200068120", Figure,
            ("2026-10-25T00:10+02:00", 100), ("2026-10-25T02:30+02:00", 300), ("2026-10-25T02:30+01:00", 400), ("2026-10-25T12:00+01:00", 250), ("2026-10-25T23:50+01:00", 600));
        var energy = await (await host.Http.GetAsync("/api/v1/syndicates/200068120/energy?month=2026-10")).JsonAsync();

        Assert.Equal(0.6m, Assert.Single(energy.GetProperty("days").EnumerateArray()).GetProperty("energyKilowattHours").GetDecimal());
    }

    [Theory]
    [InlineData("/api/v1/communes/29232/energy", "month")]
    [InlineData("/api/v1/communes/29232/energy?month=2026-13", "month")]
    [InlineData("/api/v1/communes/29232/energy?month=2026-11-01", "month")]
    [InlineData("/api/v1/communes/29232/energy?month=2026-11&year=2026", "year")]
    public async Task A_bad_parameter_is_400(string path, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        await (await host.Http.GetAsync(path)).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task An_unknown_territory_is_404()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var path in new[] { "/api/v1/communes/99999/energy", "/api/v1/syndicates/999999999/energy", "/api/v1/departments/99/energy" })
        {
            await (await host.Http.GetAsync($"{path}?month=2026-11")).ProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("Grid:Energy:EurosPerKilowattHour", "-1")]
    [InlineData("Grid:Energy:Periods:0:From", "25:00")]
    [InlineData("Grid:Energy:Periods:0:To", "22:00")]
    [InlineData("Grid:Energy:Periods:0:EurosPerKilowattHour", "11")]
    [InlineData("Grid:Energy:Co2eKilogramsPerKilowattHour", "6")]
    [InlineData("Grid:Energy:Co2eSource", "")]
    public async Task A_wrong_setting_stops_the_program_by_name(string setting, string value)
    {
        var settings = new Dictionary<string, string?>(Tariff) { [setting] = value };
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => GatewayHost.StartAsync(settings: settings));

        Assert.Contains(setting, fault.Message, StringComparison.Ordinal);
    }
}
