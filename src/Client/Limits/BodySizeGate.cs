using System.Globalization;
using Grid.Client.Errors;
using Grid.Client.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Grid.Client.Limits;

/// <summary>
/// Answers 413 to a body that says it is too large. One that is not much too large is read and thrown away first: a client that is still
/// sending would see a broken connection in place of the answer. The server itself stops a body that does not say its size.
/// </summary>
public sealed class BodySizeGate(RequestDelegate next, IOptions<GatewayLimits> limits, GatewayMeter meter)
{
    private const long MaximumDiscarded = 16 * 1024 * 1024;

    /// <summary>Lets a body through that is within the limit of its route.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        var limit = http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? limits.Value.BodyBytes;
        if (http.Request.ContentLength is not { } length || length <= limit)
        {
            await next(http);
            return;
        }

        meter.RequestRefused("bodySize");
        var asksFirst = http.Request.Headers.Expect.Count > 0;
        if (!asksFirst && length <= limit + MaximumDiscarded && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = length;
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        }

        await Problems.Of(StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"A body has at most {limit} bytes here.")).ExecuteAsync(http);
    }
}
