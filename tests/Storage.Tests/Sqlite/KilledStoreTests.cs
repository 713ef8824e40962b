using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.Sqlite;
using Grid.Storage.Sqlite.Pages;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Grid.Tests.Storage.Sqlite;

/// <summary>
/// Whatever a kill, a failed take-over or a closed connection leaves of a store, it goes on with every commit that was answered, and what it writes
/// then is what the next start finds. A kill is a copy of the files as they are between two writes of them.
/// </summary>
public sealed class KilledStoreTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int FrameBytes = 24 + PageBytes;
    private const int HeaderBytes = 32;
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Store => Path.Combine(_directory.Path, "grains.db");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    public async Task Frames_that_a_kill_left_without_their_commit_are_no_part_of_what_is_written_over_them(int frames)
    {
        Files before, after;
        await using (var store = await OpenAsync())
        {
            // Many pages: they are taken over into the store's file, and the next commit begins the log anew.
            await PutAsync(store, "first", 2_000);
            before = Read();
            await PutAsync(store, "second", 60);
            after = Read();
        }

        Assert.False(before.Log.AsSpan(0, HeaderBytes).SequenceEqual(after.Log.AsSpan(0, HeaderBytes)), "the log was not begun anew");
        Assert.True(after.Log.AsSpan(HeaderBytes + (frames * FrameBytes) + 8, 8).SequenceEqual(after.Log.AsSpan(16, 8)), "the commit has fewer frames");
        Write(before with { Log = Mixed(before.Log, after.Log, HeaderBytes + (frames * FrameBytes)) });

        for (var start = 0; start < 3; start++)
        {
            await using var store = await OpenAsync();
            Assert.Equal(2_000 + (start * 10), await CountAsync(store));
            await PutAsync(store, $"then {start}", 5);
            await PutAsync(store, $"and {start}", 5);
        }

        await using var last = await OpenAsync();
        Assert.Equal(2_030, await CountAsync(last));
    }

    /// <summary>Commits of any size, undone ones among them, beside readers or not; then a kill anywhere in the last one or in the take-over after it; again and again.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_store_that_is_killed_anywhere_again_and_again_keeps_what_was_answered(int seed)
    {
        var random = new Random(seed);
        var rows = 0L;
        for (var life = 0; life < 12; life++)
        {
            Files before, after;
            long rowsBefore;
            await using (var store = await OpenAsync(new SqliteOptions { CacheKibibytes = 256 }))
            {
                Assert.Equal(rows, await CountAsync(store));
                SqliteSession? reader = null;
                for (var commits = random.Next(0, 6); commits > 0; commits--)
                {
                    reader?.Dispose();
                    reader = random.Next(2) == 0 ? Reader(store) : null;
                    rows += await PutSomeAsync(store, random);
                }

                (before, rowsBefore) = (Read(), rows);
                rows += await PutSomeAsync(store, random);
                after = Read();
                reader?.Dispose();
            }

            if (random.Next(4) == 0)
            {
                continue; // It was stopped in order.
            }

            switch (random.Next(4))
            {
                case 0: // in the commit
                    Write(before with { Log = Mixed(before.Log, after.Log, random.Next(0, LastDifference(before.Log, after.Log) + 1)) });
                    rows = rowsBefore;
                    break;
                case 1: // after the commit
                    Write(before with { Log = after.Log });
                    break;
                case 2: // while the sums were written
                    Write(before with { Log = after.Log, Sums = Mixed(before.Sums, after.Sums, random.Next(PageBytes, after.Sums.Length)) });
                    break;
                default: // while pages were written
                    Write(after with { Pages = Mixed(before.Pages, after.Pages, random.Next(0, after.Pages.Length)) });
                    break;
            }
        }

        await using var ended = await OpenAsync();
        Assert.Equal(rows, await CountAsync(ended));
    }

    [Fact]
    public void A_connection_that_closes_takes_nothing_over()
    {
        var (pages, commits) = CommitWithoutFinish(static _ => { });

        Assert.Equal(pages, File.ReadAllBytes(Store));
        RequireCommits(commits);
    }

    [Fact]
    public void A_connection_that_closes_as_the_last_one_of_readers_takes_nothing_over()
    {
        SqliteSession? reader = null;
        var (pages, commits) = CommitWithoutFinish(_ =>
        {
            reader = new SqliteSession(Store, new SqliteOptions(), SqliteUse.Reading);
            Assert.Equal(3, reader.Value("SELECT count(*) FROM state"));
        });
        reader!.Dispose();

        Assert.Equal(pages, File.ReadAllBytes(Store));
        RequireCommits(commits);
    }

    [Fact]
    public void What_a_reader_keeps_from_being_taken_over_stays_in_the_log()
    {
        SqliteSession? reader = null;
        var (_, commits) = CommitWithoutFinish(journal =>
        {
            reader = new SqliteSession(Store, new SqliteOptions(), SqliteUse.Reading);
            reader.Run("BEGIN");
            Assert.Equal(3, reader.Value("SELECT count(*) FROM state"));
            journal.Do("INSERT INTO state(type, key, version, checksum, json) VALUES('late', '1', 1, 0, '{}');");
            journal.Finish();
            Assert.Equal(3, reader.Value("SELECT count(*) FROM state"));
        });
        reader!.Dispose();

        Assert.NotEqual(0, new FileInfo(Store + "-wal").Length);
        RequireCommits(commits);
    }

    [Fact]
    public void Sums_that_cannot_be_written_keep_pages_from_being_taken_over()
    {
        using (OpenJournal())
        {
        }

        var pages = File.ReadAllBytes(Store);
        using (var sums = PageSums.Open(Store + PageSums.Extension, isReader: true))
        using (var session = new SqliteSession(Store, new SqliteOptions(), SqliteUse.Journaling))
        using (var journal = new SqliteJournal(session, sums, new WriteAheadLog(Store + SqliteOpening.LogExtension, PageBytes)))
        {
            session.RunScript("BEGIN; INSERT INTO state(type, key, version, checksum, json) VALUES('late', '1', 1, 0, '{}'); UPDATE commit_count SET value = value + 1; COMMIT;");
            Assert.ThrowsAny<Exception>(journal.Finish);
        }

        Assert.Equal(pages, File.ReadAllBytes(Store));
        RequireCommits(1);
    }

    [Fact]
    public async Task What_waits_when_the_disk_fails_is_refused_and_not_written()
    {
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        await using (var store = await OpenAsync(new SqliteOptions { MaximumPerCommit = 1 }))
        {
            var first = store.WriteAsync(
                session =>
                {
                    started.Set();
                    release.Wait();
                    return Put(session, "first", 1);
                },
                CancellationToken.None);
            started.Wait();
            var failing = store.WriteAsync<int>(static _ => throw new SqliteException("disk I/O error", raw.SQLITE_IOERR), CancellationToken.None);
            var waiting = PutAsync(store, "waiting", 1);
            release.Set();

            Assert.Equal(1, await first);
            await Assert.ThrowsAsync<IOException>(() => failing);
            Assert.Contains("has stopped", (await Assert.ThrowsAsync<IOException>(() => waiting)).Message);
            Assert.Contains("has stopped", (await Assert.ThrowsAsync<IOException>(() => PutAsync(store, "later", 1))).Message);
        }

        await using var again = await OpenAsync();
        Assert.Equal(1, await CountAsync(again));
    }

    /// <summary>Makes three commits, does something, and closes the connection as a writer does whose take-over failed.</summary>
    private (byte[] Pages, long Commits) CommitWithoutFinish(Action<SqliteJournal> then)
    {
        using var journal = OpenJournal();
        var pages = File.ReadAllBytes(Store);
        for (var commit = 0; commit < 3; commit++)
        {
            journal.Do($"INSERT INTO state(type, key, version, checksum, json) VALUES('early', '{commit}', 1, 0, '{{}}');");
        }

        then(journal);
        return (pages, journal.Commits);
    }

    private void RequireCommits(long commits)
    {
        for (var start = 0; start < 2; start++)
        {
            using var journal = OpenJournal();
            Assert.Equal(commits, journal.Commits);
            journal.Finish();
        }
    }

    private SqliteJournal OpenJournal() => SqliteOpening.Open(SqliteGrainStorage.Schema, Store, new SqliteOptions());

    private static SqliteSession Reader(SqliteStore store)
    {
        var reader = store.OpenReader();
        reader.Run("BEGIN");
        reader.Value("SELECT count(*) FROM state");
        return reader;
    }

    /// <summary>A commit, or one that is undone; gives how many rows there are more.</summary>
    private static async Task<long> PutSomeAsync(SqliteStore store, Random random)
    {
        var (type, rows) = ($"type {random.Next()}", random.Next(3) == 0 ? random.Next(1, 2_500) : random.Next(1, 40));
        if (random.Next(5) > 0)
        {
            await PutAsync(store, type, rows);
            return rows;
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync<int>(
            session =>
            {
                Put(session, type, rows);
                session.Run("ROLLBACK"); // of the whole transaction
                throw new InvalidOperationException();
            },
            CancellationToken.None));
        return 0;
    }

    private static Task<int> PutAsync(SqliteStore store, string type, int rows) => store.WriteAsync(session => Put(session, type, rows), CancellationToken.None);

    private static int Put(SqliteSession session, string type, int rows) => session.Query(
        """
        WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?2)
        INSERT INTO state(type, key, version, checksum, json) SELECT ?1, value, 1, 0, hex(zeroblob(1200)) FROM n
        """).Bind(1, type).Bind(2, rows).Run();

    private static Task<long> CountAsync(SqliteStore store) => store.ReadAsync(static session => session.Value("SELECT count(*) FROM state"), CancellationToken.None);

    /// <summary>As many bytes of the newer one as were written, and then what stood there before.</summary>
    private static byte[] Mixed(byte[] before, byte[] after, int written) => [.. after.AsSpan(0, written), .. before.AsSpan(Math.Min(before.Length, written))];

    /// <summary>Where the last byte stands that is not as before.</summary>
    private static int LastDifference(byte[] before, byte[] after)
    {
        var place = after.Length - 1;
        while (place >= 0 && place < before.Length && before[place] == after[place])
        {
            place--;
        }

        return place;
    }

    private async Task<SqliteStore> OpenAsync(SqliteOptions? options = null)
    {
        var store = new SqliteStore(SqliteGrainStorage.Schema, options ?? new SqliteOptions(), new ManualTime(), new StorageMetrics(), NullLogger.Instance);
        await store.OpenAsync(Store);
        return store;
    }

    private Files Read() => new(File.ReadAllBytes(Store), File.ReadAllBytes(Store + "-wal"), File.ReadAllBytes(Store + ".sums"));

    private void Write(Files files)
    {
        foreach (var file in Directory.EnumerateFiles(_directory.Path))
        {
            File.Delete(file);
        }

        File.WriteAllBytes(Store, files.Pages);
        File.WriteAllBytes(Store + "-wal", files.Log);
        File.WriteAllBytes(Store + ".sums", files.Sums);
    }

    private sealed record Files(byte[] Pages, byte[] Log, byte[] Sums);
}
