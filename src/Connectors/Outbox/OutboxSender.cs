using System.Collections.Immutable;
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
    private readonly Carriers _carriers;
    private readonly CommandRows _commands;
    private readonly OwnedRows _owned;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboxSender> _logger;
    private readonly OutboxBell? _bell;
    private readonly GatewayLanes _lanes;
    private readonly List<Task> _runs = [];
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _errors;
    private readonly Counter<long> _held;

    /// <summary>Creates the sender; with a bell it looks as soon as that rings too.</summary>
    public OutboxSender(
        IOutbox outbox,
        IGrainFactory grains,
        IEnumerable<IDownlinkSender> senders,
        OutboxOptions options,
        TimeProvider clock,
        ILogger<OutboxSender> logger,
        OutboxBell? bell = null)
    {
        (_outbox, _options, _clock, _logger, _bell) = (outbox, options, clock, logger, bell);
        _carriers = new Carriers(senders, options, clock, _meter, logger);
        _commands = new CommandRows(outbox, grains, _carriers, clock);
        _owned = new OwnedRows(outbox, grains, _carriers, clock);
        _lanes = new GatewayLanes(options.MaximumUnderWay, options.MaximumUnderWayPerGateway);
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
        await OutboxRounds.RunAsync(_options.PollEvery, _bell, _clock, LookAsync, stoppingToken);
        LogStopped(_logger, _lanes.Count);
        await Task.WhenAll(_runs);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _runs.RemoveAll(static run => run.IsCompleted);
        try
        {
            var limit = Math.Min(_options.BatchSize, _lanes.Room);
            if (limit <= 0)
            {
                return;
            }

            // Begun once all of them are there: rows that say the same go together.
            var begun = new List<string>();
            var held = new List<Task>();
            var now = _clock.GetUtcNow();
            foreach (var row in await _outbox.ClaimAsync(OutboxRounds.Owner, now, _options.Lease, limit, cancellationToken))
            {
                var gateway = $"{row.Downlink.Connector} {row.Downlink.Gateway}";
                var concurrent = _carriers.Find(row.Downlink.Connector)?.ConcurrentPerGateway ?? 1;
                var claimed = new ClaimedRow(row, now + _options.Lease - _options.SendTimeout);
                if (!_lanes.TryAdd(gateway, claimed, concurrent, out var begins))
                {
                    _held.Add(1);
                    var pause = claimed.IsForMany ? _options.FirstRetry : _carriers.Spread(_options.FirstRetry);
                    held.Add(_outbox.RescheduleAsync(row, now + pause, row.WasSent, cancellationToken));
                }
                else if (begins)
                {
                    begun.Add(gateway);
                }
            }

            _runs.AddRange(begun.Select(gateway => RunAsync(gateway, cancellationToken)).ToArray());

            // Asked for together, so that they share a commit of the store; one by one they would hold up the next look.
            foreach (var row in held)
            {
                await row;
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
            ImmutableArray<ClaimedRow> together = claimed.IsForMany && _owned.Gathers(claimed.Row.Downlink) ? [claimed, .. _lanes.TakeForMany(gateway)] : [claimed];
            try
            {
                // A claim that is about to run out may be another sender's by the time this one has sent.
                var until = together.Min(row => row.Until);
                if (!cancellationToken.IsCancellationRequested && _clock.GetUtcNow() < until)
                {
                    await (claimed.IsForMany
                        ? _owned.HandleAsync([.. together.Select(row => row.Row)], () => _clock.GetUtcNow() < until && !_lanes.HasOthersWaiting(gateway), RowFailed, cancellationToken)
                        : _commands.HandleAsync(claimed.Row, cancellationToken));
                }
            }
            catch (Exception exception)
            {
                RowFailed(claimed.Row, exception);
            }
            finally
            {
                foreach (var row in together)
                {
                    _lanes.Done(gateway, row);
                }
            }
        }

        void RowFailed(OutboxRow row, Exception exception)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                _errors.Add(1);
                LogRowFailed(_logger, row.Downlink.Command, exception);
            }
        }
    }

    [LoggerMessage(EventId = 2100, Level = LogLevel.Error, Message = "A look at the outbox failed; its rows come again")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "A row of the outbox, command {Command}, could not be handled; it comes again")]
    private static partial void LogRowFailed(ILogger logger, string command, Exception exception);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Debug, Message = "Downlinks are sent no more; {Count} rows were under way and come again after the next start")]
    private static partial void LogStopped(ILogger logger, int count);
}
