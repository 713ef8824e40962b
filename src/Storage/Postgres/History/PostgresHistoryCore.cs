using Grid.Contracts.Storage;
using Grid.Storage.History;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.History;

/// <summary>What the parts of an open history share.</summary>
internal sealed class PostgresHistoryCore(PostgresDatabase database, HistoryOptions options, IHistorySubjects subjects, IHistorySeal? seal, StorageMetrics counters)
{
    private Dictionary<(short Kind, string Commune, bool IsPersonal), int> _swept = [];

    public PostgresDatabase Database => database;

    public IHistorySubjects Subjects => subjects;

    public IHistorySeal? Seal => seal;

    public StorageMetrics Counters => counters;

    public HistoryPartitions Partitions { get; } = new();

    /// <summary>What is on its way in.</summary>
    public HistoryIntake Intake { get; } = new(options.BufferBytes, counters);

    public MetricTable Metrics => Intake.Metrics;

    public SeriesTable Series => Intake.Series;

    /// <summary>Points of a subject before this day were deleted.</summary>
    public int SweptBefore(HistorySubject subject) =>
        Volatile.Read(ref _swept).TryGetValue((HistoryRow.KindOf(subject.Kind), subject.Commune ?? "", subject.Subscriber is not null), out var day) ? day : int.MinValue;

    public async Task ReadSweptAsync(NpgsqlConnection connection)
    {
        var swept = await connection.RowsAsync(
            CancellationToken.None,
            row => (Group: (row.GetInt16(0), row.GetString(1), row.GetBoolean(2)), Day: row.GetInt32(3)),
            "SELECT kind, commune, personal, day FROM history_swept");
        Volatile.Write(ref _swept, swept.ToDictionary(row => row.Group, row => row.Day));
    }

    /// <summary>What is known of a series; of one that is known no more, what stands in its newest row.</summary>
    public async Task<HistorySubject> SubjectOfAsync(NpgsqlConnection connection, SeriesInfo series) =>
        series.Subject = subjects.Find(series.Key) ?? series.Subject ?? await StoredSubjectAsync(connection, series.Key);

    private static async Task<HistorySubject> StoredSubjectAsync(NpgsqlConnection connection, string series)
    {
        var newest = await connection.RowsAsync(
            CancellationToken.None,
            row => HistoryCore.Unknown with
            {
                Kind = HistoryRow.KindOf(row.GetInt16(0)),
                Commune = row.GetString(1) is { Length: > 0 } commune ? commune : null,
                Subscriber = HistoryRow.SubscriberOf(row.Bytes(2)),
            },
            "SELECT kind, commune, data FROM history_points WHERE series = $1 ORDER BY day DESC, number DESC LIMIT 1",
            In(series));
        return newest.SingleOrDefault() ?? HistoryCore.Unknown;
    }
}
