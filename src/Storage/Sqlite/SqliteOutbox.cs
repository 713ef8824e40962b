using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>Downlinks in <c>registry.db</c>. A claim counts as an attempt: what a stopped sender did with it is not known.</summary>
internal sealed class SqliteOutbox(SqliteStore store) : IOutbox
{
    public Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken) => store.WriteAsync(
        session =>
        {
            using var writer = new ByteWriter(256);
            return session.Query("INSERT INTO outbox(command, due_at, record) VALUES(?1, ?2, ?3) ON CONFLICT(command) DO NOTHING")
                .Bind(1, downlink.Command).Bind(2, dueAt.UtcTicks).Bind(3, DownlinkRecords.Write(writer, downlink)).Run();
        },
        cancellationToken);

    /// <summary>Asked ten times a second: while nothing is due nothing is written.</summary>
    public async Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        await AnyAsync(now, cancellationToken) ? await store.WriteAsync(session => Claim(session, owner, now.UtcTicks, lease.Ticks, limit), cancellationToken) : [];

    public Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken) => store.WriteAsync(
        session => session.Query("""
            UPDATE outbox SET due_at = ?3, was_sent = max(was_sent, ?4), lease = 0, lease_owner = NULL, lease_until = 0
            WHERE command = ?1 AND lease = ?2
            """)
            .Bind(1, row.Downlink.Command).Bind(2, row.Lease).Bind(3, dueAt.UtcTicks).Bind(4, sent ? 1L : 0L).Run() == 1,
        cancellationToken);

    public Task RemoveAsync(string command, CancellationToken cancellationToken) =>
        store.WriteAsync(session => session.Query("DELETE FROM outbox WHERE command = ?1").Bind(1, command).Run(), cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => store.ReadAsync(session => session.Value("SELECT count(*) FROM outbox"), cancellationToken);

    private Task<bool> AnyAsync(DateTimeOffset now, CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query("SELECT 1 FROM outbox WHERE due_at <= ?1 AND lease_until <= ?1 LIMIT 1").Bind(1, now.UtcTicks);
            return rows.Step();
        },
        cancellationToken);

    private static ImmutableArray<OutboxRow> Claim(SqliteSession session, string owner, long now, long lease, int limit)
    {
        var lastLease = session.Value("SELECT value FROM counter WHERE name = 'lease'");
        var forOne = Find("instr(command, ?3) = 0", limit);
        var forMany = Find("instr(command, ?3) > 0", Math.Max(OutboxShare.KeptForMany(limit), limit - forOne.Count));
        var claimed = forOne.Take(limit - forMany.Count).Concat(forMany).Select(row => row with { Lease = ++lastLease }).ToImmutableArray();

        foreach (var row in claimed)
        {
            session.Query("UPDATE outbox SET lease = ?2, lease_owner = ?3, lease_until = ?4, attempts = attempts + 1 WHERE command = ?1")
                .Bind(1, row.Downlink.Command).Bind(2, row.Lease).Bind(3, owner).Bind(4, now + lease).Run();
        }

        if (!claimed.IsEmpty)
        {
            session.Query("UPDATE counter SET value = ?1 WHERE name = 'lease'").Bind(1, lastLease).Run();
        }

        return claimed;

        List<OutboxRow> Find(string which, int most)
        {
            using var rows = session.Query($"SELECT command, attempts, was_sent, record FROM outbox WHERE due_at <= ?1 AND lease_until <= ?1 AND {which} ORDER BY due_at, command LIMIT ?2")
                .Bind(1, now).Bind(2, most).Bind(3, OutboxShare.MarkOfMany);
            var found = new List<OutboxRow>();
            while (rows.Step())
            {
                found.Add(new OutboxRow(DownlinkRecords.Read(rows.Blob(3), session.File, rows.Text(0)), (int)rows.Long(1), rows.Long(2) != 0, Lease: 0));
            }

            return found;
        }
    }
}
