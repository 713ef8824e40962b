using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Limits;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Intake;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Import;

/// <summary>Many devices at once, from a file.</summary>
internal static class ImportEndpoint
{
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";
    private const string GeoJson = "application/geo+json";

    public static void Map(IEndpointRouteBuilder api)
    {
        var limits = api.ServiceProvider.GetRequiredService<IOptions<GatewayLimits>>().Value;
        api.MapPost("/devices/import", ImportAsync)
            .WithTags("Devices")
            .WithName("importDevices")
            .WithSummary("Create or replace many devices from CSV, NDJSON or GeoJSON.")
            .WithDescription(
                "Each device is taken or rejected on its own; devices are registered while the body is read, so that sending it again after a failure completes it. "
                + $"CSV has a header; columns are {FlatDevice.Fields}. GeoJSON is a FeatureCollection of points with the same names as properties. An id comes once in a body.")
            .Accepts<ImportInput>(Csv, Ndjson, GeoJson)
            .Produces<ImportAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new BodyLimit(limits.ImportBytes))
            .AuditedByStep("devices.import")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
    }

    private static async Task<IResult> ImportAsync(HttpContext http, DeviceImport import, IRegistrar registrar)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        if (MediaTypeOf(http.Request) is not { } type || Devices(type, http, registrar) is not { } devices)
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, $"Send {Csv}, {Ndjson} or {GeoJson}, in UTF-8 and not compressed.");
        }

        if (!import.TryEnter())
        {
            return Problems.Unavailable(http, TimeSpan.FromSeconds(5), "Two imports are under way already. Nothing of this body was taken: send it again later.");
        }

        try
        {
            return TypedResults.Json(await import.RunAsync(http, devices), GridJson.Default.ImportAnswer);
        }
        catch (ImportFormatException bad)
        {
            return Problems.Invalid([bad.Error]);
        }
        finally
        {
            import.Leave();
        }
    }

    private static IAsyncEnumerable<ImportedDevice>? Devices(string type, HttpContext http, IRegistrar registrar) => type.ToLowerInvariant() switch
    {
        Csv => CsvDevices.ReadAsync(http.Request.Body, registrar, http.RequestAborted),
        Ndjson => NdjsonDevices.ReadAsync(http.Request.Body, http.RequestAborted),
        GeoJson => GeoJsonDevices.ReadAsync(http.Request.Body, registrar, http.RequestAborted),
        _ => null,
    };

    private static string? MediaTypeOf(HttpRequest request) =>
        request.Headers.ContentEncoding is [{ Length: > 0 } encoding] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? null
        : !MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) ? null
        : type.MediaType.Value;
}
