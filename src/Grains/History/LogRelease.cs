using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.History;

/// <summary>
/// Lets the log go up to what is durable elsewhere twice over: in the sector's snapshot, from which the sector goes on after a crash, and in history,
/// from which history goes on. Whichever is behind holds the log; a snapshot that waits for history is looked at again until it does not.
/// </summary>
public sealed partial class LogRelease : IDisposable
{
    private readonly IReadingLog _log;
    private readonly IHistory _history;
    private readonly HistoryFeed _feed;
    private readonly HistoryFeedOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<LogRelease> _logger;

    // Bounded by the number of sectors.
    private readonly ConcurrentDictionary<string, Snapshot> _waiting = new(StringComparer.Ordinal);
    private readonly Channel<bool> _begun = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Meter _meter = new("Grid.History.Release");

    /// <summary>Creates it.</summary>
    public LogRelease(IReadingLog log, IHistory history, HistoryFeed feed, HistoryFeedOptions options, TimeProvider clock, ILogger<LogRelease> logger)
    {
        (_log, _history, _feed, _options, _clock, _logger) = (log, history, feed, options, clock, logger);
        _meter.CreateObservableGauge("grid.history.sectors.waiting", () => _waiting.Count, "{sector}", "Sectors whose log is held by history alone");
    }

    /// <summary>Begins to look. Called once by the host.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>A sector is awake and has applied its log up to an offset: history follows it from now on.</summary>
    public void Follow(string sector, long offset) => _feed.Wake(sector, offset);

    /// <summary>
    /// A sector's snapshot up to an offset is durable. Completes when the log knows what it may let go of now; the rest follows when history has it.
    /// </summary>
    /// <param name="sector">The sector.</param>
    /// <param name="epoch">The epoch under which the snapshot was taken.</param>
    /// <param name="offset">The snapshot holds the log up to here.</param>
    public async ValueTask SnapshotTakenAsync(string sector, long epoch, long offset)
    {
        var snapshot = new Snapshot(epoch, offset);
        if (!await TryReleaseAsync(sector, snapshot))
        {
            _waiting[sector] = snapshot;
            _feed.Wake(sector, offset);
            _begun.Writer.TryWrite(true);
        }
    }

    /// <summary>Stops looking.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _meter.Dispose();
    }

    /// <summary>Lets go of what both have; true when the snapshot waits no longer.</summary>
    private async ValueTask<bool> TryReleaseAsync(string sector, Snapshot snapshot)
    {
        var durable = await _history.GetDurableAsync(sector, CancellationToken.None);
        var free = Math.Min(durable, snapshot.Offset);
        if (free > snapshot.Released)
        {
            await _log.CheckpointAsync(sector, snapshot.Epoch, free, CancellationToken.None);
            snapshot.Released = free;
        }

        return free == snapshot.Offset;
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _begun.Reader.WaitToReadAsync(_stopping.Token))
            {
                _begun.Reader.TryRead(out _);
                while (!_waiting.IsEmpty)
                {
                    await Task.Delay(_options.ReleaseEvery, _clock, _stopping.Token);

                    // In an order that does not depend on the process.
                    foreach (var (sector, snapshot) in _waiting.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList())
                    {
                        await LookAsync(sector, snapshot);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next start begins where the snapshots and history are.
        }
    }

    private async Task LookAsync(string sector, Snapshot snapshot)
    {
        try
        {
            if (await TryReleaseAsync(sector, snapshot))
            {
                // A newer snapshot may have taken its place.
                _waiting.TryRemove(KeyValuePair.Create(sector, snapshot));
            }
        }
        catch (LogFencedException)
        {
            // Another process has the sector now, and its log.
            _waiting.TryRemove(KeyValuePair.Create(sector, snapshot));
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            LogFailed(_logger, sector, snapshot.Offset, exception);
        }
    }

    [LoggerMessage(EventId = 1223, Level = LogLevel.Error, Message = "The log of sector {Sector} could not be let go up to {Offset}; it is tried again")]
    private static partial void LogFailed(ILogger logger, string sector, long offset, Exception exception);

    private sealed class Snapshot(long epoch, long offset)
    {
        public long Epoch { get; } = epoch;

        public long Offset { get; } = offset;

        public long Released { get; set; }
    }
}
