using System.Collections.Immutable;
using System.Security.Cryptography;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>
/// The audit in PostgreSQL: each row carries a SHA-256 over the hash before it and its own record, so that a row that was changed or taken out
/// later shows; a counter tells how many there are, so that missing last rows show too.
/// </summary>
internal sealed class PostgresAuditLog(PostgresStore store) : IAuditLog
{
    /// <summary>The counter of rows; its row orders the writers.</summary>
    public const string Counter = "audit";

    private const int RowsAtOnce = 1_000;

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        using var writer = new ByteWriter(256);
        var record = AuditRecords.Write(writer, entry).ToArray();
        return store.WriteAsync(connection => AppendAsync(connection, record), cancellationToken);
    }

    public Task<ImmutableArray<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) => (await connection.RowsAsync(
            token,
            row => AuditRecords.Read(row.Bytes(1), store.Place, row.GetInt64(0)),
            "SELECT number, record FROM audit ORDER BY number DESC LIMIT $1",
            In(limit))).ToImmutableArray(),
        cancellationToken);

    /// <summary>Verifies every row; the number of the first that is not as it was written, does not follow the one before, or is missing; null when all are there.</summary>
    public async Task<long?> VerifyAsync(CancellationToken cancellationToken)
    {
        var last = await store.ReadAsync((connection, token) => connection.ValueAsync(token, "SELECT value FROM counter WHERE name = $1", In(Counter)), cancellationToken);
        var hash = new byte[SHA256.HashSizeInBytes];
        for (var expected = 1L; expected <= last;)
        {
            var after = expected - 1;
            var page = await store.ReadAsync(
                (connection, token) => connection.RowsAsync(
                    token,
                    row => (Number: row.GetInt64(0), Record: row.Bytes(1), Hash: row.Bytes(2)),
                    "SELECT number, record, hash FROM audit WHERE number > $1 ORDER BY number LIMIT $2",
                    In(after), In(RowsAtOnce)),
                cancellationToken);
            foreach (var (number, record, stored) in page)
            {
                hash = AuditRecords.Chain(hash, record);
                if (number != expected || !stored.AsSpan().SequenceEqual(hash))
                {
                    return expected;
                }

                expected++;
            }

            if (page.Count == 0)
            {
                return expected;
            }
        }

        return null;
    }

    private static async Task<long> AppendAsync(NpgsqlConnection connection, byte[] record)
    {
        var number = await connection.ValueAsync(CancellationToken.None, "UPDATE counter SET value = value + 1 WHERE name = $1 RETURNING value", In(Counter));
        await using var before = connection.Query("SELECT hash FROM audit WHERE number = $1", In(number - 1));
        var hash = AuditRecords.Chain((byte[]?)await before.ExecuteScalarAsync() ?? new byte[SHA256.HashSizeInBytes], record);
        await connection.RunAsync(CancellationToken.None, "INSERT INTO audit(number, record, hash) VALUES($1, $2, $3)", In(number), In(record), In(hash));
        return number;
    }
}
