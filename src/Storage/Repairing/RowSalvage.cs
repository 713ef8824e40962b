using System.Globalization;
using Grid.Storage.Checking;
using Grid.Storage.Codec;
using Grid.Storage.GrainState;
using Grid.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Grid.Storage.Repairing;

/// <summary>
/// Copies every row of a damaged store that can be read and whose checksum holds into a new one, whose indexes are built from these rows. Each table is
/// read from both ends, so that a page in its middle that cannot be read costs its own rows only.
/// </summary>
internal sealed class RowSalvage(string damaged, string mended, SqliteSchema schema)
{
    private readonly List<string> _lost = [];

    /// <summary>Writes the new store; gives what was lost, for people.</summary>
    /// <exception cref="SqliteException">Nothing of the store can be read.</exception>
    public IReadOnlyList<string> Run()
    {
        DataDirectory.CreateOwnerOnly(mended);
        using var from = Open(damaged);
        using var to = Open(mended);
        Execute(to, string.Create(CultureInfo.InvariantCulture, $"BEGIN;\n{schema.Script}\nPRAGMA user_version={schema.Version};\nCREATE TABLE commit_count(id INTEGER PRIMARY KEY CHECK(id = 1), value INTEGER NOT NULL) STRICT;\nCOMMIT;"));
        Execute(to, "BEGIN");
        foreach (var (table, order) in Tables(to).Where(table => Has(from, table.Table)))
        {
            Copy(from, to, table, order);
        }

        if (schema.Name == RegistrySchema.Schema.Name)
        {
            Execute(to, "INSERT INTO device_place(id, west, east, south, north) SELECT id, longitude, longitude, latitude, latitude FROM device WHERE longitude IS NOT NULL");
        }

        Execute(to, "INSERT OR IGNORE INTO commit_count VALUES(1, 0)");
        Execute(to, "COMMIT");
        return _lost;
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>False for a table that is younger than the damaged store.</summary>
    private static bool Has(SqliteConnection store, string table)
    {
        using var command = store.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $name";
        command.Parameters.AddWithValue("$name", table);
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>The tables of the new store with the columns of their keys. The index of places is built anew.</summary>
    private static List<(string Table, string Order)> Tables(SqliteConnection store)
    {
        using var command = store.CreateCommand();
        command.CommandText = """
            SELECT m.name, (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk))
            FROM sqlite_schema AS m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT LIKE 'device\_place%' ESCAPE '\'
            """;
        using var rows = command.ExecuteReader();
        var tables = new List<(string, string)>();
        while (rows.Read())
        {
            tables.Add((rows.GetString(0), rows.GetString(1)));
        }

        return tables;
    }

    private void Copy(SqliteConnection from, SqliteConnection to, string table, string order)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (Read(from, to, table, order, isReverse: false, keys) is { } problem)
        {
            Read(from, to, table, order, isReverse: true, keys);
            _lost.Add($"{Path.GetFileName(damaged)}: rows of table {table} that stand in pages that cannot be read ({problem}); {keys.Count.ToString(CultureInfo.InvariantCulture)} rows were read");
        }
    }

    /// <summary>Reads rows until one cannot be read; null when all could.</summary>
    private string? Read(SqliteConnection from, SqliteConnection to, string table, string order, bool isReverse, HashSet<string> keys)
    {
        try
        {
            using var select = from.CreateCommand();
            select.CommandText = $"SELECT * FROM {table} ORDER BY {(isReverse ? string.Join(", ", order.Split(',').Select(column => column + " DESC")) : order)}";
            using var rows = select.ExecuteReader();
            while (rows.Read())
            {
                var values = Enumerable.Range(0, rows.FieldCount).ToDictionary(index => rows.GetName(index), rows.GetValue, StringComparer.Ordinal);
                var key = string.Join('/', order.Split(',').Select(column => Convert.ToString(values[column], CultureInfo.InvariantCulture)));
                if (!keys.Add(key))
                {
                    return null;
                }

                if (IsWhole(table, values))
                {
                    Insert(to, table, values);
                }
                else
                {
                    _lost.Add($"{Path.GetFileName(damaged)}: row {key} of table {table}, whose checksum does not match");
                }
            }

            return null;
        }
        catch (Exception error) when (error is SqliteException or InvalidCastException or InvalidOperationException)
        {
            return error.Message;
        }
    }

    private static bool IsWhole(string table, Dictionary<string, object> row)
    {
        switch (table)
        {
            case "state":
                var json = System.Text.Encoding.UTF8.GetBytes((string)row["json"]);
                return GrainRecord.ChecksumOf((string)row["type"], (string)row["key"], (long)row["version"], json) == (long)row["checksum"];
            case "pending":
                return row["former"] is not byte[] former || RegistryRows.IsWhole(former);
            default:
                return !row.TryGetValue("record", out var record) || (record is byte[] bytes && RegistryRows.IsWhole(bytes));
        }
    }

    private static void Insert(SqliteConnection to, string table, Dictionary<string, object> row)
    {
        if (table == "device")
        {
            Describe(row);
        }

        using var insert = to.CreateCommand();
        insert.CommandText = $"INSERT OR REPLACE INTO {table}({string.Join(", ", row.Keys)}) VALUES({string.Join(", ", row.Keys.Select((_, index) => "$" + index.ToString(CultureInfo.InvariantCulture)))})";
        foreach (var (value, index) in row.Values.Select((value, index) => (value, index)))
        {
            insert.Parameters.AddWithValue("$" + index.ToString(CultureInfo.InvariantCulture), value);
        }

        insert.ExecuteNonQuery();
    }

    /// <summary>The columns of a device are those of its record, whatever stood in them.</summary>
    private static void Describe(Dictionary<string, object> row)
    {
        var device = Records.ReadDevice((byte[])row["record"], "registry.db", (string)row["key"]).Descriptor;
        row["key"] = device.Id;
        row["commune"] = device.Commune;
        row["kind"] = (long)device.Kind;
        row["connector"] = (object?)device.Connector?.Type ?? DBNull.Value;
        row["longitude"] = (object?)device.Position?.Longitude ?? DBNull.Value;
        row["latitude"] = (object?)device.Position?.Latitude ?? DBNull.Value;
        row["search"] = DeviceListing.SearchText(device);
        row["cabinet"] = (object?)device.FedBy() ?? DBNull.Value;
    }
}
