using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// The log's own thread: it gathers what waits and commits it together, so that one sync serves all. The queue is bounded; what is over the
/// bound is refused at once.
/// </summary>
internal sealed class LogWriter
{
    /// <summary>Acquisitions and checkpoints pass the bound of appends: under overload they are what makes room. Each sector has one at most.</summary>
    private const int MaximumQueuedRequests = 1_100_000;

    private readonly object _gate = new();
    private readonly ReadingLogOptions _options;
    private readonly StorageMetrics _metrics;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<LogRequest> _waiting = new();
    private readonly List<LogRequest> _taken = [];
    private long _waitingBytes;
    private int _gatherUntil;
    private bool _isClosing;
    private volatile LogCommitter? _committer;

    public LogWriter(ILogFiles files, ReadingLogOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        _options = options;
        _metrics = metrics;
        _thread = new Thread(() => Run(files, time, logger)) { IsBackground = true, Name = "reading log" };
        _thread.Start();
    }

    /// <summary>Completes when the log is open; fails with what is wrong with it.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The index, once open.</summary>
    public LogIndex Index { get; private set; } = null!;

    public int QueuedAppends
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public long RetainedBytes => _committer?.RetainedBytes ?? 0;

    /// <exception cref="LogOverloadedException">Too much waits, or the log holds too much.</exception>
    /// <exception cref="IOException">The log has stopped or is closed.</exception>
    public void Enqueue(LogRequest request)
    {
        lock (_gate)
        {
            if (_isClosing || _committer?.Failure is not null)
            {
                request.Abandon();
                throw new IOException(_committer?.Failure ?? "The reading log is closed.");
            }

            if (RefusalOf(request) is { } reason)
            {
                request.Abandon();
                _metrics.LogRefused(reason);
                throw new LogOverloadedException(_options.RetryAfter);
            }

            _waiting.Enqueue(request);
            _waitingBytes += request.Bytes;
            if (_waiting.Count >= _gatherUntil || _waitingBytes >= _options.CommitBytes)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Commits what waits, then closes the files.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }

        return _closed.Task;
    }

    private string? RefusalOf(LogRequest request)
    {
        if (request.Entries == 0)
        {
            return _waiting.Count >= MaximumQueuedRequests ? "queue" : null;
        }

        if (Index.LiveBatches >= _options.MaximumRetainedBatches || RetainedBytes >= _options.MaximumRetainedBytes)
        {
            return "retained";
        }

        return _waiting.Count >= _options.MaximumQueuedAppends || _waitingBytes + request.Bytes > _options.MaximumQueuedBytes ? "queue" : null;
    }

    private void Run(ILogFiles files, TimeProvider time, ILogger logger)
    {
        try
        {
            var log = new LogRecovery(files, time, logger).Open();
            Index = log.Index;
            _committer = new LogCommitter(files, log, _options, time, _metrics, logger);
            _opened.SetResult();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _closed.SetResult();
            _opened.SetException(error);
            return;
        }

        while (Take())
        {
            if (_committer.Failure is null)
            {
                _committer.Commit(_taken);
            }
            else
            {
                _committer.FailAll(_taken);
            }
        }

        _committer.Dispose();
        _closed.SetResult();
    }

    /// <summary>Waits for something to commit and takes it; false when the log closes and nothing waits.</summary>
    private bool Take()
    {
        var before = _taken.Count;
        _taken.Clear();
        lock (_gate)
        {
            Gather(before);
            while (_taken.Count == 0)
            {
                while (_waiting.Count == 0)
                {
                    if (_isClosing)
                    {
                        return false;
                    }

                    Monitor.Wait(_gate);
                }

                for (long bytes = 0; bytes < _options.CommitBytes && _waiting.TryDequeue(out var request); bytes += request.Bytes)
                {
                    _waitingBytes -= request.Bytes;
                    if (request.TryTake())
                    {
                        _taken.Add(request);
                    }
                    else
                    {
                        request.Dispose();
                    }
                }
            }
        }

        return true;
    }

    /// <summary>Waits a little for as many requests as the last commit had. The bound is the system's clock: it decides only what shares a sync.</summary>
    private void Gather(int expected)
    {
        if (expected > 1 && _waiting.Count < expected && _waitingBytes < _options.CommitBytes && _options.GatherTime > TimeSpan.Zero && !_isClosing)
        {
            _gatherUntil = expected;
            Monitor.Wait(_gate, _options.GatherTime);
            _gatherUntil = 0;
        }
    }
}
