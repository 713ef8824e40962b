using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.LoadTests.Ingest;

/// <summary>The control: one row a reading straight into SQLite, WAL with full syncs, one writer, prepared once, transactions of a batch.</summary>
internal static class SqliteControl
{
    public static double RowsPerSecond(string folder, ReportingDevice[] devices, int size, TimeSpan duration)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "control.db"), Pooling = false }.ConnectionString);
        connection.Open();
        Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE reading(device TEXT, received INTEGER, observed INTEGER, first REAL, second REAL);");
        var database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, "INSERT INTO reading VALUES(?1, ?2, ?3, ?4, ?5)", out var insert), database);
        var keys = devices.Select(device => System.Text.Encoding.UTF8.GetBytes(device.Id)).ToArray();
        var rows = 0L;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            Run(connection, "BEGIN");
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            for (var row = 0; row < size; row++)
            {
                raw.sqlite3_bind_text(insert, 1, keys[rows % keys.Length]);
                raw.sqlite3_bind_int64(insert, 2, now);
                raw.sqlite3_bind_int64(insert, 3, now - row);
                raw.sqlite3_bind_double(insert, 4, row / 10.0);
                raw.sqlite3_bind_double(insert, 5, row / 7.0);
                raw.sqlite3_step(insert);
                raw.sqlite3_reset(insert);
                rows++;
            }

            Run(connection, "COMMIT");
        }

        var seconds = watch.Elapsed.TotalSeconds;
        raw.sqlite3_finalize(insert);
        return rows / seconds;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
