using System.Globalization;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.Sqlite;

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
        CREATE TABLE deleting (id INTEGER PRIMARY KEY);
        CREATE TABLE files (name TEXT PRIMARY KEY, generation INTEGER NOT NULL, rolled INTEGER NOT NULL, swept TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE offsets (sector TEXT PRIMARY KEY, durable INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE swept (rule TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE pending (day INTEGER PRIMARY KEY);
        CREATE TABLE counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly Lock _gate = new();

    /// <summary>Runs the work in one commit; durable when it returns.</summary>
    public void Write(Action work)
    {
        lock (_gate)
        {
            session.Run("BEGIN IMMEDIATE");
            try
            {
                work();
                PutCount("files", session.Value("SELECT count(*) FROM files"));
                PutCount("offsets", session.Value("SELECT count(*) FROM offsets"));
                session.Run("COMMIT");
            }
            finally
            {
                if (!session.IsAutocommit)
                {
                    session.Run("ROLLBACK");
                }
            }

            using var rows = session.Query("PRAGMA wal_checkpoint(PASSIVE)");
            rows.Step();
        }
    }

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
        session.Query("INSERT OR REPLACE INTO series (id, data) VALUES (?, ?)").Bind(1, series.Id).Bind(2, writer.Written).Run();
    }

    public void RemoveSeries(int id)
    {
        session.Query("DELETE FROM series WHERE id = ?").Bind(1, id).Run();
        session.Query("DELETE FROM deleting WHERE id = ?").Bind(1, id).Run();
    }

    public void PutDeleting(int id) => session.Query("INSERT OR IGNORE INTO deleting (id) VALUES (?)").Bind(1, id).Run();

    public void PutCount(string name, long value) =>
        session.Query("INSERT OR REPLACE INTO counts (name, value) VALUES (?, ?)").Bind(1, name).Bind(2, value).Run();

    public void PutFile(FileMark mark) =>
        session.Query("INSERT OR REPLACE INTO files (name, generation, rolled, swept, checksum) VALUES (?, ?, ?, ?, ?)")
            .Bind(1, mark.Period.FileName).Bind(2, mark.Generation).Bind(3, mark.IsRolled ? 1 : 0).Bind(4, mark.Swept).Bind(5, ChecksumOf(mark)).Run();

    public void RemoveFile(HistoryPeriod period) => session.Query("DELETE FROM files WHERE name = ?").Bind(1, period.FileName).Run();

    public void PutOffset(string sector, long durable) =>
        session.Query("INSERT OR REPLACE INTO offsets (sector, durable, checksum) VALUES (?, ?, ?)")
            .Bind(1, sector).Bind(2, durable).Bind(3, ChecksumOf($"{sector} {durable}")).Run();

    /// <summary>The days whose files a flush is about to change: looked at after a crash.</summary>
    public void PutPending(IEnumerable<int> days)
    {
        session.Run("DELETE FROM pending");
        foreach (var day in days)
        {
            session.Query("INSERT OR IGNORE INTO pending (day) VALUES (?)").Bind(1, day).Run();
        }
    }

    public List<int> ReadPending() => Ints("SELECT day FROM pending");

    public long CountSeries() => session.Value("SELECT count(*) FROM series");

    public void PutSwept(string rule, int day) => session.Query("INSERT OR REPLACE INTO swept (rule, day) VALUES (?, ?)").Bind(1, rule).Bind(2, day).Run();

    /// <summary>The next number of a series.</summary>
    public int NextSeries() => (int)Math.Max(Count("nextSeries") ?? 1, session.Value("SELECT coalesce(max(id), 0) + 1 FROM series"));

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

        return Count("series") is { } count && count != found.Count ? throw Damaged("series", $"there are {found.Count} rows instead of {count}") : found;
    }

    public List<int> ReadDeleting() => Ints("SELECT id FROM deleting");

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

        return Count("files") is { } count && count != found.Count ? throw Damaged("files", $"there are {found.Count} rows instead of {count}") : found;
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

        return Count("offsets") is { } count && count != found.Count ? throw Damaged("offsets", $"there are {found.Count} rows instead of {count}") : found;
    }

    public Dictionary<string, int> ReadSwept()
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        using var rows = session.Query("SELECT rule, day FROM swept");
        while (rows.Step())
        {
            found[rows.Text(0)] = (int)rows.Long(1);
        }

        return found;
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

    private List<int> Ints(string sql)
    {
        var found = new List<int>();
        using var rows = session.Query(sql);
        while (rows.Step())
        {
            found.Add((int)rows.Long(0));
        }

        return found;
    }

    private long? Count(string name)
    {
        using var rows = session.Query("SELECT value FROM counts WHERE name = ?").Bind(1, name);
        return rows.Step() ? rows.Long(0) : null;
    }

    private HistoryDamagedException Damaged(string table, string what, Exception? cause = null) => new($"{session.File}, table {table}", what, cause);
}
