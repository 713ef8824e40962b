namespace Grid.Grains.Intake;

/// <summary>
/// Lets readings pass freely, and stops them while devices change sector: a reading must not reach the log of a sector behind the entry that
/// takes its device away. Readers count themselves; a change waits for those inside and holds the others back.
/// </summary>
internal sealed class IntakeGate
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _opened;
    private TaskCompletionSource? _emptied;
    private int _inside;

    /// <summary>Waits while a change is under way, then counts the caller in. Pair with <see cref="Leave"/>.</summary>
    public ValueTask EnterAsync()
    {
        lock (_gate)
        {
            if (_opened is null)
            {
                _inside++;
                return ValueTask.CompletedTask;
            }
        }

        return EnterWhenOpenedAsync();
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_inside == 0)
            {
                _emptied?.TrySetResult();
            }
        }
    }

    /// <summary>Runs a change with nobody inside.</summary>
    public async Task CloseWhileAsync(Func<Task> change)
    {
        await _changing.WaitAsync();
        try
        {
            Task empty;
            lock (_gate)
            {
                _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                empty = _inside == 0 ? Task.CompletedTask : _emptied.Task;
            }

            await empty;
            await change();
        }
        finally
        {
            lock (_gate)
            {
                _opened?.TrySetResult();
                _opened = null;
                _emptied = null;
            }

            _changing.Release();
        }
    }

    private async ValueTask EnterWhenOpenedAsync()
    {
        while (true)
        {
            Task opened;
            lock (_gate)
            {
                if (_opened is null)
                {
                    _inside++;
                    return;
                }

                opened = _opened.Task;
            }

            await opened;
        }
    }
}
