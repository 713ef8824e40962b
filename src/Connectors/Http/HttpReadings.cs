using System.Globalization;
using Grid.Contracts.Intake;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Grid.Connectors.Http;

/// <summary>The door for devices and integrators that post readings over HTTP.</summary>
public static class HttpReadings
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";

    /// <summary>Adds what <see cref="MapHttpReadings"/> needs. Settings: section <c>Grid:Readings</c>.</summary>
    public static IServiceCollection AddHttpReadings(this IServiceCollection services)
    {
        services.AddOptions<HttpReadingsOptions>().BindConfiguration("Grid:Readings").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new BodyBudget(provider.GetRequiredService<IOptions<HttpReadingsOptions>>().Value.MaximumBytesInFlight));
        services.AddSingleton<ReadingsMeter>();
        return services;
    }

    /// <summary>Maps <c>POST /api/v1/readings</c>.</summary>
    public static IEndpointConventionBuilder MapHttpReadings(this IEndpointRouteBuilder endpoints)
    {
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<HttpReadingsOptions>>().Value;
        return endpoints.MapPost("/api/v1/readings", PostAsync)
            .WithName("postReadings")
            .WithTags("Readings")
            .WithSummary("Send readings; answered once those accepted are durable.")
            .WithDescription(
                "A JSON array, or NDJSON (application/x-ndjson): one reading a line. Each reading is taken or rejected on its own. "
                + "Under overload 503 with Retry-After, and then nothing of the body was taken.")
            .Accepts<IReadOnlyList<PostedReading>>(Json, Ndjson)
            .Produces<ReadingsAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new RequiresRightAttribute(Right.SendReadings), new BodyLimit(options.MaximumBodyBytes));
    }

    internal static async Task<IResult> PostAsync(
        HttpContext http, IIntake intake, IOptions<HttpReadingsOptions> options, BodyBudget budget, ReadingsMeter meter)
    {
        if (FormatOf(http.Request) is not { } format)
        {
            meter.Refused("mediaType");
            return Problem(StatusCodes.Status415UnsupportedMediaType, $"Send {Json} or {Ndjson}, in UTF-8 and not compressed.");
        }

        var bytes = http.Request.ContentLength ?? options.Value.MaximumBodyBytes;
        if (bytes > options.Value.MaximumBodyBytes)
        {
            meter.Refused("bodySize");
            return TooLarge(string.Create(CultureInfo.InvariantCulture, $"A body has at most {options.Value.MaximumBodyBytes} bytes."));
        }

        // Before the body is read: under overload a refusal must be cheap.
        if (intake.Refuses(IntakeClass.Api) is { } retryAfter)
        {
            meter.Refused("overload");
            return Overloaded(http, retryAfter);
        }

        if (!budget.TryTake(bytes))
        {
            meter.Refused("memory");
            return Overloaded(http, TimeSpan.FromSeconds(1));
        }

        try
        {
            return await TakeAsync(http, intake, options.Value, meter, format);
        }
        finally
        {
            budget.Return(bytes);
        }
    }

    private static async ValueTask<IResult> TakeAsync(HttpContext http, IIntake intake, HttpReadingsOptions options, ReadingsMeter meter, string format)
    {
        var parser = new ReadingParser(options.MaximumReadings, http.RequestServices.GetService<IDeviceDirectory>());
        if (format == Ndjson)
        {
            await ReadingBody.ReadLinesAsync(http.Request.BodyReader, parser, http.RequestAborted);
        }
        else if (await ReadingBody.ReadArrayAsync(http.Request.BodyReader, parser, http.RequestAborted) is { } fault)
        {
            meter.Refused("malformed");
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["body"] = [fault] });
        }

        if (parser.IsOverLimit)
        {
            meter.Refused("readings");
            return TooLarge(string.Create(CultureInfo.InvariantCulture, $"A body has at most {options.MaximumReadings} readings."));
        }

        var result = parser.Readings.Count == 0
            ? new IntakeResult { Accepted = 0, Rejected = [] }
            : await intake.SubmitAsync(parser.Readings, IntakeClass.Api, http.RequestAborted);
        if (result.RetryAfter is { } retryAfter)
        {
            meter.Refused("overload");
            return Overloaded(http, retryAfter);
        }

        Rejection[] rejections = [.. parser.Rejections.Concat(result.Rejected).OrderBy(static rejection => rejection.Index)];
        meter.Took(result.Accepted, rejections, http.Request.ContentLength);
        return TypedResults.Json(
            new ReadingsAnswer(result.Accepted, [.. rejections.Select(static r => new RejectedReading(r.Index, r.Device, r.Field, r.Reason))]),
            ReadingsJson.Default.ReadingsAnswer);
    }

    private static string? FormatOf(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is [{ Length: > 0 } encoding] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        return type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase) ? Json
            : type.MediaType.Equals(Ndjson, StringComparison.OrdinalIgnoreCase) ? Ndjson
            : null;
    }

    private static IResult Overloaded(HttpContext http, TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problem(StatusCodes.Status503ServiceUnavailable, "Too much is waiting to be written. Nothing of this body was taken: send it again later.");
    }

    private static IResult TooLarge(string detail) => Problem(StatusCodes.Status413PayloadTooLarge, detail);

    private static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);

    private sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => bytes;
    }
}
