using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.History;

/// <summary>Closes days, rolls up what goes, deletes what is kept no longer. One change at a time over all processes, each in a short transaction.</summary>
internal sealed class PostgresHistoryRetention(PostgresHistoryCore core)
{
    private const int SeriesAtOnce = 500;

    /// <summary>Days that are looked at again at each sweep: whether how things came is still in them stands nowhere. A program that was away longer leaves it to the end of its raw points.</summary>
    private const int CourseDaysAtOnce = 3;

    /// <summary>Joins the rows of each series of a day into one.</summary>
    public Task CloseAsync(NpgsqlConnection connection, int day) =>
        JoinAllAsync(connection, day, "SELECT series FROM history_points WHERE day = $1 AND series > $2 GROUP BY series HAVING count(*) > 1 ORDER BY series LIMIT $3");

    public async Task<HistorySweep> SweepAsync(NpgsqlConnection connection, HistoryPolicy policy, DateTimeOffset now)
    {
        var today = Days.Of(now);
        for (var day = today - policy.CourseDays - CourseDaysAtOnce; day < today - policy.CourseDays; day++)
        {
            await DropCourseAsync(connection, day);
        }

        var (series, gone) = (0L, 0L);
        foreach (var (group, keep) in await GroupsAsync(connection, policy, "history_points"))
        {
            var days = await connection.RowsAsync(
                CancellationToken.None,
                row => row.GetInt32(0),
                "SELECT DISTINCT day FROM history_points WHERE kind = $1 AND commune = $2 AND personal = $3 AND day < $4 ORDER BY day",
                In(group.Kind), In(group.Commune), In(group.IsPersonal), In(today - keep.RawDays));
            foreach (var day in days)
            {
                series += await RollUpAndDeleteAsync(connection, day, group, keep, today);
            }

            gone += await GoneAsync(connection, "history_points WHERE day = old.day", days);
        }

        foreach (var resolution in (HistoryResolution[])[HistoryResolution.QuarterHour, HistoryResolution.Day])
        {
            foreach (var (group, keep) in await GroupsAsync(connection, policy, "history_roll_up"))
            {
                var days = await DeleteRollUpsAsync(connection, resolution, group, today - keep.For(resolution));
                series += days.Count;
                gone += await GoneAsync(connection, $"history_roll_up WHERE resolution = {(int)resolution} AND day = old.day", [.. days.Distinct()]);
            }
        }

        await core.ReadSweptAsync(connection);
        return new HistorySweep(series, gone);
    }

    /// <summary>Takes how things came out of a day.</summary>
    private Task DropCourseAsync(NpgsqlConnection connection, int day) =>
        JoinAllAsync(connection, day, "SELECT DISTINCT series FROM history_points WHERE day = $1 AND series > $2 ORDER BY series LIMIT $3", dropsCourse: true);

    /// <summary>Joins the rows of some series of a day, a page of series in a transaction.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="day">The day.</param>
    /// <param name="next">Finds the next series: of day $1, after $2, at most $3.</param>
    /// <param name="dropsCourse">How things came is left out.</param>
    private async Task JoinAllAsync(NpgsqlConnection connection, int day, string next, bool dropsCourse = false)
    {
        for (string? after = ""; after is not null;)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await HistoryLock.TakeAsync(connection);
            var many = await connection.RowsAsync(CancellationToken.None, row => row.GetString(0), next, In(day), In(after), In(SeriesAtOnce));
            foreach (var (series, rows) in await SeriesAsync(connection, day, many))
            {
                await JoinAsync(connection, series, day, rows, dropsCourse);
            }

            await transaction.CommitAsync();
            after = many.Count == SeriesAtOnce ? many[^1] : null;
        }
    }

    /// <summary>Deletes everything of a series; true when there was something.</summary>
    public static async Task<bool> DeleteAsync(NpgsqlConnection connection, string series)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await HistoryLock.TakeAsync(connection);
        var deleted = await connection.RunAsync(CancellationToken.None, "DELETE FROM history_points WHERE series = $1", In(series))
            + await connection.RunAsync(CancellationToken.None, "DELETE FROM history_roll_up WHERE series = $1", In(series));
        await transaction.CommitAsync();
        return deleted > 0;
    }

    public static async Task<ImmutableArray<OldestKept>> OldestKeptAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var oldest = await connection.RowsAsync(
            cancellationToken,
            row => new OldestKept(HistoryRow.KindOf(row.GetInt16(0)), (HistoryResolution)row.GetInt16(1), HistoryPeriod.DateOf(row.GetInt32(2))),
            """
            SELECT kinds.kind, 0::smallint, oldest.day FROM generate_series(-1, 15) AS number CROSS JOIN LATERAL (SELECT number::smallint AS kind) AS kinds
            CROSS JOIN LATERAL (SELECT min(day) AS day FROM history_points WHERE kind = kinds.kind) AS oldest WHERE oldest.day IS NOT NULL
            UNION ALL SELECT kind, resolution, min(day) FROM history_roll_up GROUP BY kind, resolution
            """);
        return [.. oldest];
    }

    /// <summary>What there is of each kind in each commune, personal or not, with how long it is kept.</summary>
    private static async Task<List<(Group Group, HistoryKeep Keep)>> GroupsAsync(NpgsqlConnection connection, HistoryPolicy policy, string table)
    {
        var groups = await connection.RowsAsync(
            CancellationToken.None, row => new Group(row.GetInt16(0), row.GetString(1), row.GetBoolean(2)), $"SELECT DISTINCT kind, commune, personal FROM {table}");
        return groups.ConvertAll(group => (group, policy.For(HistoryRow.KindOf(group.Kind), group.Commune.Length > 0 ? group.Commune : null, group.IsPersonal)));
    }

    private async Task<int> RollUpAndDeleteAsync(NpgsqlConnection connection, int day, Group group, HistoryKeep keep, int today)
    {
        HistoryResolution[] kept = [.. ((HistoryResolution[])[HistoryResolution.QuarterHour, HistoryResolution.Day]).Where(resolution => day >= today - keep.For(resolution))];
        await core.Partitions.EnsureAsync(connection, HistoryResolution.Day, [day]);
        var total = 0;
        int count;
        do
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await HistoryLock.TakeAsync(connection);
            await connection.RunAsync(
                CancellationToken.None,
                """
                INSERT INTO history_swept(kind, commune, personal, day) VALUES($1, $2, $3, $4)
                ON CONFLICT(kind, commune, personal) DO UPDATE SET day = greatest(history_swept.day, excluded.day)
                """,
                In(group.Kind), In(group.Commune), In(group.IsPersonal), In(today - keep.RawDays));
            var names = await connection.RowsAsync(
                CancellationToken.None,
                row => row.GetString(0),
                "SELECT DISTINCT series FROM history_points WHERE day = $1 AND kind = $2 AND commune = $3 AND personal = $4 ORDER BY series LIMIT $5",
                In(day), In(group.Kind), In(group.Commune), In(group.IsPersonal), In(SeriesAtOnce));
            count = names.Count;
            foreach (var (series, rows) in await SeriesAsync(connection, day, names))
            {
                await RollUpAsync(connection, series, day, rows, kept);
            }

            await connection.RunAsync(CancellationToken.None, "DELETE FROM history_points WHERE day = $1 AND series = ANY($2)", In(day), In(names.ToArray()));
            await transaction.CommitAsync();
            total += count;
        }
        while (count == SeriesAtOnce);
        return total;
    }

    private async Task RollUpAsync(NpgsqlConnection connection, string series, int day, List<Stored> rows, HistoryResolution[] kept)
    {
        // Of a day on which a meter got another subscriber, what is the former one's goes: it must not be sealed with the other's key.
        var subscriber = HistoryRow.SubscriberOf(rows[^1].Data);
        if (Contents(series, day, rows.FindAll(row => HistoryRow.SubscriberOf(row.Data) == subscriber)) is not { Count: > 0 } contents)
        {
            return; // erased with its key: nothing is left to be rolled up
        }

        var parts = Gathered(series, day, contents);
        if (!parts.Points.DropCourse(core.Metrics))
        {
            return;
        }

        var subject = await core.SubjectOfAsync(connection, new SeriesInfo(0, series)) with { Subscriber = subscriber };
        using var writer = new ByteWriter(1024);
        foreach (var resolution in kept)
        {
            if (HistoryRow.Of(series, resolution, day, subject, parts.EncodeRollUps(writer, day, subject, resolution), core.Seal) is { } row)
            {
                await connection.RunAsync(
                    CancellationToken.None,
                    """
                    INSERT INTO history_roll_up(series, resolution, day, kind, commune, personal, checksum, data) VALUES($1, $2, $3, $4, $5, $6, $7, $8)
                    ON CONFLICT(series, resolution, day) DO NOTHING
                    """,
                    In(series), In((short)resolution), In(day), In(rows[^1].Kind), In(rows[^1].Commune), In(row.IsPersonal), In(row.Checksum), In(row.Data));
            }
        }
    }

    /// <summary>What cannot be opened any more keeps its rows: they say that there was something. So does a day of two subscribers: each has its key.</summary>
    private async Task JoinAsync(NpgsqlConnection connection, string series, int day, List<Stored> rows, bool dropsCourse)
    {
        var subscriber = HistoryRow.SubscriberOf(rows[0].Data);
        var contents = Contents(series, day, rows);
        if (contents.Count < rows.Count || rows.Exists(row => HistoryRow.SubscriberOf(row.Data) != subscriber))
        {
            return;
        }

        var parts = Gathered(series, day, contents);
        if (dropsCourse)
        {
            var before = parts.Points.Count;
            if (!parts.Points.DropCourse(core.Metrics))
            {
                await connection.RunAsync(CancellationToken.None, "DELETE FROM history_points WHERE series = $1 AND day = $2", In(series), In(day));
                return;
            }

            if (parts.Points.Count == before)
            {
                return;
            }
        }

        using var writer = new ByteWriter(1024);
        var subject = HistoryCore.Unknown with { Subscriber = subscriber };
        if (HistoryRow.Of(series, HistoryResolution.Raw, day, subject, parts.Encode(writer), core.Seal) is not { } joined)
        {
            return;
        }

        await connection.RunAsync(
            CancellationToken.None,
            "DELETE FROM history_points WHERE series = $1 AND day = $2 AND number = ANY($3)", In(series), In(day), In(rows.Select(row => row.Number).ToArray()));
        await PostgresHistoryFlusher.CopyAsync(connection, [joined with { Kind = rows[^1].Kind, Commune = rows[^1].Commune }], rows[^1].Number);
    }

    private List<byte[]> Contents(string series, int day, List<Stored> rows)
    {
        var contents = new List<byte[]>(rows.Count);
        foreach (var row in rows)
        {
            if (HistoryRow.Open(series, HistoryResolution.Raw, day, row.Checksum, row.Data, core.Seal) is { } content)
            {
                contents.Add(content);
            }
        }

        return contents;
    }

    private HistoryParts Gathered(string series, int day, List<byte[]> contents)
    {
        try
        {
            var parts = new HistoryParts(core.Metrics, core.Subjects);
            parts.Gather(contents, null);
            return parts;
        }
        catch (CodecException error)
        {
            throw HistoryRow.Damaged(series, day, error.Message, error);
        }
    }

    private static async Task<List<(string Series, List<Stored> Rows)>> SeriesAsync(NpgsqlConnection connection, int day, List<string> series)
    {
        var rows = await connection.RowsAsync(
            CancellationToken.None,
            row => (Series: row.GetString(0), Row: new Stored(row.GetInt64(1), row.GetInt16(2), row.GetString(3), row.GetInt64(4), row.Bytes(5))),
            "SELECT series, number, kind, commune, checksum, data FROM history_points WHERE day = $1 AND series = ANY($2) ORDER BY series, number",
            In(day), In(series.ToArray()));
        return [.. rows.GroupBy(row => row.Series, row => row.Row, StringComparer.Ordinal).Select(group => (group.Key, group.ToList()))];
    }

    private static async Task<List<int>> DeleteRollUpsAsync(NpgsqlConnection connection, HistoryResolution resolution, Group group, int before)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await HistoryLock.TakeAsync(connection);
        var days = await connection.RowsAsync(
            CancellationToken.None,
            row => row.GetInt32(0),
            "DELETE FROM history_roll_up WHERE resolution = $1 AND kind = $2 AND commune = $3 AND personal = $4 AND day < $5 RETURNING day",
            In((short)resolution), In(group.Kind), In(group.Commune), In(group.IsPersonal), In(before));
        await transaction.CommitAsync();
        return days;
    }

    /// <summary>Days of which nothing is left.</summary>
    private static Task<long> GoneAsync(NpgsqlConnection connection, string left, List<int> days) => connection.ValueAsync(
        CancellationToken.None, $"SELECT count(*) FROM unnest($1) AS old(day) WHERE NOT EXISTS (SELECT FROM {left})", In(days.ToArray()));

    /// <summary>What one rule of retention speaks of.</summary>
    private readonly record struct Group(short Kind, string Commune, bool IsPersonal);

    private readonly record struct Stored(long Number, short Kind, string Commune, long Checksum, byte[] Data);
}
