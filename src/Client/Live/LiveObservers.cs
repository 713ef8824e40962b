using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Client.Live;

/// <summary>Who is told that something of a scope is new.</summary>
internal interface IWatchSink
{
    /// <summary>A sector or a sum is new; ask for it.</summary>
    void OnNews();

    /// <summary>A command of a device in the sector has changed.</summary>
    void OnCommand(string sector, CommandView command);

    /// <summary>Alarms of the sector have changed.</summary>
    void OnAlarms(string sector, ImmutableArray<AlarmView> alarms);
}

/// <summary>
/// One observer for each sector and territory that is looked at in this process, however many look; renewed every minute, dropped when nobody
/// looks any more. Grains tell by way of hints: at each renewal the state itself is asked for.
/// </summary>
internal sealed partial class LiveObservers(IGridGrains grains, TimeProvider time, ILogger<LiveObservers> log) : BackgroundService
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(1);
    private const int ConcurrentCalls = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SectorWatch> _sectors = new(StringComparer.Ordinal);
    private readonly Dictionary<TerritoryKey, TerritoryWatch> _territories = [];

    /// <summary>Sectors and territories that are observed.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sectors.Count + _territories.Count;
            }
        }
    }

    /// <summary>Looks at a sector until <see cref="Release(SectorWatch, IWatchSink)"/>.</summary>
    public SectorWatch Acquire(string sector, IWatchSink sink)
    {
        lock (_gate)
        {
            if (!_sectors.TryGetValue(sector, out var watch))
            {
                _sectors.Add(sector, watch = new(sector));
                watch.Begin(grains);
            }

            watch.Add(sink);
            return watch;
        }
    }

    /// <summary>Looks at a territory until <see cref="Release(TerritoryWatch, IWatchSink)"/>.</summary>
    public TerritoryWatch Acquire(TerritoryKey territory, IWatchSink sink)
    {
        lock (_gate)
        {
            if (!_territories.TryGetValue(territory, out var watch))
            {
                _territories.Add(territory, watch = new(territory));
                watch.Begin(grains);
            }

            watch.Add(sink);
            return watch;
        }
    }

    /// <summary>Ends <see cref="Acquire(string, IWatchSink)"/>.</summary>
    public void Release(SectorWatch watch, IWatchSink sink)
    {
        lock (_gate)
        {
            if (watch.Remove(sink))
            {
                _sectors.Remove(watch.Sector);
                _ = EndAsync(watch.EndAsync(grains));
            }
        }
    }

    /// <summary>Ends <see cref="Acquire(TerritoryKey, IWatchSink)"/>.</summary>
    public void Release(TerritoryWatch watch, IWatchSink sink)
    {
        lock (_gate)
        {
            if (watch.Remove(sink))
            {
                _territories.Remove(watch.Territory);
                _ = EndAsync(watch.EndAsync(grains));
            }
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RenewUntilAsync(stoppingToken);

    /// <summary>Renews every minute until it is told to stop.</summary>
    internal async Task RenewUntilAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RenewEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RenewAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(Count);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        Func<Task>[] renewals;
        lock (_gate)
        {
            renewals =
            [
                .. _sectors.Values.Select(watch => (Func<Task>)(() => watch.RenewAsync(grains))),
                .. _territories.Values.Select(watch => (Func<Task>)(() => watch.RenewAsync(grains))),
            ];
        }

        await FewAtOnce.EachAsync(
            renewals.Length,
            ConcurrentCalls,
            async index =>
            {
                try
                {
                    await renewals[index]();
                }
                catch (Exception fault)
                {
                    LogRenewalFailed(fault);
                }
            },
            cancellationToken);
    }

    private async Task EndAsync(Task ending)
    {
        try
        {
            await ending;
        }
        catch (Exception fault)
        {
            // The grain forgets an observer by itself after two minutes.
            LogEndFailed(fault);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "An observer could not be renewed; the next renewal is in a minute")]
    private partial void LogRenewalFailed(Exception exception);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Debug, Message = "An observer could not be ended; its grain forgets it by itself")]
    private partial void LogEndFailed(Exception exception);

    [LoggerMessage(EventId = 3103, Level = LogLevel.Debug, Message = "Observers are renewed no more; {Count} are left")]
    private partial void LogStopped(int count);
}
