using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Health;
using Grid.Client.Limits;
using Grid.Client.Metrics;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grid.Client.Open311;

/// <summary>
/// Citizens' reports: Open311 GeoReport v2, in JSON and XML. Open to everybody to read, once it has a key; only the reports that citizens made are seen, and nothing of the citizens. To report
/// needs the key.
/// </summary>
internal static class Open311Endpoints
{
    private const string Base = "/open311/v2";
    private const string Format = ".{format:regex(^(json|xml)$)}";
    private const long MaximumBody = 64 * 1024;
    private const int MaximumFields = 100;

    private static readonly Actor Citizen = new("open311", FrozenSet<Right>.Empty);

    public static void Map(IEndpointRouteBuilder app)
    {
        var reads = app.MapGroup(Base).WithTags("Open311").RequireRateLimiting(app.ServiceProvider.GetRequiredService<Open311ReadLimit>());
        reads.MapGet("/discovery" + Format, Discovery).WithSummary("Where this face is, and in which forms.").RequireRight(Right.Public);
        reads.MapGet("/services" + Format, Services).WithSummary("What citizens may report.").RequireRight(Right.Public);
        reads.MapGet("/services/{code}" + Format, Definition).WithSummary("What a service asks.").RequireRight(Right.Public);
        reads.MapGet("/requests" + Format, ListAsync).WithSummary("Citizens' reports of a period of at most 90 days, newest first, at most 1,000.").RequireRight(Right.Public);
        reads.MapGet("/requests/{id}" + Format, GetAsync).WithSummary("A citizen's report.").RequireRight(Right.Public);
        reads.MapGet("/tokens/{id}" + Format, TokenAsync).WithSummary("The report of a token: reports have their id at once, and it is their token.").RequireRight(Right.Public);
        app.MapPost(Base + "/requests" + Format, ReportAsync)
            .WithTags("Open311")
            .WithSummary("Report something, form-encoded, with api_key.")
            .WithMetadata(new BodyLimit(MaximumBody))
            .Audited("work-order.report")
            .RequireRateLimiting(app.ServiceProvider.GetRequiredService<Open311ReportLimit>())
            .RequireRight(Right.Public);
    }

    private static IResult Discovery(string format, HttpContext http, IOptions<Open311Options> options, ProcessStart start)
    {
        var request = http.Request;
        return Closed(format, request, options.Value)
            ?? Open311Presenting.Discovery(options.Value, options.Value.PublicUrl ?? $"{request.Scheme}://{request.Host}{Base}", start.At).In(format);
    }

    private static IResult Services(string format, HttpContext http, IOptions<Open311Options> options) =>
        Closed(format, http.Request, options.Value) ?? Open311Presenting.Services().In(format);

    private static IResult Definition(string code, string format, HttpContext http, IOptions<Open311Options> options) =>
        Closed(format, http.Request, options.Value)
        ?? (CitizenServices.Find(code) is { } service ? Open311Presenting.Definition(service).In(format) : Open311Errors.NotFound(format, "service_code"));

    private static async Task<IResult> ListAsync(string format, HttpContext http, IOptions<Open311Options> options, CitizenRequests requests, TimeProvider time)
    {
        if (Closed(format, http.Request, options.Value) is { } closed)
        {
            return closed;
        }

        var errors = new List<string>();
        if (RequestQuery.Read(http.Request.Query, time.GetUtcNow(), errors) is not { } query)
        {
            return Open311Errors.Invalid(format, errors);
        }

        return Open311Presenting.Requests(await requests.ListAsync(query, http.RequestAborted), requests.AgencyOf).In(format);
    }

    private static async Task<IResult> GetAsync(string id, string format, HttpContext http, IOptions<Open311Options> options, CitizenRequests requests) =>
        Closed(format, http.Request, options.Value)
        ?? (await requests.FindAsync(id) is { } order ? Open311Presenting.Requests([order], requests.AgencyOf).In(format) : Open311Errors.NotFound(format, "service_request_id"));

    private static async Task<IResult> TokenAsync(string id, string format, HttpContext http, IOptions<Open311Options> options, CitizenRequests requests) =>
        Closed(format, http.Request, options.Value)
        ?? (await requests.FindAsync(id) is { } order ? Open311Presenting.Token(order).In(format) : Open311Errors.NotFound(format, "token"));

    private static async Task<IResult> ReportAsync(string format, HttpContext http, IOptions<Open311Options> options, CitizenRequests requests, GatewayMeter meter)
    {
        if (options.Value.ApiKey is not { } key)
        {
            return Open311Errors.NotFound(format, "This face");
        }

        var (form, fault) = await FormAsync(http, format);
        if (form is null)
        {
            return fault!;
        }

        if (!IsKey(form["api_key"].ToString(), key))
        {
            meter.RequestRefused("unauthenticated");
            return Open311Errors.Of(format, StatusCodes.Status403Forbidden, "api_key is missing or wrong.");
        }

        if (IsElsewhere(form["jurisdiction_id"].ToString(), options.Value))
        {
            return Open311Errors.NotFound(format, "jurisdiction_id");
        }

        if (form["service_code"].ToString() is not { Length: > 0 } code)
        {
            return Open311Errors.Invalid(format, "service_code is needed.");
        }

        if (CitizenServices.Find(code) is not { } service)
        {
            return Open311Errors.NotFound(format, "service_code");
        }

        var errors = new List<string>();
        if (ReportBinding.Bind(service, form, errors) is not { } report)
        {
            return Open311Errors.Invalid(format, errors);
        }

        var answer = await requests.OpenAsync(report, options.Value.NearestMetres, http.RequestAborted);
        if (answer is null)
        {
            return Open311Errors.Invalid(format, "lat and long are in no commune that is served here.");
        }

        if (answer.Order is not { } order)
        {
            return Open311Errors.Of(format, StatusCodes.Status503ServiceUnavailable, answer.Conflict ?? "The report cannot be taken now.");
        }

        http.Features.Set(Citizen);
        http.Audit($"work-order:{order.Id}", $"{service.Code} {(answer.IsNew ? "opened" : "reported again")}");
        return Open311Presenting.Created(order).In(format, answer.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<(IFormCollection? Form, IResult? Fault)> FormAsync(HttpContext http, string format)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return (null, Open311Errors.Invalid(format, "The body is not application/x-www-form-urlencoded."));
        }

        try
        {
            var feature = new FormFeature(http.Request, new FormOptions { ValueCountLimit = MaximumFields });
            return (await feature.ReadFormAsync(http.RequestAborted), null);
        }
        catch (InvalidDataException)
        {
            return (null, Open311Errors.Invalid(format, "The form has too many fields, or one that is too long."));
        }
    }

    /// <summary>The answer to who asks for what is closed, or for another jurisdiction; null to go on.</summary>
    private static IResult? Closed(string format, HttpRequest request, Open311Options options) =>
        options.ApiKey is null ? Open311Errors.NotFound(format, "This face")
        : IsElsewhere(request.Query["jurisdiction_id"].ToString(), options) ? Open311Errors.NotFound(format, "jurisdiction_id")
        : null;

    private static bool IsElsewhere(string jurisdiction, Open311Options options) => options.Jurisdiction is { } own && jurisdiction.Length > 0 && jurisdiction != own;

    /// <summary>Takes the same time whatever the difference.</summary>
    private static bool IsKey(string candidate, string key) => CryptographicOperations.FixedTimeEquals(Hash(candidate), Hash(key));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
