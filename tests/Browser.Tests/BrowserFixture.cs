using Grid.Tests.Browser;
using Grid.Tests.Host;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace Grid.Tests.Browser;

/// <summary>One program without sign-in and one Chromium for all scenarios; each scenario has a browser context of its own.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>For what the page does by itself: far above what it needs, so that a slow machine fails no test.</summary>
    public const float PatienceMillis = 60_000;

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private GridServer? _program;

    /// <summary>Where the program listens.</summary>
    public string Address => _program!.Address;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _program = await StartAsync("--Grid:Auth:Mode=Open");
        if (!File.Exists(Chromium))
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Flags, Timeout = PatienceMillis });
        Assertions.SetDefaultExpectTimeout(PatienceMillis);
    }

    /// <summary>The program with a small demo.</summary>
    public static Task<GridServer> StartAsync(params string[] settings) =>
        GridServer.StartAsync(["--Grid:Demo:Enabled=true", "--Grid:Demo:Devices=3000", .. settings]);

    /// <summary>Skips the test when there is no Chromium.</summary>
    public void RequireBrowser() => Assert.SkipUnless(_browser is not null, $"Chromium is not installed ({Chromium}).");

    /// <summary>A page of its own. Skips the test when there is no Chromium.</summary>
    public async Task<PageSession> OpenAsync(string? address = null, string locale = "en-GB", ColorScheme scheme = ColorScheme.Dark)
    {
        RequireBrowser();
        var context = await _browser!.NewContextAsync(new()
        {
            Locale = locale,
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = 1440, Height = 900 },
        });
        context.SetDefaultTimeout(PatienceMillis);
        var session = new PageSession(await context.NewPageAsync());
        await session.Page.GotoAsync(address ?? $"{Address}/");
        return session;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
    }
}
