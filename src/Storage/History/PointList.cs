namespace Grid.Storage.History;

/// <summary>
/// Points of one series on one day, gathered in the order in which they came and then put in order: by metric, by time, the later of two at the
/// same instant. Reused from series to series, so that a series costs no object.
/// </summary>
internal sealed class PointList
{
    private const int IndexBits = 21;
    private const int TimeBits = 27;
    private int[] _times = new int[64];
    private ushort[] _metrics = new ushort[64];
    private double[] _values = new double[64];
    private ulong[] _keys = new ulong[64];
    private int[] _spareTimes = new int[64];
    private ushort[] _spareMetrics = new ushort[64];
    private double[] _spareValues = new double[64];

    public int Count { get; private set; }

    /// <summary>Milliseconds of the day, 0 to 86,399,999.</summary>
    public ReadOnlySpan<int> Times => _times.AsSpan(0, Count);

    /// <summary>Numbers of <see cref="MetricTable"/>.</summary>
    public ReadOnlySpan<ushort> Metrics => _metrics.AsSpan(0, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(ushort metric, int time, double value)
    {
        if (Count == _times.Length)
        {
            Grow();
        }

        _times[Count] = time;
        _metrics[Count] = metric;
        _values[Count++] = value;
    }

    /// <summary>The end of the metric that starts at a place of an ordered list.</summary>
    public int EndOf(int start)
    {
        var end = start + 1;
        while (end < Count && _metrics[end] == _metrics[start])
        {
            end++;
        }

        return end;
    }

    /// <summary>Puts the points in order; of two with the same metric and time, the one that was added later stays.</summary>
    public void Order()
    {
        if (IsOrdered())
        {
            return;
        }

        if (Count <= 1 << IndexBits)
        {
            for (var index = 0; index < Count; index++)
            {
                _keys[index] = ((ulong)_metrics[index] << (TimeBits + IndexBits)) | ((ulong)(uint)_times[index] << IndexBits) | (uint)index;
            }

            Array.Sort(_keys, 0, Count);
            Take(index => (int)(_keys[index] & ((1 << IndexBits) - 1)));
        }
        else
        {
            var order = new int[Count];
            for (var index = 0; index < Count; index++)
            {
                order[index] = index;
            }

            Array.Sort(order, (left, right) =>
            {
                var byMetric = _metrics[left].CompareTo(_metrics[right]);
                var byTime = byMetric != 0 ? byMetric : _times[left].CompareTo(_times[right]);
                return byTime != 0 ? byTime : left.CompareTo(right);
            });
            Take(index => order[index]);
        }
    }

    /// <summary>Takes the metrics out that are of how something came; false when nothing is left.</summary>
    public bool DropCourse(MetricTable metrics)
    {
        var kept = 0;
        for (var start = 0; start < Count;)
        {
            var end = EndOf(start);
            if (!metrics.IsCourse(_metrics[start]))
            {
                for (; start < end; start++, kept++)
                {
                    (_times[kept], _metrics[kept], _values[kept]) = (_times[start], _metrics[start], _values[start]);
                }
            }

            start = end;
        }

        Count = kept;
        return kept > 0;
    }

    private void Take(Func<int, int> placeOf)
    {
        var kept = 0;
        for (var index = 0; index < Count; index++)
        {
            var place = placeOf(index);
            if (kept > 0 && _spareMetrics[kept - 1] == _metrics[place] && _spareTimes[kept - 1] == _times[place])
            {
                kept--;
            }

            _spareTimes[kept] = _times[place];
            _spareMetrics[kept] = _metrics[place];
            _spareValues[kept++] = _values[place];
        }

        (_times, _spareTimes) = (_spareTimes, _times);
        (_metrics, _spareMetrics) = (_spareMetrics, _metrics);
        (_values, _spareValues) = (_spareValues, _values);
        Count = kept;
    }

    private bool IsOrdered()
    {
        for (var index = 1; index < Count; index++)
        {
            if (_metrics[index] < _metrics[index - 1] || (_metrics[index] == _metrics[index - 1] && _times[index] <= _times[index - 1]))
            {
                return false;
            }
        }

        return true;
    }

    private void Grow()
    {
        var size = _times.Length * 2;
        Array.Resize(ref _times, size);
        Array.Resize(ref _metrics, size);
        Array.Resize(ref _values, size);
        _keys = new ulong[size];
        _spareTimes = new int[size];
        _spareMetrics = new ushort[size];
        _spareValues = new double[size];
    }
}
