using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Grid.Client.Errors;
using Grid.Client.Metrics;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grid.Client.Limits;

/// <summary>Requests a second from one address. Public routes (health) are free; readings have a limit of their own.</summary>
internal static class RateLimits
{
    public static void Configure(RateLimiterOptions options, GatewayLimits limits)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (IPAddress?, bool)>(http =>
        {
            var right = http.GetEndpoint()?.Metadata.GetMetadata<RequiresRightAttribute>()?.Right;
            if (right == Right.Public)
            {
                return RateLimitPartition.GetNoLimiter<(IPAddress?, bool)>((null, false));
            }

            var isReadings = right == Right.SendReadings;
            var rate = isReadings ? limits.ReadingBodiesPerSecond : limits.RequestsPerSecond;
            return RateLimitPartition.GetTokenBucketLimiter((http.Connection.RemoteIpAddress, isReadings), _ => new()
            {
                // Refilled ten times a second: a burst of one second is let through.
                TokenLimit = rate,
                TokensPerPeriod = Math.Max(1, rate / 10),
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(rate >= 10 ? 100 : 1000 / rate),
                QueueLimit = 0,
                AutoReplenishment = true,
            });
        });
        options.OnRejected = async (context, _) =>
        {
            var http = context.HttpContext;
            http.RequestServices.GetRequiredService<GatewayMeter>().RequestRefused("rate");
            http.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            await Problems.Of(StatusCodes.Status429TooManyRequests, "Too many requests from this address. Try again in a second.").ExecuteAsync(http);
        };
    }
}
