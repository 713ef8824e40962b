using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Grains.Intake;

/// <summary>Entries for one sector.</summary>
public readonly record struct SectorEntries(string Sector, ImmutableArray<LogEntry> Entries);

/// <summary>How much may wait between the log and the sectors.</summary>
public sealed record LogWriterOptions
{
    /// <summary>Entries that are durable and not applied yet; 1,000 to 10,000,000, default 500,000. At it, senders are refused.</summary>
    public int MaximumWaiting { get; init; } = 500_000;

    /// <summary>Pause before a sector that failed is asked to catch up; 100 ms to 1 min, default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// Appends to the reading log and hands what is durable to the sectors and to history: to sectors in log order, one delivery at a time for each. A
/// delivery that fails costs nothing: the sector is asked to read the log.
/// </summary>
public sealed partial class LogWriter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Intake.Log";

    private readonly IReadingLog _log;
    private readonly IGrainFactory _grains;
    private readonly HistoryFeed _history;
    private readonly LogWriterOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<LogWriter> _logger;
    private readonly ConcurrentDictionary<int, Lazy<Task<long>>> _epochs = new();
    private readonly ConcurrentDictionary<string, SectorQueue> _queues = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Queues whose delivery has to start; bounded by the number of sectors, each is in it at most once.</summary>
    private readonly Channel<SectorQueue> _ready = Channel.CreateUnbounded<SectorQueue>();
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _failures;
    private long _waiting;

    /// <summary>Creates the writer.</summary>
    public LogWriter(IReadingLog log, IGrainFactory grains, HistoryFeed history, LogWriterOptions options, TimeProvider clock, ILogger<LogWriter> logger)
    {
        (_log, _grains, _history, _options, _clock, _logger) = (log, grains, history, options, clock, logger);
        _failures = _meter.CreateCounter<long>("grid.intake.deliveries.failed", "{delivery}", "Deliveries to sectors that failed and were read from the log");
        _meter.CreateObservableGauge("grid.intake.waiting", () => Volatile.Read(ref _waiting), "{entry}", "Entries durable and not applied yet");
    }

    /// <summary>Entries that are durable and not applied yet, as a share of what may wait.</summary>
    public double Load => (double)Volatile.Read(ref _waiting) / _options.MaximumWaiting;

    /// <summary>Appends that are not durable yet, as a share of what may wait before the log.</summary>
    public double LogLoad => _log.Load;

    /// <summary>Entries that are durable and not applied yet.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Begins to hand over. Called once by the host, so that deliveries run in its context and never on the turn of a grain that appended.
    /// </summary>
    public void Start() => _ = StartPumpsAsync();

    /// <summary>The epoch under which this process owns a sector's partition; acquired when it does not yet.</summary>
    public async ValueTask<long> EpochOfAsync(string sector, CancellationToken cancellationToken)
    {
        var partition = SectorMap.PartitionOf(sector);
        var acquired = _epochs.GetOrAdd(partition, static (partition, log) => new Lazy<Task<long>>(() => log.AcquireAsync(partition, CancellationToken.None).AsTask()), _log);
        try
        {
            return await acquired.Value.OrUntil(cancellationToken);
        }
        catch when (acquired.Value.IsFaulted)
        {
            _epochs.TryRemove(KeyValuePair.Create(partition, acquired));
            throw;
        }
    }

    /// <summary>Appends, all or nothing; completes when durable. The sectors are told in the background.</summary>
    public async ValueTask AppendAsync(ImmutableArray<SectorEntries> batches, CancellationToken cancellationToken) =>
        await AppendCoreAsync(batches, null, cancellationToken);

    /// <summary>Appends, all or nothing; completes when the sectors have applied it.</summary>
    public async Task AppendAndApplyAsync(ImmutableArray<SectorEntries> batches, CancellationToken cancellationToken)
    {
        var applied = new List<Task>(batches.Length);
        await AppendCoreAsync(batches, applied, cancellationToken);

        // Not WhenAll, which the thread pool would complete: see Start.
        foreach (var done in applied)
        {
            await done;
        }
    }

    /// <summary>Stops handing over: what is durable is read from the log at the next start.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _meter.Dispose();
    }

    private async ValueTask AppendCoreAsync(ImmutableArray<SectorEntries> batches, List<Task>? applied, CancellationToken cancellationToken)
    {
        var building = ImmutableArray.CreateBuilder<LogBatch>(batches.Length);
        foreach (var batch in batches)
        {
            building.Add(new LogBatch(batch.Sector, await EpochOfAsync(batch.Sector, cancellationToken), batch.Entries));
        }

        var logBatches = building.MoveToImmutable();
        ImmutableArray<AppendedBatch> appended;
        try
        {
            appended = await _log.AppendAsync(logBatches, cancellationToken);
        }
        catch (LogFencedException fenced)
        {
            // Another process took the partition: its epoch is not ours to raise again without a look at who owns it.
            _epochs.TryRemove(fenced.Partition, out _);
            throw;
        }

        for (var index = 0; index < batches.Length; index++)
        {
            _history.Offer(
                batches[index].Sector,
                new RecordedBatch(appended[index].PreviousOffset, appended[index].FirstOffset, logBatches[index].Epoch, batches[index].Entries));
            var delivery = new SectorDelivery
            {
                Epoch = logBatches[index].Epoch,
                PreviousOffset = appended[index].PreviousOffset,
                FirstOffset = appended[index].FirstOffset,
                Entries = batches[index].Entries,
            };
            var done = applied is null ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (done is not null)
            {
                applied!.Add(done.Task);
            }

            Interlocked.Add(ref _waiting, delivery.Entries.Length);
            var queue = _queues.GetOrAdd(batches[index].Sector, static (sector, grains) => new SectorQueue(sector, grains.GetGrain<ISectorGrain>(sector)), _grains);
            if (queue.Post(new PendingDelivery(delivery, done)))
            {
                _ready.Writer.TryWrite(queue);
            }
        }
    }

    private async Task StartPumpsAsync()
    {
        try
        {
            // Not ReadAllAsync: it goes on in the thread pool, and deliveries belong to the context that started them.
            while (await _ready.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_ready.Reader.TryRead(out var queue))
                {
                    _ = PumpAsync(queue);
                }
            }
        }
        catch (OperationCanceledException)
        {
            LogStopped(_logger, Waiting);
        }
    }

    /// <summary>Delivers a sector's queue to its end. There is at most one for each sector.</summary>
    private async Task PumpAsync(SectorQueue queue)
    {
        while (queue.Peek() is { IsEmpty: false } next)
        {
            var isApplied = true;
            try
            {
                await (next.Length == 1 ? queue.Sector.Deliver(next[0].Delivery) : queue.Sector.DeliverAll([.. next.Select(pending => pending.Delivery)]));
            }
            catch (Exception exception)
            {
                _failures.Add(1);
                LogDeliveryFailed(_logger, queue.Name, next[0].Delivery.FirstOffset, exception);
                isApplied = await CatchUpAsync(queue);
            }

            queue.Remove(next);
            foreach (var pending in next)
            {
                Interlocked.Add(ref _waiting, -pending.Delivery.Entries.Length);
                if (isApplied)
                {
                    pending.Applied?.TrySetResult();
                }
                else
                {
                    pending.Applied?.TrySetCanceled();
                }
            }
        }
    }

    /// <summary>Asks the sector to read the log until it does; false when stopping.</summary>
    private async Task<bool> CatchUpAsync(SectorQueue queue)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_options.RetryAfter, _clock, _stopping.Token);
                await queue.Sector.CatchUp();
                return true;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception exception)
            {
                _failures.Add(1);
                LogDeliveryFailed(_logger, queue.Name, -1, exception);
            }
        }

        return false;
    }

    [LoggerMessage(EventId = 1200, Level = LogLevel.Error, Message = "Sector {Sector} did not take its entries from {Offset}; it will read the log")]
    private static partial void LogDeliveryFailed(ILogger logger, string sector, long offset, Exception exception);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Deliveries to sectors have ended with {Waiting} entries to be read from the log at the next start")]
    private static partial void LogStopped(ILogger logger, long waiting);

    private sealed record PendingDelivery(SectorDelivery Delivery, TaskCompletionSource? Applied);

    /// <summary>A sector's deliveries by offset: appends that were committed together may be posted in another order.</summary>
    private sealed class SectorQueue(string name, ISectorGrain sector)
    {
        private const int MaximumDeliveriesPerCall = 256;
        private const int MaximumEntriesPerCall = 1_000;

        private readonly SortedDictionary<long, PendingDelivery> _deliveries = [];
        private readonly Lock _gate = new();
        private bool _isPumping;

        public string Name { get; } = name;

        public ISectorGrain Sector { get; } = sector;

        /// <summary>True when the caller has to start the pump.</summary>
        public bool Post(PendingDelivery waiting)
        {
            lock (_gate)
            {
                _deliveries.Add(waiting.Delivery.FirstOffset, waiting);
                return !_isPumping && (_isPumping = true);
            }
        }

        /// <summary>The next deliveries, as many as one call takes; none ends the pump.</summary>
        public ImmutableArray<PendingDelivery> Peek()
        {
            lock (_gate)
            {
                _isPumping = _deliveries.Count > 0;
                var next = ImmutableArray.CreateBuilder<PendingDelivery>();
                var entries = 0;
                foreach (var pending in _deliveries.Values)
                {
                    entries += pending.Delivery.Entries.Length;
                    if (next.Count == MaximumDeliveriesPerCall || (next.Count > 0 && entries > MaximumEntriesPerCall))
                    {
                        break;
                    }

                    next.Add(pending);
                }

                return next.DrainToImmutable();
            }
        }

        public void Remove(ImmutableArray<PendingDelivery> done)
        {
            lock (_gate)
            {
                foreach (var pending in done)
                {
                    _deliveries.Remove(pending.Delivery.FirstOffset);
                }
            }
        }
    }
}
