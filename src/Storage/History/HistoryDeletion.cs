namespace Grid.Storage.History;

/// <summary>Deletes a series from every file. What a crash interrupts is finished at the next start. On the thread that changes runs.</summary>
internal sealed class HistoryDeletion(HistoryCore core, HistoryCompactor compactor)
{
    /// <summary>Deletes a series whose key is free already and whose points are durable; false when no file held it.</summary>
    public bool Delete(SeriesInfo series)
    {
        core.Catalog.Write(() => core.Catalog.Put(state => state with { Deleting = [.. state.Deleting.Remove(series.Id), series.Id] }));
        core.Fault("before the files of a deletion");
        var isFound = false;
        foreach (var file in core.Shelf.All)
        {
            if (compactor.Delete(file, series.Id))
            {
                isFound = true;
                core.Catalog.Write(() => core.Shelf.PutMark(file));
                core.Fault("after a file of a deletion");
            }
        }

        int next;
        lock (core.Intake.Gate)
        {
            core.Series.Forget(series);
            next = core.Series.Next;
        }

        core.Catalog.Write(() =>
        {
            core.Catalog.RemoveSeries(series.Id);
            core.Catalog.Put(state => state with { NextSeries = Math.Max(next, state.NextSeries) });
        });
        return isFound;
    }

    /// <summary>Finishes what was interrupted.</summary>
    public bool Finish()
    {
        foreach (var id in core.Catalog.State.Deleting)
        {
            if (core.Find(id) is { } series)
            {
                Delete(series);
            }
        }

        return true;
    }
}
