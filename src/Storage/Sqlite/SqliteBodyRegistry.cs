using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>Bodies and memberships in <c>registry.db</c>.</summary>
internal sealed class SqliteBodyRegistry(SqliteStore store) : IBodyRegistry
{
    public Task<bool> PutAsync(Body body, CancellationToken cancellationToken) => store.WriteAsync(
        session =>
        {
            var isNew = Find(session, body.Siren) is null;
            using var writer = new ByteWriter(128);
            session.Query("INSERT INTO body(siren, record) VALUES(?1, ?2) ON CONFLICT(siren) DO UPDATE SET record = ?2")
                .Bind(1, body.Siren).Bind(2, BodyRecords.Write(writer, body)).Run();
            return isNew;
        },
        cancellationToken);

    public Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken)
    {
        BodyRecords.RequireBody(siren, members);
        return store.WriteAsync(session => PutMembers(session, siren, members), cancellationToken);
    }

    public Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query("SELECT siren, record FROM body ORDER BY siren");
            var bodies = ImmutableArray.CreateBuilder<Body>();
            while (rows.Step())
            {
                bodies.Add(BodyRecords.ReadBody(rows.Blob(1), session.File, rows.Text(0)));
            }

            return bodies.ToImmutable();
        },
        cancellationToken);

    public Task<Body?> GetAsync(string siren, CancellationToken cancellationToken) => store.ReadAsync(session => Find(session, siren), cancellationToken);

    public Task<ImmutableArray<Membership>> GetMembersAsync(string siren, CancellationToken cancellationToken) =>
        Memberships("SELECT body, commune, record FROM membership WHERE body = ?1 ORDER BY commune, number", siren, cancellationToken);

    public Task<ImmutableArray<Membership>> GetBodiesOfAsync(string commune, CancellationToken cancellationToken) =>
        Memberships("SELECT body, commune, record FROM membership WHERE commune = ?1 ORDER BY body, number", commune, cancellationToken);

    private Task<ImmutableArray<Membership>> Memberships(string sql, string key, CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query(sql).Bind(1, key);
            var members = ImmutableArray.CreateBuilder<Membership>();
            while (rows.Step())
            {
                members.Add(BodyRecords.ReadMembership(rows.Blob(2), session.File, rows.Text(0), rows.Text(1)));
            }

            return members.ToImmutable();
        },
        cancellationToken);

    private static int PutMembers(SqliteSession session, string siren, ImmutableArray<Membership> members)
    {
        if (Find(session, siren) is null)
        {
            throw new ArgumentException($"There is no body {siren} to have members.", nameof(siren));
        }

        session.Query("DELETE FROM membership WHERE body = ?1").Bind(1, siren).Run();
        using var writer = new ByteWriter(128);
        for (var number = 0; number < members.Length; number++)
        {
            var member = members[number];
            session.Query("INSERT INTO membership(body, commune, number, record) VALUES(?1, ?2, ?3, ?4)")
                .Bind(1, siren).Bind(2, member.Commune).Bind(3, number).Bind(4, BodyRecords.Write(writer, member)).Run();
        }

        return members.Length;
    }

    private static Body? Find(SqliteSession session, string siren)
    {
        using var rows = session.Query("SELECT record FROM body WHERE siren = ?1").Bind(1, siren);
        return rows.Step() ? BodyRecords.ReadBody(rows.Blob(0), session.File, siren) : null;
    }
}
