using System.Globalization;
using Grid.Contracts.Storage;
using Grid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.History;

/// <summary>Opens the catalogue and learns from it what there is.</summary>
internal static class HistoryOpening
{
    public static async Task<OpenedHistory> OpenAsync(
        string directory, HistoryOptions options, IHistorySubjects subjects, IHistorySeal? seal, TimeProvider time, StorageMetrics metrics, Action<string>? onStep)
    {
        // Hundreds of thousands of series are read: not on the caller's thread.
        return await Task.Factory.StartNew(
            () => Open(directory, options, subjects, seal, time, metrics, onStep), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What files cover beyond the offsets of the catalogue, after a crash in a flush.</summary>
    private static IEnumerable<(int Day, string Sector, long Offset)> CoveredBeyond(HistoryCore core, Dictionary<string, long> durable)
    {
        foreach (var day in core.Catalog.State.Pending)
        {
            if (core.Shelf.Find(HistoryPeriod.Of(HistoryResolution.Raw, day)) is not { } file || !File.Exists(file.Path))
            {
                continue;
            }

            using var session = core.Sessions.Rent(file);
            lock (file.Gate)
            {
                // The catalogue may not know yet that the day is to be rolled up again.
                file.Committed(session.Transact(file.LoadRoot));
            }

            foreach (var (sector, offset) in session.Transact(file.ReadOffsets))
            {
                if (offset > durable.GetValueOrDefault(sector))
                {
                    yield return (day, sector, offset);
                }
            }
        }
    }

    private static OpenedHistory Open(
        string directory, HistoryOptions options, IHistorySubjects subjects, IHistorySeal? seal, TimeProvider time, StorageMetrics metrics, Action<string>? onStep)
    {
        DataDirectory.Create(directory);
        var session = OpenCatalog(Path.Combine(directory, HistoryCatalog.FileName), directory);
        HistorySessions? sessions = null;
        try
        {
            var catalog = new HistoryCatalog(session);
            sessions = new HistorySessions(options.OpenFiles);
            var shelf = new HistoryShelf(directory, catalog, sessions);
            catalog.Load();
            shelf.Load(catalog.NextSeries());
            var core = new HistoryCore(options, catalog, shelf, sessions, subjects, seal, time, metrics) { OnStep = onStep };
            core.SetSwept(new Dictionary<string, int>(catalog.State.Swept, StringComparer.Ordinal));
            LoadSeries(core);
            var durable = catalog.ReadOffsets();
            return new OpenedHistory(core, durable, [.. CoveredBeyond(core, durable)]);
        }
        catch (SqliteException error)
        {
            sessions?.Dispose();
            session.Dispose();
            throw new HistoryCatalog(session).Translated(error);
        }
        catch
        {
            sessions?.Dispose();
            session.Dispose();
            throw;
        }
    }

    private static void LoadSeries(HistoryCore core)
    {
        var next = core.Catalog.NextSeries();
        var interrupted = new List<SeriesInfo>();
        foreach (var series in core.Catalog.ReadSeries())
        {
            if (core.Series.Load(series, next) is { } former)
            {
                interrupted.Add(former);
            }
        }

        if (interrupted.Count > 0)
        {
            core.Catalog.Write(() => core.Catalog.Put(state => state with { Deleting = [.. state.Deleting.Union(interrupted.Select(series => series.Id))] }));
        }
    }

    private static SqliteSession OpenCatalog(string path, string directory)
    {
        DataDirectory.CreateOwnerOnly(path);
        SqliteSession? session = null;
        try
        {
            session = new SqliteSession(path, new SqliteOptions { CacheKibibytes = 4096 }, SqliteUse.Writing);
            var version = session.Value("PRAGMA user_version");
            if (version == 0 && session.Value("SELECT count(*) FROM sqlite_schema") == 0)
            {
                session.RunScript(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE;\n{HistoryCatalog.Script}\nPRAGMA user_version={HistoryCatalog.Version};\nCOMMIT;"));
            }
            else if (version != HistoryCatalog.Version)
            {
                throw new DataDirectoryException(directory, $"holds {HistoryCatalog.FileName} of version {version}; this program reads {HistoryCatalog.Version}. Nothing was touched.");
            }

            var opened = session;
            session = null;
            return opened;
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.IsDamage(error) ? new HistoryDamagedException(path, error.Message, error) : new IOException($"History's file {path} failed: {error.Message}", error);
        }
        finally
        {
            session?.Dispose();
        }
    }
}

/// <summary>An open history, the offsets that are durable, and those that single days cover beyond after a crash.</summary>
internal sealed record OpenedHistory(HistoryCore Core, Dictionary<string, long> Durable, List<(int Day, string Sector, long Offset)> Covered);
