using System.Collections.Immutable;
using Grid.Contracts.Devices;
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
            Records.Begin(writer).Text(body.Siren);
            writer.Text(body.Name);
            writer.Byte((byte)body.Kind);
            session.Query("INSERT INTO body(siren, record) VALUES(?1, ?2) ON CONFLICT(siren) DO UPDATE SET record = ?2").Bind(1, body.Siren).Bind(2, Records.End(writer)).Run();
            return isNew;
        },
        cancellationToken);

    public Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken)
    {
        if (members.FirstOrDefault(member => member.Body != siren) is { } stranger)
        {
            throw new ArgumentException($"The membership of commune {stranger.Commune} is of body {stranger.Body} and not of {siren}.", nameof(members));
        }

        return store.WriteAsync(session => PutMembers(session, siren, members), cancellationToken);
    }

    public Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query("SELECT siren, record FROM body ORDER BY siren");
            var bodies = ImmutableArray.CreateBuilder<Body>();
            while (rows.Step())
            {
                bodies.Add(ReadBody(session, rows.Text(0), rows.Blob(1)));
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
                members.Add(ReadMembership(session, rows.Text(0), rows.Text(1), rows.Blob(2)));
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
            Records.Begin(writer).Text(member.Body);
            writer.Text(member.Commune);
            writer.Varint((ulong)member.Kinds);
            writer.Signed(member.From?.DayNumber ?? -1);
            writer.Signed(member.To?.DayNumber ?? -1);
            session.Query("INSERT INTO membership(body, commune, number, record) VALUES(?1, ?2, ?3, ?4)")
                .Bind(1, siren).Bind(2, member.Commune).Bind(3, number).Bind(4, Records.End(writer)).Run();
        }

        return members.Length;
    }

    private static Body? Find(SqliteSession session, string siren)
    {
        using var rows = session.Query("SELECT record FROM body WHERE siren = ?1").Bind(1, siren);
        return rows.Step() ? ReadBody(session, siren, rows.Blob(0)) : null;
    }

    private static Body ReadBody(SqliteSession session, string siren, ReadOnlySpan<byte> record)
    {
        var reader = Records.Open(record, session, $"body {siren}");
        return new Body(reader.Text(), reader.Text(), (BodyKind)reader.Byte());
    }

    private static Membership ReadMembership(SqliteSession session, string body, string commune, ReadOnlySpan<byte> record)
    {
        var reader = Records.Open(record, session, $"the membership of commune {commune} in body {body}");
        return new Membership(Body: reader.Text(), Commune: reader.Text(), Kinds: (DeviceKinds)reader.Varint(), From: Day(reader.Signed()), To: Day(reader.Signed()));
    }

    private static DateOnly? Day(long number) => number < 0 ? null : DateOnly.FromDayNumber((int)number);
}
