using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Grid.Client.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grid.Client.Open311;

/// <summary>Whose requests are counted together: those of one address, reports apart from others.</summary>
internal readonly record struct Open311Caller(IPAddress? Address, bool Reports);

/// <summary>Requests a minute from one address, reports and others apart; its refusal is an error of GeoReport v2.</summary>
internal abstract class Open311Limit(bool reports, Func<int> perMinute) : IRateLimiterPolicy<Open311Caller>
{
    private const int SecondsOfMinute = 60;

    /// <summary>Answers 429.</summary>
    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; } = async (context, _) =>
    {
        var http = context.HttpContext;
        http.RequestServices.GetRequiredService<GatewayMeter>().RequestRefused("open311");
        http.Response.Headers.RetryAfter = SecondsOfMinute.ToString(CultureInfo.InvariantCulture);
        var format = http.GetRouteValue("format") as string ?? "json";
        await Open311Errors.Of(format, StatusCodes.Status429TooManyRequests, "Too many requests from this address. Try again in a minute.").ExecuteAsync(http);
    };

    /// <summary>One window an address; those that are idle are let go of by the limiter.</summary>
    public RateLimitPartition<Open311Caller> GetPartition(HttpContext httpContext) => RateLimitPartition.GetFixedWindowLimiter(
        new Open311Caller(httpContext.Connection.RemoteIpAddress, reports),
        _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute(), Window = TimeSpan.FromSeconds(SecondsOfMinute), QueueLimit = 0 });
}

/// <summary>For reports.</summary>
internal sealed class Open311ReportLimit(IOptions<Open311Options> options) : Open311Limit(reports: true, () => options.Value.ReportsPerMinute);

/// <summary>For what is only asked for.</summary>
internal sealed class Open311ReadLimit(IOptions<Open311Options> options) : Open311Limit(reports: false, () => options.Value.RequestsPerMinute);
