using Grid.Storage.History;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;

namespace Grid.Storage.Backups;

/// <summary>
/// Log and stores as of one instant, as a crash at that instant would leave them. The writers of the stores and of the log are held for a moment;
/// while none of them can commit, a read transaction begins on each store and the lengths of the log's segments are noted. So a store is never ahead
/// of the log, a change of the registry whose entries are in the log is in the registry, and one whose entries are not yet is pending there: what a
/// start completes. Segments stay until they are copied.
/// </summary>
internal sealed class StorageCut : IDisposable
{
    private readonly SegmentedReadingLog _log;
    private bool _isHeld;

    private StorageCut(SegmentedReadingLog log) => _log = log;

    /// <summary>The stores.</summary>
    public List<StoreSnapshot> Stores { get; } = [];

    /// <summary>The segments, oldest first, and how many bytes of each there were.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Segments { get; private set; } = [];

    /// <param name="log">The log.</param>
    /// <param name="stores">The stores.</param>
    /// <param name="history">History: its writers are held from before the stores are until after, so that it is never ahead of the log, and nothing that the log let go of is missing in it.</param>
    /// <param name="cancellationToken">Gives up before the cut is made.</param>
    public static async Task<StorageCut> TakeAsync(SegmentedReadingLog log, IReadOnlyList<SqliteStore> stores, SqliteHistory history, CancellationToken cancellationToken)
    {
        var cut = new StorageCut(log);
        await using var heldHistory = await history.HoldAsync(cancellationToken);
        var released = new ManualResetEventSlim();
        var held = new List<Task>();
        try
        {
            cut.Stores.AddRange((heldHistory?.Files ?? []).Select(file => new StoreSnapshot(file, "history/" + Path.GetFileName(file))));
            foreach (var store in stores)
            {
                held.Add(await HoldAsync(store, released, cancellationToken));
            }

            cut.Segments = await log.CutAsync(() => cut.Stores.AddRange(stores.Select(store => new StoreSnapshot(store))), cancellationToken);
            cut._isHeld = true;
            return cut;
        }
        catch
        {
            cut.Dispose();
            throw;
        }
        finally
        {
            released.Set();
            foreach (var store in held)
            {
                await store;
            }
        }
    }

    public void Dispose()
    {
        Stores.ForEach(store => store.Dispose());
        Stores.Clear();
        if (_isHeld)
        {
            _isHeld = false;
            _log.LetGo();
        }
    }

    /// <summary>Completes when the store's writer waits; the task that it gives completes when it was released.</summary>
    private static async Task<Task> HoldAsync(SqliteStore store, ManualResetEventSlim released, CancellationToken cancellationToken)
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = store.WriteAsync(
            _ =>
            {
                waits.SetResult();
                released.Wait();
                return 0;
            },
            cancellationToken);
        await Task.WhenAny(waits.Task, held);
        if (!waits.Task.IsCompleted)
        {
            await held;
        }

        return held;
    }
}
