using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>Notifications in PostgreSQL. Its writers go one after the other, whatever process they are of: of one endpoint only one has rows leased.</summary>
internal sealed class PostgresNotificationOutbox(PostgresStore store) : INotificationOutbox
{
    /// <summary>The counter whose row orders the writers.</summary>
    public const string Counter = "notification";

    private const short Expired = (short)NotificationState.Expired;
    private const string Columns = "id, expires_at, record, state, attempts, due_at, finished_at, error";

    public Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken)
    {
        using var writer = new ByteWriter(512);
        var record = NotificationRecords.Write(writer, notification).ToArray();
        return store.WriteAsync(connection => AddAsync(connection, notification, record, mostPending), cancellationToken);
    }

    public Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken) =>
        store.WriteAsync(connection => ClaimAsync(connection, claim), cancellationToken);

    public Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) => OneAsync(
        "UPDATE notification SET due_at = $3, error = $4, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id = $1 AND lease = $2 AND state = 0",
        cancellationToken, () => [In(row.Notification.Id), In(row.Lease), In(dueAt.UtcTicks), In(error)]);

    public Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken) => OneAsync(
        "UPDATE notification SET due_at = $3, attempts = attempts - 1, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id = $1 AND lease = $2 AND state = 0",
        cancellationToken, () => [In(row.Notification.Id), In(row.Lease), In(dueAt.UtcTicks)]);

    public Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken) => OneAsync(
        """
        UPDATE notification SET state = $3, error = nullif($4, ''), finished_at = $5, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id = $1 AND lease = $2 AND state = 0
        """,
        cancellationToken, () => [In(row.Notification.Id), In(row.Lease), In((short)state), In(error ?? ""), In(at.UtcTicks)]);

    public Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => store.WriteAsync(
        connection => connection.RunAsync(
            CancellationToken.None,
            """
            UPDATE notification SET state = $2, error = coalesce(error || '; ', '') || $3, finished_at = $1, lease = 0, lease_owner = NULL, lease_until = 0
            WHERE id IN (SELECT id FROM notification WHERE state = 0 AND expires_at <= $1 AND lease_until <= $1 ORDER BY expires_at LIMIT $4)
            """,
            In(now.UtcTicks), In(Expired), In(NotificationTexts.Over), In(limit)),
        cancellationToken);

    public Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken) => OneAsync(
        "UPDATE notification SET state = 0, due_at = $2, expires_at = $3, attempts = 0, error = NULL, finished_at = NULL WHERE id = $1 AND state IN (2, 3)",
        cancellationToken, () => [In(id), In(now.UtcTicks), In(expiresAt.UtcTicks)]);

    public Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) => (await connection.RowsAsync(token, Delivery, $"SELECT {Columns} FROM notification WHERE id = $1", In(id))).FirstOrDefault(),
        cancellationToken);

    public Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken)
    {
        var (createdAt, after) = query.After is { } last ? (last.CreatedAt.UtcTicks, last.Id) : (long.MaxValue, "");
        return store.ReadAsync(
            async (connection, token) => (await connection.RowsAsync(
                token,
                Delivery,
                $"""
                SELECT {Columns} FROM notification
                WHERE created_at <= $1 AND (created_at < $1 OR id > $2) AND ($3 = '' OR endpoint = $3) AND ($4 < 0 OR state = $4)
                ORDER BY created_at DESC, id LIMIT $5
                """,
                In(createdAt), In(after), In(query.Endpoint ?? ""), In(query.State is { } state ? (short)state : (short)-1), In(query.Limit))).ToImmutableArray(),
            cancellationToken);
    }

    public Task<NotificationCounts> CountAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) =>
        {
            var counts = new long[4];
            foreach (var (state, count) in await connection.RowsAsync(token, row => (row.GetInt16(0), row.GetInt64(1)), "SELECT state, count(*) FROM notification GROUP BY state"))
            {
                counts[state] = count;
            }

            return new NotificationCounts(counts[0], counts[1], counts[2], counts[3]);
        },
        cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken) => store.WriteAsync(
        connection => connection.RunAsync(
            CancellationToken.None,
            """
            DELETE FROM notification WHERE id IN (
                SELECT id FROM (
                    SELECT id, finished_at, row_number() OVER (ORDER BY finished_at, id) AS place FROM notification WHERE state <> 0 ORDER BY finished_at, id LIMIT $3) AS oldest
                WHERE finished_at < $1 OR place <= (SELECT count(*) FROM notification WHERE state <> 0) - $2)
            """,
            In(finishedBefore.UtcTicks), In((long)mostFinished), In(limit)),
        cancellationToken);

    private Task<bool> OneAsync(string sql, CancellationToken cancellationToken, Func<NpgsqlParameter[]> parameters) =>
        store.WriteAsync(async connection => await connection.RunAsync(CancellationToken.None, sql, parameters()) == 1, cancellationToken);

    private static async Task<NotificationAdded> AddAsync(NpgsqlConnection connection, Notification notification, byte[] record, int mostPending)
    {
        var now = notification.CreatedAt.UtcTicks;
        var added = await connection.RunAsync(
            CancellationToken.None,
            "INSERT INTO notification(id, endpoint, created_at, due_at, expires_at, record) VALUES($1, $2, $3, $3, $4, $5) ON CONFLICT(id) DO NOTHING",
            In(notification.Id), In(notification.Endpoint), In(now), In(notification.ExpiresAt.UtcTicks), In(record));
        if (added == 0)
        {
            return new NotificationAdded(IsNew: false, Displaced: 0);
        }

        var over = await connection.ValueAsync(
            CancellationToken.None, "SELECT count(*) FROM notification WHERE endpoint = $1 AND state = 0", In(notification.Endpoint)) - mostPending;
        return new NotificationAdded(IsNew: true, over <= 0 ? 0 : await connection.RunAsync(
            CancellationToken.None,
            """
            UPDATE notification SET state = $4, error = $5, finished_at = $3, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id IN (
                SELECT id FROM notification WHERE endpoint = $1 AND state = 0 AND lease_until <= $3 AND id <> $2 ORDER BY created_at, id LIMIT $6)
            """,
            In(notification.Endpoint), In(notification.Id), In(now), In(Expired), In(NotificationTexts.Displaced), In(over)));
    }

    private async Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NpgsqlConnection connection, NotificationClaim claim)
    {
        var claimed = await connection.RowsAsync(
            CancellationToken.None,
            row => (DueAt: row.GetInt64(0), Row: new ClaimedNotification(
                NotificationRecords.Read(row.Bytes(3), row.GetInt64(2), store.Place, row.GetString(1)), row.GetInt32(4), row.GetInt64(5))),
            """
            WITH free AS (
                SELECT id, endpoint, due_at, row_number() OVER (PARTITION BY endpoint ORDER BY due_at, created_at, id) AS place
                FROM notification AS one
                WHERE state = 0 AND due_at <= $1 AND expires_at > $1 AND endpoint <> ALL ($4)
                AND NOT EXISTS (SELECT FROM notification AS other WHERE other.endpoint = one.endpoint AND other.state = 0 AND other.lease_until > $1)),
            chosen AS (SELECT endpoint FROM free WHERE place = 1 ORDER BY due_at, id LIMIT $2)
            UPDATE notification SET lease = nextval('notification_lease'), lease_owner = $5, lease_until = $1 + $6, attempts = attempts + 1
            FROM free WHERE notification.id = free.id AND free.place <= $3 AND free.endpoint IN (SELECT endpoint FROM chosen)
            RETURNING notification.due_at, notification.id, expires_at, record, attempts - 1, lease
            """,
            In(claim.Now.UtcTicks), In(claim.Endpoints), In((long)claim.PerEndpoint), In(claim.Except.ToArray()), In(claim.Owner), In(claim.Lease.Ticks));
        return
        [
            .. claimed.OrderBy(row => row.DueAt).ThenBy(row => row.Row.Notification.CreatedAt).ThenBy(row => row.Row.Notification.Id, StringComparer.Ordinal).Select(row => row.Row),
        ];
    }

    private NotificationDelivery Delivery(NpgsqlDataReader row) => new(
        NotificationRecords.Read(row.Bytes(2), row.GetInt64(1), store.Place, row.GetString(0)),
        (NotificationState)row.GetInt16(3),
        row.GetInt32(4),
        new DateTimeOffset(row.GetInt64(5), TimeSpan.Zero),
        row.IsDBNull(6) ? null : new DateTimeOffset(row.GetInt64(6), TimeSpan.Zero),
        row.IsDBNull(7) ? null : row.GetString(7));
}
