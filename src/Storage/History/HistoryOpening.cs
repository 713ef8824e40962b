using System.Globalization;
using Grid.Contracts.Storage;
using Grid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.History;

/// <summary>Opens the catalogue and learns from it what there is.</summary>
internal static class HistoryOpening
{
    public static async Task<HistoryCore> OpenAsync(
        string directory, HistoryOptions options, IHistorySubjects subjects, IHistorySeal? seal, TimeProvider time, StorageMetrics metrics, Action<string>? onStep)
    {
        // Hundreds of thousands of series are read: not on the caller's thread.
        return await Task.Factory.StartNew(
            () => Open(directory, options, subjects, seal, time, metrics, onStep), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What files cover beyond the offsets of the catalogue, after a crash in a flush.</summary>
    public static IEnumerable<(int Day, string Sector, long Offset)> CoveredBeyond(HistoryCore core)
    {
        var durable = core.Catalog.ReadOffsets();
        foreach (var day in core.Catalog.ReadPending())
        {
            if (core.Shelf.Find(HistoryPeriod.Of(HistoryResolution.Raw, day)) is not { } file || !File.Exists(file.Path))
            {
                continue;
            }

            using var session = core.Sessions.Rent(file);
            foreach (var (sector, offset) in session.Transact(file.ReadOffsets))
            {
                if (offset > durable.GetValueOrDefault(sector))
                {
                    yield return (day, sector, offset);
                }
            }
        }
    }

    private static HistoryCore Open(
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
            shelf.Load();
            var core = new HistoryCore(options, catalog, shelf, sessions, subjects, seal, time, metrics) { OnStep = onStep };
            core.SetSwept(catalog.ReadSwept());
            LoadSeries(core);
            return core;
        }
        catch (SqliteException error)
        {
            sessions?.Dispose();
            session.Dispose();
            throw SqliteErrors.IsDamage(error) ? new HistoryDamagedException(session.File, error.Message, error) : new IOException($"History's file {session.File} failed: {error.Message}", error);
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
            core.Catalog.Write(() => interrupted.ForEach(series => core.Catalog.PutDeleting(series.Id)));
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
        catch (SqliteException error) when (SqliteErrors.IsDamage(error))
        {
            throw new HistoryDamagedException(path, error.Message, error);
        }
        finally
        {
            session?.Dispose();
        }
    }
}
