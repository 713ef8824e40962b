using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Parameters;

/// <summary>What a territory gives, as a whole and under a version: replaced by <c>If-Match</c>, with an audit line for each value that changes.</summary>
internal static class VersionedChange
{
    /// <summary>A version that there never is.</summary>
    private const long NoVersion = -1;

    /// <summary>The version that a change replaces, by <c>If-Match</c>; null when it replaces any.</summary>
    public static long? VersionOf(HttpRequest request)
    {
        if (request.GetTypedHeaders().IfMatch is not { Count: > 0 } tags || tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)))
        {
            return request.Headers.IfMatch.Count == 0 || request.Headers.IfMatch == "*" ? null : NoVersion;
        }

        return tags is [{ IsWeak: false } tag] && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : NoVersion;
    }

    /// <summary>412: another version is there.</summary>
    /// <param name="what">What has it, at the beginning of a sentence.</param>
    /// <param name="version">The version that is there.</param>
    public static IResult Conflict(string what, long version) => Problems.Of(
        StatusCodes.Status412PreconditionFailed,
        string.Create(CultureInfo.InvariantCulture, $"{what} have version {version}, which is not that of If-Match. Read them again."));

    /// <summary>Says what was changed, a line for each value.</summary>
    public static void Audit(HttpContext http, string scope, long version, IEnumerable<string> changes)
    {
        string[] lines = [.. changes.Select(change => string.Create(CultureInfo.InvariantCulture, $"version {version}: {change}"))];
        http.Audit(scope, lines.Length == 0 ? [string.Create(CultureInfo.InvariantCulture, $"version {version}, as before")] : lines);
    }

    /// <summary>The version is the answer's ETag.</summary>
    public static void Tag(HttpContext http, long version) => http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
