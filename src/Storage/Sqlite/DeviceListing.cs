using System.Collections.Immutable;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>
/// Lists devices by key. What narrows most leads: a cabinet, else a box with few devices in it, else communes (each read in key order from its index, as far
/// as it can still matter), else a connector, else the keys themselves; the other conditions filter.
/// </summary>
internal static class DeviceListing
{
    private const int SmallBox = 5_000;
    private const char SearchSeparator = '\u0001';

    /// <summary>Greater than every key: keys have no character beyond <c>z</c>.</summary>
    private const string LastKey = "\u007f";

    public static string SearchText(DeviceDescriptor device) => $"{device.Id}{SearchSeparator}{device.Name}".ToLowerInvariant();

    public static ImmutableArray<DeviceRecord> List(SqliteSession session, DeviceQuery query)
    {
        session.Run("BEGIN"); // one view of the store for all statements
        try
        {
            var page = Keys(session, query);
            return [.. page.Select(found => Read(session, found.Id, found.Key))];
        }
        finally
        {
            session.Run("COMMIT");
        }
    }

    private static IEnumerable<Found> Keys(SqliteSession session, DeviceQuery query)
    {
        var kindsByCommune = query.Communes.IsDefault ? null : Merged(query);
        if (query.Cabinet is not null)
        {
            // A cabinet's lights are in one commune as a rule: with communes all of its keys are looked at.
            return Run(session, query, "key > ?1 AND key < ?2 AND (?4 >> kind) & 1 ORDER BY key LIMIT ?5", LastKey, "", query.Kinds, kindsByCommune is null ? query.Limit : -1)
                .Where(found => kindsByCommune is null || (kindsByCommune.GetValueOrDefault(found.Commune) & found.Kind) != 0)
                .Take(query.Limit);
        }

        if (query.Box is { } box && FewIn(session, box) is { } few)
        {
            return few.SelectMany(id => Run(session, query, "id = ?5 AND key > ?1 AND key < ?2 AND (?4 >> kind) & 1", LastKey, "", query.Kinds, id))
                .Where(found => kindsByCommune is null || (kindsByCommune.GetValueOrDefault(found.Commune) & found.Kind) != 0)
                .DistinctBy(found => found.Id)
                .OrderBy(found => found.Key, StringComparer.Ordinal)
                .Take(query.Limit);
        }

        return kindsByCommune is null
            ? Run(session, query, "key > ?1 AND key < ?2 AND (?4 >> kind) & 1 ORDER BY key LIMIT ?5", LastKey, "", query.Kinds, query.Limit)
            : FirstOf(session, query, kindsByCommune);
    }

    /// <summary>The first keys over all communes: once there are enough, each further commune is read only below the last of them.</summary>
    private static IEnumerable<Found> FirstOf(SqliteSession session, DeviceQuery query, Dictionary<string, DeviceKinds> kindsByCommune)
    {
        var latestFirst = Comparer<string>.Create(static (left, right) => string.CompareOrdinal(right, left));
        var kept = new PriorityQueue<Found, string>(latestFirst);
        foreach (var (commune, kinds) in kindsByCommune)
        {
            var before = kept.Count == query.Limit ? kept.Peek().Key : LastKey;
            foreach (var found in Run(session, query, "commune = ?3 AND key > ?1 AND key < ?2 AND (?4 >> kind) & 1 ORDER BY key LIMIT ?5", before, commune, kinds, query.Limit))
            {
                kept.Enqueue(found, found.Key);
                if (kept.Count > query.Limit)
                {
                    kept.Dequeue();
                }
            }
        }

        return kept.UnorderedItems.Select(item => item.Element).OrderBy(found => found.Key, StringComparer.Ordinal);
    }

    private static Dictionary<string, DeviceKinds> Merged(DeviceQuery query) => query.Communes
        .GroupBy(item => item.Commune, StringComparer.Ordinal)
        .ToDictionary(commune => commune.Key, commune => commune.Aggregate(DeviceKinds.None, (kinds, item) => kinds | item.Kinds) & query.Kinds, StringComparer.Ordinal);

    /// <summary>The devices near a box, null when they are many.</summary>
    private static List<long>? FewIn(SqliteSession session, BoundingBox box)
    {
        var ids = new List<long>();
        foreach (var (west, east) in box.West <= box.East ? [(box.West, box.East)] : new[] { (box.West, 180d), (-180d, box.East) })
        {
            using var rows = session.Query("SELECT id FROM device_place WHERE east >= ?1 AND west <= ?2 AND north >= ?3 AND south <= ?4 LIMIT ?5")
                .Bind(1, west).Bind(2, east).Bind(3, box.South).Bind(4, box.North).Bind(5, SmallBox + 1);
            while (rows.Step())
            {
                ids.Add(rows.Long(0));
            }
        }

        return ids.Count <= SmallBox ? ids : null;
    }

    /// <summary>Runs a condition together with the query's own filters: ?1 after, ?2 before, ?3 commune, ?4 kinds, ?5 limit or id, ?6 connector, ?7 text, ?8 to ?11 the box, ?12 cabinet.</summary>
    private static List<Found> Run(
        SqliteSession session, DeviceQuery query, string condition, string before, string commune, DeviceKinds kinds, long limitOrId)
    {
        var text = new StringBuilder("SELECT key, id, commune, kind FROM device ")
            .Append(query.Cabinet is null ? "WHERE " : "INDEXED BY device_by_cabinet WHERE cabinet = ?12 AND ");
        if (query.Connector is not null)
        {
            text.Append("connector = ?6 AND ");
        }

        if (query.Text is not null)
        {
            text.Append("instr(search, ?7) > 0 AND ");
        }

        if (query.Box is { } wanted)
        {
            text.Append("latitude BETWEEN ?8 AND ?9 AND ")
                .Append(wanted.West <= wanted.East ? "longitude BETWEEN ?10 AND ?11 AND " : "(longitude >= ?10 OR longitude <= ?11) AND ");
        }

        using var rows = session.Query(text.Append(condition).ToString())
            .Bind(1, query.After ?? "").Bind(2, before).Bind(3, commune).Bind(4, (long)kinds).Bind(5, limitOrId);

        if (query.Connector is not null)
        {
            rows.Bind(6, query.Connector);
        }

        if (query.Text is not null)
        {
            rows.Bind(7, query.Text.ToLowerInvariant());
        }

        if (query.Box is { } box)
        {
            rows.Bind(8, box.South).Bind(9, box.North).Bind(10, box.West).Bind(11, box.East);
        }

        if (query.Cabinet is not null)
        {
            rows.Bind(12, query.Cabinet);
        }

        var found = new List<Found>();
        while (rows.Step())
        {
            found.Add(new Found(rows.Text(0), rows.Long(1), rows.Text(2), (DeviceKinds)(1 << (int)rows.Long(3))));
        }

        return found;
    }

    private static DeviceRecord Read(SqliteSession session, long id, string key)
    {
        using var rows = session.Query("SELECT record FROM device WHERE id = ?1").Bind(1, id);
        return rows.Step() ? Records.ReadDevice(rows.Blob(0), session.File, key) : throw new StoreDamagedException(session.File, $"device {key} is in an index only");
    }

    private readonly record struct Found(string Key, long Id, string Commune, DeviceKinds Kind);
}
