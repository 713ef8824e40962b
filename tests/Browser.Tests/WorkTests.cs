using System.Net.Http.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Grid.Tests.Browser;

public sealed class WorkTests(BrowserFixture browser)
{
    private const string Commune = "Plougastel-Daoulas";
    private const string CommuneInsee = "29189";

    [Fact]
    public async Task What_follows_from_the_reports_of_a_device_stands_beside_what_is_expected()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutAsync(http, "browser-work-meter", "meter");
        await PostAsync(http, "browser-work-meter", new { indexLitres = 1_000, tamper = 1 }, minutesAgo: 3);
        await PostAsync(http, "browser-work-meter", new { indexLitres = 1_025, tamper = 1 }, minutesAgo: 1);
        await session.ChooseCommuneAsync(Commune);
        await session.Page.Locator("#device-search").FillAsync("browser-work-meter");
        await session.Devices.First.ClickAsync();

        await Expect(session.Page.Locator("tr[data-figure^='consumed'] th").First).ToContainTextAsync("Consumed");
        await Expect(session.Page.Locator("li[data-condition='tamper']")).ToContainTextAsync("Tampered with");
        session.AssertQuiet();
    }

    [Fact]
    public async Task The_lists_of_a_commune_are_asked_for_when_they_are_opened_and_lead_to_the_device()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutAsync(http, "browser-work-bin", "bin");
        await PostAsync(http, "browser-work-bin", new { fillPercent = 100 }, minutesAgo: 3);
        await PostAsync(http, "browser-work-bin", new { fillPercent = 100 }, minutesAgo: 1);
        await session.ChooseCommuneAsync(Commune);
        foreach (var list in new[] { "workOrders", "findings", "maintenance", "collection", "notices" })
        {
            var details = session.Page.Locator($"details[data-list='{list}']");
            await details.Locator("summary").FocusAsync();
            await session.Page.Keyboard.PressAsync("Enter");
            await Expect(details).ToHaveAttributeAsync("open", "");
            await Expect(details.Locator("p, ol, ul").First).Not.ToHaveTextAsync("Loading");
            await Expect(details.Locator("p.error")).ToHaveTextAsync("");
        }

        var link = session.Page.Locator("details[data-list='collection'] button", new() { HasText = "browser-work-bin" });
        await Expect(link).ToBeVisibleAsync();
        await link.ClickAsync();
        await Expect(session.Page.Locator("#device-name")).ToHaveTextAsync("browser-work-bin");
        await session.Page.Locator("[data-language='fr']").ClickAsync();
        await Expect(session.Page.Locator("li[data-condition='overflow']")).ToContainTextAsync("Déborde");
        session.AssertQuiet();
    }

    [Fact]
    public async Task An_alarm_appears_by_itself_is_acknowledged_by_keyboard_and_speaks_the_language_of_the_page()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutAsync(http, "browser-alarm-bin", "bin");
        await session.ChooseCommuneAsync(Commune);
        await Expect(session.Page.Locator("ul[data-list='alarms']")).ToBeVisibleAsync();
        await PostAsync(http, "browser-alarm-bin", new { temperatureCelsius = 95, fillPercent = 20 }, minutesAgo: 1);

        var alarm = session.Page.Locator("li[data-alarm='browser-alarm-bin~fire']");
        await Expect(alarm).ToContainTextAsync("Fire in a container");
        await alarm.Locator("button[data-act='acknowledge']").FocusAsync();
        await session.Page.Keyboard.PressAsync("Enter");
        await Expect(alarm.Locator("button[data-act='acknowledge']")).ToHaveCountAsync(0);
        await session.Page.Locator("[data-language='fr']").ClickAsync();
        await Expect(alarm).ToContainTextAsync("Feu dans un conteneur");
        await Expect(alarm).ToContainTextAsync("acquittée");
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_work_order_is_visited_repaired_and_closed_by_keyboard()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        var opened = await http.PostAsJsonAsync("/api/v1/work-orders", new { title = "Broken bench", commune = CommuneInsee });
        opened.EnsureSuccessStatusCode();
        await session.ChooseCommuneAsync(Commune);
        var details = session.Page.Locator("details[data-list='workOrders']");
        await details.Locator("summary").FocusAsync();
        await session.Page.Keyboard.PressAsync("Enter");
        var order = details.Locator("li[data-order]", new() { HasText = "Broken bench" });
        await Expect(order).ToHaveAttributeAsync("data-state", "open");

        await order.Locator("button[data-action='arrive']").FocusAsync();
        await session.Page.Keyboard.PressAsync("Enter");
        await Expect(order.Locator("button[data-action='leave']")).ToBeFocusedAsync();

        await order.Locator("button[data-action='repair']").FocusAsync();
        await session.Page.Keyboard.PressAsync("Enter");
        await Expect(order.Locator("input")).ToBeFocusedAsync();
        await session.Page.Keyboard.TypeAsync("New planks");
        await session.Page.Keyboard.PressAsync("Enter");
        await Expect(order).ToHaveAttributeAsync("data-state", "repaired");

        await session.Page.Locator("[data-language='fr']").ClickAsync();
        await Expect(order).ToContainTextAsync("Réparée, à confirmer");
        await order.Locator("button[data-action='close']").FocusAsync();
        await session.Page.Keyboard.PressAsync("Enter");
        await Expect(order).ToHaveCountAsync(0);
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_work_order_is_assigned_paused_with_its_reason_repaired_with_its_parts_and_counted_with_its_contractor()
    {
        await using var session = await browser.OpenAsync();
        var page = session.Page;
        await page.Locator("nav [data-view='orders']").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#order-where option").First).ToBeAttachedAsync();
        await page.Locator("[data-list='newOrder'] summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#order-title").FillAsync("Bent pole");
        await page.Locator("#order-where").SelectOptionAsync($"commune:{CommuneInsee}");
        await page.Locator("#order-title").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var order = page.Locator(".led [data-order]");
        await Expect(order).ToContainTextAsync("Bent pole");

        async Task SayAsync(string action, string words, string state)
        {
            await order.Locator($"button[data-action='{action}']").FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            await Expect(order.Locator("form input").First).ToBeFocusedAsync();
            await page.Keyboard.TypeAsync(words);
            await page.Keyboard.PressAsync("Enter");
            await Expect(order).ToHaveAttributeAsync("data-state", state);
        }

        await SayAsync("assign", "Bent Poles Ltd", "assigned");
        await SayAsync("pause", "No access before Monday", "paused");
        await Expect(order).ToContainTextAsync("No access before Monday");
        await order.Locator("button[data-action='resume']").ClickAsync();
        await Expect(order).ToHaveAttributeAsync("data-state", "assigned");
        await order.Locator("button[data-action='repair']").ClickAsync();
        await order.Locator("[data-act='part']").ClickAsync();
        await page.Keyboard.TypeAsync("steel pole");
        await order.Locator("form input").First.FillAsync("Pole replaced");
        await page.Keyboard.PressAsync("Enter");
        await Expect(order).ToHaveAttributeAsync("data-state", "repaired");
        await Expect(order.Locator("[data-part='repair']")).ToContainTextAsync("Pole replaced");
        await Expect(order).ToContainTextAsync("1 × steel pole");

        var delays = page.Locator("details[data-list='delays']");
        await delays.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(delays.Locator("tr[data-contractor='Bent Poles Ltd']")).ToBeVisibleAsync();
        await page.Locator("#orders-contractor").FillAsync("Bent Poles Ltd");
        await page.Keyboard.PressAsync("Tab");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("[data-act='csv']").ClickAsync());
        var rows = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("id,commune,state", rows[0], StringComparison.Ordinal);
        Assert.All(rows.Skip(1), row => Assert.Contains("Bent Poles Ltd", row, StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains("Pole replaced", StringComparison.Ordinal));
        session.AssertQuiet();
    }

    [Fact]
    public async Task An_alarm_is_acknowledged_with_a_note_shelved_with_a_reason_and_leads_to_its_work_order_and_back()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutAsync(http, "browser-order-bin", "bin");
        await PostAsync(http, "browser-order-bin", new { temperatureCelsius = 95, fillPercent = 20 }, minutesAgo: 1);
        await session.ChooseCommuneAsync(Commune);
        var page = session.Page;
        var alarm = page.Locator("li[data-alarm='browser-order-bin~fire']");

        async Task SayAsync(string act, string words, string state)
        {
            await alarm.Locator($"button[data-act='{act}']").FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            await Expect(alarm.Locator("form input")).ToBeFocusedAsync();
            await page.Keyboard.TypeAsync(words);
            await page.Keyboard.PressAsync("Enter");
            await Expect(alarm).ToHaveAttributeAsync("data-state", state);
        }

        await alarm.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await SayAsync("acknowledgeNote", "On our way", "acknowledged");
        await Expect(alarm.Locator("ol li", new() { HasText = "On our way" })).ToBeVisibleAsync();
        await SayAsync("shelve", "Drill of the fire brigade", "shelved");
        await Expect(alarm).ToContainTextAsync("until");
        await alarm.Locator("button[data-act='unshelve']").ClickAsync();
        await Expect(alarm).ToHaveAttributeAsync("data-state", "unacknowledged");

        // It has no order yet: one is asked for.
        await alarm.Locator("button[data-act='workOrder']").ClickAsync();
        await Expect(alarm.Locator("form input")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        var order = page.Locator(".led [data-order]");
        await Expect(order).ToContainTextAsync("Fire in a container");
        var id = await order.GetAttributeAsync("data-order");
        await order.GetByRole(AriaRole.Button, new() { Name = "To its alarm" }).ClickAsync();
        await Expect(alarm.Locator("button").Filter(new() { HasText = "Acknowledge" })).ToBeFocusedAsync();

        // And now it leads there.
        await alarm.Locator("button[data-act='workOrder']").ClickAsync();
        await Expect(order).ToHaveAttributeAsync("data-order", id!);
        session.AssertQuiet();
    }

    private static async Task PutAsync(HttpClient http, string id, string kind) =>
        (await http.PutAsJsonAsync($"/api/v1/devices/{id}", new { kind, commune = CommuneInsee, position = new { lon = -4.37, lat = 48.37 } })).EnsureSuccessStatusCode();

    private static async Task PostAsync(HttpClient http, string id, object metrics, int minutesAgo) =>
        (await http.PostAsJsonAsync("/api/v1/readings", new[] { new { device = id, time = DateTimeOffset.UtcNow.AddMinutes(-minutesAgo), metrics } })).EnsureSuccessStatusCode();
}
