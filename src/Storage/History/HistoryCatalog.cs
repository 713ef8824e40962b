using System.Globalization;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.History;

/// <summary>A series that has a number.</summary>
internal sealed class SeriesInfo(int id, string key)
{
    public int Id => id;

    public string Key => key;

    /// <summary>What is known of it; null until its first flush.</summary>
    public HistorySubject? Subject { get; set; }

    /// <summary>Place of its kind in <see cref="RunInfo.FirstDays"/>.</summary>
    public int Kind => Subject?.Kind is { } kind ? (int)kind : RunInfo.Kinds - 1;
}

/// <summary>What the catalogue says of a file.</summary>
internal readonly record struct FileMark(HistoryPeriod Period, long Generation, bool IsRolled, string Swept);

/// <summary>
/// <c>catalog.db</c>: the numbers of series, the files that must be there and their generation, the offsets up to which all is durable, how far raw points
/// were swept. Each row carries a checksum, and a count of them stands beside. One user at a time.
/// </summary>
internal sealed class HistoryCatalog(SqliteSession session) : IDisposable
{
    public const string FileName = "catalog.db";
    public const int Version = 1;

    public const string Script = """
        CREATE TABLE series (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE files (name TEXT PRIMARY KEY, generation INTEGER NOT NULL, rolled INTEGER NOT NULL, swept TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE offsets (sector TEXT PRIMARY KEY, durable INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE state (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        """;

    private readonly Lock _gate = new();
    private CatalogState _state = new();
    private bool _isSeriesChanged;

    /// <summary>The file.</summary>
    public string Path => session.File;

    /// <summary>What stands in the catalogue besides its rows.</summary>
    public CatalogState State => _state;

    /// <summary>Reads what stands besides the rows, before anything else.</summary>
    /// <exception cref="HistoryDamagedException">It is not what was written.</exception>
    public void Load()
    {
        using var rows = session.Query("SELECT data FROM state WHERE id = 1");
        if (!rows.Step())
        {
            if (session.Value("SELECT (SELECT count(*) FROM series) + (SELECT count(*) FROM files) + (SELECT count(*) FROM offsets)") > 0)
            {
                throw Damaged("state", "its row is missing");
            }

            return;
        }

        try
        {
            _state = CatalogState.Read(rows.Blob(0));
        }
        catch (CodecException error)
        {
            throw Damaged("state", error.Message, error);
        }
    }

    /// <summary>Runs the work in one commit; durable when it returns, and in the file itself: nothing stays in the write-ahead log alone.</summary>
    public void Write(Action work)
    {
        lock (_gate)
        {
            var before = _state;
            session.Run("BEGIN IMMEDIATE");
            try
            {
                work();
                _state = _state with
                {
                    Series = _isSeriesChanged ? session.Value("SELECT count(*) FROM series") : _state.Series,
                    Files = session.Value("SELECT count(*) FROM files"),
                    Offsets = session.Value("SELECT count(*) FROM offsets"),
                };
                using (var writer = new ByteWriter(256))
                {
                    _state.Write(writer);
                    session.Query("INSERT OR REPLACE INTO state (id, data) VALUES (1, ?)").Bind(1, writer.Written).Run();
                }

                session.Run("COMMIT");
                before = _state;
                _isSeriesChanged = false;
            }
            catch (SqliteException error)
            {
                throw Translated(error);
            }
            finally
            {
                _state = before;
                if (!session.IsAutocommit)
                {
                    session.Run("ROLLBACK");
                }
            }

            try
            {
                using var rows = session.Query("PRAGMA wal_checkpoint(TRUNCATE)");
                rows.Step();
            }
            catch (SqliteException error)
            {
                throw Translated(error);
            }
        }
    }

    /// <summary>Changes what stands besides the rows. In a commit.</summary>
    public void Put(Func<CatalogState, CatalogState> change) => _state = change(_state);

    public void PutSeries(SeriesInfo series)
    {
        using var writer = new ByteWriter(128);
        var subject = series.Subject!;
        writer.Text(series.Key);
        writer.Byte(subject.Kind is { } kind ? (byte)kind : byte.MaxValue);
        writer.Text(subject.Commune ?? "");
        writer.Text(subject.Zone);
        writer.Text(subject.Subscriber ?? "");
        writer.Fixed64(BitConverter.DoubleToUInt64Bits(subject.IndexMaximum));
        writer.Fixed32(Checksum.Of(writer.Written, (uint)series.Id));
        _isSeriesChanged = true;
        session.Query("INSERT OR REPLACE INTO series (id, data) VALUES (?, ?)").Bind(1, series.Id).Bind(2, writer.Written).Run();
    }

    public void RemoveSeries(int id)
    {
        _isSeriesChanged = true;
        session.Query("DELETE FROM series WHERE id = ?").Bind(1, id).Run();
        Put(state => state with { Deleting = state.Deleting.Remove(id) });
    }

    public void PutFile(FileMark mark) =>
        session.Query("INSERT OR REPLACE INTO files (name, generation, rolled, swept, checksum) VALUES (?, ?, ?, ?, ?)")
            .Bind(1, mark.Period.FileName).Bind(2, mark.Generation).Bind(3, mark.IsRolled ? 1 : 0).Bind(4, mark.Swept).Bind(5, ChecksumOf(mark)).Run();

    public void RemoveFile(HistoryPeriod period) => session.Query("DELETE FROM files WHERE name = ?").Bind(1, period.FileName).Run();

    public void PutOffset(string sector, long durable) =>
        session.Query("INSERT OR REPLACE INTO offsets (sector, durable, checksum) VALUES (?, ?, ?)")
            .Bind(1, sector).Bind(2, durable).Bind(3, ChecksumOf($"{sector} {durable}")).Run();

    /// <summary>The next number of a series.</summary>
    public int NextSeries() => (int)Math.Max(_state.NextSeries, session.Value("SELECT coalesce(max(id), 0) + 1 FROM series"));

    /// <exception cref="HistoryDamagedException">A row is not what was written.</exception>
    public List<SeriesInfo> ReadSeries()
    {
        var found = new List<SeriesInfo>();
        using (var rows = session.Query("SELECT id, data FROM series ORDER BY id"))
        {
            var subjects = new Dictionary<HistorySubject, HistorySubject>();
            while (rows.Step())
            {
                found.Add(ReadSeries((int)rows.Long(0), rows.Blob(1), subjects));
            }
        }

        return _state.Series is var count && count != found.Count ? throw Damaged("series", $"there are {found.Count} rows instead of {count}") : found;
    }

    public List<FileMark> ReadFiles()
    {
        var found = new List<FileMark>();
        using (var rows = session.Query("SELECT name, generation, rolled, swept, checksum FROM files"))
        {
            while (rows.Step())
            {
                var mark = new FileMark(
                    HistoryPeriod.Parse(rows.Text(0)) ?? throw Damaged("files", $"'{rows.Text(0)}' is no file of history"), rows.Long(1), rows.Long(2) != 0, rows.Text(3));
                found.Add(rows.Long(4) == ChecksumOf(mark) ? mark : throw Damaged("files", $"the row of {rows.Text(0)} does not hold its checksum"));
            }
        }

        return _state.Files is var count && count != found.Count ? throw Damaged("files", $"there are {found.Count} rows instead of {count}") : found;
    }

    public Dictionary<string, long> ReadOffsets()
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        using (var rows = session.Query("SELECT sector, durable, checksum FROM offsets"))
        {
            while (rows.Step())
            {
                var (sector, durable) = (rows.Text(0), rows.Long(1));
                found[sector] = rows.Long(2) == ChecksumOf($"{sector} {durable}") ? durable : throw Damaged("offsets", $"the row of {sector} does not hold its checksum");
            }
        }

        return _state.Offsets is var count && count != found.Count ? throw Damaged("offsets", $"there are {found.Count} rows instead of {count}") : found;
    }

    public void Dispose() => session.Dispose();

    private static SeriesInfo ReadSeriesContent(int id, ReadOnlySpan<byte> data, Dictionary<HistorySubject, HistorySubject> subjects)
    {
        var reader = new ByteReader(RunFormat.Checked(data, (uint)id));
        var key = reader.Text();
        var kind = reader.Byte();
        var commune = reader.Text();
        var zone = reader.Text();
        var subscriber = reader.Text();
        var subject = new HistorySubject
        {
            Kind = kind == byte.MaxValue ? null : (DeviceKind)kind,
            Commune = commune.Length == 0 ? null : commune,
            Zone = zone,
            Subscriber = subscriber.Length == 0 ? null : subscriber,
            IndexMaximum = BitConverter.UInt64BitsToDouble(reader.Fixed64()),
        };

        // Most series share theirs with many others.
        if (subscriber.Length == 0 && !subjects.TryAdd(subject, subject))
        {
            subject = subjects[subject];
        }

        return new SeriesInfo(id, key) { Subject = subject };
    }

    private SeriesInfo ReadSeries(int id, ReadOnlySpan<byte> data, Dictionary<HistorySubject, HistorySubject> subjects)
    {
        try
        {
            return ReadSeriesContent(id, data, subjects);
        }
        catch (CodecException error)
        {
            throw Damaged("series", $"the row of series {id}: {error.Message}", error);
        }
    }

    private static long ChecksumOf(FileMark mark) =>
        ChecksumOf(string.Create(CultureInfo.InvariantCulture, $"{mark.Period.FileName} {mark.Generation} {mark.IsRolled} {mark.Swept}"));

    private static long ChecksumOf(string text) => Checksum.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>What an error of SQLite means for the catalogue.</summary>
    public Exception Translated(SqliteException error) => SqliteErrors.IsDamage(error)
        ? new HistoryDamagedException(session.File, error.Message, error)
        : new IOException($"History's file {session.File} failed: {error.Message}", error);

    private HistoryDamagedException Damaged(string table, string what, Exception? cause = null) => new($"{session.File}, table {table}", what, cause);
}
