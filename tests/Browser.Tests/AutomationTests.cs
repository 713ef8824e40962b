using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Grid.Tests.Browser;

public sealed class AutomationTests(BrowserFixture browser)
{
    private const string CommuneInsee = "29189";
    private const string PilotInsee = "29103";
    private const string Bin = "browser-rule-bin";

    /// <summary>What was measured is in the history soon after it is acknowledged, and no later than so many trials.</summary>
    private const int MostTrials = 200;

    [Fact]
    public async Task An_operator_copies_a_rule_mends_it_where_it_is_wrong_tries_it_publishes_it_and_goes_back()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutBinAsync(http);
        var page = session.Page;
        await ShowAsync(page, "rules");

        // A copy of what ships, for one device.
        await page.Locator("[data-list='starters'] summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-starter='bin-nearly-full'] button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#rule-name")).ToBeFocusedAsync();
        await Expect(page.Locator("#rule-name")).ToHaveValueAsync("Bin nearly full");
        await page.Locator("#rule-id").FillAsync("browser-rule");
        await page.Locator("#rule-scope").SelectOptionAsync("device:");
        await page.Locator("#rule-scope + input").FillAsync(Bin);

        // What is wrong is shown at its place, which is chosen: typing mends it.
        await page.Locator("#rule-text").FillAsync("each bin\n  when fillPercnt > 80 %\nthen raise alarm \"Nearly full\"");
        await page.Locator("[data-act='save']").ClickAsync();
        await Expect(page.Locator("#rule-text-faults p[data-line='2'][data-column='8']")).ToContainTextAsync("Line 2, column 8");
        await Expect(page.Locator(".rule-marked mark")).ToHaveTextAsync("fillPercnt");
        await Expect(page.Locator("#rule-text")).ToBeFocusedAsync();
        await Expect(page.Locator("#rule-text")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Keyboard.TypeAsync("fillPercent");
        await Expect(page.Locator("#rule-text-faults p")).ToHaveCountAsync(0);
        await page.Locator("[data-act='save']").ClickAsync();
        await Expect(page.Locator("[data-part='state']")).ToHaveTextAsync("Draft, version 1");

        // What it would have done last week.
        var done = page.Locator("[data-list='trial'] tbody tr", new() { HasText = Bin });
        for (var trial = 0; trial < MostTrials && await done.CountAsync() == 0; trial++)
        {
            await page.Locator("[data-act='try']").ClickAsync();
            await Expect(page.Locator(".editor .panel > [role='status']")).ToContainTextAsync("tried on 1 device");
        }

        await Expect(done.First).ToContainTextAsync("raises an alarm");

        // Devices follow it, all of them; then another version, and back.
        await AgreeAsync(page, "publish");
        await Expect(page.Locator(".editor .progress[data-state='complete']")).ToContainTextAsync("follow version 1");
        await Expect(page.Locator("[data-part='state']")).ToHaveTextAsync("Published, version 1");
        await page.Locator("#rule-text").FillAsync("each bin when fillPercent > 90 % then raise alarm \"Nearly full\"");
        await AgreeAsync(page, "publish");
        await Expect(page.Locator(".editor .progress[data-state='complete']")).ToContainTextAsync("follow version 2");
        await AgreeAsync(page, "rollback");
        await Expect(page.Locator(".editor .progress[data-state='complete']")).ToContainTextAsync("follow version 1");
        await page.Locator("[data-list='versions'] summary").ClickAsync();
        await Expect(page.Locator("tr[data-version='1']")).ToContainTextAsync("published");
        await Expect(page.Locator("tr[data-version='2']")).ToContainTextAsync("published before");

        await page.Locator("#rules-state").SelectOptionAsync("draft");
        await Expect(page.Locator("[data-list='rules'] [data-key='browser-rule']")).ToContainTextAsync("Bin nearly full");
        await page.Locator("[data-language='fr']").ClickAsync();
        await Expect(page.Locator("[data-starter='bin-nearly-full']")).ToContainTextAsync("Bac bientôt plein");
        await Expect(page.Locator("[data-part='state']")).ToHaveTextAsync("Publiée, version 1 ; brouillon, version 2");
        session.AssertQuiet();
    }

    [Fact]
    public async Task What_is_not_saved_of_a_rule_is_not_left_unasked()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutRuleAsync(http, "browser-kept", $"commune:{CommuneInsee}");
        var page = session.Page;
        await ShowAsync(page, "rules");
        await page.Locator("[data-key='browser-kept']").ClickAsync();
        await Expect(page.Locator("#rule-id")).ToHaveValueAsync("browser-kept");
        await page.Locator("#rule-name").FillAsync("Another name");
        await page.Locator("[data-act='new']").ClickAsync();
        await page.Locator("#confirm-cancel").ClickAsync();
        await Expect(page.Locator("#rule-name")).ToHaveValueAsync("Another name");
        await page.Locator("[data-act='new']").ClickAsync();
        await page.Locator("#confirm-send").ClickAsync();
        await Expect(page.Locator("#rule-name")).ToHaveValueAsync("");

        // An identifier that is there already is another rule's.
        await page.Locator("#rule-name").FillAsync("Browser kept");
        await Expect(page.Locator("#rule-id")).ToHaveValueAsync("browser-kept-2");
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_rule_shows_what_it_decided_and_was_not_done()
    {
        const string Lamp = "browser-rule-lamp";
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        (await http.PutAsJsonAsync($"/api/v1/devices/{Lamp}", new { kind = "streetlight", commune = CommuneInsee })).EnsureSuccessStatusCode();
        var rule = new { name = "browser-refused", scope = $"device:{Lamp}", text = "each streetlight when supplyVolts > 240 then command setDimming(percent: 50) on group cabinet" };
        (await http.PutAsJsonAsync("/api/v1/rules/browser-refused", rule)).EnsureSuccessStatusCode();
        (await http.PostAsync("/api/v1/rules/browser-refused/publish", null)).EnsureSuccessStatusCode();
        var page = session.Page;
        await ShowAsync(page, "rules");
        await page.Locator("[data-key='browser-refused']").ClickAsync();
        await Expect(page.Locator(".editor .progress[data-state='complete']")).ToContainTextAsync("follow version 1");
        (await http.PostAsJsonAsync("/api/v1/readings", new[] { new { device = Lamp, time = DateTimeOffset.UtcNow, metrics = new { supplyVolts = 245 } } })).EnsureSuccessStatusCode();

        var refused = page.Locator("[data-list='refused'] summary");
        for (var look = 0; look < MostTrials && await refused.CountAsync() == 0; look++)
        {
            await page.Locator("[data-key='browser-refused']").ClickAsync();
            await Expect(page.Locator("#rule-id")).ToHaveValueAsync("browser-refused");
        }

        await refused.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[data-list='refused'] tbody tr")).ToContainTextAsync("it has no cabinet");
        session.AssertQuiet();
    }

    [Fact]
    public async Task A_loop_of_rules_is_shown_before_it_is_published_and_where_it_is_asked_for()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        const string Scope = "device:browser-loop-lamp";
        var down = new { name = "Loop down", scope = Scope, text = "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device" };
        (await http.PutAsJsonAsync("/api/v1/rules/browser-loop-down", down)).EnsureSuccessStatusCode();
        (await http.PostAsync("/api/v1/rules/browser-loop-down/publish", null)).EnsureSuccessStatusCode();
        var up = new { name = "Loop up", scope = Scope, text = "each streetlight when dimmingPercent < 50 then command setDimming(percent: 50) on this device" };
        (await http.PutAsJsonAsync("/api/v1/rules/browser-loop-up", up)).EnsureSuccessStatusCode();
        var page = session.Page;
        await ShowAsync(page, "rules");
        await page.Locator("[data-key='browser-loop-up']").ClickAsync();
        await Expect(page.Locator("#rule-id")).ToHaveValueAsync("browser-loop-up");
        var warnings = page.Locator(".editor > [role='status'] [data-list='warnings'] li");
        await Expect(warnings).ToHaveCountAsync(0);

        // With a trial, once it is saved, and where the page asks.
        await page.Locator("#rule-text").FillAsync("each streetlight when dimmingPercent < 50 then command setDimming(percent: 60) on this device");
        await page.Locator("[data-act='try']").ClickAsync();
        await Expect(page.Locator(".trial-result [data-list='warnings'] li")).ToContainTextAsync("“Loop up (browser-loop-up)”");
        await page.Locator("[data-act='publish']").ClickAsync();
        await Expect(page.Locator("#confirm-choice [data-list='warnings'] li")).ToContainTextAsync("Loop of rules: “Loop up (browser-loop-up)” by 'command setDimming' moves dimmingPercent");
        await page.Locator("#confirm-send").ClickAsync();
        await Expect(page.Locator("[data-part='state']")).ToHaveTextAsync("Published, version 2");
        await Expect(warnings).ToHaveCountAsync(1);
        (await http.DeleteAsync("/api/v1/rules/browser-loop-up")).EnsureSuccessStatusCode();
        (await http.DeleteAsync("/api/v1/rules/browser-loop-down")).EnsureSuccessStatusCode();
        session.AssertQuiet();
    }

    [Fact]
    public async Task What_a_pilot_has_is_promoted_after_its_difference_was_seen()
    {
        await using var session = await browser.OpenAsync();
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        await PutRuleAsync(http, "browser-pilot", $"commune:{PilotInsee}");
        (await http.PostAsync("/api/v1/rules/browser-pilot/publish", null)).EnsureSuccessStatusCode();
        await PutRuleAsync(http, "browser-pilot-draft", $"commune:{PilotInsee}");
        var page = session.Page;
        await ShowAsync(page, "promotion");
        await page.Locator("#promotion-from").SelectOptionAsync($"commune:{PilotInsee}");
        await page.Locator("#promotion-to").SelectOptionAsync("department:29");
        await page.Locator("#promotion-plans").UncheckAsync();
        await page.Locator("[data-act='look']").FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        var (rule, draft) = (page.Locator("[data-item='rule:browser-pilot']"), page.Locator("[data-item='rule:browser-pilot-draft']"));
        await Expect(rule).ToHaveAttributeAsync("data-state", "replaced");
        await Expect(rule).ToContainTextAsync("Landerneau");
        await Expect(rule).ToContainTextAsync("Finistère");
        await Expect(draft).ToHaveAttributeAsync("data-state", "blocked");
        await Expect(draft).ToContainTextAsync("It is a draft");

        await AgreeAsync(page, "promote");
        await Expect(rule).ToHaveAttributeAsync("data-state", "done");
        await Expect(page.Locator("#promotion > [role='status']")).ToContainTextAsync("1 change was carried out.");
        var kept = await http.GetFromJsonAsync<JsonElement>("/api/v1/rules/browser-pilot");
        Assert.Equal("department:29", kept.GetProperty("scope").GetString());
        Assert.Equal(2, kept.GetProperty("published").GetInt32());
        session.AssertQuiet();
    }

    private static async Task ShowAsync(IPage page, string view)
    {
        await page.Locator($"nav [data-view='{view}']").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator($"#{view}")).ToBeVisibleAsync();
        await Expect(page.Locator($"#{view} optgroup[label='Communes'] option").First).ToBeAttachedAsync();
    }

    /// <summary>Presses a button and agrees to what it asks.</summary>
    private static async Task AgreeAsync(IPage page, string act)
    {
        await page.Locator($"[data-act='{act}']").ClickAsync();
        await page.Locator("#confirm-send").ClickAsync();
    }

    private static async Task PutBinAsync(HttpClient http)
    {
        (await http.PutAsJsonAsync($"/api/v1/devices/{Bin}", new { kind = "bin", commune = CommuneInsee, position = new { lon = -4.37, lat = 48.37 } })).EnsureSuccessStatusCode();
        var now = DateTimeOffset.UtcNow;
        (await http.PostAsJsonAsync("/api/v1/readings", new[]
        {
            new { device = Bin, time = now.AddMinutes(-3), metrics = new { fillPercent = 40 } },
            new { device = Bin, time = now.AddMinutes(-1), metrics = new { fillPercent = 85 } },
        })).EnsureSuccessStatusCode();
    }

    private static async Task PutRuleAsync(HttpClient http, string id, string scope) =>
        (await http.PutAsJsonAsync($"/api/v1/rules/{id}", new { name = id, scope, text = "each bin when temperatureCelsius > 900 then raise alarm \"Melts\"" })).EnsureSuccessStatusCode();
}
