using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>Devices in PostgreSQL. The lists are in <see cref="PostgresDeviceListing"/>.</summary>
internal sealed class PostgresDeviceRegistry(PostgresStore store) : IDeviceRegistry
{
    /// <summary>The counter of revisions; its row orders the writers.</summary>
    public const string Revision = "revision";

    private const int PageRows = 4096;

    public Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken) =>
        devices.IsDefaultOrEmpty
            ? Task.FromResult(ImmutableArray<PendingChange>.Empty)
            : store.WriteAsync(connection => PutAsync(connection, devices), cancellationToken);

    public Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken) =>
        store.WriteAsync(connection => RemoveAsync(connection, device), cancellationToken);

    public Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken) => store.WriteAsync(
        connection => connection.RunAsync(CancellationToken.None, "DELETE FROM pending WHERE revision = ANY($1)", In(revisions.ToArray())), cancellationToken);

    public Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) => (await connection.RowsAsync(
            token,
            row =>
            {
                var device = row.GetString(0);
                return new PendingChange(device, row.GetInt64(1), Device(row, 3, device), Device(row, 2, device));
            },
            """
            SELECT pending.device, pending.revision, pending.former, device.record
            FROM pending LEFT JOIN device ON device.key = pending.device ORDER BY pending.revision LIMIT $1
            """,
            In(limit))).ToImmutableArray(),
        cancellationToken);

    public Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken) => store.ReadAsync(
        async (connection, token) =>
            (await connection.RowsAsync(token, row => Device(row, 0, device), "SELECT record FROM device WHERE key = $1", In(device))).SingleOrDefault(),
        cancellationToken);

    public Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 10_000, nameof(query));
        return store.ReadAsync((connection, token) => PostgresDeviceListing.ListAsync(connection, query, store.Place, token), cancellationToken);
    }

    public async IAsyncEnumerable<DeviceRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = PageAsync("", cancellationToken);
        while (true)
        {
            var page = await next;
            if (page.Count == 0)
            {
                yield break;
            }

            next = PageAsync(page[^1].Descriptor.Id, cancellationToken); // while the caller works through this one
            foreach (var device in page)
            {
                yield return device;
            }
        }
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        store.ReadAsync((connection, token) => connection.ValueAsync(token, "SELECT count(*) FROM device"), cancellationToken);

    private Task<List<DeviceRecord>> PageAsync(string after, CancellationToken cancellationToken) => store.ReadAsync(
        (connection, token) => connection.RowsAsync(
            token, row => Device(row, 1, row.GetString(0))!, "SELECT key, record FROM device WHERE key > $1 ORDER BY key LIMIT $2", In(after), In(PageRows)),
        cancellationToken);

    private DeviceRecord? Device(NpgsqlDataReader row, int column, string key) =>
        row.IsDBNull(column) ? null : Records.ReadDevice(row.Bytes(column), store.Place, key);

    private async Task<ImmutableArray<PendingChange>> PutAsync(NpgsqlConnection connection, ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices)
    {
        var revision = await TakeRevisionsAsync(connection, devices.Length);
        var known = await FindAsync(connection, [.. devices.Select(device => device.Descriptor.Id).Distinct(StringComparer.Ordinal)]);
        var changes = new PendingChange[devices.Length];
        for (var index = 0; index < changes.Length; index++)
        {
            var (descriptor, sector) = devices[index];
            var current = new DeviceRecord { Descriptor = descriptor, Sector = sector, Revision = revision + index };
            var device = CollectionsMarshal.GetValueRefOrAddDefault(known, descriptor.Id, out _) ??= new Known();
            changes[index] = device.Change(descriptor.Id, current.Revision, current);
        }

        await WriteAsync(connection, known);
        return ImmutableCollectionsMarshal.AsImmutableArray(changes);
    }

    private async Task<PendingChange?> RemoveAsync(NpgsqlConnection connection, string device)
    {
        var known = await FindAsync(connection, [device]);
        if (!known.TryGetValue(device, out var found) || found.Current is null)
        {
            return null;
        }

        var change = found.Change(device, await TakeRevisionsAsync(connection, 1), null);
        await connection.RunAsync(CancellationToken.None, "DELETE FROM device WHERE key = $1", In(device));
        await WriteAsync(connection, known);
        return change;
    }

    /// <summary>Takes the next revisions; returns the first.</summary>
    private static async Task<long> TakeRevisionsAsync(NpgsqlConnection connection, int count) => 1 - count + await connection.ValueAsync(
        CancellationToken.None, "UPDATE counter SET value = value + $2 WHERE name = $1 RETURNING value", In(Revision), In((long)count));

    private async Task<Dictionary<string, Known>> FindAsync(NpgsqlConnection connection, string[] keys)
    {
        var rows = await connection.RowsAsync(
            CancellationToken.None,
            row => (Key: row.GetString(0), Known: new Known(Device(row, 1, row.GetString(0)), row.GetBoolean(2), Device(row, 3, row.GetString(0)))),
            """
            SELECT wanted.key, device.record, pending.device IS NOT NULL, pending.former FROM unnest($1) AS wanted(key)
            LEFT JOIN device ON device.key = wanted.key LEFT JOIN pending ON pending.device = wanted.key
            WHERE device.key IS NOT NULL OR pending.device IS NOT NULL
            """,
            In(keys));
        return rows.ToDictionary(row => row.Key, row => row.Known, StringComparer.Ordinal);
    }

    private static async Task WriteAsync(NpgsqlConnection connection, Dictionary<string, Known> known)
    {
        using var writer = new ByteWriter(512);
        KeyValuePair<string, Known>[] all = [.. known.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        var present = Array.FindAll(all, pair => pair.Value.Current is not null);
        var devices = Array.ConvertAll(present, pair => pair.Value.Current!.Descriptor);
        await using var batch = connection.CreateBatch();
        batch.Add(
            """
            INSERT INTO device(key, commune, kind, connector, longitude, latitude, search, record, cabinet) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT(key) DO UPDATE SET commune = excluded.commune, kind = excluded.kind, connector = excluded.connector,
            longitude = excluded.longitude, latitude = excluded.latitude, search = excluded.search, record = excluded.record, cabinet = excluded.cabinet
            """,
            In(Array.ConvertAll(devices, device => device.Id)),
            In(Array.ConvertAll(devices, device => device.Commune)),
            In(Array.ConvertAll(devices, device => (short)device.Kind)),
            In(Array.ConvertAll(devices, device => device.Connector?.Type)),
            In(Array.ConvertAll(devices, device => device.Position?.Longitude)),
            In(Array.ConvertAll(devices, device => device.Position?.Latitude)),
            In(Array.ConvertAll(devices, PostgresDeviceListing.SearchText)),
            In(Array.ConvertAll(present, pair => Records.Write(writer, pair.Value.Current!).ToArray())),
            In(Array.ConvertAll(devices, device => device.FedBy())));
        batch.Add(
            "INSERT INTO pending(device, revision, former) SELECT * FROM unnest($1, $2, $3) ON CONFLICT(device) DO UPDATE SET revision = excluded.revision",
            In(Array.ConvertAll(all, pair => pair.Key)),
            In(Array.ConvertAll(all, pair => pair.Value.Revision)),
            In(Array.ConvertAll(all, pair => pair.Value.Former is { } former ? Records.Write(writer, former).ToArray() : null)));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>A device as the store has it, and as it is to be.</summary>
    private sealed class Known(DeviceRecord? current = null, bool isPending = false, DeviceRecord? former = null)
    {
        private bool _isPending = isPending;

        public DeviceRecord? Current { get; private set; } = current;

        /// <summary>The device as the sectors know it.</summary>
        public DeviceRecord? Former { get; private set; } = former;

        public long Revision { get; private set; }

        /// <summary>A device that is pending already keeps its former record: the sectors have not seen what came between.</summary>
        public PendingChange Change(string device, long revision, DeviceRecord? changed)
        {
            Former = _isPending ? Former : Current;
            _isPending = true;
            (Current, Revision) = (changed, revision);
            return new PendingChange(device, revision, changed, Former);
        }
    }
}
