using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Exports;

/// <summary>A commune's data in open formats.</summary>
internal static class ExportEndpoints
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/communes/{insee}/export", ExportAsync)
        .WithTags("Exports")
        .WithName("exportCommune")
        .WithSummary("A ZIP archive, sent while it is made: devices as CSV and NDJSON, readings as CSV by day, a manifest with checksums.")
        .WithDescription("from and to choose the readings: RFC 3339 instants, at most 31 days apart, the last 24 hours without them. What is personal is in it only with the right to it.")
        .Produces(StatusCodes.Status200OK, contentType: "application/zip")
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .Audited("commune.export")
        .RequireRight(Right.Read);

    private static IResult ExportAsync(string insee, HttpContext http, ITerritoryTable table, CommuneExport export, TimeProvider time)
    {
        var query = new QueryReader(http.Request.Query);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var to = Instant(query, "to", now);
        var from = Instant(query, "from", to.AddDays(-1));
        if (from >= to || to - from > Longest)
        {
            query.Reject("from", "must be before to, by at most 31 days");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (table.FindCommune(insee) is not { } commune)
        {
            return Problems.NotFound("such commune");
        }

        var request = new ExportRequest(commune, from, to, Actor.Of(http).SeesPersonalData);
        http.Audit($"commune:{insee}", $"exported {(request.WithPersonal ? "with" : "without")} personal data");
        return ExportArchive.Send(http, $"commune-{insee}", body => export.WriteAsync(request, body, http.RequestAborted));
    }

    private static DateTimeOffset Instant(QueryReader query, string name, DateTimeOffset fallback)
    {
        if (query.Text(name) is not { } text)
        {
            return fallback;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
        {
            return instant;
        }

        query.Reject(name, "is no RFC 3339 instant");
        return fallback;
    }
}
