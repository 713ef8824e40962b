using System.Diagnostics.Metrics;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Connectors.Outbox;

/// <summary>
/// Drives every command to its end: sends what is due, tells the command what became of it, and ends it when its time is over. Each network gateway
/// has its own lane. All that it knows is in the outbox, so that a stop costs nothing.
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
    private readonly GatewayLanes _lanes;
    private readonly List<Task> _runs = [];
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sent;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _held;

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
        _lanes = new GatewayLanes(options.MaximumUnderWay, options.MaximumUnderWayPerGateway);
        _sent = _meter.CreateCounter<long>("grid.outbox.downlinks", "{downlink}", "Downlinks by what became of them");
        _errors = _meter.CreateCounter<long>("grid.outbox.errors", "{error}", "Looks at the outbox, or at one of its rows, that failed");
        _held = _meter.CreateCounter<long>("grid.outbox.held", "{row}", "Rows put back since their gateway has as many under way as it may");
        _meter.CreateObservableGauge("grid.outbox.underway", () => _lanes.Count, "{row}", "Rows under way");
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
        var owner = $"{Environment.MachineName}:{Environment.ProcessId}";
        using var timer = new PeriodicTimer(_options.PollEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(owner, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(_logger, _lanes.Count);
        }

        await Task.WhenAll(_runs);
    }

    private async Task LookAsync(string owner, CancellationToken cancellationToken)
    {
        _runs.RemoveAll(static run => run.IsCompleted);
        try
        {
            var limit = Math.Min(_options.BatchSize, _lanes.Room);
            if (limit <= 0)
            {
                return;
            }

            var now = _clock.GetUtcNow();
            foreach (var row in await _outbox.ClaimAsync(owner, now, _options.Lease, limit, cancellationToken))
            {
                var gateway = $"{row.Downlink.Connector} {row.Downlink.Gateway}";
                var concurrent = _senders.GetValueOrDefault(row.Downlink.Connector)?.ConcurrentPerGateway ?? 1;
                if (!_lanes.TryAdd(gateway, new ClaimedRow(row, now + _options.Lease - _options.SendTimeout), concurrent, out var begins))
                {
                    _held.Add(1);
                    await _outbox.RescheduleAsync(row, now + Spread(_options.FirstRetry), row.WasSent, cancellationToken);
                }
                else if (begins)
                {
                    _runs.Add(RunAsync(gateway, cancellationToken));
                }
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The claims run out and the rows come again.
            _errors.Add(1);
            LogFailed(_logger, exception);
        }
    }

    /// <summary>One run through a gateway's rows, until none waits. It never fails: a row that did comes again when its claim has run out.</summary>
    private async Task RunAsync(string gateway, CancellationToken cancellationToken)
    {
        while (_lanes.TryTake(gateway, out var claimed))
        {
            try
            {
                // A claim that is about to run out may be another sender's by the time this one has sent.
                if (!cancellationToken.IsCancellationRequested && _clock.GetUtcNow() < claimed.Until)
                {
                    await HandleAsync(claimed.Row, cancellationToken);
                }
            }
            catch (Exception exception)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    _errors.Add(1);
                    LogRowFailed(_logger, claimed.Row.Downlink.Command, exception);
                }
            }
            finally
            {
                _lanes.Done(gateway);
            }
        }
    }

    private async Task HandleAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var downlink = row.Downlink;
        var command = _grains.GetGrain<ICommandGrain>(downlink.Command);
        if (await command.Get() is not { } view)
        {
            // It drops the row itself; if it is accepted at this very moment it keeps the row, and to be accepted is no news to it.
            await command.Report(Progress(CommandState.Accepted, "asked for and not stored"));
            return;
        }

        if (view.State >= CommandState.Confirmed)
        {
            await _outbox.RemoveAsync(downlink.Command, cancellationToken);
            return;
        }

        var now = _clock.GetUtcNow();
        if (now >= downlink.ExpiresAt)
        {
            await command.Report(Progress(CommandState.Expired, ExpiryOf(view.State)));
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
            case DownlinkStatus.Ambiguous:
                await command.Report(Progress(CommandState.Transmitted, result.Detail));
                await RetryAsync(row, cancellationToken);
                break;
            case DownlinkStatus.Retry:
                await RetryAsync(row, cancellationToken);
                break;
            case DownlinkStatus.NotCarried:
                await _outbox.RescheduleAsync(row, downlink.ExpiresAt, sent: false, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"A sender answered {result.Status}.");
        }
    }

    private static string ExpiryOf(CommandState state) => state switch
    {
        CommandState.Acknowledged => "acknowledged, but not seen in the measurements",
        CommandState.Transmitted => "transmitted, but not seen in the measurements",
        _ => "could not be sent in time",
    };

    private Task RetryAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var due = _clock.GetUtcNow() + RetryAfter(row.Attempts);
        return _outbox.RescheduleAsync(row, due < row.Downlink.ExpiresAt ? due : row.Downlink.ExpiresAt, sent: false, cancellationToken);
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
            return limit.IsCancellationRequested
                ? new DownlinkResult(DownlinkStatus.Ambiguous, $"no answer within {_options.SendTimeout.TotalSeconds:0} s: it may have arrived")
                : new DownlinkResult(DownlinkStatus.Retry, "the connector failed");
        }
    }

    private TimeSpan RetryAfter(int attempts)
    {
        var pause = _options.FirstRetry * Math.Pow(2, Math.Min(attempts, 20));
        return Spread(pause < _options.LongestRetry ? pause : _options.LongestRetry);
    }

    /// <summary>So that what failed together is not tried together.</summary>
    private TimeSpan Spread(TimeSpan pause)
    {
        lock (_random)
        {
            return pause * (0.75 + (_random.NextDouble() / 2));
        }
    }

    private CommandProgress Progress(CommandState state, string detail) => new() { State = state, At = _clock.GetUtcNow(), Detail = detail };

    [LoggerMessage(EventId = 2100, Level = LogLevel.Error, Message = "A look at the outbox failed; its rows come again")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "A row of the outbox, command {Command}, could not be handled; it comes again")]
    private static partial void LogRowFailed(ILogger logger, string command, Exception exception);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Debug, Message = "Downlinks are sent no more; {Count} rows were under way and come again after the next start")]
    private static partial void LogStopped(ILogger logger, int count);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Command {Command} could not be sent by {Connector}; it will be tried again")]
    private static partial void LogSendFailed(ILogger logger, string command, string connector, Exception exception);
}
