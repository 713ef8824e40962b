using Grid.Contracts.Storage;

namespace Grid.Grains.Sectors;

/// <summary>What a sector persists, and in which order, so that its log may go.</summary>
public sealed partial class SectorGrain
{
    /// <summary>Device states that one sector has under way at the same time.</summary>
    private const int SavesAtOnce = 256;

    // A checkpoint that waits for the delivery that is under way.
    private TaskCompletionSource<Snapshot?>? _wanted;

    /// <summary>
    /// The books as of now, then every device that changed before (each at or after its offset in them), then the log may go, as far as history
    /// has it too. Whatever is lost in between is replayed: a device skips what it has.
    /// </summary>
    private async Task CheckpointAfterAsync(Task former)
    {
        await former.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        if (!_isCheckpointDue)
        {
            return;
        }

        _isCheckpointDue = false;
        var started = clock.GetTimestamp();
        if (await SnapshotAsync() is not var (snapshot, dirty))
        {
            Changed();
            return;
        }

        try
        {
            await SaveAsync(dirty);
            state.State = snapshot;
            await state.WriteStateAsync();
            _book.Parameters.Forget(snapshot.Offset);
            _rules.Forget(snapshot.Offset);
            await release.SnapshotTakenAsync(_sector, _epoch, snapshot.Offset);
            meter.Checkpointed(clock.GetElapsedTime(started));
        }
        catch
        {
            dirty.ForEach(device => device.IsDirty = true);
            Changed();
            throw;
        }
    }

    /// <summary>
    /// What the log gives up to an offset, and nothing of what comes after it: so a replay from there does again what was not carried out, such as letting go of what a device
    /// held that has left. A delivery that is under way is waited for; null after one that failed, until it was applied all the same.
    /// </summary>
    private Task<Snapshot?> SnapshotAsync() =>
        _applier.IsApplying ? (_wanted ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.FromResult(TakeSnapshot());

    private void OnApplied()
    {
        var wanted = _wanted;
        _wanted = null;
        try
        {
            wanted?.SetResult(TakeSnapshot());
        }
        catch (Exception exception)
        {
            // It is the checkpoint that failed, and not what was applied.
            wanted!.SetException(exception);
        }
    }

    private Snapshot? TakeSnapshot()
    {
        if (!_applier.IsExact)
        {
            return null;
        }

        var dirty = _book.Devices.Where(device => device.IsDirty).ToList();
        dirty.ForEach(device => device.IsDirty = false);
        return new Snapshot(
            new SectorState { Offset = _book.Offset, Books = SectorSnapshot.Write(_book, keys), Alarms = _alarms.ToSnapshot(), Rules = _rules.ToSnapshot(_book, _ruleTurn) },
            dirty);
    }

    /// <summary>
    /// Some hundreds at once: a store commits together what waits together, and all sectors of a department may save at the same time. When it has too much to do all
    /// the same, the sector waits as long as the store asks.
    /// </summary>
    private async ValueTask SaveAsync(List<SectorDevice> devices)
    {
        List<(SectorDevice Device, Task Saved)>? underWay = null;
        foreach (var device in devices)
        {
            var saving = _applier.SaveAsync(device);
            if (!saving.IsCompletedSuccessfully)
            {
                (underWay ??= []).Add((device, saving.AsTask()));
                if (underWay.Count == SavesAtOnce)
                {
                    await SavedAsync(underWay);
                    underWay = null;
                }
            }
        }

        if (underWay is not null)
        {
            await SavedAsync(underWay);
        }
    }

    private async Task SavedAsync(List<(SectorDevice Device, Task Saved)> underWay)
    {
        foreach (var (device, saved) in underWay)
        {
            try
            {
                await saved;
            }
            catch (StorageOverloadedException busy)
            {
                await Task.Delay(busy.RetryAfter, clock, CancellationToken.None);
                await _applier.SaveAsync(device);
            }
        }
    }

    /// <summary>What is to be persisted, and the devices that are to be before it.</summary>
    private sealed record Snapshot(SectorState State, List<SectorDevice> Dirty);
}
