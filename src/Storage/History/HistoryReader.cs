using System.Collections.Immutable;
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
        var found = ImmutableArray.CreateBuilder<HistoryPoint>();
        var series = Find(query.Series);
        DateTimeOffset? next = null;
        if (series is not null && query.From < query.To)
        {
            var metric = core.Metrics.FilterOf(query.Metric);
            foreach (var day in RawDays(query.From, query.To))
            {
                Collect(day, series, metric);
                next = Take(query, day, found);
                if (next is not null)
                {
                    break;
                }
            }
        }

        return new HistoryPoints { Points = found.ToImmutable(), Next = next, IsErased = _isErased };
    }

    public HistoryBuckets ReadBuckets(HistoryQuery query, HistoryResolution resolution)
    {
        if (resolution == HistoryResolution.Raw)
        {
            throw new ArgumentException("Buckets are of 15 minutes or of a day.", nameof(resolution));
        }

        _isErased = false;
        var series = Find(query.Series);
        var found = ImmutableArray.CreateBuilder<HistoryBucket>();
        if (series is null || query.From >= query.To)
        {
            return new HistoryBuckets { Buckets = [] };
        }

        var subject = series.Subject ?? core.Subjects.Find(series.Key) ?? HistoryCore.Unknown;
        var zone = subject.Zone;
        var (from, to) = (StartOf(query.From, zone, resolution), EndOf(query.To, zone, resolution));
        var metric = core.Metrics.FilterOf(query.Metric);
        IndexCounting? index = MetricTable.IsIndex(query.Metric) ? new IndexCounting(subject.IndexMaximum) : null;
        var stored = new StoredRollUps(this, series, metric, resolution);
        foreach (var day in RollUpDays(from, to, resolution))
        {
            var parts = IsCurrent(day) ? stored.Of(day) : FromPoints(day, series, metric, zone, resolution, index);
            foreach (var part in parts)
            {
                var bucket = BucketOf(day, part, zone, resolution);
                if (bucket.Start < from || bucket.Start >= query.To)
                {
                    continue;
                }

                if (found.Count > 0 && found[^1].Start == bucket.Start)
                {
                    found[^1] = found[^1].Then(bucket, index);
                }
                else if (found.Count == query.Limit)
                {
                    return new HistoryBuckets { Buckets = found.ToImmutable(), Next = bucket.Start, IsErased = _isErased };
                }
                else
                {
                    found.Add(bucket);
                }
            }
        }

        return new HistoryBuckets { Buckets = found.ToImmutable(), IsErased = _isErased };
    }

    private SeriesInfo? Find(string key)
    {
        // The buffer first, then the files: what is flushed in between is seen twice and not missed.
        SeriesInfo? series;
        lock (core.Gate)
        {
            (series, _view) = (core.Series.Find(key), core.Buffer.View());
        }

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

    private List<RollUpPart> FromPoints(int day, SeriesInfo series, MetricFilter metric, string zone, HistoryResolution resolution, IndexCounting? index)
    {
        Collect(day, series, metric);
        RollUp.Of(_points.Times, _points.Values, SlotsOf(core.Subjects, zone, day, resolution), index, _parts);
        return _parts;
    }

    /// <summary>The bucket of each time of a day.</summary>
    public static Func<int, int> SlotsOf(IHistorySubjects subjects, string zone, int day, HistoryResolution resolution)
    {
        if (resolution == HistoryResolution.QuarterHour)
        {
            return RollUp.QuarterOf;
        }

        var local = subjects.DayOf(zone, Days.At(day, 0));
        return time =>
        {
            var instant = Days.At(day, time);
            if (instant >= local.End)
            {
                local = subjects.DayOf(zone, instant);
            }

            return HistoryPeriod.DayOf(local.Date);
        };
    }

    private HistoryBucket BucketOf(int day, RollUpPart part, string zone, HistoryResolution resolution)
    {
        if (resolution == HistoryResolution.QuarterHour)
        {
            var start = Days.At(day, part.Slot * Days.QuarterHour);
            return part.Bucket(day, start, start.AddMinutes(15));
        }

        var local = core.Subjects.DayOf(zone, Days.At(day, part.FirstTime));
        return part.Bucket(day, local.Start, local.End);
    }

    private DateTimeOffset StartOf(DateTimeOffset instant, string zone, HistoryResolution resolution)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds();
        return resolution == HistoryResolution.Day
            ? core.Subjects.DayOf(zone, instant).Start
            : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds - (((milliseconds % Days.QuarterHour) + Days.QuarterHour) % Days.QuarterHour));
    }

    /// <summary>The end of the last bucket that begins before an instant.</summary>
    private DateTimeOffset EndOf(DateTimeOffset instant, string zone, HistoryResolution resolution) => resolution == HistoryResolution.Day
        ? core.Subjects.DayOf(zone, instant.AddMilliseconds(-1)).End
        : StartOf(instant.AddMilliseconds(-1), zone, resolution).AddMinutes(15);

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

    private DateTimeOffset? Take(HistoryQuery query, int day, ImmutableArray<HistoryPoint>.Builder found)
    {
        for (var place = 0; place < _points.Count; place++)
        {
            var time = Days.At(day, _points.Times[place]);
            if (time < query.From || time >= query.To)
            {
                continue;
            }

            if (found.Count == query.Limit)
            {
                return time;
            }

            found.Add(new HistoryPoint(time, _points.Values[place]));
        }

        return null;
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
