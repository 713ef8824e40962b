using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Grid.Connectors.Outbox;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Connectors.Notifications;

/// <summary>
/// Drives every notification to its end. Each endpoint has a lane of its own: one that is slow, down or answers errors holds up what is for itself and nothing else. All that it knows is in the outbox, so
/// that a stop costs nothing but the tries that it interrupts.
/// </summary>
public sealed partial class NotificationSender : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.NotificationSender";

    private const int AtOnce = 500;
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NoRoomPause = TimeSpan.FromSeconds(1);

    private readonly INotificationOutbox _outbox;
    private readonly IGrainFactory _grains;
    private readonly NotificationSenderOptions _options;
    private readonly OutboxBell? _bell;
    private readonly TimeProvider _clock;
    private readonly ILogger<NotificationSender> _logger;
    private readonly EndpointLane _lane;
    private readonly EndpointPauses _pauses = new();
    private readonly List<Task> _lanes = [];
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _errors;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _held;
    private DateTimeOffset _forgetAt;
    private DateTimeOffset _countAt;
    private NotificationCounts _counts;
    private int _underWay;
    private int _mailUnderWay;

    internal NotificationSender(
        INotificationOutbox outbox,
        IGrainFactory grains,
        IEnumerable<INotificationCarrier> carriers,
        IAuditLog audit,
        NotificationSenderOptions options,
        TimeProvider clock,
        ILogger<NotificationSender> logger,
        NotificationBell? bell = null)
    {
        (_outbox, _grains, _options, _bell, _clock, _logger) = (outbox, grains, options, bell?.Bell, clock, logger);
        _lane = new EndpointLane(outbox, grains, carriers, audit, options, new Random(options.Seed), _pauses, clock, _meter, logger);
        _errors = _meter.CreateCounter<long>("grid.notifications.errors", "{error}", "Looks at the notifications, or lanes of an endpoint, that failed; their notifications come again");
        _expired = _meter.CreateCounter<long>("grid.notifications.expired", "{notification}", "Notifications whose time was over before they could be delivered");
        _held = _meter.CreateCounter<long>("grid.notifications.held", "{endpoint}", "Endpoints of mail that waited since as many as may were being sent to");
        _meter.CreateObservableGauge("grid.notifications.lanes", () => Volatile.Read(ref _underWay), "{endpoint}", "Endpoints that are being sent to");
        _meter.CreateObservableGauge("grid.notifications.pending", () => _counts.Pending, "{notification}", "Notifications that wait or are being sent, counted every 30 s");
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunUntilAsync(stoppingToken);

    /// <summary>Looks at the outbox until it is told to stop, then lets what is under way end.</summary>
    internal async Task RunUntilAsync(CancellationToken stoppingToken)
    {
        await OutboxRounds.RunAsync(_options.PollEvery, _bell, _clock, LookAsync, stoppingToken);
        LogStopped(_logger, _lanes.Count);
        await Task.WhenAll(_lanes);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _lanes.RemoveAll(static lane => lane.IsCompleted);
        try
        {
            var now = _clock.GetUtcNow();
            await TidyAsync(now, cancellationToken);
            if (_options.MaximumLanes - _lanes.Count is not (> 0 and var room))
            {
                return;
            }

            var claim = new NotificationClaim(OutboxRounds.Owner, now, _options.Lease, room, _options.PerEndpoint, _pauses.At(now));
            foreach (var rows in (await _outbox.ClaimAsync(claim, cancellationToken)).GroupBy(row => row.Notification.Endpoint, StringComparer.Ordinal))
            {
                _lanes.Add(RunAsync(rows.Key, [.. rows], now + _options.Lease - _options.Timeout, cancellationToken));
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The claims run out and the notifications come again.
            _errors.Add(1);
            LogLookFailed(_logger, exception);
        }
    }

    private async Task TidyAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await _outbox.ExpireAsync(now, AtOnce, cancellationToken) is > 0 and var expired)
        {
            _expired.Add(expired);
            LogExpired(_logger, expired);
        }

        if (now >= _forgetAt)
        {
            // As many as there are at the limit of one go: the rest at the next look.
            var forgotten = await _outbox.ForgetAsync(now - _options.KeepFinished, _options.MostFinished, AtOnce, cancellationToken);
            _forgetAt = forgotten == AtOnce ? now : now + ForgetEvery;
        }

        if (now >= _countAt)
        {
            _counts = await _outbox.CountAsync(cancellationToken);
            _countAt = now + CountEvery;
        }
    }

    /// <summary>A lane through the rows of one endpoint. It never fails: rows of one that did come again when their claim has run out.</summary>
    private async Task RunAsync(string id, ImmutableArray<ClaimedNotification> rows, DateTimeOffset until, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _underWay);
        var isMail = false;
        try
        {
            var endpoint = await _grains.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key).Find(id);
            isMail = endpoint?.Kind == EndpointKind.Email;
            if (isMail && Interlocked.Increment(ref _mailUnderWay) > _options.MaximumMailLanes)
            {
                _held.Add(1);
                var again = _clock.GetUtcNow() + NoRoomPause;
                _pauses.Pause(id, again);
                foreach (var row in rows)
                {
                    await _outbox.ReleaseAsync(row, again, CancellationToken.None);
                }

                return;
            }

            await _lane.RunAsync(endpoint, rows, until, cancellationToken);
        }
        catch (Exception exception)
        {
            _errors.Add(1);
            LogLaneFailed(_logger, id, exception);
        }
        finally
        {
            if (isMail)
            {
                Interlocked.Decrement(ref _mailUnderWay);
            }

            Interlocked.Decrement(ref _underWay);
            if (!cancellationToken.IsCancellationRequested)
            {
                // More may wait for it.
                _bell?.Ring();
            }
        }
    }

    [LoggerMessage(EventId = 2310, Level = LogLevel.Error, Message = "A look at the notifications failed; they come again")]
    private static partial void LogLookFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2311, Level = LogLevel.Error, Message = "Notifications to {Endpoint} could not be handled; they come again")]
    private static partial void LogLaneFailed(ILogger logger, string endpoint, Exception exception);

    [LoggerMessage(EventId = 2312, Level = LogLevel.Warning, Message = "{Count} notifications expired before they could be delivered")]
    private static partial void LogExpired(ILogger logger, int count);

    [LoggerMessage(EventId = 2313, Level = LogLevel.Debug, Message = "Notifications are sent no more; {Count} endpoints were being sent to")]
    private static partial void LogStopped(ILogger logger, int count);
}
