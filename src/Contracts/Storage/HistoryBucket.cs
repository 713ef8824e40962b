namespace Grid.Contracts.Storage;

/// <summary>The points of a stretch of time in one. Buckets that follow each other are joined with <see cref="Then"/>.</summary>
/// <param name="Start">Start of the stretch.</param>
/// <param name="End">End of the stretch, exclusive.</param>
/// <param name="Count">Points, at least 1.</param>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The greatest value.</param>
/// <param name="Sum">The sum of the values.</param>
/// <param name="First">The oldest point.</param>
/// <param name="Last">The newest point.</param>
/// <param name="Consumed">
/// What an index has grown by from <see cref="First"/> to <see cref="Last"/>, resets left out: never negative. 0 for what is no index.
/// </param>
public readonly record struct HistoryBucket(
    DateTimeOffset Start,
    DateTimeOffset End,
    long Count,
    double Minimum,
    double Maximum,
    double Sum,
    HistoryPoint First,
    HistoryPoint Last,
    double Consumed)
{
    /// <summary>A bucket of one point.</summary>
    public static HistoryBucket Of(DateTimeOffset start, DateTimeOffset end, HistoryPoint point) =>
        new(start, end, 1, point.Value, point.Value, point.Value, point, point, 0);

    /// <summary>The bucket with a newer point in it.</summary>
    /// <param name="point">Later than <see cref="Last"/>.</param>
    /// <param name="index">How the index counts; null for what is no index.</param>
    public HistoryBucket With(HistoryPoint point, IndexCounting? index) => this with
    {
        Count = Count + 1,
        Minimum = Math.Min(Minimum, point.Value),
        Maximum = Math.Max(Maximum, point.Value),
        Sum = Sum + point.Value,
        Last = point,
        Consumed = index is { } counting ? Consumed + counting.Between(Last.Value, point.Value) : 0,
    };

    /// <summary>This bucket and a later one in one; an index has grown between the two as well.</summary>
    /// <param name="later">Its points are later than <see cref="Last"/>.</param>
    /// <param name="index">How the index counts; null for what is no index.</param>
    public HistoryBucket Then(HistoryBucket later, IndexCounting? index) => this with
    {
        End = later.End,
        Count = Count + later.Count,
        Minimum = Math.Min(Minimum, later.Minimum),
        Maximum = Math.Max(Maximum, later.Maximum),
        Sum = Sum + later.Sum,
        Last = later.Last,
        Consumed = index is { } counting ? Consumed + counting.Between(Last.Value, later.First.Value) + later.Consumed : 0,
    };
}

/// <summary>How an index grows. A drop is a rollover when that means little consumption; otherwise the meter was replaced or reset.</summary>
/// <param name="Maximum">Where it starts again from 0, in its unit; 0 when it never does.</param>
public readonly record struct IndexCounting(double Maximum)
{
    /// <summary>A drop is a rollover when it means at most this part of the register consumed.</summary>
    private const double RolloverShare = 0.1;

    /// <summary>What was consumed between two neighbouring points, never negative; 0 across a reset or a replacement.</summary>
    public double Between(double former, double later)
    {
        if (later >= former)
        {
            return later - former;
        }

        var rolled = Maximum - former + later;
        return Maximum > 0 && former <= Maximum && rolled <= Maximum * RolloverShare ? rolled : 0;
    }
}
