using System.Collections.Immutable;
using System.Text.Json;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>Notifications in <c>registry.db</c>.</summary>
internal sealed class SqliteNotificationOutbox(SqliteStore store) : INotificationOutbox
{
    private const long Pending = (long)NotificationState.Pending;
    private const long Expired = (long)NotificationState.Expired;

    public Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken) =>
        store.WriteAsync(session => Add(session, notification, mostPending), cancellationToken);

    /// <summary>Asked every second: while nothing is due nothing is written.</summary>
    public async Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken) =>
        await AnyAsync("due_at", claim.Now, cancellationToken) ? await store.WriteAsync(session => Claim(session, claim), cancellationToken) : [];

    public Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) => store.WriteAsync(
        session => session.Query("UPDATE notification SET due_at = ?3, error = ?4, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id = ?1 AND lease = ?2 AND state = 0")
            .Bind(1, row.Notification.Id).Bind(2, row.Lease).Bind(3, dueAt.UtcTicks).Bind(4, error).Run() == 1,
        cancellationToken);

    public Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken) => store.WriteAsync(
        session => session.Query("""
            UPDATE notification SET due_at = ?3, attempts = attempts - 1, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id = ?1 AND lease = ?2 AND state = 0
            """).Bind(1, row.Notification.Id).Bind(2, row.Lease).Bind(3, dueAt.UtcTicks).Run() == 1,
        cancellationToken);

    public Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken) => store.WriteAsync(
        session => session.Query("""
            UPDATE notification SET state = ?3, error = ?4, finished_at = ?5, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id = ?1 AND lease = ?2 AND state = 0
            """).Bind(1, row.Notification.Id).Bind(2, row.Lease).Bind(3, (long)state).Bind(4, error).Bind(5, at.UtcTicks).Run() == 1,
        cancellationToken);

    public async Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => await AnyAsync("expires_at", now, cancellationToken)
        ? await store.WriteAsync(
            session => session.Query("""
                UPDATE notification SET state = ?2, error = coalesce(error || '; ', '') || ?3, finished_at = ?1, lease = 0, lease_owner = NULL, lease_until = 0
                WHERE id IN (SELECT id FROM notification WHERE state = 0 AND expires_at <= ?1 AND lease_until <= ?1 ORDER BY expires_at LIMIT ?4)
                """).Bind(1, now.UtcTicks).Bind(2, Expired).Bind(3, NotificationTexts.Over).Bind(4, limit).Run(),
            cancellationToken)
        : 0;

    /// <summary>True when a pending row has come to an instant.</summary>
    private Task<bool> AnyAsync(string column, DateTimeOffset now, CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query($"SELECT 1 FROM notification WHERE state = 0 AND {column} <= ?1 LIMIT 1").Bind(1, now.UtcTicks);
            return rows.Step();
        },
        cancellationToken);

    public Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken) => store.WriteAsync(
        session => session.Query("UPDATE notification SET state = 0, due_at = ?2, expires_at = ?3, attempts = 0, error = NULL, finished_at = NULL WHERE id = ?1 AND state IN (2, 3)")
            .Bind(1, id).Bind(2, now.UtcTicks).Bind(3, expiresAt.UtcTicks).Run() == 1,
        cancellationToken);

    public Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query("SELECT id, expires_at, record, state, attempts, due_at, finished_at, error FROM notification WHERE id = ?1").Bind(1, id);
            return rows.Step() ? Delivery(rows, session.File) : null;
        },
        cancellationToken);

    public Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            var (createdAt, id) = query.After is { } after ? (after.CreatedAt.UtcTicks, after.Id) : (long.MaxValue, "");
            using var rows = session.Query("""
                SELECT id, expires_at, record, state, attempts, due_at, finished_at, error FROM notification
                WHERE created_at <= ?1 AND (created_at < ?1 OR id > ?2) AND (?3 = '' OR endpoint = ?3) AND (?4 < 0 OR state = ?4)
                ORDER BY created_at DESC, id LIMIT ?5
                """).Bind(1, createdAt).Bind(2, id).Bind(3, query.Endpoint ?? "").Bind(4, query.State is { } state ? (long)state : -1L).Bind(5, query.Limit);
            var found = ImmutableArray.CreateBuilder<NotificationDelivery>();
            while (rows.Step())
            {
                found.Add(Delivery(rows, session.File));
            }

            return found.ToImmutable();
        },
        cancellationToken);

    public Task<NotificationCounts> CountAsync(CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            Span<long> counts = stackalloc long[4];
            using var rows = session.Query("SELECT state, count(*) FROM notification GROUP BY state");
            while (rows.Step())
            {
                counts[(int)rows.Long(0)] = rows.Long(1);
            }

            return new NotificationCounts(counts[0], counts[1], counts[2], counts[3]);
        },
        cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken) => store.WriteAsync(
        session =>
        {
            var finished = session.Value("SELECT count(*) FROM notification WHERE state <> 0");
            return session.Query("""
                DELETE FROM notification WHERE id IN (
                    SELECT id FROM (
                        SELECT id, finished_at, row_number() OVER (ORDER BY finished_at, id) AS place FROM notification WHERE state <> 0 ORDER BY finished_at, id LIMIT ?3)
                    WHERE finished_at < ?1 OR place <= ?2)
                """).Bind(1, finishedBefore.UtcTicks).Bind(2, finished - mostFinished).Bind(3, limit).Run();
        },
        cancellationToken);

    private static NotificationAdded Add(SqliteSession session, Notification notification, int mostPending)
    {
        using var writer = new ByteWriter(512);
        var now = notification.CreatedAt.UtcTicks;
        var record = NotificationRecords.Write(writer, notification);
        var added = session.Query("""
            INSERT INTO notification(id, endpoint, created_at, due_at, expires_at, record) VALUES(?1, ?2, ?3, ?3, ?4, ?5) ON CONFLICT(id) DO NOTHING
            """).Bind(1, notification.Id).Bind(2, notification.Endpoint).Bind(3, now).Bind(4, notification.ExpiresAt.UtcTicks).Bind(5, record).Run();
        if (added == 0)
        {
            return new NotificationAdded(IsNew: false, Displaced: 0);
        }

        long over;
        using (var rows = session.Query("SELECT count(*) FROM notification WHERE endpoint = ?1 AND state = 0").Bind(1, notification.Endpoint))
        {
            rows.Step();
            over = rows.Long(0) - mostPending;
        }

        return new NotificationAdded(IsNew: true, over <= 0 ? 0 : session.Query("""
            UPDATE notification SET state = ?4, error = ?5, finished_at = ?3, lease = 0, lease_owner = NULL, lease_until = 0 WHERE id IN (
                SELECT id FROM notification WHERE endpoint = ?1 AND state = 0 AND lease_until <= ?3 AND id <> ?2 ORDER BY created_at, id LIMIT ?6)
            """).Bind(1, notification.Endpoint).Bind(2, notification.Id).Bind(3, now).Bind(4, Expired).Bind(5, NotificationTexts.Displaced).Bind(6, over).Run());
    }

    private static ImmutableArray<ClaimedNotification> Claim(SqliteSession session, NotificationClaim claim)
    {
        var lastLease = session.Value("SELECT value FROM counter WHERE name = 'lease'");
        var claimed = Find(session, claim).Select(row => row with { Lease = ++lastLease }).ToImmutableArray();
        foreach (var row in claimed)
        {
            session.Query("UPDATE notification SET lease = ?2, lease_owner = ?3, lease_until = ?4, attempts = attempts + 1 WHERE id = ?1")
                .Bind(1, row.Notification.Id).Bind(2, row.Lease).Bind(3, claim.Owner).Bind(4, (claim.Now + claim.Lease).UtcTicks).Run();
        }

        if (!claimed.IsEmpty)
        {
            session.Query("UPDATE counter SET value = ?1 WHERE name = 'lease'").Bind(1, lastLease).Run();
        }

        return claimed;
    }

    private static List<ClaimedNotification> Find(SqliteSession session, NotificationClaim claim)
    {
        using var rows = session.Query("""
            WITH free AS (
                SELECT id, endpoint, due_at, expires_at, attempts, record, row_number() OVER (PARTITION BY endpoint ORDER BY due_at, created_at, id) AS place
                FROM notification AS one
                WHERE state = 0 AND due_at <= ?1 AND expires_at > ?1 AND endpoint NOT IN (SELECT value FROM json_each(?4))
                AND NOT EXISTS (SELECT 1 FROM notification AS other WHERE other.endpoint = one.endpoint AND other.state = 0 AND other.lease_until > ?1)),
            chosen AS (SELECT endpoint FROM free WHERE place = 1 ORDER BY due_at, id LIMIT ?2)
            SELECT id, expires_at, record, attempts FROM free WHERE place <= ?3 AND endpoint IN (SELECT endpoint FROM chosen) ORDER BY due_at, place, id
            """).Bind(1, claim.Now.UtcTicks).Bind(2, claim.Endpoints).Bind(3, claim.PerEndpoint).Bind(4, JsonSerializer.Serialize(claim.Except));
        var found = new List<ClaimedNotification>();
        while (rows.Step())
        {
            found.Add(new ClaimedNotification(NotificationRecords.Read(rows.Blob(2), rows.Long(1), session.File, rows.Text(0)), (int)rows.Long(3), Lease: 0));
        }

        return found;
    }

    private static NotificationDelivery Delivery(Statement rows, string file) => new(
        NotificationRecords.Read(rows.Blob(2), rows.Long(1), file, rows.Text(0)),
        (NotificationState)rows.Long(3),
        (int)rows.Long(4),
        new DateTimeOffset(rows.Long(5), TimeSpan.Zero),
        rows.IsNull(6) ? null : new DateTimeOffset(rows.Long(6), TimeSpan.Zero),
        rows.IsNull(7) ? null : rows.Text(7));
}
