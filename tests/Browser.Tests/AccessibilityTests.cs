using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Grid.Tests.Browser;

public sealed class AccessibilityTests(BrowserFixture browser)
{
    /// <summary>WCAG 2.2, 1.4.3: text against its background.</summary>
    private const double LeastTextContrast = 4.5;

    /// <summary>WCAG 2.2, 1.4.11: borders of controls, and marks that carry a meaning.</summary>
    private const double LeastMarkContrast = 3;

    /// <summary>The screens besides the map.</summary>
    private static readonly string[] Views = ["orders", "rules", "promotion"];

    [Fact]
    public async Task A_commune_a_device_and_the_way_back_need_only_the_keyboard()
    {
        await using var session = await browser.OpenAsync();
        var page = session.Page;
        await Expect(session.Communes).ToHaveCountAsync(277);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the list" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("Find a commune")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("landerneau");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("#commune-list button:focus .name")).ToHaveTextAsync("Landerneau");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#territory")).ToHaveTextAsync("Landerneau");
        await Expect(page.GetByLabel("Find a device by its identifier")).ToBeFocusedAsync();
        await Expect(session.Devices.First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        var chosen = await page.Locator("#device-list button:focus").GetAttributeAsync("data-key");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#device-back")).ToBeFocusedAsync();
        await Expect(page.Locator("#device-status")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#device-list button:focus")).ToHaveAttributeAsync("data-key", chosen!);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#commune-list button:focus .name")).ToHaveTextAsync("Landerneau");
        await Expect(page.Locator("#territory")).ToHaveTextAsync("Finistère");
        session.AssertQuiet();
    }

    [Fact]
    public async Task The_page_speaks_the_language_of_the_browser_and_keeps_the_one_that_is_chosen()
    {
        await using var session = await browser.OpenAsync(locale: "fr-FR");
        var page = session.Page;
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "fr");
        await Expect(page.Locator("#communes-title")).ToHaveTextAsync("Communes");
        await Expect(page.Locator("#live")).ToHaveTextAsync("En direct");
        await Expect(session.Figure("coveragePercent")).ToHaveTextAsync(new Regex(@"^\d+(,\d)?\u202f%$"));
        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "English" })).ToHaveAttributeAsync("aria-pressed", "true");
        session.AssertQuiet();
    }

    [Fact]
    public async Task Controls_have_names_references_lead_somewhere_and_landmarks_stand_once()
    {
        await using var session = await browser.OpenAsync();
        await Expect(session.Communes).ToHaveCountAsync(277);
        Assert.Empty(await FaultsAsync(session.Page));
        await session.ChooseCommuneAsync("Landerneau");
        await session.Devices.First.ClickAsync();
        await Expect(session.Page.Locator("#device-status")).ToBeVisibleAsync();
        Assert.Empty(await FaultsAsync(session.Page));
        foreach (var view in Views)
        {
            await session.Page.Locator($"nav [data-view='{view}']").ClickAsync();
            await Expect(session.Page.Locator($"#{view} optgroup[label='Communes'] option").First).ToBeAttachedAsync();
            await session.Page.EvaluateAsync("view => document.querySelectorAll(`#${view} details`).forEach(details => (details.open = true))", view);
            if (view == "rules")
            {
                await session.Page.Locator("[data-act='new']").ClickAsync();
                await Expect(session.Page.Locator("#rule-name")).ToBeFocusedAsync();
            }

            Assert.Empty(await FaultsAsync(session.Page));
        }

        session.AssertQuiet();
    }

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Text_and_marks_stand_out_from_their_background(ColorScheme scheme)
    {
        await using var session = await browser.OpenAsync(scheme: scheme);
        await Expect(session.Communes).ToHaveCountAsync(277);
        var (panel, raised) = (await ColourAsync(session.Page, "--panel"), await ColourAsync(session.Page, "--raised"));
        foreach (var (name, least) in new[]
        {
            ("--ink", LeastTextContrast), ("--muted", LeastTextContrast), ("--fault", LeastTextContrast), ("--accent", LeastTextContrast),
            ("--edge", LeastMarkContrast), ("--ok", LeastMarkContrast), ("--warning", LeastMarkContrast), ("--silent", LeastMarkContrast),
            ("--unknown", LeastMarkContrast),
        })
        {
            var colour = await ColourAsync(session.Page, name);
            Assert.True(Contrast(colour, panel) >= least, $"{name} on --panel, {scheme}: {Contrast(colour, panel):F2}");
            Assert.True(Contrast(colour, raised) >= least, $"{name} on --raised, {scheme}: {Contrast(colour, raised):F2}");
        }

        var accent = await ColourAsync(session.Page, "--accent");
        Assert.True(Contrast(await ColourAsync(session.Page, "--on-accent"), accent) >= LeastTextContrast);
    }

    [Fact]
    public async Task A_narrow_screen_needs_no_sideways_scrolling()
    {
        await using var session = await browser.OpenAsync();
        await session.Page.SetViewportSizeAsync(360, 740);
        await Expect(session.Communes).ToHaveCountAsync(277);
        Assert.True(await session.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await session.ChooseCommuneAsync("Landerneau");
        Assert.True(await session.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        foreach (var view in Views)
        {
            await session.Page.Locator($"nav [data-view='{view}']").ClickAsync();
            await Expect(session.Page.Locator($"#{view} optgroup[label='Communes'] option").First).ToBeAttachedAsync();
            Assert.True(await session.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), view);
        }
    }

    private static Task<string[]> FaultsAsync(IPage page) => page.EvaluateAsync<string[]>(
        """
        () => {
          const faults = [];
          const shown = element => element.checkVisibility();
          const text = id => document.getElementById(id)?.textContent.trim() ?? '';
          const name = element => element.getAttribute('aria-label')
            || (element.getAttribute('aria-labelledby') ?? '').split(' ').map(text).join('')
            || Array.from(element.labels ?? [], label => label.textContent).join('')
            || (element.matches('button, a, summary') ? element.textContent.trim() : '') || element.title;
          for (const element of document.querySelectorAll('button, a, input, select, summary, [role=group], dialog, canvas[role]'))
            if (shown(element) && !name(element)) faults.push('no name: ' + element.outerHTML.slice(0, 120));
          for (const section of document.querySelectorAll('section'))
            if (shown(section) && !name(section)) faults.push('section without a name: ' + section.id);
          for (const element of document.querySelectorAll('[aria-labelledby], [for], [aria-controls]'))
            for (const id of ['aria-labelledby', 'for', 'aria-controls'].flatMap(a => (element.getAttribute(a) ?? '').split(' ').filter(Boolean)))
              if (!document.getElementById(id)) faults.push('leads nowhere: ' + id);
          const ids = Array.from(document.querySelectorAll('[id]'), element => element.id);
          for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push('id twice: ' + id);
          for (const landmark of ['main', 'header', 'h1']) if (document.querySelectorAll(landmark).length !== 1) faults.push('not once: ' + landmark);
          for (const element of document.querySelectorAll('[tabindex]')) if (element.tabIndex > 0) faults.push('tab order: ' + element.outerHTML.slice(0, 80));
          for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) faults.push('no alt: ' + image.src);
          for (const list of document.querySelectorAll('.rows')) if (shown(list) && list.querySelectorAll('[tabindex="0"]').length > 1) faults.push('more than one stop: ' + list.id);
          const levels = Array.from(document.querySelectorAll('h1, h2, h3, h4')).filter(shown).map(heading => Number(heading.tagName[1]));
          if (levels[0] !== 1) faults.push('first heading is not the first level');
          return faults;
        }
        """);

    private static async Task<double[]> ColourAsync(IPage page, string name)
    {
        var text = await page.EvaluateAsync<string>(
            "name => { const probe = document.body.appendChild(document.createElement('i')); probe.style.color = `var(${name})`; const c = getComputedStyle(probe).color; probe.remove(); return c; }",
            name);
        return [.. Regex.Matches(text, @"\d+(\.\d+)?").Take(3).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture) / 255)];
    }

    /// <summary>WCAG 2.2, contrast ratio of sRGB colours.</summary>
    private static double Contrast(double[] one, double[] other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(double[] colour)
    {
        var linear = colour.Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }
}
