using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>Downlinks in PostgreSQL. A claim counts as an attempt: what a stopped sender did with it is not known.</summary>
internal sealed class PostgresOutbox(PostgresStore store) : IOutbox
{
    public Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        using var writer = new ByteWriter(256);
        var record = DownlinkRecords.Write(writer, downlink).ToArray();
        return store.WriteAsync(
            connection => connection.RunAsync(
                CancellationToken.None,
                "INSERT INTO outbox(command, due_at, record) VALUES($1, $2, $3) ON CONFLICT(command) DO NOTHING", In(downlink.Command), In(dueAt.UtcTicks), In(record)),
            cancellationToken);
    }

    public Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        store.WriteAsync(connection => ClaimAsync(connection, owner, now.UtcTicks, lease.Ticks, limit), cancellationToken);

    public Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken) => store.WriteAsync(
        async connection => await connection.RunAsync(
            CancellationToken.None,
            """
            UPDATE outbox SET due_at = $3, was_sent = was_sent OR $4, lease = 0, lease_owner = NULL, lease_until = 0
            WHERE command = $1 AND lease = $2
            """,
            In(row.Downlink.Command), In(row.Lease), In(dueAt.UtcTicks), In(sent)) == 1,
        cancellationToken);

    public Task RemoveAsync(string command, CancellationToken cancellationToken) => store.WriteAsync(
        connection => connection.RunAsync(CancellationToken.None, "DELETE FROM outbox WHERE command = $1", In(command)), cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        store.ReadAsync((connection, token) => connection.ValueAsync(token, "SELECT count(*) FROM outbox"), cancellationToken);

    /// <summary>Rows that another sender is claiming at this moment are passed over: they are its own.</summary>
    private async Task<ImmutableArray<OutboxRow>> ClaimAsync(NpgsqlConnection connection, string owner, long now, long lease, int limit)
    {
        var claimed = await connection.RowsAsync(
            CancellationToken.None,
            row => (DueAt: row.GetInt64(0), Row: new OutboxRow(DownlinkRecords.Read(row.Bytes(5), store.Place, row.GetString(1)), row.GetInt32(2), row.GetBoolean(3), row.GetInt64(4))),
            """
            WITH one AS (
                SELECT command, due_at FROM outbox WHERE due_at <= $2 AND lease_until <= $2 AND strpos(command, $6) = 0 ORDER BY due_at, command
                LIMIT $4 FOR UPDATE SKIP LOCKED),
            many AS (
                SELECT command FROM outbox WHERE due_at <= $2 AND lease_until <= $2 AND strpos(command, $6) > 0 ORDER BY due_at, command
                LIMIT greatest($5, $4 - (SELECT count(*) FROM one)) FOR UPDATE SKIP LOCKED),
            due AS (
                SELECT command FROM many
                UNION ALL (SELECT command FROM one ORDER BY due_at, command LIMIT $4 - (SELECT count(*) FROM many)))
            UPDATE outbox SET lease = nextval('outbox_lease'), lease_owner = $1, lease_until = $2 + $3, attempts = attempts + 1
            FROM due WHERE outbox.command = due.command
            RETURNING due_at, outbox.command, attempts - 1, was_sent, lease, record
            """,
            In(owner), In(now), In(lease), In((long)limit), In((long)OutboxShare.KeptForMany(limit)), In(OutboxShare.MarkOfMany));
        return
        [
            .. claimed.OrderBy(row => row.Row.Downlink.Owner != DownlinkOwner.Command).ThenBy(row => row.DueAt).ThenBy(row => row.Row.Downlink.Command, StringComparer.Ordinal)
                .Select(row => row.Row),
        ];
    }
}
