namespace Grid.Storage.History;

/// <summary>How backups hold history still.</summary>
internal sealed partial class SqliteHistory
{
    /// <summary>
    /// Holds both threads that write until the answer is disposed of: meanwhile the files are as between two commits of all of them, and readings are
    /// gathered in memory. Null when history is not open.
    /// </summary>
    internal async Task<HeldHistory?> HoldAsync(CancellationToken cancellationToken)
    {
        if (_core is not { } core || _writer is not { } writer || _changer is not { } changer)
        {
            return null;
        }

        var held = new HeldHistory();
        try
        {
            await held.HoldAsync(writer, cancellationToken);
            await held.HoldAsync(changer, cancellationToken);
            held.Files = [core.Catalog.Path, .. core.Shelf.All.Select(file => file.Path).Where(File.Exists)];
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }
}

/// <summary>History while nothing writes to it.</summary>
internal sealed class HeldHistory : IAsyncDisposable
{
    private readonly ManualResetEventSlim _released = new();
    private readonly List<Task> _held = [];

    /// <summary>Its files, the catalogue first.</summary>
    public IReadOnlyList<string> Files { get; set; } = [];

    /// <summary>Completes when the thread waits.</summary>
    public async Task HoldAsync(HistoryThread thread, CancellationToken cancellationToken)
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = thread.Submit(
            () =>
            {
                waits.SetResult();
                _released.Wait();
                return true;
            },
            cancellationToken);
        _held.Add(held);
        await Task.WhenAny(waits.Task, held);
        if (!waits.Task.IsCompleted)
        {
            await held;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _released.Set();
        foreach (var thread in _held)
        {
            await thread.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
