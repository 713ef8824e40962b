using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.History;

/// <summary>Answers one query.</summary>
internal sealed class PostgresHistoryReader
{
    private readonly PostgresHistoryCore _core;
    private readonly HistoryQuery _query;
    private readonly MetricFilter _metric;
    private readonly HistoryParts _parts;
    private readonly SeriesInfo? _series;
    private readonly SlabView _view;
    private readonly HashSet<int> _buffered;
    private bool _isErased;

    public PostgresHistoryReader(PostgresHistoryCore core, HistoryQuery query)
    {
        (_core, _query) = (core, query);
        _metric = core.Metrics.FilterOf(query.Metric);
        _parts = new HistoryParts(core.Metrics, core.Subjects);

        // Before the rows.
        (_series, _view) = core.Intake.Look(query.Series);
        _buffered = _series is null ? [] : _view.DaysOf(_series.Id);
    }

    public async Task<HistoryPoints> PointsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var answer = new PointAnswer(_query);
        if (_query.From < _query.To)
        {
            var (first, last) = (Days.Of(_query.From), Days.Of(_query.To.AddMilliseconds(-1)));
            var stored = await StoredAsync(connection, first, last, cancellationToken);
            foreach (var day in DaysOf(stored.Keys, first, last))
            {
                if (!answer.Add(day, Gather(day, stored)))
                {
                    break;
                }
            }
        }

        return answer.Finish(_isErased);
    }

    public async Task<HistoryBuckets> BucketsAsync(NpgsqlConnection connection, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        if (_query.From >= _query.To)
        {
            return new HistoryBuckets { Buckets = [] };
        }

        var subject = await _core.SubjectOfAsync(connection, _series ?? new SeriesInfo(0, _query.Series));
        var spans = new BucketSpans(_core.Subjects, subject.Zone, resolution);
        IndexCounting? index = MetricTable.IsIndex(_query.Metric) ? new IndexCounting(subject.IndexMaximum) : null;
        var answer = new BucketAnswer(_query, spans, index);
        var (first, last) = (Days.Of(answer.From), Days.Of(answer.To.AddMilliseconds(-1)));
        var stored = await StoredAsync(connection, first, last, cancellationToken);
        var rolled = await RolledAsync(connection, resolution, first, last, cancellationToken);
        foreach (var day in DaysOf(stored.Keys.Concat(rolled.Keys), first, last))
        {
            if (!answer.Add(day, PartsOf(day, stored, rolled, subject, resolution, index)))
            {
                break;
            }
        }

        return answer.Finish(_isErased);
    }

    /// <summary>From points where there are some, so that roll-ups are never behind; else what was rolled up when the points went.</summary>
    private List<RollUpPart> PartsOf(
        int day, Dictionary<int, List<byte[]>> stored, Dictionary<int, List<byte[]>> rolled, HistorySubject subject, HistoryResolution resolution, IndexCounting? index)
    {
        if (!stored.ContainsKey(day) && !_buffered.Contains(day))
        {
            try
            {
                return rolled[day] is [var content] ? _parts.ReadRollUps(content, _metric) : [];
            }
            catch (CodecException error)
            {
                throw HistoryRow.Damaged(_query.Series, day, error.Message, error);
            }
        }

        Gather(day, stored);
        return _parts.RollUpsOf(day, subject.Zone, resolution, index);
    }

    private IEnumerable<int> DaysOf(IEnumerable<int> stored, int first, int last) =>
        stored.Concat(_buffered.Where(day => day >= first && day <= last)).Distinct().Order();

    private PointList Gather(int day, Dictionary<int, List<byte[]>> stored)
    {
        try
        {
            return _parts.Gather(
                stored.GetValueOrDefault(day) ?? [], _metric, points => _view.Collect(_series?.Id ?? 0, day, _metric.Number, points));
        }
        catch (CodecException error)
        {
            throw HistoryRow.Damaged(_query.Series, day, error.Message, error);
        }
    }

    private Task<Dictionary<int, List<byte[]>>> StoredAsync(NpgsqlConnection connection, int first, int last, CancellationToken cancellationToken) => ContentsAsync(
        connection,
        HistoryResolution.Raw,
        "SELECT day, checksum, data FROM history_points WHERE series = $1 AND day BETWEEN $2 AND $3 ORDER BY day, number",
        [In(_query.Series), In(first), In(last)],
        cancellationToken);

    private Task<Dictionary<int, List<byte[]>>> RolledAsync(NpgsqlConnection connection, HistoryResolution resolution, int first, int last, CancellationToken cancellationToken) => ContentsAsync(
        connection,
        resolution,
        "SELECT day, checksum, data FROM history_roll_up WHERE series = $1 AND resolution = $4 AND day BETWEEN $2 AND $3 ORDER BY day",
        [In(_query.Series), In(first), In(last), In((short)resolution)],
        cancellationToken);

    /// <summary>Contents by day, oldest first; a day of which nothing can be opened has none.</summary>
    private async Task<Dictionary<int, List<byte[]>>> ContentsAsync(
        NpgsqlConnection connection, HistoryResolution resolution, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var rows = await connection.RowsAsync(cancellationToken, row => (Day: row.GetInt32(0), Checksum: row.GetInt64(1), Data: row.Bytes(2)), sql, parameters);
        var contents = new Dictionary<int, List<byte[]>>();
        foreach (var (day, checksum, data) in rows)
        {
            if (HistoryRow.Open(_query.Series, resolution, day, checksum, data, _core.Seal) is not { } content)
            {
                _isErased = true;
                continue;
            }

            if (!contents.TryGetValue(day, out var list))
            {
                contents.Add(day, list = []);
            }

            list.Add(content);
        }

        return contents;
    }
}
