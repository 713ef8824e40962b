using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.LoadTests.Ingest;

/// <summary>
/// The control: the same readings straight into SQLite, WAL with full syncs, one writer, statements prepared once, a transaction for each batch.
/// </summary>
internal static class SqliteControl
{
    /// <summary>Values in a reading of the load.</summary>
    private const int Metrics = 2;

    private static readonly byte[][] MetricNames = [.. new[] { "dimmingPercent", "powerWatts" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>
    /// A table of readings as one would make it: a row for each value, found by device, metric and time; a reading is as many rows as it has values.
    /// </summary>
    public static double ReadingsPerSecond(string folder, ReportingDevice[] devices, int size, TimeSpan duration)
    {
        using var connection = Open(folder, "control.db", "CREATE TABLE reading(device TEXT, metric TEXT, observed INTEGER, received INTEGER, value REAL, PRIMARY KEY(device, metric, observed)) WITHOUT ROWID;");
        using var insert = new Statement(connection, "INSERT OR REPLACE INTO reading VALUES(?1, ?2, ?3, ?4, ?5)");
        var keys = Keys(devices);
        return Run(connection, size, duration, (reading, now) =>
        {
            for (var metric = 0; metric < Metrics; metric++)
            {
                raw.sqlite3_bind_text(insert.Handle, 1, keys[reading % keys.Length]);
                raw.sqlite3_bind_text(insert.Handle, 2, MetricNames[metric]);
                raw.sqlite3_bind_int64(insert.Handle, 3, now);
                raw.sqlite3_bind_int64(insert.Handle, 4, now);
                raw.sqlite3_bind_double(insert.Handle, 5, reading / 10.0);
                insert.Run();
            }
        });
    }

    /// <summary>The least that SQLite can do with a reading: one row without any index, which can only be found by reading all.</summary>
    public static double RowsPerSecond(string folder, ReportingDevice[] devices, int size, TimeSpan duration)
    {
        using var connection = Open(folder, "control-rows.db", "CREATE TABLE reading(device TEXT, received INTEGER, observed INTEGER, first REAL, second REAL);");
        using var insert = new Statement(connection, "INSERT INTO reading VALUES(?1, ?2, ?3, ?4, ?5)");
        var keys = Keys(devices);
        return Run(connection, size, duration, (reading, now) =>
        {
            raw.sqlite3_bind_text(insert.Handle, 1, keys[reading % keys.Length]);
            raw.sqlite3_bind_int64(insert.Handle, 2, now);
            raw.sqlite3_bind_int64(insert.Handle, 3, now);
            raw.sqlite3_bind_double(insert.Handle, 4, reading / 10.0);
            raw.sqlite3_bind_double(insert.Handle, 5, reading / 7.0);
            insert.Run();
        });
    }

    private static byte[][] Keys(ReportingDevice[] devices) => [.. devices.Select(device => Encoding.UTF8.GetBytes(device.Id))];

    private static SqliteConnection Open(string folder, string name, string table)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, name), Pooling = false }.ConnectionString);
        connection.Open();
        Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; " + table);
        return connection;
    }

    private static double Run(SqliteConnection connection, int size, TimeSpan duration, Action<long, long> insert)
    {
        using var begin = new Statement(connection, "BEGIN");
        using var commit = new Statement(connection, "COMMIT");
        var readings = 0L;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            begin.Run();
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            for (var index = 0; index < size; index++)
            {
                insert(readings++, now);
            }

            commit.Run();
        }

        return readings / watch.Elapsed.TotalSeconds;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class Statement : IDisposable
    {
        private readonly sqlite3 _database;

        public Statement(SqliteConnection connection, string sql)
        {
            _database = connection.Handle!;
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out var handle), _database);
            Handle = handle;
        }

        public sqlite3_stmt Handle { get; }

        public void Run()
        {
            var code = raw.sqlite3_step(Handle);
            if (code != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }

            raw.sqlite3_reset(Handle);
        }

        public void Dispose() => Handle.Dispose();
    }
}
