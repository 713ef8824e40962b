using System.Collections.Concurrent;
using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>The files that there are, and what the catalogue knows of them. Safe for all threads.</summary>
internal sealed class HistoryShelf(string directory, HistoryCatalog catalog, HistorySessions sessions)
{
    private readonly ConcurrentDictionary<HistoryPeriod, HistoryFile> _files = new();
    private const int NewestLookedAt = 2;
    private readonly Lock _gate = new();

    /// <summary>Every file, those of raw points first, each kind by time.</summary>
    public IEnumerable<HistoryFile> All => _files.Values.OrderBy(file => file.Period.Resolution).ThenBy(file => file.Period.Number);

    /// <summary>The days that files may speak of.</summary>
    public (int First, int Last) Range
    {
        get
        {
            var (first, last) = (int.MaxValue, int.MinValue);
            foreach (var period in _files.Keys)
            {
                (first, last) = (Math.Min(first, period.FirstDay), Math.Max(last, period.LastDay));
            }

            return (first, last);
        }
    }

    /// <summary>The file of a period, null when there is none.</summary>
    public HistoryFile? Find(HistoryPeriod period) => _files.GetValueOrDefault(period);

    /// <summary>Files as the catalogue has them: each must be there, and no other, and the newest must hold no series that the catalogue does not know.</summary>
    /// <exception cref="HistoryDamagedException">A file is missing, or the catalogue is older than the files.</exception>
    public void Load(int nextSeries)
    {
        foreach (var mark in catalog.ReadFiles())
        {
            var file = new HistoryFile(mark.Period, directory) { Mark = mark.Generation, IsRolled = mark.IsRolled, Swept = mark.Swept };
            if (mark.Generation > 0 && !File.Exists(file.Path))
            {
                throw file.Damaged("the file", "it is missing");
            }

            _files[mark.Period] = file;
        }

        foreach (var path in Directory.EnumerateFiles(directory, "*.db"))
        {
            var name = Path.GetFileName(path);
            if (name != HistoryCatalog.FileName && (HistoryPeriod.Parse(name) is not { } period || !_files.ContainsKey(period)))
            {
                throw new HistoryDamagedException(path, "the catalogue does not know it: the catalogue is older than the files, or the file is not of this history");
            }
        }

        foreach (var file in All.Where(file => file.Period.Resolution == HistoryResolution.Raw && file.Mark > 0).TakeLast(NewestLookedAt))
        {
            using var session = sessions.Rent(file);
            if (session.Transact(file.ReadRoot).Runs.Any(run => run.LastSeries >= nextSeries))
            {
                throw file.Damaged("the list of runs", "it holds series that the catalogue does not know: the catalogue is older than the file");
            }
        }
    }

    /// <summary>The file of a period, known to the catalogue before it is made.</summary>
    public HistoryFile FindOrAdd(HistoryPeriod period)
    {
        if (Find(period) is { } found)
        {
            return found;
        }

        lock (_gate)
        {
            if (Find(period) is { } added)
            {
                return added;
            }

            catalog.Write(() => catalog.PutFile(new FileMark(period, 0, false, "")));
            return _files[period] = new HistoryFile(period, directory);
        }
    }

    /// <summary>What the catalogue is to know of a file after a change of it. In a commit of the catalogue.</summary>
    public void PutMark(HistoryFile file)
    {
        var root = file.Root!;
        catalog.PutFile(new FileMark(file.Period, root.Generation, root.IsRolled, file.Swept));
        file.Mark = root.Generation;
    }

    /// <summary>Deletes a file for good. The catalogue forgets it last, so that an interrupted deletion is seen and finished.</summary>
    public void Delete(HistoryFile file)
    {
        _files.TryRemove(file.Period, out _);

        // Generation 0: it need not be there.
        catalog.Write(() => catalog.PutFile(new FileMark(file.Period, 0, false, "")));
        sessions.Delete(file);
        catalog.Write(() => catalog.RemoveFile(file.Period));
    }
}
