using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>Bodies and memberships in PostgreSQL.</summary>
internal sealed class PostgresBodyRegistry(PostgresStore store) : IBodyRegistry
{
    public Task<bool> PutAsync(Body body, CancellationToken cancellationToken)
    {
        using var writer = new ByteWriter(128);
        var record = BodyRecords.Write(writer, body).ToArray();
        return store.WriteAsync(
            async connection =>
            {
                // xmax is 0 in a row that was inserted and not updated.
                await using var put = connection.Query(
                    "INSERT INTO body(siren, record) VALUES($1, $2) ON CONFLICT(siren) DO UPDATE SET record = excluded.record RETURNING xmax = 0", In(body.Siren), In(record));
                return (bool)(await put.ExecuteScalarAsync())!;
            },
            cancellationToken);
    }

    public Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken)
    {
        BodyRecords.RequireBody(siren, members);
        return store.WriteAsync(connection => PutMembersAsync(connection, siren, members), cancellationToken);
    }

    public Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) => (await connection.RowsAsync(token, ReadBody, "SELECT siren, record FROM body ORDER BY siren")).ToImmutableArray(),
        cancellationToken);

    public Task<Body?> GetAsync(string siren, CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) => (await connection.RowsAsync(token, ReadBody, "SELECT siren, record FROM body WHERE siren = $1", In(siren))).SingleOrDefault(),
        cancellationToken);

    public Task<ImmutableArray<Membership>> GetMembersAsync(string siren, CancellationToken cancellationToken) =>
        MembershipsAsync("SELECT body, commune, record FROM membership WHERE body = $1 ORDER BY commune, number", siren, cancellationToken);

    public Task<ImmutableArray<Membership>> GetBodiesOfAsync(string commune, CancellationToken cancellationToken) =>
        MembershipsAsync("SELECT body, commune, record FROM membership WHERE commune = $1 ORDER BY body, number", commune, cancellationToken);

    private Task<ImmutableArray<Membership>> MembershipsAsync(string sql, string key, CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) => (await connection.RowsAsync(
            token, row => BodyRecords.ReadMembership(row.Bytes(2), store.Place, row.GetString(0), row.GetString(1)), sql, In(key))).ToImmutableArray(),
        cancellationToken);

    private static async Task<int> PutMembersAsync(NpgsqlConnection connection, string siren, ImmutableArray<Membership> members)
    {
        await using (var body = connection.Query("SELECT siren FROM body WHERE siren = $1", In(siren)))
        {
            if (await body.ExecuteScalarAsync() is null)
            {
                throw new ArgumentException($"There is no body {siren} to have members.", nameof(siren));
            }
        }

        using var writer = new ByteWriter(128);
        await using var batch = connection.CreateBatch();
        batch.Add("DELETE FROM membership WHERE body = $1", In(siren));
        batch.Add(
            "INSERT INTO membership(body, commune, number, record) SELECT $1, * FROM unnest($2, $3, $4)",
            In(siren),
            In(members.Select(member => member.Commune).ToArray()),
            In(Enumerable.Range(0, members.Length).ToArray()),
            In(members.Select(member => BodyRecords.Write(writer, member).ToArray()).ToArray()));
        await batch.ExecuteNonQueryAsync();
        return members.Length;
    }

    private Body ReadBody(NpgsqlDataReader row) => BodyRecords.ReadBody(row.Bytes(1), store.Place, row.GetString(0));
}
