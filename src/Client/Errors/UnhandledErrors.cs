using Grid.Client.Metrics;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Grid.Client.Errors;

/// <summary>What a handler threw becomes a problem without a trace of the inside; the log has the rest, under the answer's trace id.</summary>
public sealed partial class UnhandledErrors(ILogger<UnhandledErrors> log, GatewayMeter meter) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        await ResultOf(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    private IResult ResultOf(HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                meter.RequestRefused("badRequest");
                return Problems.Of(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large." : "The request is malformed.");
            case LogOverloadedException overloaded:
                meter.RequestRefused("overload");
                return Problems.Unavailable(http, overloaded.RetryAfter, "Too much is waiting to be written. Try again later.");
            case StorageOverloadedException overloaded:
                meter.RequestRefused("overload");
                return Problems.Unavailable(http, overloaded.RetryAfter, "Too much is waiting for storage. Try again later.");
            case StorageUnavailableException away:
                meter.RequestRefused("storage");
                return Problems.Unavailable(http, away.RetryAfter, "The database cannot be reached. Nothing was done; try again later.");
            case DiskFullException full:
                meter.RequestRefused("diskFull");
                return Problems.Unavailable(http, full.RetryAfter, "The disk of the grid is full. Nothing was done; try again later.");
            case KeysElsewhereException elsewhere:
                meter.RequestRefused("keys");
                LogKeysElsewhere(PathOf(http), elsewhere.Message);
                return Problems.Conflict("Another process of this grid has the keys of persons: what is theirs is registered and read there alone. Nothing was done. Ask that process, or bring its keys to this one.");
            case TimeoutException:
                meter.RequestRefused("timeout");
                LogTimeout(PathOf(http), exception);
                return Problems.Unavailable(http, TimeSpan.FromSeconds(1), "An answer took too long. What was asked may or may not have happened.");
            default:
                meter.RequestRefused("fault");
                LogFault(http.Request.Method, PathOf(http), exception);
                return Problems.Of(StatusCodes.Status500InternalServerError, "Something went wrong inside. The log has it under the trace id.");
        }
    }

    /// <summary>The path; of a route about persons its pattern, for the path names one.</summary>
    private static string PathOf(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint route && route.Metadata.GetMetadata<RequiresRightAttribute>()?.Right is Right.PersonalData or Right.ErasePersonalData
            ? route.RoutePattern.RawText ?? "?"
            : http.Request.Path;

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFault(string method, string path, Exception exception);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "{Path} was refused: {Reason}")]
    private partial void LogKeysElsewhere(string path, string reason);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "{Path} timed out")]
    private partial void LogTimeout(string path, Exception exception);
}
