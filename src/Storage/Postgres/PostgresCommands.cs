using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Statements with positional parameters ($1, $2 ...), each of the type that its value has.</summary>
internal static class PostgresCommands
{
    public static NpgsqlParameter In<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public static NpgsqlCommand Query(this NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    public static async Task<int> RunAsync(this NpgsqlConnection connection, CancellationToken cancellationToken, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Query(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs a query; returns what each row gives.</summary>
    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlConnection connection, CancellationToken cancellationToken, Func<NpgsqlDataReader, T> row, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Query(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.AllAsync(row, cancellationToken);
    }

    /// <summary>What each row of the current result gives.</summary>
    public static async Task<List<T>> AllAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>Runs a query with one value.</summary>
    public static async Task<long> ValueAsync(this NpgsqlConnection connection, CancellationToken cancellationToken, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Query(sql, parameters);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static byte[] Bytes(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);
}
