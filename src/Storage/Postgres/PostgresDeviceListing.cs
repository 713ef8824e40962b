using System.Collections.Immutable;
using System.Text;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>
/// Lists devices by key. What narrows most leads: a cabinet, else a box with few devices in it, else communes (each read in key order from its index, no further
/// than it can matter), else the keys themselves; the other conditions filter.
/// </summary>
internal static class PostgresDeviceListing
{
    private const int SmallBox = 5_000;
    private const char SearchSeparator = '\u0001';

    /// <summary>What a list may be searched for. PostgreSQL's texts have no U+0000.</summary>
    public static string SearchText(DeviceDescriptor device) => Searchable($"{device.Id}{SearchSeparator}{device.Name}");

    public static async Task<ImmutableArray<DeviceRecord>> ListAsync(NpgsqlConnection connection, DeviceQuery query, string place, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        string Next<T>(T value)
        {
            command.Parameters.Add(In(value));
            return $"${command.Parameters.Count}";
        }

        var after = Next(query.After ?? "");
        var limit = Next(query.Limit);
        var filter = new StringBuilder($"device.key > {after}");
        if (query.Kinds != DeviceKinds.All)
        {
            filter.Append($" AND ({Next((int)query.Kinds)} >> device.kind) & 1 = 1");
        }

        if (query.Connector is not null)
        {
            filter.Append($" AND device.connector = {Next(query.Connector)}");
        }

        if (query.Cabinet is not null)
        {
            filter.Append($" AND device.cabinet = {Next(query.Cabinet)}");
        }

        if (query.Text is not null)
        {
            filter.Append($" AND position({Next(Searchable(query.Text))} in device.search) > 0");
        }

        if (query.Box is { } box)
        {
            filter.Append($" AND device.latitude BETWEEN {Next(box.South)} AND {Next(box.North)} AND ")
                .Append(box.West <= box.East
                    ? $"device.longitude BETWEEN {Next(box.West)} AND {Next(box.East)}"
                    : $"(device.longitude >= {Next(box.West)} OR device.longitude <= {Next(box.East)})");
        }

        string? communes = null;
        if (!query.Communes.IsDefault)
        {
            var merged = query.Communes.GroupBy(item => item.Commune, StringComparer.Ordinal).ToArray();
            communes = $"unnest({Next(Array.ConvertAll(merged, commune => commune.Key))}, {Next(Array.ConvertAll(merged, commune => (int)commune.Aggregate(DeviceKinds.None, (kinds, item) => kinds | item.Kinds)))}) AS wanted(commune, kinds)";
        }

        const string InCommune = "device.commune = wanted.commune AND (wanted.kinds >> device.kind) & 1 = 1";
        if (query.Cabinet is not null)
        {
            var join = communes is null ? "" : $" JOIN {communes} ON {InCommune}";
            command.CommandText = $"SELECT device.key, device.record FROM device{join} WHERE {filter} ORDER BY device.key LIMIT {limit}";
        }
        else if (query.Box is { } near && await IsSmallAsync(connection, near, cancellationToken))
        {
            var join = communes is null ? "" : $" JOIN {communes} ON {InCommune}";
            command.CommandText = $"""
                WITH near AS MATERIALIZED (SELECT * FROM device WHERE {Near(near, Next)})
                SELECT device.key, device.record FROM near AS device{join} WHERE {filter} ORDER BY device.key LIMIT {limit}
                """;
        }
        else if (communes is not null)
        {
            command.CommandText = $"""
                SELECT device.key, device.record FROM device JOIN (
                    SELECT found.key FROM {communes} CROSS JOIN LATERAL (
                        SELECT device.key FROM device WHERE {InCommune} AND {filter} ORDER BY device.commune, device.key LIMIT {limit}) AS found
                    ORDER BY found.key LIMIT {limit}) AS page USING (key) ORDER BY device.key
                """;
        }
        else
        {
            command.CommandText = $"SELECT device.key, device.record FROM device WHERE {filter} ORDER BY device.key LIMIT {limit}";
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return [.. await reader.AllAsync(row => Records.ReadDevice(row.Bytes(1), place, row.GetString(0)), cancellationToken)];
    }

    private static string Searchable(string text) => text.Replace('\0', SearchSeparator).ToLowerInvariant();

    private static async Task<bool> IsSmallAsync(NpgsqlConnection connection, BoundingBox box, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        string Next(double value)
        {
            command.Parameters.Add(In(value));
            return $"${command.Parameters.Count}";
        }

        command.CommandText = $"SELECT count(*) FROM (SELECT FROM device WHERE {Near(box, Next)} LIMIT {SmallBox + 1}) AS near";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! <= SmallBox;
    }

    /// <summary>What the index on places finds: a few too many at the borders, never too few.</summary>
    private static string Near(BoundingBox box, Func<double, string> next)
    {
        var (south, north) = (next(box.South), next(box.North));
        string Inside(double west, double east) =>
            $"point(longitude, latitude) <@ box(point({next(west)}, {south}), point({next(east)}, {north}))";
        var where = box.West <= box.East ? Inside(box.West, box.East) : $"({Inside(box.West, 180)} OR {Inside(-180, box.East)})";
        return $"longitude IS NOT NULL AND {where}";
    }
}
