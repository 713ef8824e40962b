using System.Security.Cryptography;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Grid.Tests.Browser;

public sealed class SignInTests(BrowserFixture browser)
{
    [Fact]
    public async Task Without_a_token_the_page_asks_for_one_and_a_wrong_one_is_refused()
    {
        browser.RequireBrowser();
        await using var program = await BrowserFixture.StartAsync("--Grid:Demo:Devices=300");
        await using var session = await browser.OpenAsync($"{program.Address}/");
        var dialog = session.Page.GetByRole(AriaRole.Dialog, new() { Name = "Sign in" });
        await Expect(dialog).ToBeVisibleAsync();
        var field = session.Page.GetByLabel("Access token");
        await field.FillAsync("not-the-token");
        await field.PressAsync("Enter");
        await Expect(session.Page.GetByText("This token is not accepted.")).ToBeVisibleAsync();
        await field.FillAsync(program.Token);
        await field.PressAsync("Enter");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(session.Communes).ToHaveCountAsync(277);
        await Expect(session.Page.Locator("#live")).ToHaveTextAsync("Live");

        // A link with the token signs in at once, and the token does not stay in the address.
        await using var linked = await browser.OpenAsync($"{program.Address}/#token={program.Token}");
        await Expect(linked.Communes).ToHaveCountAsync(277);
        await Expect(linked.Page.Locator("#live")).ToHaveTextAsync("Live");
        Assert.Equal($"{program.Address}/", linked.Page.Url);
        linked.AssertQuiet();
    }

    [Fact]
    public async Task Who_has_rights_in_a_commune_only_has_that_commune_on_the_page()
    {
        browser.RequireBrowser();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        const string Setting = "--Grid:Auth:Tokens:mairie";
        await using var program = await BrowserFixture.StartAsync(
            "--Grid:Demo:Devices=300",
            $"{Setting}:Sha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}",
            $"{Setting}:Rights:0=Read",
            $"{Setting}:Rights:1=Command",
            $"{Setting}:Rights:2=Intervene",
            $"{Setting}:Territory:0=commune:29103");
        await using var session = await browser.OpenAsync($"{program.Address}/#token={token}");
        var page = session.Page;
        await Expect(page.Locator("#territory")).ToHaveTextAsync("Landerneau");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Energy and saving" })).ToBeVisibleAsync();
        await Expect(page.Locator("#failure")).ToBeHiddenAsync();

        // Back is to the communes that are theirs, of which there are no figures together.
        await page.GetByRole(AriaRole.Button, new() { Name = "Communes", Exact = true }).ClickAsync();
        await Expect(session.Communes).ToHaveCountAsync(1);
        await Expect(page.Locator("#figures")).ToBeHiddenAsync();
        await session.Communes.First.ClickAsync();
        await Expect(page.Locator("#territory")).ToHaveTextAsync("Landerneau");
        session.AssertQuiet();
    }
}
