using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>The points of one series and metric, on one day (UTC), that fall into one bucket; times in milliseconds of that day.</summary>
internal record struct RollUpPart(
    int Slot, long Count, double Minimum, double Maximum, double Sum, int FirstTime, double First, int LastTime, double Last, double Consumed)
{
    /// <summary>The part as a bucket.</summary>
    public readonly HistoryBucket Bucket(int day, DateTimeOffset start, DateTimeOffset end) => new(
        start, end, Count, Minimum, Maximum, Sum, new HistoryPoint(Days.At(day, FirstTime), First), new HistoryPoint(Days.At(day, LastTime), Last), Consumed);
}

/// <summary>Instants and days (UTC), in whole milliseconds.</summary>
internal static class Days
{
    public const int Milliseconds = 86_400_000;
    public const int QuarterHour = 900_000;

    /// <summary>Days since 1970-01-01 of an instant in Unix milliseconds.</summary>
    public static int Of(long instant) => (int)Math.Floor(instant / (double)Milliseconds);

    public static int Of(DateTimeOffset instant) => Of(instant.ToUnixTimeMilliseconds());

    public static DateTimeOffset At(int day, int time) => DateTimeOffset.FromUnixTimeMilliseconds(((long)day * Milliseconds) + time);
}

/// <summary>
/// Roll-ups of ordered points: a pure function of the points of a series on a day, so that a day that is rolled up again gives the same, and late
/// points amend it exactly. A local day is at most two such parts, of neighbouring days.
/// </summary>
internal static class RollUp
{
    /// <summary>The slot of each point: its quarter hour of the day, 0 to 95.</summary>
    public static int QuarterOf(int time) => time / Days.QuarterHour;

    /// <summary>Buckets of the points of one metric, in order.</summary>
    /// <param name="times">Milliseconds of the day, in order.</param>
    /// <param name="values">Their values.</param>
    /// <param name="slotOf">The bucket of a time; never falls as times grow.</param>
    /// <param name="index">How the index counts; null for what is no index.</param>
    /// <param name="parts">Filled.</param>
    public static void Of(ReadOnlySpan<int> times, ReadOnlySpan<double> values, Func<int, int> slotOf, IndexCounting? index, List<RollUpPart> parts)
    {
        parts.Clear();
        RollUpPart part = default;
        for (var place = 0; place < times.Length; place++)
        {
            var (time, value) = (times[place], values[place]);
            var slot = slotOf(time);
            if (part.Count > 0 && part.Slot == slot)
            {
                part = part with
                {
                    Count = part.Count + 1,
                    Minimum = Math.Min(part.Minimum, value),
                    Maximum = Math.Max(part.Maximum, value),
                    Sum = part.Sum + value,
                    Consumed = index is { } counting ? part.Consumed + counting.Between(part.Last, value) : 0,
                    LastTime = time,
                    Last = value,
                };
                continue;
            }

            if (part.Count > 0)
            {
                parts.Add(part);
            }

            part = new RollUpPart(slot, 1, value, value, value, time, value, time, value, 0);
        }

        if (part.Count > 0)
        {
            parts.Add(part);
        }
    }
}
