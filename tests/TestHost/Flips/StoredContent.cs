using System.Globalization;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Host.Flips;

/// <summary>Everything that a data directory holds, line by line: what two directories are compared by.</summary>
public static class StoredContent
{
    /// <summary>Opens the directory as the program does and reads all of it.</summary>
    /// <exception cref="IOException">The storage refuses it, and says why.</exception>
    /// <exception cref="DataDirectoryException">As above.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(string data)
    {
        using var metrics = new StorageMetrics();
        await using var storage = new GridStorage(new StorageOptions { DataDirectory = data }, TimeProvider.System, metrics, NullLoggerFactory.Instance, () => StoredHistory.Subjects);
        await storage.OpenAsync();
        var lines = new List<string>();
        var sectors = new SortedSet<string>(StringComparer.Ordinal);
        var devices = new List<DeviceDescriptor>();
        await foreach (var device in storage.Devices.ReadAllAsync(CancellationToken.None))
        {
            sectors.Add(device.Sector);
            devices.Add(device.Descriptor);
            lines.Add("device " + JsonSerializer.Serialize(device));
        }

        foreach (var sector in sectors)
        {
            var (head, checkpoint) = (await storage.Log.GetHeadAsync(sector, default), await storage.Log.GetCheckpointAsync(sector, default));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"sector {sector} {head} {checkpoint}"));
            await foreach (var batch in storage.Log.ReadAsync(sector, checkpoint, default))
            {
                lines.AddRange(batch.Entries.Select((entry, index) => string.Create(CultureInfo.InvariantCulture, $"entry {sector} {batch.FirstOffset + index} {Text(entry)}")));
            }
        }

        foreach (var store in (string[])["registry.db", "grains.db"])
        {
            lines.AddRange(Rows(Path.Combine(data, store)).Select(row => $"{store} {row}"));
        }

        lines.AddRange(await StoredHistory.ReadAsync(storage.History, devices));
        return lines;
    }

    private static string Text(LogEntry entry) => $"{entry.GetType().Name} {JsonSerializer.Serialize(entry, entry.GetType())}";

    private static List<string> Rows(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        var rows = new List<string>();
        foreach (var table in Read(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name").ToList())
        {
            rows.AddRange(Read(connection, $"SELECT * FROM {table}").Select(row => $"{table} {row}").Order(StringComparer.Ordinal));
        }

        return rows;
    }

    private static IEnumerable<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new StringBuilder();
            for (var column = 0; column < reader.FieldCount; column++)
            {
                var value = reader.GetValue(column);
                row.Append(column == 0 ? "" : "|").Append(value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture));
            }

            yield return row.ToString();
        }
    }
}
