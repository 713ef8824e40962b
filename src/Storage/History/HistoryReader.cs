using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.Sqlite;

namespace Grid.Storage.History;

/// <summary>Answers queries. One for each thread that reads.</summary>
internal sealed class HistoryReader(HistoryCore core, DirectoryCache directories)
{
    private readonly PointList _points = new();
    private readonly PointCodec _pointCodec = new(core.Metrics);
    private readonly RollUpCodec _rollUps = new(core.Metrics);
    private readonly List<RollUpPart> _parts = [];
    private bool _isErased;

    // What is not durable yet, and the days of the series that are in it.
    private SlabView _view = SlabView.Empty;
    private HashSet<int> _buffered = [];

    private HistoryShelf Shelf => core.Shelf;

    public HistoryPoints ReadPoints(HistoryQuery query)
    {
        _isErased = false;
        var answer = new PointAnswer(query);
        if (Find(query.Series) is { } series && query.From < query.To)
        {
            var metric = core.Metrics.FilterOf(query.Metric);
            foreach (var day in RawDays(query.From, query.To))
            {
                Collect(day, series, metric);
                if (!answer.Add(day, _points))
                {
                    break;
                }
            }
        }

        return answer.Finish(_isErased);
    }

    public HistoryBuckets ReadBuckets(HistoryQuery query, HistoryResolution resolution)
    {
        if (resolution == HistoryResolution.Raw)
        {
            throw new ArgumentException("Buckets are of 15 minutes or of a day.", nameof(resolution));
        }

        _isErased = false;
        if (Find(query.Series) is not { } series || query.From >= query.To)
        {
            return new HistoryBuckets { Buckets = [] };
        }

        var subject = series.Subject ?? core.Subjects.Find(series.Key) ?? HistoryCore.Unknown;
        var spans = new BucketSpans(core.Subjects, subject.Zone, resolution);
        var metric = core.Metrics.FilterOf(query.Metric);
        IndexCounting? index = MetricTable.IsIndex(query.Metric) ? new IndexCounting(subject.IndexMaximum) : null;
        var answer = new BucketAnswer(query, spans, index);
        var stored = new StoredRollUps(this, series, metric, resolution);
        foreach (var day in RollUpDays(answer.From, answer.To, resolution))
        {
            if (!answer.Add(day, IsCurrent(day) ? stored.Of(day) : FromPoints(day, series, metric, spans, index)))
            {
                break;
            }
        }

        return answer.Finish(_isErased);
    }

    private SeriesInfo? Find(string key)
    {
        // Before the files.
        (var series, _view) = core.Intake.Look(key);
        _buffered = series is null ? [] : _view.DaysOf(series.Id);
        return series;
    }

    /// <summary>Days of which the series may have raw points, in order.</summary>
    private IEnumerable<int> RawDays(DateTimeOffset from, DateTimeOffset to) =>
        DaysOf(from, to).Where(day => _buffered.Contains(day) || Shelf.Find(HistoryPeriod.Of(HistoryResolution.Raw, day)) is not null);

    private IEnumerable<int> RollUpDays(DateTimeOffset from, DateTimeOffset to, HistoryResolution resolution) =>
        DaysOf(from, to).Where(day => _buffered.Contains(day)
            || Shelf.Find(HistoryPeriod.Of(HistoryResolution.Raw, day)) is not null
            || Shelf.Find(HistoryPeriod.Of(resolution, day)) is not null);

    /// <summary>Every day of a range that a file or the buffer may speak of.</summary>
    private IEnumerable<int> DaysOf(DateTimeOffset from, DateTimeOffset to)
    {
        var known = Shelf.Range;
        foreach (var day in _buffered)
        {
            known = (Math.Min(known.First, day), Math.Max(known.Last, day));
        }

        var last = Math.Min(Days.Of(to.AddMilliseconds(-1)), known.Last);
        for (var day = Math.Max(Days.Of(from), known.First); day <= last; day++)
        {
            yield return day;
        }
    }

    /// <summary>True when the stored roll-ups of a day hold all that is known of the series.</summary>
    private bool IsCurrent(int day) =>
        !_buffered.Contains(day) && (Shelf.Find(HistoryPeriod.Of(HistoryResolution.Raw, day)) is not { } file || file.IsRolled);

    private List<RollUpPart> FromPoints(int day, SeriesInfo series, MetricFilter metric, BucketSpans spans, IndexCounting? index)
    {
        Collect(day, series, metric);
        RollUp.Of(_points.Times, _points.Values, spans.SlotsOf(day), index, _parts);
        return _parts;
    }

    /// <summary>Gathers the points of a series and metric on a day, in order.</summary>
    private void Collect(int day, SeriesInfo series, MetricFilter metric)
    {
        _points.Clear();
        if (Shelf.Find(HistoryPeriod.Of(HistoryResolution.Raw, day)) is { } file)
        {
            ForEachFragment(file, series, (_, content) =>
            {
                var reader = new ByteReader(content);
                _pointCodec.Read(ref reader, _points, metric);
            });
        }

        if (_buffered.Contains(day))
        {
            _view.Collect(series.Id, day, metric.Number, _points);
        }

        _points.Order();
    }

    /// <summary>Hands over what a file has of a series, the oldest first, in one view of the file.</summary>
    private void ForEachFragment(HistoryFile file, SeriesInfo series, Action<int, byte[]> take)
    {
        using var session = core.Sessions.RentReader(file);
        session?.Transact(connection =>
        {
            foreach (var run in file.ReadRoot(connection).Runs)
            {
                var directory = directories.Of(file, run, connection);
                if (directory.BlockOf(series.Id) is var block and >= 0)
                {
                    Take(file, run, series, file.ReadBlock(connection, run, directory, block).Find(series.Id), take);
                }
            }

            return true;
        });
    }

    private void Take(HistoryFile file, RunInfo run, SeriesInfo series, ReadOnlySpan<byte> fragments, Action<int, byte[]> take)
    {
        try
        {
            var reader = new ByteReader(fragments);
            while (reader.Remaining > 0)
            {
                var (day, start, length) = Fragment.Next(ref reader);
                if (Fragment.Open(fragments.Slice(start, length), file.Period.Resolution, series, core.Seal) is { } content)
                {
                    take(day, content);
                }
                else
                {
                    _isErased = true;
                }
            }
        }
        catch (CodecException error)
        {
            throw file.Damaged($"a series of run {run.Id}", error.Message, error);
        }
    }

    /// <summary>What the files of roll-ups have of one series and metric, a file at a time.</summary>
    private sealed class StoredRollUps(HistoryReader reader, SeriesInfo series, MetricFilter metric, HistoryResolution resolution)
    {
        private readonly Dictionary<int, List<RollUpPart>> _byDay = [];
        private HistoryPeriod? _read;

        public List<RollUpPart> Of(int day)
        {
            var period = HistoryPeriod.Of(resolution, day);
            if (_read != period)
            {
                _byDay.Clear();
                _read = period;
                if (reader.Shelf.Find(period) is { } file)
                {
                    // Of two of the same day the later one stands.
                    reader.ForEachFragment(file, series, (of, content) =>
                    {
                        var bytes = new ByteReader(content);
                        _byDay[of] = reader._rollUps.Read(ref bytes, metric);
                    });
                }
            }

            return _byDay.GetValueOrDefault(day) ?? [];
        }
    }
}

/// <summary>Directories of runs that were read, up to a number of blocks in all; then it begins anew. Safe for all threads.</summary>
internal sealed class DirectoryCache
{
    private const int MaximumBlocks = 1_000_000;
    private readonly Dictionary<(HistoryFile File, int Run, uint Checksum), RunDirectory> _known = [];
    private readonly Lock _gate = new();
    private int _blocks;

    public RunDirectory Of(HistoryFile file, RunInfo run, SqliteSession session)
    {
        var key = (file, run.Id, run.Directory);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var known))
            {
                return known;
            }
        }

        var read = file.ReadDirectory(session, run);
        lock (_gate)
        {
            if (_blocks > MaximumBlocks)
            {
                _known.Clear();
                _blocks = 0;
            }

            if (_known.TryAdd(key, read))
            {
                _blocks += read.First.Length + 8;
            }
        }

        return read;
    }
}
