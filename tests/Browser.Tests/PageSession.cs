using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Grid.Tests.Browser;

/// <summary>A page, and everything about it that should not happen.</summary>
public sealed class PageSession : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly ConcurrentQueue<string> _outside = [];
    private readonly ConcurrentQueue<string> _sent = [];

    public PageSession(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !IsAnswer(message))
            {
                _errors.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Request += (_, request) => Note(request.Url);
        page.WebSocket += (_, socket) =>
        {
            Note(socket.Url);
            socket.FrameSent += (_, frame) => _sent.Enqueue(frame.Text ?? "");
        };
    }

    public IPage Page { get; }

    /// <summary>What the page or the browser complained about.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Requests to anything but the program.</summary>
    public IReadOnlyCollection<string> Outside => _outside;

    /// <summary>What the page asked the hub to watch, oldest first.</summary>
    public IReadOnlyList<string> Watches => [.. _sent.Where(text => text.Contains("\"Watch\"", StringComparison.Ordinal))];

    public ILocator Communes => Page.Locator("#commune-list button");

    public ILocator Devices => Page.Locator("#device-list button");

    public ILocator Figure(string name) => Page.Locator($"data[data-figure='{name}']");

    /// <summary>Finds a commune by its whole name and chooses it.</summary>
    public async Task ChooseCommuneAsync(string name)
    {
        await Page.Locator("#commune-search").FillAsync(name);
        await Communes.Filter(new() { HasText = name }).First.ClickAsync();
        await Assertions.Expect(Page.Locator("#territory")).ToHaveTextAsync(name);
    }

    /// <summary>The value behind a figure, once it passes.</summary>
    public async Task<double> FigureOnceAsync(string name, string condition)
    {
        var handle = await Page.WaitForFunctionAsync(
            $$"""name => { const value = Number(document.querySelector(`data[data-figure='${name}']`)?.value || NaN); return ({{condition}}) ? String(value) : null; }""", name);
        return double.Parse((await handle.JsonValueAsync<string>())!, CultureInfo.InvariantCulture);
    }

    /// <summary>Fails when something was logged as an error, or a request left this machine.</summary>
    public void AssertQuiet()
    {
        Assert.Empty(_errors);
        Assert.Empty(_outside);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    /// <summary>A browser logs each refusal as an error; for the night of a device that is under no plan, and for a rule that is wrong, it is the answer.</summary>
    private static bool IsAnswer(IConsoleMessage message) =>
        (message.Text.Contains("404", StringComparison.Ordinal) && message.Location.Contains("/night?date=", StringComparison.Ordinal))
        || (message.Text.Contains("400", StringComparison.Ordinal) && message.Location.Contains("/api/v1/rules/", StringComparison.Ordinal));

    private void Note(string url)
    {
        var uri = new Uri(url);
        if (uri.Scheme is not ("data" or "blob") && uri.Host != "127.0.0.1")
        {
            _outside.Enqueue(url);
        }
    }
}
