using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Grid.Tests.Browser;

public sealed class PageTests(BrowserFixture browser)
{
    private const string Commune = "Landerneau";
    private const string CommuneInsee = "29103";

    [Fact]
    public async Task The_department_shows_with_its_communes_and_figures()
    {
        await using var session = await browser.OpenAsync();
        await Expect(session.Page.Locator("#territory")).ToHaveTextAsync("Finistère");
        await Expect(session.Communes).ToHaveCountAsync(277);
        await session.FigureOnceAsync("devices.total", "value >= 3000");
        await Expect(session.Page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(session.Page.Locator("#map canvas")).ToBeVisibleAsync();
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_chosen_commune_shows_its_own_figures_and_devices()
    {
        await using var session = await browser.OpenAsync();
        await session.ChooseCommuneAsync(Commune);
        var total = await session.FigureOnceAsync("devices.total", "value > 0 && value < 3000");
        await Expect(session.Page.Locator("#device-count")).ToContainTextAsync($"{total} devices");
        await Expect(session.Devices.First).ToBeVisibleAsync();
        await session.Page.GetByRole(AriaRole.Button, new() { Name = "Whole department" }).ClickAsync();
        await Expect(session.Page.Locator("#territory")).ToHaveTextAsync("Finistère");
        await Expect(session.Communes.First).ToBeVisibleAsync();
        session.AssertQuiet();
    }

    [Fact]
    public async Task Zooming_in_shows_the_devices_that_are_on_the_map()
    {
        await using var session = await browser.OpenAsync();
        await Expect(session.Communes).ToHaveCountAsync(277);
        var zoomIn = session.Page.Locator(".maplibregl-ctrl-zoom-in");
        while (await session.Page.Locator("#devices-panel").IsHiddenAsync())
        {
            await zoomIn.ClickAsync();
        }

        await Expect(session.Page.Locator("#devices-title")).ToHaveTextAsync("Devices on the map");
        await Expect(session.Page.Locator("#territory")).ToHaveTextAsync("Finistère");
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_posted_reading_moves_a_figure_and_the_device_that_is_open()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutAsync(http, "browser-town-hall", new { kind = "building", commune = CommuneInsee, position = new { lon = -4.248, lat = 48.451 } });
        await session.ChooseCommuneAsync(Commune);
        await session.Page.Locator("#device-search").FillAsync("browser-town-hall");
        await session.Devices.First.ClickAsync();
        await Expect(session.Page.Locator("#device-name")).ToHaveTextAsync("browser-town-hall");

        await PostReadingAsync(http, "browser-town-hall", new { powerWatts = 7_000_000 });
        await session.FigureOnceAsync("buildings.powerWatts", "value >= 7000000");
        await Expect(session.Page.Locator("tr[data-metric='powerWatts'] data")).ToHaveTextAsync("7\u202fMW");
        await Expect(session.Page.Locator("#device-status")).ToHaveTextAsync("OK");

        await PostReadingAsync(http, "browser-town-hall", new { powerWatts = 1_000 });
        await session.FigureOnceAsync("buildings.powerWatts", "value < 7000000");
        await Expect(session.Page.Locator("tr[data-metric='powerWatts'] data")).ToHaveTextAsync("1\u202fkW");
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_lamp_is_dimmed_and_seen_to_obey()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        var lamp = await FindControlledLampAsync(http);
        await session.ChooseCommuneAsync(Commune);
        await session.Page.Locator("#device-search").FillAsync(lamp);
        await session.Page.Locator($"#device-list button[data-key='{lamp}']").ClickAsync();
        await session.Page.GetByRole(AriaRole.Slider, new() { Name = "Level" }).FillAsync("35");
        await session.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(session.Page.Locator(".ledger")).ToHaveAttributeAsync("data-state", "confirmed");
        await Expect(session.Page.Locator(".ledger [data-step='accepted']")).ToBeVisibleAsync();
        await Expect(session.Page.Locator("tr[data-metric='dimmingPercent'] data")).ToHaveTextAsync("35\u202f%");
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_refused_command_says_why()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        var lamp = await FindControlledLampAsync(http);
        await session.Page.RouteAsync("**/commands", route => route.FulfillAsync(new()
        {
            Status = 400,
            ContentType = "application/problem+json",
            Body = """{"title":"The request is not valid.","status":400,"errors":{"args.percent":["is refused by the lamp"]}}""",
        }));
        await session.ChooseCommuneAsync(Commune);
        await session.Page.Locator("#device-search").FillAsync(lamp);
        await session.Page.Locator($"#device-list button[data-key='{lamp}']").ClickAsync();
        await session.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(session.Page.Locator(".dimming .error")).ToHaveTextAsync("The request is not valid. – args.percent: is refused by the lamp");
        await Expect(session.Page.Locator(".ledger")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task After_a_lost_connection_the_page_goes_on_by_itself_from_its_last_cursor()
    {
        await using var session = await browser.OpenAsync();
        await session.ChooseCommuneAsync(Commune);
        await Expect(session.Devices.First).ToBeVisibleAsync();
        await session.Page.Context.SetOfflineAsync(true);
        await Expect(session.Page.Locator("#live")).ToHaveTextAsync("Reconnecting");
        var before = session.Watches.Count;
        await session.Page.Context.SetOfflineAsync(false);
        await Expect(session.Page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(session.Devices.First).ToBeVisibleAsync();
        Assert.Contains(session.Watches.Skip(before), watch => watch.Contains("\"devices\":true", StringComparison.Ordinal) && watch.Contains("\"cursor\":", StringComparison.Ordinal));
    }

    private static async Task PutAsync(HttpClient http, string id, object device)
    {
        var response = await http.PutAsJsonAsync($"/api/v1/devices/{id}", device);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task PostReadingAsync(HttpClient http, string device, object metrics)
    {
        var response = await http.PostAsJsonAsync("/api/v1/readings", new[] { new { device, time = DateTimeOffset.UtcNow, metrics } });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(1, answer.GetProperty("accepted").GetInt32());
    }

    private static async Task<string> FindControlledLampAsync(HttpClient http)
    {
        var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices?commune={CommuneInsee}&kind=streetlight&limit=1000");
        return page.GetProperty("items").EnumerateArray()
            .First(device => !device.GetProperty("attributes").GetProperty("passive").GetBoolean())
            .GetProperty("id").GetString()!;
    }
}
