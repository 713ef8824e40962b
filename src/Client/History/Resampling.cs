using Grid.Contracts.Storage;

namespace Grid.Client.History;

/// <summary>
/// From readings or roll-ups, oldest first, to one value a step. Pure. A step without readings has no value. Readings are added one bucket at a time,
/// so that a long range needs no more memory than its steps.
/// </summary>
/// <param name="clock">The steps.</param>
/// <param name="function">What a step says.</param>
/// <param name="index">How the metric counts when it is an index; null for what is none.</param>
/// <param name="before">The newest reading before the range, if there is one: <see cref="HistoryFunction.Delta"/> counts from it.</param>
/// <param name="from">Where the first step begins.</param>
/// <param name="standsForDay">True for a value that is kept under the midnight of its day, and was not read then.</param>
internal sealed class Resampling(
    StepClock clock, HistoryFunction function, IndexCounting? index, HistoryPoint? before, DateTimeOffset from, Func<DateTimeOffset, bool> standsForDay)
{
    private readonly List<HistoryPoint> _values = [];
    private HistoryPoint? _before = before;
    private HistoryBucket? _current;
    private (DateTimeOffset Start, DateTimeOffset End) _step;

    /// <summary>Adds the next bucket; it lies within one step.</summary>
    public void Add(HistoryBucket bucket)
    {
        if (_current is { } current && bucket.First.Time < _step.End)
        {
            _current = current.Then(bucket, index);
            return;
        }

        var step = clock.Of(bucket.First.Time);
        if (bucket.First.Time == step.Start && EndsStep(bucket.First))
        {
            CloseAt(bucket.First);
            if (bucket.Count == 1)
            {
                return;
            }
        }
        else
        {
            Close();
        }

        (_step, _current) = (step, bucket);
    }

    /// <summary>Adds the next reading.</summary>
    public void Add(HistoryPoint point)
    {
        if (_current is { } current && point.Time < _step.End)
        {
            _current = current.With(point, index);
            return;
        }

        Add(HistoryBucket.Of(point.Time, point.Time, point));
    }

    /// <summary>The values, each at the start of its step. Ask last.</summary>
    /// <param name="end">The reading of the very end of the range, if there is one.</param>
    public List<HistoryPoint> Finish(HistoryPoint? end = null)
    {
        if (end is { } last && EndsStep(last))
        {
            CloseAt(last);
        }
        else
        {
            Close();
        }

        return _values;
    }

    /// <summary>True for a reading at the border of two steps that belongs to the one that ends: what an index has grown by then, it has grown before.</summary>
    private bool EndsStep(in HistoryPoint point) => index is not null && function == HistoryFunction.Delta && !standsForDay(point.Time);

    private void CloseAt(HistoryPoint point)
    {
        if (_current is { } current && _step.End == point.Time)
        {
            _values.Add(new HistoryPoint(_step.Start, ValueOf(current) + index!.Value.Between(current.Last.Value, point.Value)));
            _current = null;
        }
        else
        {
            Close();
            var ended = clock.Of(point.Time.AddMilliseconds(-1)).Start;
            if (ended >= from && _before is { } former)
            {
                _values.Add(new HistoryPoint(ended, index!.Value.Between(former.Value, point.Value)));
            }
        }

        _before = point;
    }

    private void Close()
    {
        if (_current is not { } current)
        {
            return;
        }

        _values.Add(new HistoryPoint(_step.Start, ValueOf(current)));
        _before = current.Last;
        _current = null;
    }

    private double ValueOf(in HistoryBucket bucket) => function switch
    {
        HistoryFunction.Avg => bucket.Sum / bucket.Count,
        HistoryFunction.Min => bucket.Minimum,
        HistoryFunction.Max => bucket.Maximum,
        HistoryFunction.Sum => bucket.Sum,
        HistoryFunction.Last => bucket.Last.Value,
        HistoryFunction.Count => bucket.Count,
        HistoryFunction.Delta when index is { } counting => bucket.Consumed + (_before is { } former ? counting.Between(former.Value, bucket.First.Value) : 0),
        HistoryFunction.Delta => bucket.Last.Value - (_before ?? bucket.First).Value,
        _ => throw new InvalidOperationException($"{function} is no function of readings."),
    };
}
