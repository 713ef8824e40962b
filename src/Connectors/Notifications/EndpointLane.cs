using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Connectors.Notifications;

/// <summary>
/// Sends the notifications of one endpoint, one after the other. After a try that failed the endpoint is left alone for a while, with what else waits for it: one that is gone costs one try each
/// time, whatever waits.
/// </summary>
internal sealed partial class EndpointLane
{
    private const int MostErrorLength = 300;

    private readonly INotificationOutbox _outbox;
    private readonly IGrainFactory _grains;
    private readonly Dictionary<EndpointKind, INotificationCarrier> _carriers;
    private readonly IAuditLog _audit;
    private readonly NotificationSenderOptions _options;
    private readonly RetryPauses _retries;
    private readonly EndpointPauses _pauses;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Counter<long> _tries;

    public EndpointLane(
        INotificationOutbox outbox,
        IGrainFactory grains,
        IEnumerable<INotificationCarrier> carriers,
        IAuditLog audit,
        NotificationSenderOptions options,
        Random random,
        EndpointPauses pauses,
        TimeProvider clock,
        Meter meter,
        ILogger logger)
    {
        (_outbox, _grains, _audit, _options, _pauses, _clock, _logger) = (outbox, grains, audit, options, pauses, clock, logger);
        _carriers = carriers.ToDictionary(carrier => carrier.Kind);
        _retries = new RetryPauses(options, random);
        _tries = meter.CreateCounter<long>("grid.notifications.tries", "{try}", "Tries to deliver a notification, by kind of endpoint and what came of them");
    }

    /// <summary>Sends rows of one endpoint until all are, a try fails, or their claim is about to run out; what is left is given back.</summary>
    /// <param name="endpoint">The endpoint; null when it is there no more.</param>
    /// <param name="rows">The rows, the oldest first.</param>
    /// <param name="until">When the claim runs out, less the time of a try.</param>
    /// <param name="cancellationToken">Ends it: what is being tried comes again after the next start.</param>
    public async Task RunAsync(NotificationEndpoint? endpoint, ImmutableArray<ClaimedNotification> rows, DateTimeOffset until, CancellationToken cancellationToken)
    {
        for (var index = 0; index < rows.Length; index++)
        {
            var now = _clock.GetUtcNow();
            if (cancellationToken.IsCancellationRequested || now >= until)
            {
                await GiveBackAsync(rows[index..], now);
                return;
            }

            var next = await HandleAsync(endpoint, rows[index], now, cancellationToken);
            if (next.PausedUntil is { } pause)
            {
                await GiveBackAsync(rows[(index + 1)..], pause);
                return;
            }

            endpoint = next.Endpoint;
        }
    }

    private async Task<(NotificationEndpoint? Endpoint, DateTimeOffset? PausedUntil)> HandleAsync(
        NotificationEndpoint? endpoint, ClaimedNotification row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (endpoint is not { IsEnabled: true })
        {
            await FinishAsync(row, NotificationState.Failed, endpoint is null ? "its endpoint was removed" : $"its endpoint is disabled{(endpoint.DisabledReason is { } reason ? $": {reason}" : "")}");
            return (endpoint, null);
        }

        if (now >= row.Notification.ExpiresAt)
        {
            await FinishAsync(row, NotificationState.Expired, "its time was over before it could be delivered");
            return (endpoint, null);
        }

        if (!_carriers.TryGetValue(endpoint.Kind, out var carrier))
        {
            await FinishAsync(row, NotificationState.Failed, $"nothing carries to endpoints of kind {endpoint.Kind}");
            return (endpoint, null);
        }

        var result = await LimitedAsync(carrier, endpoint, row.Notification, cancellationToken);
        _tries.Add(1, new KeyValuePair<string, object?>("kind", endpoint.Kind.ToString()), new KeyValuePair<string, object?>("status", result.Status.ToString()));
        switch (result.Status)
        {
            case CarryStatus.Delivered:
                await FinishAsync(row, NotificationState.Delivered, null);
                return (endpoint, null);
            case CarryStatus.Failed:
                LogFailed(_logger, row.Notification.Id, endpoint.Id, result.Detail ?? "");
                await FinishAsync(row, NotificationState.Failed, result.Detail);
                return (endpoint, null);
            case CarryStatus.Gone:
                await FinishAsync(row, NotificationState.Failed, result.Detail);
                return (await DisableAsync(endpoint, result.Detail ?? "gone"), null);
            case CarryStatus.Retry:
                return (endpoint, await RetryAsync(endpoint, row, result));
            default:
                throw new InvalidOperationException($"A carrier answered {result.Status}.");
        }
    }

    /// <summary>One try, limited in time. What a carrier throws is its fault and no reason to forget the notification.</summary>
    private async Task<CarryResult> LimitedAsync(INotificationCarrier carrier, NotificationEndpoint endpoint, Notification notification, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await carrier.CarryAsync(endpoint, notification, both.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return new CarryResult(CarryStatus.Retry, "the grid was stopped during the try", TimeSpan.Zero);
        }
        catch (Exception error)
        {
            if (!limit.IsCancellationRequested)
            {
                LogBroken(_logger, notification.Id, endpoint.Id, error);
            }

            return new CarryResult(CarryStatus.Retry, limit.IsCancellationRequested ? $"no answer within {_options.Timeout.TotalSeconds:0} s" : "the carrier failed");
        }
    }

    private async Task<DateTimeOffset> RetryAsync(NotificationEndpoint endpoint, ClaimedNotification row, CarryResult result)
    {
        var now = _clock.GetUtcNow();
        var pause = _retries.After(row.Attempts, result.RetryAfter);
        await _outbox.RescheduleAsync(row, now + pause, Short(result.Detail ?? "it failed"), CancellationToken.None);

        // A receiver that says when is left alone until then; of one that does not, something new may find it well again.
        var alone = result.RetryAfter is null && pause > _options.LongestPause ? _options.LongestPause : pause;
        _pauses.Pause(endpoint.Id, now + alone);
        return now + alone;
    }

    private async Task<NotificationEndpoint> DisableAsync(NotificationEndpoint endpoint, string reason)
    {
        if (await _grains.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key).Disable(endpoint.Id, endpoint.Address, Short(reason)))
        {
            LogDisabled(_logger, endpoint.Id, reason);
            await _audit.AppendAsync(new AuditEntry(_clock.GetUtcNow(), "system", "notification-endpoint.disable", $"notification-endpoint:{endpoint.Id}", Short(reason)), CancellationToken.None);
        }

        return endpoint with { IsEnabled = false, DisabledReason = reason };
    }

    /// <summary>The outcome is known: it is written also when the grid is being stopped.</summary>
    private Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error) =>
        _outbox.FinishAsync(row, state, error is null ? null : Short(error), _clock.GetUtcNow(), CancellationToken.None);

    private async Task GiveBackAsync(ImmutableArray<ClaimedNotification> rows, DateTimeOffset dueAt)
    {
        foreach (var row in rows)
        {
            await _outbox.ReleaseAsync(row, dueAt, CancellationToken.None);
        }
    }

    private static string Short(string text) => text.Length <= MostErrorLength ? text : text[..MostErrorLength];

    [LoggerMessage(EventId = 2301, Level = LogLevel.Warning, Message = "Notification {Id} to {Endpoint} failed for good: {Reason}")]
    private static partial void LogFailed(ILogger logger, string id, string endpoint, string reason);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Warning, Message = "Notification endpoint {Endpoint} is disabled: its receiver {Reason}")]
    private static partial void LogDisabled(ILogger logger, string endpoint, string reason);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Error, Message = "Notification {Id} to {Endpoint} could not be carried; it is tried again")]
    private static partial void LogBroken(ILogger logger, string id, string endpoint, Exception exception);
}
