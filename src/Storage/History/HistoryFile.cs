using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.Sqlite;

namespace Grid.Storage.History;

/// <summary>
/// One file of history: a SQLite file of blobs. Row 1 of <c>roots</c> is the list of runs, row 2 the offsets that the file covers of each sector.
/// Written by whoever holds <see cref="Gate"/>; readers see the last commit.
/// </summary>
internal sealed class HistoryFile(HistoryPeriod period, string directory)
{
    /// <summary>Version of the layout, kept in the file; another one is refused.</summary>
    public const int Version = 1;

    /// <summary>Free pages are given back to the disk after a compaction.</summary>
    public const string Layout = "PRAGMA auto_vacuum=INCREMENTAL";

    /// <summary>Makes an empty file.</summary>
    public const string Script = """
        CREATE TABLE roots (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE directories (run INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        """;

    private const int BlockBits = 24;
    private int _nextRun;
    private HistoryRoot? _root;
    private long _mark;

    public HistoryPeriod Period => period;

    public string Path { get; } = System.IO.Path.Combine(directory, period.FileName);

    /// <summary>Held while the file is written.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The offsets that the file covers, null before they were read. Under the gate.</summary>
    public Dictionary<string, long>? Offsets { get; set; }

    /// <summary>True when it is deleted for good; kept by <see cref="HistorySessions"/>.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>After a compaction of it failed, when to try again.</summary>
    public DateTimeOffset RetryAt { get; set; }

    /// <summary>When a run was added last, for closing again; null when nothing was added since it was opened.</summary>
    public DateTimeOffset? AddedAt { get; set; }

    /// <summary>True when the day's roll-ups hold all that is in this file.</summary>
    public bool IsRolled { get; set; }

    /// <summary>The least generation that it must have: what the catalogue has seen of it.</summary>
    public long Mark
    {
        get => Interlocked.Read(ref _mark);
        set => Interlocked.Exchange(ref _mark, value);
    }

    /// <summary>The last commit, as the writers know it; null before the file was read.</summary>
    public HistoryRoot? Root => Volatile.Read(ref _root);

    /// <summary>Which rules had run out when it was swept last.</summary>
    public string Swept { get; set; } = "";

    /// <summary>Reads the list of runs, in the session's transaction.</summary>
    /// <exception cref="HistoryDamagedException">It is not what was written last.</exception>
    public HistoryRoot ReadRoot(SqliteSession session)
    {
        // Before the read: a commit in between raises it beyond what the read sees.
        var mark = Mark;
        using var rows = session.Query("SELECT data FROM roots WHERE id = 1");
        try
        {
            var root = rows.Step() ? HistoryRoot.Read(rows.Blob(0), period) : HistoryRoot.Empty;
            return root.Generation >= mark
                ? root
                : throw Damaged("the list of runs", $"it has generation {root.Generation} and must have {mark} at least: what was written last is gone");
        }
        catch (CodecException error)
        {
            throw Damaged("the list of runs", error.Message, error);
        }
    }

    /// <summary>The list of runs, from memory or from the file. Under the gate.</summary>
    public HistoryRoot LoadRoot(SqliteSession session)
    {
        if (_root is null)
        {
            Volatile.Write(ref _root, ReadRoot(session));
        }

        return _root!;
    }

    /// <summary>A number for a run that nothing else has. Under the gate, after <see cref="LoadRoot"/>.</summary>
    public int TakeRun()
    {
        _nextRun = Math.Max(_nextRun, _root!.NextRun);
        return _nextRun++;
    }

    /// <summary>Writes the list of runs, in the session's transaction; <see cref="Committed"/> after its commit. Under the gate.</summary>
    public HistoryRoot WriteRoot(SqliteSession session, HistoryRoot root)
    {
        root = root with { Generation = root.Generation + 1, NextRun = Math.Max(_nextRun, root.NextRun) };
        using var writer = new ByteWriter(1024);
        root.Write(writer, period);
        session.Query("INSERT OR REPLACE INTO roots (id, data) VALUES (1, ?)").Bind(1, writer.Written).Run();
        return root;
    }

    /// <summary>The list of runs is committed.</summary>
    public void Committed(HistoryRoot root)
    {
        Volatile.Write(ref _root, root);
        IsRolled = root.IsRolled;
    }

    /// <summary>The offsets that the file covers.</summary>
    public Dictionary<string, long> ReadOffsets(SqliteSession session)
    {
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        using var rows = session.Query("SELECT data FROM roots WHERE id = 2");
        if (!rows.Step())
        {
            return offsets;
        }

        try
        {
            var reader = new ByteReader(RunFormat.Checked(rows.Blob(0), RunFormat.SeedOf(period, 0, 0)));
            for (var count = reader.Count(); count > 0; count--)
            {
                offsets[reader.Text()] = reader.Signed();
            }
        }
        catch (CodecException error)
        {
            throw Damaged("the offsets", error.Message, error);
        }

        return offsets;
    }

    public void WriteOffsets(SqliteSession session, Dictionary<string, long> offsets)
    {
        using var writer = new ByteWriter(4096);
        writer.Varint((ulong)offsets.Count);
        foreach (var (sector, offset) in offsets.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(sector);
            writer.Signed(offset);
        }

        writer.Fixed32(Checksum.Of(writer.Written, RunFormat.SeedOf(period, 0, 0)));
        session.Query("INSERT OR REPLACE INTO roots (id, data) VALUES (2, ?)").Bind(1, writer.Written).Run();
    }

    public static void WriteBlock(SqliteSession session, int run, int block, ReadOnlySpan<byte> stored) =>
        session.Query("INSERT OR REPLACE INTO blocks (id, data) VALUES (?, ?)").Bind(1, IdOf(run, block)).Bind(2, stored).Run();

    public static void WriteDirectory(SqliteSession session, int run, ReadOnlySpan<byte> directory) =>
        session.Query("INSERT OR REPLACE INTO directories (run, data) VALUES (?, ?)").Bind(1, run).Bind(2, directory).Run();

    /// <summary>Deletes the blocks of a run that is not in the list of runs any more.</summary>
    public static void DeleteRun(SqliteSession session, int run)
    {
        session.Query("DELETE FROM blocks WHERE id >= ? AND id < ?").Bind(1, IdOf(run, 0)).Bind(2, IdOf(run + 1, 0)).Run();
        session.Query("DELETE FROM directories WHERE run = ?").Bind(1, run).Run();
    }

    /// <summary>Deletes what an interrupted compaction has left: blocks that no run has. Under the gate, in a transaction.</summary>
    public static void DeleteOrphans(SqliteSession session, HistoryRoot root)
    {
        var ends = root.Runs.Select(run => run.Id).Order().Append(int.MaxValue).ToArray();
        var start = 0L;
        foreach (var run in ends)
        {
            session.Query("DELETE FROM blocks WHERE id >= ? AND id < ?").Bind(1, start).Bind(2, IdOf(run, 0)).Run();
            start = IdOf((long)run + 1, 0);
        }
    }

    /// <summary>The directory of a run, in the session's transaction.</summary>
    public RunDirectory ReadDirectory(SqliteSession session, RunInfo run)
    {
        using var rows = session.Query("SELECT data FROM directories WHERE run = ?").Bind(1, run.Id);
        if (!rows.Step())
        {
            throw Damaged($"the directory of run {run.Id}", "it is missing");
        }

        try
        {
            var stored = rows.Blob(0);
            var content = RunFormat.Checked(stored, RunFormat.SeedOf(period, run.Id, -1));
            if (new ByteReader(stored[^sizeof(uint)..]).Fixed32() != run.Directory)
            {
                throw new CodecException(0, "it is not the one of the list of runs");
            }

            var directory = RunDirectory.Read(content);
            return directory.First.Length == run.Blocks ? directory : throw new CodecException(0, $"it has {directory.First.Length} blocks instead of {run.Blocks}");
        }
        catch (CodecException error)
        {
            throw Damaged($"the directory of run {run.Id}", error.Message, error);
        }
    }

    /// <summary>A block, in the session's transaction.</summary>
    public BlockReader ReadBlock(SqliteSession session, RunInfo run, RunDirectory directory, int block)
    {
        using var rows = session.Query("SELECT data FROM blocks WHERE id = ?").Bind(1, IdOf(run.Id, block));
        if (!rows.Step())
        {
            throw Damaged($"block {block} of run {run.Id}", "it is missing");
        }

        try
        {
            return new BlockReader(RunFormat.Unpack(rows.Blob(0), RunFormat.SeedOf(period, run.Id, block), directory.Checksums[block]));
        }
        catch (CodecException error)
        {
            throw Damaged($"block {block} of run {run.Id}", error.Message, error);
        }
    }

    public HistoryDamagedException Damaged(string place, string what, Exception? cause = null) => new($"{Path}, {place}", what, cause);

    private static long IdOf(long run, int block) => (run << BlockBits) | (uint)block;
}
