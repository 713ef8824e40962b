using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Grid.Contracts.Commands;
using Microsoft.Extensions.Logging;

namespace Grid.Connectors.Outbox;

/// <summary>The connectors that send: each send is limited in time and by its gateway's budget, and counted.</summary>
internal sealed partial class Carriers
{
    private readonly Dictionary<string, IDownlinkSender> _senders;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly GatewayBudgets _budgets;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _spent;

    public Carriers(IEnumerable<IDownlinkSender> senders, OutboxOptions options, TimeProvider clock, Meter meter, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        _senders = senders.ToDictionary(sender => sender.Connector, StringComparer.Ordinal);
        _random = new Random(options.Seed);
        _budgets = new GatewayBudgets(clock);
        _sent = meter.CreateCounter<long>("grid.outbox.downlinks", "{downlink}", "Downlinks by what became of them");
        _spent = meter.CreateCounter<long>("grid.outbox.spent", "{downlink}", "Downlinks that waited since their gateway's budget was spent");
    }

    /// <summary>What serves a connector type, null when nothing does.</summary>
    public IDownlinkSender? Find(string connector) => _senders.GetValueOrDefault(connector);

    /// <summary>
    /// Takes one message from a gateway's budget; false when it is spent, with the pause until the next. What is for many devices leaves a quarter of what may go at
    /// once to commands to one device.
    /// </summary>
    public bool MaySend(IDownlinkSender sender, string gateway, bool isForMany, out TimeSpan pause) => MayTake(sender, gateway, 1, isForMany, out pause);

    /// <summary>The same for one message to many devices, with all its repetitions.</summary>
    public bool MayMulticast(IDownlinkSender sender, string gateway, out TimeSpan pause) => MayTake(sender, gateway, sender.MulticastTimes(gateway), isForMany: true, out pause);

    private bool MayTake(IDownlinkSender sender, string gateway, int messages, bool isForMany, out TimeSpan pause)
    {
        pause = TimeSpan.Zero;
        if (sender.BudgetOf(gateway) is not { } budget || _budgets.TryTake($"{sender.Connector} {gateway}", budget, messages, isForMany ? budget.Burst / 4 : 0, out pause))
        {
            return true;
        }

        _spent.Add(1);
        return false;
    }

    /// <summary>Sends one downlink.</summary>
    public Task<DownlinkResult> SendAsync(IDownlinkSender sender, Downlink downlink, CancellationToken cancellationToken) =>
        CountedAsync(downlink, token => sender.SendAsync(downlink, token), cancellationToken);

    /// <summary>Sends one message to many devices.</summary>
    public Task<DownlinkResult> MulticastAsync(
        IDownlinkSender sender, Downlink downlink, ImmutableArray<DownlinkMember> members, CancellationToken cancellationToken) =>
        CountedAsync(downlink, token => sender.MulticastAsync(downlink, members, token), cancellationToken);

    private async Task<DownlinkResult> CountedAsync(
        Downlink downlink, Func<CancellationToken, ValueTask<DownlinkResult>> send, CancellationToken cancellationToken)
    {
        var result = await LimitedAsync(downlink, send, cancellationToken);
        _sent.Add(1, new KeyValuePair<string, object?>("status", result.Status.ToString()));
        return result;
    }

    private async Task<DownlinkResult> LimitedAsync(
        Downlink downlink, Func<CancellationToken, ValueTask<DownlinkResult>> send, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.SendTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await send(both.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSendFailed(_logger, downlink.Command, downlink.Connector, exception);
            return limit.IsCancellationRequested
                ? new DownlinkResult(DownlinkStatus.Ambiguous, $"no answer within {_options.SendTimeout.TotalSeconds:0} s: it may have arrived")
                : new DownlinkResult(DownlinkStatus.Retry, "the connector failed");
        }
    }

    /// <summary>The pause before another try.</summary>
    public TimeSpan RetryAfter(int attempts)
    {
        var pause = _options.FirstRetry * Math.Pow(2, Math.Min(attempts, 20));
        return Spread(pause < _options.LongestRetry ? pause : _options.LongestRetry);
    }

    /// <summary>So that what failed together is not tried together.</summary>
    public TimeSpan Spread(TimeSpan pause)
    {
        lock (_random)
        {
            return pause * (0.75 + (_random.NextDouble() / 2));
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Command {Command} could not be sent by {Connector}; it will be tried again")]
    private static partial void LogSendFailed(ILogger logger, string command, string connector, Exception exception);
}
