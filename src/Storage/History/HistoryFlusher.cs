using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// Makes readings durable: first the catalogue gets new series and the names of the files, then each day's file a run of its own and the offsets that it
/// covers, then the catalogue the offsets up to which everything is durable. A crash in between is replayed from the last, and the files skip what they have.
/// For one thread.
/// </summary>
internal sealed class HistoryFlusher(HistoryCore core)
{
    private readonly PointList _points = new();
    private readonly PointCodec _codec = new(core.Metrics);
    private readonly ByteWriter _content = new(4096);
    private readonly ByteWriter _fragment = new(4096);

    /// <summary>Room that is kept from one flush to the next, in readings: large arrays that are made and dropped all the time make the collector look at everything for them.</summary>
    private const int MostKept = 1 << 20;
    private const int MostLists = 4;

    private readonly Stack<List<long>> _lists = new();
    private long[] _order = [];
    private int[] _starts = [];

    // Series of which the catalogue does not have what is known: kept until it has.
    private readonly HashSet<SeriesInfo> _unsaved = [];

    public void Flush(FlushPlan plan)
    {
        var order = BySeries(plan.View);
        Identify(plan.View, order);
        var days = ByDay(plan.View, order);
        core.Fault("before the catalogue");
        foreach (var day in days.Keys)
        {
            core.Shelf.FindOrAdd(HistoryPeriod.Of(HistoryResolution.Raw, day));
        }

        core.Catalog.Write(() =>
        {
            foreach (var changed in _unsaved)
            {
                core.Catalog.PutSeries(changed);
            }

            core.Catalog.Put(state => state with { Pending = [.. days.Keys] });
        });
        _unsaved.Clear();
        core.Fault("before the days");
        foreach (var (day, readings) in days.OrderBy(pair => pair.Key))
        {
            if (plan.Done.Add(day))
            {
                try
                {
                    AddRun(core.Shelf.FindOrAdd(HistoryPeriod.Of(HistoryResolution.Raw, day)), plan, readings);
                }
                catch
                {
                    plan.Done.Remove(day);
                    throw;
                }

                core.Fault("after a day");
            }
        }

        core.Catalog.Write(() =>
        {
            foreach (var day in days.Keys)
            {
                core.Shelf.PutMark(core.Shelf.FindOrAdd(HistoryPeriod.Of(HistoryResolution.Raw, day)));
            }

            foreach (var (sector, offset) in plan.Offsets)
            {
                core.Catalog.PutOffset(sector, offset);
            }

            core.Catalog.Put(state => state with { Pending = [] });
        });
        core.Fault("after the catalogue");
        foreach (var list in days.Values)
        {
            if (_lists.Count < MostLists && list.Capacity <= MostKept)
            {
                list.Clear();
                _lists.Push(list);
            }
        }
    }

    /// <summary>Readings by series, in the order in which they came: each the place of its slab and of itself in one number.</summary>
    private ReadOnlySpan<long> BySeries(SlabView view)
    {
        var total = 0;
        var greatest = 0;
        for (var place = 0; place < view.Slabs.Length; place++)
        {
            total += view.Counts[place];
            foreach (var series in view.Slabs[place].Series.AsSpan(0, view.Counts[place]))
            {
                greatest = Math.Max(greatest, series);
            }
        }

        var starts = Cleared(ref _starts, greatest + 2);
        for (var place = 0; place < view.Slabs.Length; place++)
        {
            foreach (var series in view.Slabs[place].Series.AsSpan(0, view.Counts[place]))
            {
                starts[series + 1]++;
            }
        }

        for (var series = 1; series < starts.Length; series++)
        {
            starts[series] += starts[series - 1];
        }

        var order = Cleared(ref _order, total);
        for (var place = 0; place < view.Slabs.Length; place++)
        {
            var all = view.Slabs[place].Series;
            for (var reading = 0; reading < view.Counts[place]; reading++)
            {
                order[starts[all[reading]]++] = ((long)place << 32) | (uint)reading;
            }
        }

        return order;
    }

    private static Span<T> Cleared<T>(ref T[] array, int length)
    {
        if (length > MostKept)
        {
            return new T[length];
        }

        if (array.Length < length)
        {
            array = new T[Math.Clamp(array.Length * 2, length, MostKept)];
        }

        var span = array.AsSpan(0, length);
        span.Clear();
        return span;
    }

    /// <summary>Asks who the series are.</summary>
    private void Identify(SlabView view, ReadOnlySpan<long> order)
    {
        var former = -1;
        foreach (var place in order)
        {
            var id = view.Slabs[place >> 32].Series[(int)place];
            if (id != former && core.Find(id) is { } series)
            {
                former = id;
                var subject = core.Subjects.Find(series.Key) ?? series.Subject ?? HistoryCore.Unknown;
                if (series.Subject != subject)
                {
                    series.Subject = subject;
                    _unsaved.Add(series);
                }
            }
        }
    }

    /// <summary>Readings by their day, still by series; those that retention has no room for are left out and counted.</summary>
    private Dictionary<int, List<long>> ByDay(SlabView view, ReadOnlySpan<long> order)
    {
        var days = new Dictionary<int, List<long>>();
        var (day, of, series, sweptBefore) = (int.MinValue, default(List<long>), -1, int.MinValue);
        foreach (var place in order)
        {
            var slab = view.Slabs[place >> 32];
            var reading = (int)place;
            if (slab.Series[reading] != series)
            {
                series = slab.Series[reading];
                sweptBefore = core.SweptBefore(core.Find(series)?.Subject);
            }

            var now = Days.Of(slab.Times[reading]);
            if (now < sweptBefore)
            {
                core.Counters.HistoryDropped("expired", slab.Ends[reading] - slab.StartOf(reading));
                continue;
            }

            if (now != day)
            {
                day = now;
                if (!days.TryGetValue(day, out of))
                {
                    days[day] = of = _lists.TryPop(out var spare) ? spare : [];
                }
            }

            of!.Add(place);
        }

        return days;
    }

    private void AddRun(HistoryFile file, FlushPlan plan, List<long> readings)
    {
        lock (file.Gate)
        {
            using var session = core.Sessions.Rent(file);
            var root = session.Transact(connection =>
            {
                var now = file.LoadRoot(connection);
                if (file.Offsets is null)
                {
                    file.Offsets = file.ReadOffsets(connection);
                    HistoryFile.DeleteOrphans(connection, now);
                }

                var run = file.TakeRun();
                using var writer = new RunWriter(file.Period, run, 0, core.Options.BlockBytes, compress: false, (block, stored) => HistoryFile.WriteBlock(connection, run, block, stored));
                WriteSeries(file, plan.View, readings, writer);
                foreach (var (sector, offset) in plan.Offsets)
                {
                    file.Offsets[sector] = Math.Max(offset, file.Offsets.GetValueOrDefault(sector));
                }

                file.WriteOffsets(connection, file.Offsets);
                var (info, directory) = writer.Complete();
                if (info.Blocks == 0)
                {
                    return file.WriteRoot(connection, now);
                }

                HistoryFile.WriteDirectory(connection, run, directory);
                core.Fault("before a day's commit");
                return file.WriteRoot(connection, now with { IsRolled = false, Runs = now.Runs.Add(info) });
            });
            file.Committed(root);
            file.AddedAt = core.Time.GetUtcNow();
            session.Truncate();
        }
    }

    private void WriteSeries(HistoryFile file, SlabView view, List<long> readings, RunWriter writer)
    {
        var start = (long)file.Period.Number * Days.Milliseconds;
        for (var place = 0; place < readings.Count;)
        {
            var id = view.Slabs[readings[place] >> 32].Series[(int)readings[place]];
            _points.Clear();
            for (; place < readings.Count; place++)
            {
                var (slab, reading) = (view.Slabs[readings[place] >> 32], (int)readings[place]);
                if (slab.Series[reading] != id)
                {
                    break;
                }

                var time = (int)(slab.Times[reading] - start);
                for (var value = slab.StartOf(reading); value < slab.Ends[reading]; value++)
                {
                    _points.Add(slab.Metrics[value], time, slab.Numbers[value]);
                }
            }

            // A series that was deleted meanwhile has no number any more.
            if (_points.Count > 0 && core.Find(id) is { } series)
            {
                _points.Order();
                _content.Clear();
                _codec.Write(_content, _points);
                _fragment.Clear();
                if (Fragment.Write(_fragment, HistoryResolution.Raw, file.Period.Number, series, _content.Written, core.Seal))
                {
                    writer.Add(id, series.Kind, file.Period.Number, _points.Count, _fragment.Written);
                }
                else
                {
                    core.Counters.HistoryDropped("erased", _points.Count);
                }
            }
        }
    }
}
