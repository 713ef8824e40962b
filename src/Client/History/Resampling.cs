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
internal sealed class Resampling(StepClock clock, HistoryFunction function, IndexCounting? index, HistoryPoint? before)
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

        Close();
        _step = clock.Of(bucket.First.Time);
        _current = bucket;
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
    public List<HistoryPoint> Finish()
    {
        Close();
        return _values;
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
