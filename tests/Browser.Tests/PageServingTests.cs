using System.Net;
using System.Text.RegularExpressions;

namespace Grid.Tests.Browser;

public sealed class PageServingTests(BrowserFixture browser)
{
    [Fact]
    public async Task The_page_names_a_script_that_is_served_and_may_be_kept_for_ever()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        var page = await http.GetStringAsync("/");
        var script = Regex.Match(page, "src=\"([^\"]+\\.js)\"").Groups[1].Value;
        Assert.NotEmpty(script);
        using var response = await http.GetAsync(script);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/javascript", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single());
    }

    [Fact]
    public async Task The_page_itself_is_asked_for_anew_and_allows_this_origin_only()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        using var response = await http.GetAsync("/");
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-cache", response.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_a_browser_has_already_is_not_sent_again()
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        using var first = await http.GetAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/assets/nothing.js")]
    [InlineData("/assets/..%2f..%2fGrid.Silo.dll")]
    public async Task Nothing_else_is_served(string path)
    {
        using var http = new HttpClient { BaseAddress = new(browser.Address) };
        using var response = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
