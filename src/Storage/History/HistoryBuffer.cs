using Grid.Contracts.Devices;

namespace Grid.Storage.History;

/// <summary>Readings in memory, in the order in which they came. Written under one lock; what is below a count that was read under it never changes.</summary>
internal sealed class Slab
{
    public const int Readings = 16_384;
    public const int Values = 65_536;

    /// <summary>Memory of one.</summary>
    public const long Bytes = (Readings * 16L) + (Values * 10L);

    public readonly int[] Series = new int[Readings];
    public readonly long[] Times = new long[Readings];
    public readonly int[] Ends = new int[Readings];
    public readonly ushort[] Metrics = new ushort[Values];
    public readonly double[] Numbers = new double[Values];

    /// <summary>Readings in it.</summary>
    public int Count { get; private set; }

    private int _values;

    /// <summary>Somebody reads it, for as long as they like: it is never written anew.</summary>
    public bool IsSeen { get; set; }

    /// <summary>False when there is no room.</summary>
    public bool HasRoom(int values) => Count < Readings && _values + values <= Values;

    public void Add(ushort metric, double value)
    {
        Metrics[_values] = metric;
        Numbers[_values++] = value;
    }

    public void End(int series, long time)
    {
        Series[Count] = series;
        Times[Count] = time;
        Ends[Count++] = _values;
    }

    /// <summary>Empty again.</summary>
    public void Clear() => (Count, _values) = (0, 0);

    /// <summary>Where the values of a reading begin.</summary>
    public int StartOf(int reading) => reading == 0 ? 0 : Ends[reading - 1];
}

/// <summary>Slabs with how much of each was there when it was looked at.</summary>
internal sealed record SlabView(Slab[] Slabs, int[] Counts)
{
    public static readonly SlabView Empty = new([], []);

    /// <summary>Adds the points of a series within a time, or of one metric of it, in the order in which they came, as times of a day.</summary>
    public void Collect(int series, int day, ushort metric, PointList points)
    {
        var start = (long)day * Days.Milliseconds;
        for (var place = 0; place < Slabs.Length; place++)
        {
            var (slab, from) = (Slabs[place], 0);
            var found = slab.Series.AsSpan(0, Counts[place]);
            while (from < found.Length && found[from..].IndexOf(series) is var next and >= 0)
            {
                var reading = from + next;
                from = reading + 1;
                var time = slab.Times[reading] - start;
                if (time is < 0 or >= Days.Milliseconds)
                {
                    continue;
                }

                for (var value = slab.StartOf(reading); value < slab.Ends[reading]; value++)
                {
                    if (slab.Metrics[value] == metric)
                    {
                        points.Add(metric, (int)time, slab.Numbers[value]);
                    }
                }
            }
        }
    }

    /// <summary>The days on which a series has a reading here.</summary>
    public HashSet<int> DaysOf(int series)
    {
        var days = new HashSet<int>();
        for (var place = 0; place < Slabs.Length; place++)
        {
            var (slab, from) = (Slabs[place], 0);
            var found = slab.Series.AsSpan(0, Counts[place]);
            while (from < found.Length && found[from..].IndexOf(series) is var next and >= 0)
            {
                days.Add(Days.Of(slab.Times[from + next]));
                from += next + 1;
            }
        }

        return days;
    }
}

/// <summary>What is not durable yet: the slabs that are filled, and those that are being made durable. Under the owner's lock.</summary>
internal sealed class HistoryBuffer
{
    /// <summary>Empty slabs that are kept for what comes: large arrays that are made and dropped all the time make the collector look at everything for them.</summary>
    private const int MostSpare = 16;

    private readonly List<Slab> _filling = [];
    private readonly Stack<Slab> _spare = new();
    private Slab[] _flushing = [];

    /// <summary>Memory of what is in it.</summary>
    public long Bytes => (_filling.Count + _flushing.Length) * Slab.Bytes;

    public bool IsEmpty => _filling.Count == 0;

    public bool IsFlushing => _flushing.Length > 0;

    /// <summary>Adds a reading whose metrics have numbers; the values of a metric without one are left out and counted.</summary>
    public int Add(int series, long time, ReadOnlySpan<MetricValue> metrics, MetricTable table)
    {
        if (metrics.Length > Slab.Values)
        {
            return Add(series, time, metrics[..Slab.Values], table) + Add(series, time, metrics[Slab.Values..], table);
        }

        var slab = _filling.Count > 0 ? _filling[^1] : null;
        if (slab is null || !slab.HasRoom(metrics.Length))
        {
            _filling.Add(slab = _spare.TryPop(out var spare) ? spare : new Slab());
        }

        var dropped = 0;
        foreach (var metric in metrics)
        {
            var number = table.NumberOf(metric.Name);
            if (number == MetricTable.None)
            {
                dropped++;
                continue;
            }

            slab.Add(number, metric.Value);
        }

        slab.End(series, time);
        return dropped;
    }

    /// <summary>Hands over what is there to be made durable; it stays in sight until <see cref="EndFlush"/>.</summary>
    public SlabView BeginFlush()
    {
        if (_flushing.Length == 0)
        {
            _flushing = [.. _filling];
            _filling.Clear();
        }

        return new SlabView(_flushing, [.. _flushing.Select(slab => slab.Count)]);
    }

    /// <summary>What was handed over is durable: whoever makes it durable is through with it.</summary>
    public void EndFlush()
    {
        foreach (var slab in _flushing)
        {
            if (!slab.IsSeen && _spare.Count < MostSpare)
            {
                slab.Clear();
                _spare.Push(slab);
            }
        }

        _flushing = [];
    }

    /// <summary>All that is not durable, as of now.</summary>
    public SlabView View()
    {
        Slab[] slabs = [.. _flushing, .. _filling];
        foreach (var slab in slabs)
        {
            slab.IsSeen = true;
        }

        return slabs.Length == 0 ? SlabView.Empty : new SlabView(slabs, [.. slabs.Select(slab => slab.Count)]);
    }
}
