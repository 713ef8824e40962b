using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;
using Npgsql;
using NpgsqlTypes;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.History;

/// <summary>
/// Makes a batch durable in one transaction: a row for each series and day, by COPY, and the offsets. Doing it twice changes nothing: the same points
/// stand in two rows, until the day is closed.
/// </summary>
internal sealed class PostgresHistoryFlusher(PostgresHistoryCore core)
{
    private const string Copy = "COPY history_points(series, day, number, kind, commune, personal, checksum, data) FROM STDIN (FORMAT BINARY)";

    /// <summary>Days that were written to.</summary>
    public async Task<IReadOnlyCollection<int>> FlushAsync(FlushPlan plan)
    {
        await using var connection = await core.Database.ConnectAsync(CancellationToken.None);
        var groups = GroupsOf(plan.View);
        await core.Partitions.EnsureAsync(connection, HistoryResolution.Raw, groups.Select(group => group.Day));
        await using var transaction = await connection.BeginTransactionAsync();
        await HistoryLock.ShareAsync(connection);
        await core.ReadSweptAsync(connection);
        var rows = await RowsAsync(connection, plan.View, groups);
        var number = await connection.ValueAsync(CancellationToken.None, "SELECT nextval('history_number')");
        await CopyAsync(connection, rows, number);
        if (plan.Offsets.Count > 0)
        {
            await connection.RunAsync(
                CancellationToken.None,
                """
                INSERT INTO history_sector(sector, durable) SELECT * FROM unnest($1, $2)
                ON CONFLICT(sector) DO UPDATE SET durable = greatest(history_sector.durable, excluded.durable)
                """,
                In(plan.Offsets.Keys.ToArray()), In(plan.Offsets.Values.ToArray()));
        }

        await transaction.CommitAsync();
        return rows.Select(row => row.Day).ToHashSet();
    }

    public static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyCollection<HistoryRow> rows, long number)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var copy = await connection.BeginBinaryImportAsync(Copy);
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(row.Series, NpgsqlDbType.Text);
            await copy.WriteAsync(row.Day, NpgsqlDbType.Integer);
            await copy.WriteAsync(number, NpgsqlDbType.Bigint);
            await copy.WriteAsync(row.Kind, NpgsqlDbType.Smallint);
            await copy.WriteAsync(row.Commune, NpgsqlDbType.Text);
            await copy.WriteAsync(row.IsPersonal, NpgsqlDbType.Boolean);
            await copy.WriteAsync(row.Checksum, NpgsqlDbType.Bigint);
            await copy.WriteAsync(row.Data, NpgsqlDbType.Bytea);
        }

        await copy.CompleteAsync();
    }

    private async Task<List<HistoryRow>> RowsAsync(NpgsqlConnection connection, SlabView view, List<Group> groups)
    {
        var rows = new List<HistoryRow>(groups.Count);
        var parts = new HistoryParts(core.Metrics, core.Subjects);
        using var writer = new ByteWriter(1024);
        foreach (var group in groups)
        {
            if (core.Series.Find(group.Series) is not { } series)
            {
                continue;
            }

            var subject = await core.SubjectOfAsync(connection, series);
            if (group.Day < core.SweptBefore(subject))
            {
                core.Counters.HistoryDropped("expired", group.Readings.Count);
                continue;
            }

            parts.Gather([], null, points => Add(view, group, points));
            if (parts.Points.Count > 0)
            {
                if (HistoryRow.Of(series.Key, HistoryResolution.Raw, group.Day, subject, parts.Encode(writer), core.Seal) is { } row)
                {
                    rows.Add(row);
                }
                else
                {
                    core.Counters.HistoryDropped("erased", parts.Points.Count);
                }
            }
        }

        return rows;
    }

    private static void Add(SlabView view, Group group, PointList points)
    {
        var start = (long)group.Day * Days.Milliseconds;
        foreach (var (place, reading) in group.Readings)
        {
            var slab = view.Slabs[place];
            for (var value = slab.StartOf(reading); value < slab.Ends[reading]; value++)
            {
                points.Add(slab.Metrics[value], (int)(slab.Times[reading] - start), slab.Numbers[value]);
            }
        }
    }

    /// <summary>The readings by series and day, each in the order in which they came.</summary>
    private static List<Group> GroupsOf(SlabView view)
    {
        var groups = new Dictionary<(int Series, int Day), Group>();
        for (var place = 0; place < view.Slabs.Length; place++)
        {
            var slab = view.Slabs[place];
            for (var reading = 0; reading < view.Counts[place]; reading++)
            {
                var key = (slab.Series[reading], Days.Of(slab.Times[reading]));
                if (!groups.TryGetValue(key, out var group))
                {
                    groups.Add(key, group = new Group(key.Item1, key.Item2, []));
                }

                group.Readings.Add((place, reading));
            }
        }

        return [.. groups.Values];
    }

    private sealed record Group(int Series, int Day, List<(int Slab, int Reading)> Readings);
}
