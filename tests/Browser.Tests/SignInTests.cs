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
}
