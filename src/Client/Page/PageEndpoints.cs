using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Page;

/// <summary>Serves the dashboard.</summary>
public static class PageEndpoints
{
    private const string Index = "index.html";

    /// <summary>Names of these files hold a hash of their content, so a browser may keep them for ever.</summary>
    private const string HashedFolder = "assets/";

    /// <summary>
    /// Only files of this origin: no inline script or style, no other host, no frame around the page. <c>blob:</c> and <c>data:</c> images are
    /// what the map draws itself; its worker is a served file.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>
    /// Maps <c>/</c> and the page's files from <c>wwwroot</c> beside the program. They are public: the page is where people sign in, and it holds
    /// no data of its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">The files are not there.</exception>
    public static IEndpointRouteBuilder MapGridPage(this IEndpointRouteBuilder app)
    {
        foreach (var (path, file) in PageFile.ReadAll(Path.Combine(AppContext.BaseDirectory, "wwwroot")))
        {
            var caching = path.StartsWith(HashedFolder, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
            app.MapMethods(path == Index ? "/" : $"/{path}", [HttpMethods.Get, HttpMethods.Head], http => Serve(http, file, caching))
                .WithMetadata(new RequiresRightAttribute(Right.Public))
                .ExcludeFromDescription();
        }

        return app;
    }

    private static Task Serve(HttpContext http, PageFile file, string caching)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers[HeaderNames.CacheControl] = caching;
        headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.ETag).ExecuteAsync(http);
    }
}
