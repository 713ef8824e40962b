using System.Diagnostics.Metrics;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Connectors.Outbox;

/// <summary>
/// Drives every command to its end: sends what is due, tells the command what became of it, and ends it when its time is over. All that it knows
/// is in the outbox, so that a stop costs nothing.
/// </summary>
public sealed partial class OutboxSender : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Outbox";

    private readonly IOutbox _outbox;
    private readonly IGrainFactory _grains;
    private readonly Dictionary<string, IDownlinkSender> _senders;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboxSender> _logger;
    private readonly Random _random;
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sent;
    private readonly Counter<long> _errors;

    /// <summary>Creates the sender.</summary>
    public OutboxSender(
        IOutbox outbox,
        IGrainFactory grains,
        IEnumerable<IDownlinkSender> senders,
        OutboxOptions options,
        TimeProvider clock,
        ILogger<OutboxSender> logger)
    {
        (_outbox, _grains, _options, _clock, _logger) = (outbox, grains, options, clock, logger);
        _senders = senders.ToDictionary(sender => sender.Connector, StringComparer.Ordinal);
        _random = new Random(options.Seed);
        _sent = _meter.CreateCounter<long>("grid.outbox.downlinks", "{downlink}", "Downlinks by what became of them");
        _errors = _meter.CreateCounter<long>("grid.outbox.errors", "{error}", "Looks at the outbox that failed");
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var owner = $"{Environment.MachineName}:{Environment.ProcessId}";
        using var timer = new PeriodicTimer(_options.PollEvery, _clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var row in await _outbox.ClaimAsync(owner, _clock.GetUtcNow(), _options.Lease, _options.BatchSize, stoppingToken))
                {
                    await HandleAsync(row, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The claims run out and the rows come again.
                _errors.Add(1);
                LogFailed(_logger, exception);
            }
        }
    }

    private async Task HandleAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var downlink = row.Downlink;
        var command = _grains.GetGrain<ICommandGrain>(downlink.Command);
        if (await command.Get() is not { } view || view.State >= CommandState.Confirmed)
        {
            await _outbox.RemoveAsync(downlink.Command, cancellationToken);
            return;
        }

        var now = _clock.GetUtcNow();
        if (now >= downlink.ExpiresAt)
        {
            await command.Report(Progress(CommandState.Expired, row.WasSent ? "sent, but not seen in the measurements" : "could not be sent in time"));
            return;
        }

        if (row.WasSent)
        {
            await _outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: true, cancellationToken);
            return;
        }

        if (!_senders.TryGetValue(downlink.Connector, out var sender))
        {
            // Nothing carries it: the device reads its desired state itself, and its measurements confirm it, or it expires.
            await _outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: false, cancellationToken);
            return;
        }

        var result = await SendAsync(sender, downlink, cancellationToken);
        _sent.Add(1, new KeyValuePair<string, object?>("status", result.Status.ToString()));
        switch (result.Status)
        {
            case DownlinkStatus.Transmitted:
                await command.Report(Progress(CommandState.Transmitted, result.Detail));
                await _outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: true, cancellationToken);
                break;
            case DownlinkStatus.Acknowledged:
                await command.Report(Progress(CommandState.Transmitted, result.Detail));
                await command.Report(Progress(CommandState.Acknowledged, result.Detail));
                await _outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: true, cancellationToken);
                break;
            case DownlinkStatus.Rejected:
                await command.Report(Progress(CommandState.Rejected, result.Detail));
                break;
            case DownlinkStatus.Retry:
                var due = now + RetryAfter(row.Attempts);
                await _outbox.RescheduleAsync(row, due < downlink.ExpiresAt ? due : downlink.ExpiresAt, sent: false, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"A sender answered {result.Status}.");
        }
    }

    private async Task<DownlinkResult> SendAsync(IDownlinkSender sender, Downlink downlink, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.SendTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await sender.SendAsync(downlink, both.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSendFailed(_logger, downlink.Command, downlink.Connector, exception);
            return new DownlinkResult(DownlinkStatus.Retry, "the connector failed");
        }
    }

    private TimeSpan RetryAfter(int attempts)
    {
        var pause = _options.FirstRetry * Math.Pow(2, Math.Min(attempts, 20));
        return (pause < _options.LongestRetry ? pause : _options.LongestRetry) * (0.75 + (_random.NextDouble() / 2));
    }

    private CommandProgress Progress(CommandState state, string detail) => new() { State = state, At = _clock.GetUtcNow(), Detail = detail };

    [LoggerMessage(EventId = 2100, Level = LogLevel.Error, Message = "A look at the outbox failed; its rows come again")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Command {Command} could not be sent by {Connector}; it will be tried again")]
    private static partial void LogSendFailed(ILogger logger, string command, string connector, Exception exception);
}
