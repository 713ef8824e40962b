using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>When what was gathered is made durable, merged and compacted.</summary>
internal sealed partial class SqliteHistory
{
    private void OnTimer()
    {
        RequestFlush();
        RequestStep();
    }

    private void RequestFlush()
    {
        if (!_isClosing && Interlocked.CompareExchange(ref _flushesWaiting, 1, 0) == 0)
        {
            _ = Observe(() => _writer!.Submit(
                () =>
                {
                    Volatile.Write(ref _flushesWaiting, 0);
                    Flush();
                    return true;
                },
                CancellationToken.None));
        }
    }

    private void RequestStep()
    {
        if (!_isClosing && Interlocked.CompareExchange(ref _stepsWaiting, 1, 0) == 0)
        {
            _ = Observe(() => _changer!.Submit(
                () =>
                {
                    Volatile.Write(ref _stepsWaiting, 0);
                    if (_compactor!.Step())
                    {
                        RequestStep();
                    }

                    return true;
                },
                CancellationToken.None));
        }
    }

    private async Task Observe(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or StorageOverloadedException or UnauthorizedAccessException)
        {
            _metrics.HistoryFailed();
            LogFailed(error);
        }
    }

    private void Flush()
    {
        var core = Core;
        var started = _time.GetTimestamp();
        var plan = _plan ??= core.Intake.Begin();
        if (!plan.IsEmpty)
        {
            WaitForMerges(core);
            _flusher!.Flush(plan);
            _metrics.HistoryFlushed(_time.GetElapsedTime(started), plan.Count);
        }

        _plan = null;
        core.Intake.End(plan);
        RequestStep();
    }

    /// <summary>Where too many runs wait to be merged, a flush waits for the merges: memory fills, then appends wait, then the log keeps what they would take.</summary>
    private void WaitForMerges(HistoryCore core)
    {
        while (!_isClosing && core.Shelf.All.Any(file => file.Root?.Runs.Length >= _options.MaximumRuns))
        {
            if (!_changer!.Submit(_compactor!.Step, CancellationToken.None).GetAwaiter().GetResult())
            {
                return;
            }
        }
    }
}
