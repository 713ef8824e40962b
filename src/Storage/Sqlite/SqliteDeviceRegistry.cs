using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>Devices in <c>registry.db</c>. The reads are in <see cref="DeviceListing"/>.</summary>
internal sealed class SqliteDeviceRegistry(SqliteStore store) : IDeviceRegistry
{
    private const int PageRows = 4096;

    public Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken) =>
        devices.IsDefaultOrEmpty
            ? Task.FromResult(ImmutableArray<PendingChange>.Empty)
            : store.WriteAsync(session => Put(session, devices), cancellationToken);

    public Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken) =>
        store.WriteAsync(session => Remove(session, device), cancellationToken);

    public Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken) => store.WriteAsync(
        session =>
        {
            var delete = session.Query("DELETE FROM pending WHERE revision = ?1");
            return revisions.Sum(revision => delete.Bind(1, revision).Run());
        },
        cancellationToken);

    public Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(session => Pending(session, limit), cancellationToken);

    public Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken) =>
        store.ReadAsync(session => Find(session, device)?.Record, cancellationToken);

    public Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 10_000, nameof(query));
        return store.ReadAsync(session => DeviceListing.List(session, query), cancellationToken);
    }

    public async IAsyncEnumerable<DeviceRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync((blob, row, _) => Records.ReadDevice(blob, row), cancellationToken))
        {
            foreach (var device in page)
            {
                yield return device;
            }
        }
    }

    public IAsyncEnumerable<IReadOnlyList<DirectoryEntry>> ReadDirectoryAsync(CancellationToken cancellationToken) => PagesAsync(Records.ReadEntry, cancellationToken);

    /// <summary>Ranges of rows, so that each reader has one while the caller works through those before.</summary>
    private async IAsyncEnumerable<IReadOnlyList<T>> PagesAsync<T>(ReadRow<T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = await store.ReadAsync(session => session.Value("SELECT coalesce(max(id), 0) FROM device"), cancellationToken);
        var ahead = new Queue<Task<List<T>>>();
        for (var after = 0L; after < last || ahead.Count > 0;)
        {
            while (after < last && ahead.Count <= store.Readers)
            {
                var from = after;
                after = Math.Min(last, after + PageRows);
                var to = after;
                ahead.Enqueue(store.ReadAsync(session => Page(session, from, to, read), cancellationToken));
            }

            yield return await ahead.Dequeue();
        }
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(session => session.Value("SELECT count(*) FROM device"), cancellationToken);

    private static ImmutableArray<PendingChange> Put(SqliteSession session, ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices)
    {
        using var writer = new ByteWriter(512);
        var revision = session.Value("SELECT value FROM counter WHERE name = 'revision'");
        var changes = new PendingChange[devices.Length];

        // In the order of keys, which is that of the indexes: neighbours share pages. Revisions follow the order of the call.
        foreach (var index in Enumerable.Range(0, devices.Length).OrderBy(index => devices[index].Descriptor.Id, StringComparer.Ordinal))
        {
            var (descriptor, sector) = devices[index];
            var former = Find(session, descriptor.Id);
            var current = new DeviceRecord { Descriptor = descriptor, Sector = sector, Revision = revision + index + 1 };
            var id = Store(session, former?.Id, current, writer);
            Place(session, id, descriptor.Position, former?.Record.Descriptor.Position);
            changes[index] = MarkPending(session, descriptor.Id, current.Revision, current, former?.Record, writer);
        }

        session.Query("UPDATE counter SET value = ?1 WHERE name = 'revision'").Bind(1, revision + devices.Length).Run();
        return ImmutableCollectionsMarshal.AsImmutableArray(changes);
    }

    private static PendingChange? Remove(SqliteSession session, string device)
    {
        if (Find(session, device) is not { } former)
        {
            return null;
        }

        using var writer = new ByteWriter(512);
        session.Run("UPDATE counter SET value = value + 1 WHERE name = 'revision'");
        var revision = session.Value("SELECT value FROM counter WHERE name = 'revision'");
        session.Query("DELETE FROM device WHERE id = ?1").Bind(1, former.Id).Run();
        Place(session, former.Id, null, former.Record.Descriptor.Position);
        return MarkPending(session, device, revision, null, former.Record, writer);
    }

    private static (long Id, DeviceRecord Record)? Find(SqliteSession session, string device)
    {
        using var rows = session.Query("SELECT id, record FROM device WHERE key = ?1").Bind(1, device);
        return rows.Step() ? (rows.Long(0), Records.ReadDevice(rows.Blob(1), session.File, device)) : null;
    }

    /// <summary>Writes a row: a new one when there is no id; returns its id.</summary>
    private static long Store(SqliteSession session, long? id, DeviceRecord device, ByteWriter writer)
    {
        var descriptor = device.Descriptor;
        var row = id is null
            ? session.Query("INSERT INTO device(key, commune, kind, connector, longitude, latitude, search, record, cabinet) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
                .Bind(1, descriptor.Id)
            : session.Query("UPDATE device SET commune = ?2, kind = ?3, connector = ?4, longitude = ?5, latitude = ?6, search = ?7, record = ?8, cabinet = ?9 WHERE id = ?1")
                .Bind(1, id);
        row.Bind(2, descriptor.Commune)
            .Bind(3, (long)descriptor.Kind)
            .Bind(4, descriptor.Connector?.Type)
            .Bind(5, descriptor.Position?.Longitude)
            .Bind(6, descriptor.Position?.Latitude)
            .Bind(7, DeviceListing.SearchText(descriptor))
            .Bind(8, Records.Write(writer, device))
            .Bind(9, descriptor.FedBy())
            .Run();
        return id ?? session.LastId;
    }

    private static void Place(SqliteSession session, long id, GeoPoint? position, GeoPoint? former)
    {
        if (position is { } point)
        {
            if (position != former)
            {
                session.Query("INSERT OR REPLACE INTO device_place(id, west, east, south, north) VALUES(?1, ?2, ?2, ?3, ?3)")
                    .Bind(1, id).Bind(2, point.Longitude).Bind(3, point.Latitude).Run();
            }
        }
        else if (former is not null)
        {
            session.Query("DELETE FROM device_place WHERE id = ?1").Bind(1, id).Run();
        }
    }

    /// <summary>A device that is pending already keeps its former record: the sectors have not seen what came between.</summary>
    private static PendingChange MarkPending(SqliteSession session, string device, long revision, DeviceRecord? current, DeviceRecord? former, ByteWriter writer)
    {
        using (var rows = session.Query("SELECT former FROM pending WHERE device = ?1").Bind(1, device))
        {
            if (rows.Step())
            {
                var known = rows.IsNull(0) ? null : Records.ReadDevice(rows.Blob(0), session.File, device);
                session.Query("UPDATE pending SET revision = ?2 WHERE device = ?1").Bind(1, device).Bind(2, revision).Run();
                return new PendingChange(device, revision, current, known);
            }
        }

        var insert = session.Query("INSERT INTO pending(device, revision, former) VALUES(?1, ?2, ?3)").Bind(1, device).Bind(2, revision);
        if (former is not null)
        {
            insert.Bind(3, Records.Write(writer, former));
        }

        insert.Run();
        return new PendingChange(device, revision, current, former);
    }

    private static ImmutableArray<PendingChange> Pending(SqliteSession session, int limit)
    {
        using var rows = session.Query("""
            SELECT pending.device, pending.revision, pending.former, device.record
            FROM pending LEFT JOIN device ON device.key = pending.device ORDER BY pending.revision LIMIT ?1
            """)
            .Bind(1, limit);
        var changes = ImmutableArray.CreateBuilder<PendingChange>();
        while (rows.Step())
        {
            var device = rows.Text(0);
            var former = rows.IsNull(2) ? null : Records.ReadDevice(rows.Blob(2), session.File, device);
            var current = rows.IsNull(3) ? null : Records.ReadDevice(rows.Blob(3), session.File, device);
            changes.Add(new PendingChange(device, rows.Long(1), current, former));
        }

        return changes.ToImmutable();
    }

    /// <summary>Of the rows after one up to another.</summary>
    private static List<T> Page<T>(SqliteSession session, long after, long to, ReadRow<T> read)
    {
        using var rows = session.Query("SELECT id, record FROM device WHERE id > ?1 AND id <= ?2 ORDER BY id").Bind(1, after).Bind(2, to);
        var page = new List<T>(PageRows);
        var texts = new SharedTexts();
        while (rows.Step())
        {
            page.Add(read(rows.Blob(1), new RecordPlace(session.File, rows.Long(0)), texts));
        }

        return page;
    }

    private delegate T ReadRow<out T>(ReadOnlySpan<byte> record, RecordPlace place, SharedTexts texts);
}
