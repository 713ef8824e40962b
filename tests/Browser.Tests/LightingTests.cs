using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Grid.Tests.Browser;

/// <summary>A cabinet, its light points, their night, what is commanded, and what it saves: as a lighting manager sees it.</summary>
public sealed class LightingTests(BrowserFixture browser)
{
    private const string Insee = "29103";

    /// <summary>Brest lights its own streets: the plan of the demo's syndicate does not reach it.</summary>
    private const string Apart = "29019";

    [Fact]
    public async Task A_cabinet_shows_its_light_points_by_segment_and_the_way_there_and_back_needs_only_the_keyboard()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutDeviceAsync(http, "armoire-quai", new { kind = "cabinet", commune = Insee, position = new { lon = -4.25, lat = 48.45 } });
        await PutLampAsync(http, "quai-1", 1, passive: true);
        await PutLampAsync(http, "quai-2", 1, passive: true);
        await PutLampAsync(http, "quai-3", 2, passive: false);
        await ReportAsync(http, "armoire-quai", new { segment1On = 1, segment2On = 1, powerWatts = 84, doorOpen = 1, breakerTripped = 0 });
        await ReportAsync(http, "quai-3", new { dimmingPercent = 40, powerWatts = 20 });

        await using var session = await OpenAsync("armoire-quai");
        var page = session.Page;
        await Expect(page.Locator("data[data-fact='doorOpen']")).ToHaveTextAsync("Open");
        await Expect(page.Locator("data[data-fact='breakerTripped']")).ToHaveTextAsync("Closed");
        await Expect(page.GetByText("Feeds 3 light points")).ToBeVisibleAsync();
        await Expect(Segment(session, 1)).ToContainTextAsync("Fed · 2 of 2 lit");
        await Expect(Lamp(session, "quai-1").Locator(".count")).ToHaveTextAsync("lit");
        await Expect(Lamp(session, "quai-3").Locator(".count")).ToHaveTextAsync("40\u202f%");

        // What is at hand stays at hand while the cabinet switches under it.
        await Lamp(session, "quai-1").FocusAsync();
        await ReportAsync(http, "armoire-quai", new { segment1On = 0, segment2On = 1, powerWatts = 20, doorOpen = 0, breakerTripped = 0 });
        await Expect(Segment(session, 1)).ToContainTextAsync("Cut off · 0 of 2 lit");
        await Expect(Lamp(session, "quai-1").Locator(".count")).ToHaveTextAsync("off");
        await Expect(page.Locator("data[data-fact='doorOpen']")).ToHaveTextAsync("Closed");
        await Expect(Lamp(session, "quai-1")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#device-name")).ToHaveTextAsync("quai-2");
        await Expect(page.Locator("#device-back")).ToHaveTextAsync(new Regex("Back to armoire-quai"));
        await page.GetByRole(AriaRole.Button, new() { Name = "armoire-quai", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#device-name")).ToHaveTextAsync("armoire-quai");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#device-name")).ToHaveTextAsync("quai-2");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#device-name")).ToHaveTextAsync("armoire-quai");
        await Expect(Lamp(session, "quai-2")).ToBeFocusedAsync();
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_night_shows_as_a_profile_with_its_plan_its_decision_and_what_the_law_says_and_others_are_a_key_away()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutDeviceAsync(http, "armoire-mairie", new { kind = "cabinet", commune = Insee });
        await PutAsync(http, "/api/v1/lighting-plans/facade", new
        {
            name = "Façade of the town hall",
            decision = new { reference = "2026-114", date = "2026-03-12" },
            installation = new { category = "facade" },
            programs = new { night = new[] { new { at = "sunset", percent = 100, rampSeconds = 0 }, new { at = "23:00", percent = 30, rampSeconds = 60 }, new { at = "sunrise", percent = 0, rampSeconds = 0 } } },
            calendar = new[] { new { when = "always", program = "night" } },
        });
        await PutAsync(http, "/api/v1/lighting-plans/facade/assignments", new[] { new { cabinet = "armoire-mairie" } });

        await using var session = await OpenAsync("armoire-mairie");
        var night = session.Page.GetByRole(AriaRole.Region, new() { Name = "Planned night" });
        await Expect(night).ToContainTextAsync("Façade of the town hall");
        await Expect(night).ToContainTextAsync("Decision 2026-114 of 12 March 2026");
        await Expect(night.GetByRole(AriaRole.Img)).ToBeVisibleAsync();
        await Expect(night.Locator(".now circle")).ToHaveCountAsync(1);
        await Expect(night.Locator(".night-warning")).ToContainTextAsync("decree of 27 December 2018");
        await night.GetByText("The night as a table").ClickAsync();
        await Expect(night.GetByRole(AriaRole.Row).Filter(new() { HasText = "23:00" })).ToContainTextAsync("30\u202f%, over 60 s");

        // Another night has no now in it; the dates follow the keys.
        var tonight = await night.Locator(".night-date").TextContentAsync();
        await night.GetByRole(AriaRole.Button, new() { Name = "Previous night" }).FocusAsync();
        await session.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(night.Locator(".night-date")).Not.ToHaveTextAsync(tonight!);
        await Expect(night.Locator(".now circle")).ToHaveCountAsync(0);
        await session.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(night.Locator(".night-date")).ToHaveTextAsync(tonight!);
        await Expect(night.Locator(".now circle")).ToHaveCountAsync(1);
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_light_under_no_plan_says_so_and_what_to_do()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutDeviceAsync(http, "lamp-without-a-plan", new { kind = "streetlight", commune = Apart });
        await using var session = await browser.OpenAsync($"{browser.Address}/?commune={Apart}&device=lamp-without-a-plan");
        var night = session.Page.GetByRole(AriaRole.Region, new() { Name = "Planned night" });
        await Expect(night).ToContainTextAsync("No lighting plan says what it does in this night.");
        await Expect(night).ToContainTextAsync("assign a plan");
    }

    [Fact]
    public async Task What_fails_says_what_to_do_next_and_goes_on_when_that_is_done()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutDeviceAsync(http, "armoire-gare", new { kind = "cabinet", commune = Insee });
        await PutDeviceAsync(http, "gare-1", new { kind = "streetlight", commune = Insee, attributes = new { cabinet = "armoire-gare", passive = true } });
        await using var session = await browser.OpenAsync();
        await session.Page.RouteAsync("**/devices?cabinet=*", route => route.AbortAsync());
        await session.Page.GotoAsync($"{browser.Address}/?commune={Insee}&device=armoire-gare");
        var lamps = session.Page.GetByRole(AriaRole.Region, new() { Name = "Light points" });
        await Expect(lamps.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The server does not answer. Check the connection, then try again.");
        await session.Page.UnrouteAllAsync();
        await lamps.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(Lamp(session, "gare-1")).ToBeVisibleAsync();
        await Expect(lamps.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_steps_of_a_command_come_with_the_live_stream()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        var devices = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices?commune={Insee}&kind=streetlight&limit=1000");
        var lamp = devices.GetProperty("items").EnumerateArray()
            .Last(device => device.GetProperty("connector").ValueKind == JsonValueKind.Object && !device.GetProperty("attributes").GetProperty("passive").GetBoolean())
            .GetProperty("id").GetString()!;
        await using var session = await OpenAsync(lamp);

        // Asking does not help: what follows must come by itself.
        await session.Page.RouteAsync("**/api/v1/commands/*", route => route.AbortAsync());
        await session.Page.GetByRole(AriaRole.Slider, new() { Name = "Level" }).FillAsync("55");
        await session.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(session.Page.Locator(".ledger")).ToHaveAttributeAsync("data-state", "confirmed");
        var steps = await session.Page.Locator(".ledger li").AllAsync();
        Assert.Equal("accepted", await steps[0].GetAttributeAsync("data-step"));
        Assert.Equal("confirmed", await steps[^1].GetAttributeAsync("data-step"));
        await Expect(session.Page.Locator(".ledger time").Last).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d$"));
    }

    [Fact]
    public async Task A_segment_is_switched_for_a_time_and_what_is_asked_shows_until_the_cabinet_does_it()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutDeviceAsync(http, "armoire-port", new { kind = "cabinet", commune = Insee, attributes = new { segments = 2 } });
        await ReportAsync(http, "armoire-port", new { segment1On = 0, segment2On = 0 });
        await using var session = await OpenAsync("armoire-port");
        var switches = session.Page.GetByRole(AriaRole.Region, new() { Name = "Switch segments" });
        await session.Page.GetByLabel("For").SelectOptionAsync("4 hours");
        await switches.GetByRole(AriaRole.Group, new() { Name = "Segment 2" }).GetByRole(AriaRole.Button, new() { Name = "On" }).ClickAsync();
        await Expect(switches.Locator(".what")).ToHaveTextAsync("Segment 2: On");
        await Expect(switches.Locator(".ledger [data-step='accepted']")).ToBeVisibleAsync();
        await Expect(switches.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Segment 2" })).ToContainTextAsync("Cut off · Should be: On");

        await ReportAsync(http, "armoire-port", new { segment1On = 0, segment2On = 1 });
        await Expect(switches.Locator(".ledger")).ToHaveAttributeAsync("data-state", "confirmed");
        await Expect(switches.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Segment 2" })).Not.ToContainTextAsync("Should be");

        // The plan counts again: nothing is asked any more.
        await switches.GetByRole(AriaRole.Button, new() { Name = "Follow the plan" }).ClickAsync();
        await Expect(switches.Locator(".what")).ToHaveTextAsync("Follow the plan");
        await Expect(switches.Locator(".ledger [data-step='accepted']")).ToHaveCountAsync(1);
        session.AssertQuiet();
    }

    [Fact]
    public async Task All_on_in_a_commune_is_agreed_to_by_name_and_number_and_its_progress_is_counted()
    {
        await using var session = await browser.OpenAsync();
        var page = session.Page;
        string? sent = null;
        var done = false;
        await page.RouteAsync("**/api/v1/group-commands", route =>
        {
            sent = route.Request.PostData;
            return route.FulfillAsync(new() { Status = 202, ContentType = "application/json", Body = Group("running", """{"accepted":30,"transmitted":0}""") });
        });
        await page.RouteAsync("**/api/v1/group-commands/g1", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            // Running until the page has been seen to say so: however long a look takes, there is something to see.
            Body = Volatile.Read(ref done) ? Group("done", """{"confirmed":28,"expired":2}""") : Group("running", """{"accepted":5,"transmitted":15,"confirmed":10}"""),
        }));
        await session.ChooseCommuneAsync("Landerneau");
        var territory = page.GetByRole(AriaRole.Region, new() { Name = "Whole territory" });
        var allOn = territory.GetByRole(AriaRole.Button, new() { Name = "All on now" });
        await allOn.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "All on now in Landerneau" });
        await Expect(dialog).ToContainTextAsync(new Regex(@"\d+ light points in Landerneau"));

        // Whoever leaves the question has changed nothing, and is where they were.
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Change nothing" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(allOn).ToBeFocusedAsync();
        await Expect(page.Locator("#territory")).ToHaveTextAsync("Landerneau");
        Assert.Null(sent);

        await page.Keyboard.PressAsync("Enter");
        await dialog.GetByLabel("For").SelectOptionAsync("1 hour");
        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = new(@"^Light \d+ light points$") }).ClickAsync();
        await Expect(territory.GetByText("10 of 30 at their end")).ToBeVisibleAsync();
        await Expect(territory.Locator("[data-count='transmitted']")).ToHaveTextAsync("15");
        Volatile.Write(ref done, true);
        await Expect(territory.GetByRole(AriaRole.Status)).ToHaveTextAsync("All on now in Landerneau – done");
        await Expect(territory.Locator("[data-count='expired']")).ToHaveTextAsync("2");
        var body = JsonDocument.Parse(sent!).RootElement;
        Assert.Equal(("allOn", "emergency", Insee, 60), (
            body.GetProperty("name").GetString(), body.GetProperty("layer").GetString(), body.GetProperty("selector").GetProperty("commune").GetString(),
            body.GetProperty("args").GetProperty("durationMinutes").GetInt32()));
        session.AssertQuiet();
    }

    private static string Group(string state, string counts) => $$"""{"id":"g1","name":"allOn","state":"{{state}}","members":30,"counts":{{counts}}}""";

    [Fact]
    public async Task Energy_and_saving_show_by_month_with_their_days()
    {
        await using var session = await browser.OpenAsync();
        await session.Page.RouteAsync(new Regex("/communes/29103/energy\\?"), route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = Energy(route.Request.Url.Split("month=")[1]),
        }));
        await session.ChooseCommuneAsync("Landerneau");
        var energy = session.Page.GetByRole(AriaRole.Region, new() { Name = "Energy and saving" });
        await Expect(session.Figure("energy.used")).ToHaveTextAsync("1.5\u202fMWh");
        await Expect(session.Figure("energy.saved")).ToHaveTextAsync("500\u202fkWh");
        await Expect(session.Figure("energy.euros")).ToHaveTextAsync("€270.00");
        await Expect(session.Figure("energy.co2e")).ToHaveTextAsync("78\u202fkg");
        await Expect(energy).ToContainTextAsync("Base Empreinte");
        await energy.GetByText("Days as a table").ClickAsync();
        await Expect(energy.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);

        var month = await energy.GetByRole(AriaRole.Status).TextContentAsync();
        await energy.GetByRole(AriaRole.Button, new() { Name = "Previous month" }).PressAsync("Enter");
        await Expect(energy.GetByRole(AriaRole.Status)).Not.ToHaveTextAsync(month!);
        await energy.GetByRole(AriaRole.Button, new() { Name = "Next month" }).PressAsync("Enter");
        await Expect(energy.GetByRole(AriaRole.Status)).ToHaveTextAsync(month!);
        session.AssertQuiet();
    }

    private static string Energy(string month) => $$"""
        {"scope":"commune:29103","month":"{{month}}","zone":"Europe/Paris","energyKilowattHours":1500,"savedKilowattHours":500,"euros":270,"co2eKilograms":78,"co2eSource":"Base Empreinte",
         "days":[{"date":"{{month}}-01","energyKilowattHours":1000,"savedKilowattHours":600,"euros":180,"co2eKilograms":52},
                 {"date":"{{month}}-02","energyKilowattHours":500,"savedKilowattHours":-100,"euros":90,"co2eKilograms":26}]}
        """;

    private Task<PageSession> OpenAsync(string device) => browser.OpenAsync($"{browser.Address}/?commune={Insee}&device={device}");

    private static ILocator Segment(PageSession session, int number) => session.Page.Locator($".segment[data-segment='{number}']");

    private static ILocator Lamp(PageSession session, string id) => session.Page.Locator($".segment button[data-key='{id}']");

    private static Task PutLampAsync(HttpClient http, string id, int segment, bool passive) => PutDeviceAsync(
        http, id, new { kind = "streetlight", commune = Insee, position = new { lon = -4.25 + (segment / 1000.0), lat = 48.45 }, attributes = new { cabinet = "armoire-quai", segment, passive, ratedWatts = 50 } });

    private static Task PutDeviceAsync(HttpClient http, string id, object device) => PutAsync(http, $"/api/v1/devices/{id}", device);

    private static async Task PutAsync(HttpClient http, string path, object body)
    {
        var response = await http.PutAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task ReportAsync(HttpClient http, string device, object metrics)
    {
        var response = await http.PostAsJsonAsync("/api/v1/readings", new[] { new { device, time = DateTimeOffset.UtcNow, metrics } });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(1, answer.GetProperty("accepted").GetInt32());
    }
}
