using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Grid.Contracts.Storage;
using Grid.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.History;

/// <summary>
/// Brings every durable batch of the reading log to history: each sector's in log order, from the offset that history says it has. What is offered
/// is a hint that is kept while there is room; the log is the truth, and is read where something was not kept, and after a start.
/// </summary>
public sealed partial class HistoryFeed : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.History.Feed";

    private readonly IReadingLog _log;
    private readonly IHistory _history;
    private readonly HistoryFeedOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<HistoryFeed> _logger;

    // Bounded by the number of sectors; each is in line at most once.
    private readonly ConcurrentDictionary<string, SectorFeed> _sectors = new(StringComparer.Ordinal);
    private readonly Channel<SectorFeed> _line = Channel.CreateUnbounded<SectorFeed>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _notKept;
    private readonly Counter<long> _readBack;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _missing;
    private long _held;
    private long _behind;

    /// <summary>Creates the feed.</summary>
    public HistoryFeed(IReadingLog log, IHistory history, HistoryFeedOptions options, TimeProvider clock, ILogger<HistoryFeed> logger)
    {
        (_log, _history, _options, _clock, _logger) = (log, history, options, clock, logger);
        _notKept = _meter.CreateCounter<long>("grid.history.entries.not_kept", "{entry}", "Entries that found no room in memory and are read from the log");
        _readBack = _meter.CreateCounter<long>("grid.history.entries.read_back", "{entry}", "Entries that were read from the log for history");
        _failures = _meter.CreateCounter<long>("grid.history.failures", "{failure}", "Times that history could not be given something, and it was tried again");
        _missing = _meter.CreateCounter<long>("grid.history.gaps", "{gap}", "Times that the log did not go back to where history ended");
        _meter.CreateObservableGauge("grid.history.behind", () => Behind, "{entry}", "Entries durable in the log that history has not taken");
        _meter.CreateObservableGauge("grid.history.held", () => Volatile.Read(ref _held), "{entry}", "Entries held in memory for history");
    }

    /// <summary>Entries that are durable in the log and that history has not taken.</summary>
    public long Behind => Volatile.Read(ref _behind);

    /// <summary><see cref="Behind"/> as a share of what may be: at 1, senders are refused.</summary>
    public double Load => (double)Behind / _options.MaximumBehind;

    /// <summary>Begins. Called once by the host, so that history is fed in its context and never on the turn of a grain that appended.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>A batch is durable in the log. Never waits.</summary>
    public void Offer(string sector, RecordedBatch batch)
    {
        var count = batch.Entries.Length;
        var isKept = Interlocked.Add(ref _held, count) <= _options.MaximumHeld;
        Interlocked.Add(ref _behind, count);
        var feed = Of(sector);
        var (isNews, putInLine) = feed.Offer(batch, isKept);
        if (!isNews || !isKept)
        {
            Interlocked.Add(ref _held, -count);
        }

        if (!isNews)
        {
            Interlocked.Add(ref _behind, -count);
        }
        else if (!isKept)
        {
            _notKept.Add(count);
        }

        if (putInLine)
        {
            _line.Writer.TryWrite(feed);
        }
    }

    /// <summary>Makes sure that history gets what the log holds of a sector up to an offset, whether it was offered or not.</summary>
    public void Wake(string sector, long head)
    {
        var feed = Of(sector);
        if (feed.Wake(head))
        {
            _line.Writer.TryWrite(feed);
        }
    }

    /// <summary>Completes when history has taken everything that this process has appended or woken until now.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var taken in _sectors.Values.Select(feed => feed.WhenTaken()).ToList())
        {
            await taken.OrUntil(cancellationToken);
        }
    }

    /// <summary>Stops: what history has not is read from the log after the next start.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _meter.Dispose();
    }

    private SectorFeed Of(string sector) => _sectors.GetOrAdd(sector, static name => new SectorFeed(name));

    private async Task RunAsync()
    {
        try
        {
            // Not ReadAllAsync: it goes on in the thread pool, and history is fed in the context that started this.
            while (await _line.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_line.Reader.TryRead(out var feed))
                {
                    await TurnAsync(feed);
                    if (feed.StaysInLine())
                    {
                        _line.Writer.TryWrite(feed);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            LogStopped(_logger, Behind);
        }
    }

    /// <summary>Hands over some of a sector's entries. What fails is left for its next turn.</summary>
    private async Task TurnAsync(SectorFeed feed)
    {
        try
        {
            if (feed.Taken is null)
            {
                Advanced(feed, await _history.GetDurableAsync(feed.Sector, _stopping.Token), 0);
            }

            var count = 0;
            while (count < _options.EntriesPerTurn && feed.TakeHeld(out var left) is var batch)
            {
                Interlocked.Add(ref _held, -left);
                if (batch is null)
                {
                    await ReadLogAsync(feed, _options.EntriesPerTurn - count);
                    return;
                }

                if (!await GiveAsync(feed, batch))
                {
                    return;
                }

                count += batch.Entries.Length;
            }
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            _failures.Add(1);
            LogFailed(_logger, feed.Sector, feed.Taken, exception);
            feed.Doubt();
            await Task.Delay(_options.RetryAfter, _clock, _stopping.Token);
        }
    }

    private async Task ReadLogAsync(SectorFeed feed, int about)
    {
        var (taken, newest, count) = (feed.Taken!.Value, feed.Newest, 0);
        var head = await _log.GetHeadAsync(feed.Sector, _stopping.Token);
        if (head <= taken)
        {
            feed.Settle(head, newest);
            return;
        }

        await foreach (var batch in _log.ReadAsync(feed.Sector, taken, _stopping.Token))
        {
            // Read from where history ends: what is missing before the first batch is in the log no more.
            if (count == 0 && batch.PreviousOffset > taken)
            {
                await SkipAsync(feed, batch.PreviousOffset);
            }

            if (!await GiveAsync(feed, batch))
            {
                throw new InvalidDataException(
                    $"History has sector {feed.Sector} up to {feed.Taken}, and does not take the batch from {batch.FirstOffset} that follows {batch.PreviousOffset}.");
            }

            _readBack.Add(batch.Entries.Length);
            if ((count += batch.Entries.Length) >= about)
            {
                return;
            }
        }

        if (count == 0)
        {
            await SkipAsync(feed, head);
        }
    }

    /// <summary>False when history lacks something before the batch, and has not taken it.</summary>
    private async Task<bool> GiveAsync(SectorFeed feed, RecordedBatch batch)
    {
        // Before the batch: what is durable of that is then durable of this, and given again it is the same.
        var course = feed.Course.Of(batch.Entries);
        if (!course.IsEmpty)
        {
            await _history.RecordAsync(course, _stopping.Token);
        }

        var taken = await _history.AppendAsync(feed.Sector, batch, _stopping.Token);
        var isTaken = taken >= batch.FirstOffset + batch.Entries.Length - 1;
        Advanced(feed, taken, isTaken ? batch.Entries.Length : 0);
        return isTaken;
    }

    /// <summary>The log is younger than history's end: it was there before history was, or history was restored from an older copy.</summary>
    private async Task SkipAsync(SectorFeed feed, long offset)
    {
        if (feed.Taken > 0)
        {
            _missing.Add(1);
            LogGap(_logger, feed.Sector, feed.Taken.Value, offset);
        }

        await _history.SkipToAsync(feed.Sector, offset, _stopping.Token);
        Advanced(feed, offset, 0);
    }

    private void Advanced(SectorFeed feed, long taken, int entries) => Interlocked.Add(ref _behind, -feed.Advance(taken, entries));

    [LoggerMessage(EventId = 1220, Level = LogLevel.Error, Message = "History could not be fed from sector {Sector} after {Offset}; it is tried again")]
    private static partial void LogFailed(ILogger logger, string sector, long? offset, Exception exception);

    [LoggerMessage(EventId = 1221, Level = LogLevel.Warning, Message = "History ends at {Offset} of sector {Sector} and the log begins after {Begin}: what is between is in neither")]
    private static partial void LogGap(ILogger logger, string sector, long offset, long begin);

    [LoggerMessage(EventId = 1222, Level = LogLevel.Information, Message = "History is fed no more, with {Behind} entries to be read from the log at the next start")]
    private static partial void LogStopped(ILogger logger, long behind);
}
