using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// Gathers what waits and commits it together, so that one sync serves all: on a thread of its own, or at the pace that it is given. The queue is
/// bounded; what is over the bound is refused at once.
/// </summary>
internal sealed class LogWriter
{
    /// <summary>Acquisitions and checkpoints pass the bound of appends: under overload they are what makes room. Each sector has one at most.</summary>
    private const int MaximumQueuedRequests = 1_100_000;

    private readonly object _gate = new();
    private readonly ReadingLogOptions _options;
    private readonly StorageMetrics _metrics;
    private readonly ILogPace? _pace;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<LogRequest> _waiting = new();
    private readonly List<LogRequest> _taken = [];
    private long _waitingBytes;
    private int _gatherUntil;
    private bool _isClosing;
    private bool _isScheduled;
    private volatile LogCommitter? _committer;

    public LogWriter(ILogFiles files, ILogPace? pace, ReadingLogOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        _options = options;
        _metrics = metrics;
        _pace = pace;
        if (pace is null)
        {
            new Thread(() => Run(files, time, logger)) { IsBackground = true, Name = "reading log" }.Start();
        }
        else
        {
            TryOpen(files, time, logger);
        }
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

    /// <summary>The fuller of the queue's two bounds, 0 to 1; read without the lock, so it may be a little late.</summary>
    public double Load => Math.Max(
        (double)_waiting.Count / _options.MaximumQueuedAppends, (double)Volatile.Read(ref _waitingBytes) / _options.MaximumQueuedBytes);

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
            if (_pace is not null)
            {
                if (_isScheduled)
                {
                    return;
                }

                _isScheduled = true;
            }
            else if (_waiting.Count >= _gatherUntil || _waitingBytes >= _options.CommitBytes)
            {
                Monitor.Pulse(_gate);
            }
        }

        _pace?.Schedule(CommitAtPace);
    }

    /// <summary>Ends what a <see cref="CutRequest"/> began: segments that nobody needs may go.</summary>
    public void LetGo()
    {
        if (_committer is { } committer)
        {
            Interlocked.Decrement(ref committer.Holds);
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

        if (_pace is not null && _committer is not null)
        {
            while (CommitNext())
            {
            }

            Close();
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

    private bool TryOpen(ILogFiles files, TimeProvider time, ILogger logger)
    {
        try
        {
            var log = new LogRecovery(files, time, logger).Open();
            Index = log.Index;
            _committer = new LogCommitter(files, log, _options, time, _metrics, logger);
            _opened.SetResult();
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _closed.SetResult();
            _opened.SetException(error);
            return false;
        }
    }

    private void Run(ILogFiles files, TimeProvider time, ILogger logger)
    {
        if (!TryOpen(files, time, logger))
        {
            return;
        }

        while (Take(wait: true))
        {
            CommitTaken();
        }

        Close();
    }

    /// <summary>One commit when the pace says so; the next is asked for while something waits.</summary>
    private void CommitAtPace()
    {
        CommitNext();
        lock (_gate)
        {
            _isScheduled = _waiting.Count > 0;
            if (!_isScheduled)
            {
                return;
            }
        }

        _pace!.Schedule(CommitAtPace);
    }

    private bool CommitNext()
    {
        if (!Take(wait: false))
        {
            return false;
        }

        CommitTaken();
        return true;
    }

    private void CommitTaken()
    {
        if (_committer!.Failure is null)
        {
            _committer.Commit(_taken);
        }
        else
        {
            _committer.FailAll(_taken);
        }
    }

    private void Close()
    {
        _committer!.Dispose();
        _closed.TrySetResult();
    }

    /// <summary>Takes what is committed together; false when nothing waits and nothing is to be waited for.</summary>
    private bool Take(bool wait)
    {
        var before = _taken.Count;
        _taken.Clear();
        lock (_gate)
        {
            if (wait)
            {
                Gather(before);
            }

            while (_taken.Count == 0)
            {
                while (_waiting.Count == 0)
                {
                    if (_isClosing || !wait)
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
