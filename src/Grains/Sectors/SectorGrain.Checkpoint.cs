using Grid.Contracts.Storage;

namespace Grid.Grains.Sectors;

/// <summary>What a sector persists, and in which order, so that its log may go.</summary>
public sealed partial class SectorGrain
{
    /// <summary>Device states that one sector has under way at the same time.</summary>
    private const int SavesAtOnce = 256;

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
        var books = SectorSnapshot.Write(_book, keys);
        var alarms = _alarms.ToSnapshot();
        var rules = _rules.ToSnapshot(_book, _ruleTurn);
        var offset = _book.Offset;
        var dirty = _book.Devices.Where(device => device.IsDirty).ToList();
        dirty.ForEach(device => device.IsDirty = false);
        try
        {
            await SaveAsync(dirty);
            state.State = new SectorState { Offset = offset, Books = books, Alarms = alarms, Rules = rules };
            await state.WriteStateAsync();
            _book.Parameters.Forget(offset);
            _rules.Forget(offset);
            await release.SnapshotTakenAsync(_sector, _epoch, offset);
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
}
