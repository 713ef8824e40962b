using System.Diagnostics.Metrics;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.History;

/// <summary>
/// Once a day deletes what the policy keeps no longer: a first time soon after the start, so that a program that is often stopped does it too. Doing it
/// twice, or in two processes, changes nothing.
/// </summary>
public sealed partial class RetentionJob : IDisposable
{
    /// <summary>From the start to the first sweep.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(10);

    /// <summary>Between two sweeps.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromDays(1);

    /// <summary>After a sweep that failed.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromHours(1);

    private readonly IHistory _history;
    private readonly HistoryPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly ILogger<RetentionJob> _logger;
    private readonly Meter _meter = new("Grid.History.Retention");
    private readonly Counter<long> _series;
    private readonly Counter<long> _failures;

    /// <summary>Creates the job.</summary>
    public RetentionJob(IHistory history, HistoryPolicy policy, TimeProvider clock, ILogger<RetentionJob> logger)
    {
        (_history, _policy, _clock, _logger) = (history, policy, clock, logger);
        _series = _meter.CreateCounter<long>("grid.history.retention.deleted", "{series}", "Series of which a day was deleted, once for each day and resolution");
        _failures = _meter.CreateCounter<long>("grid.history.retention.failures", "{sweep}", "Sweeps that failed and are tried again");
    }

    /// <summary>When the last sweep ended well; null before the first one of this process.</summary>
    public DateTimeOffset? LastSwept { get; private set; }

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var wait = First;
        try
        {
            while (true)
            {
                await Task.Delay(wait, _clock, stopping);
                wait = await SweepAsync(stopping) ? Every : Again;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private async Task<bool> SweepAsync(CancellationToken stopping)
    {
        try
        {
            var now = _clock.GetUtcNow();
            var swept = await _history.SweepAsync(_policy, now, stopping);
            LastSwept = now;
            _series.Add(swept.Series);
            LogSwept(_logger, swept.Days, swept.Series);
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            _failures.Add(1);
            LogFailed(_logger, exception);
            return false;
        }
    }

    [LoggerMessage(EventId = 1224, Level = LogLevel.Information, Message = "Retention: {Days} days deleted as a whole, and parts of {Series} series")]
    private static partial void LogSwept(ILogger logger, long days, long series);

    [LoggerMessage(EventId = 1225, Level = LogLevel.Error, Message = "Retention could not be applied; it is tried again within the hour")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
