using System.Collections.Immutable;
using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>Where the buckets of a resolution begin and end: on the quarter hours of UTC, or on the local days of a zone.</summary>
internal readonly struct BucketSpans(IHistorySubjects subjects, string zone, HistoryResolution resolution)
{
    /// <summary>The start of the bucket that holds an instant.</summary>
    public DateTimeOffset StartOf(DateTimeOffset instant)
    {
        if (resolution == HistoryResolution.Day)
        {
            return subjects.DayOf(zone, instant).Start;
        }

        var milliseconds = instant.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds - (((milliseconds % Days.QuarterHour) + Days.QuarterHour) % Days.QuarterHour));
    }

    /// <summary>The end of the last bucket that begins before an instant.</summary>
    public DateTimeOffset EndOf(DateTimeOffset instant) => resolution == HistoryResolution.Day
        ? subjects.DayOf(zone, instant.AddMilliseconds(-1)).End
        : StartOf(instant.AddMilliseconds(-1)).AddMinutes(15);

    /// <summary>The bucket of a part of a day (UTC).</summary>
    public HistoryBucket BucketOf(int day, RollUpPart part)
    {
        if (resolution == HistoryResolution.QuarterHour)
        {
            var start = Days.At(day, part.Slot * Days.QuarterHour);
            return part.Bucket(day, start, start.AddMinutes(15));
        }

        var local = subjects.DayOf(zone, Days.At(day, part.FirstTime));
        return part.Bucket(day, local.Start, local.End);
    }

    /// <summary>The bucket of each time of a day (UTC).</summary>
    public Func<int, int> SlotsOf(int day)
    {
        if (resolution == HistoryResolution.QuarterHour)
        {
            return RollUp.QuarterOf;
        }

        var (of, @in) = (subjects, zone);
        var local = of.DayOf(@in, Days.At(day, 0));
        return time =>
        {
            var instant = Days.At(day, time);
            if (instant >= local.End)
            {
                local = of.DayOf(@in, instant);
            }

            return HistoryPeriod.DayOf(local.Date);
        };
    }
}

/// <summary>What every engine asks of a query.</summary>
internal static class QueryLimits
{
    /// <exception cref="ArgumentException">Its limit is out of range.</exception>
    public static void RequireLimit(this HistoryQuery query)
    {
        if (query.Limit is < 1 or > 100_000)
        {
            throw new ArgumentException($"Limit is {query.Limit}; it must be from 1 to 100000.", nameof(query));
        }
    }
}

/// <summary>The points of a query, gathered day by day, up to its limit.</summary>
internal sealed class PointAnswer(HistoryQuery query)
{
    private readonly ImmutableArray<HistoryPoint>.Builder _found = ImmutableArray.CreateBuilder<HistoryPoint>();
    private DateTimeOffset? _next;

    /// <summary>Adds a day's points, in order; false when the limit is reached and no more are wanted.</summary>
    public bool Add(int day, PointList points)
    {
        for (var place = 0; place < points.Count; place++)
        {
            var time = Days.At(day, points.Times[place]);
            if (time < query.From || time >= query.To)
            {
                continue;
            }

            if (_found.Count == query.Limit)
            {
                _next = time;
                return false;
            }

            _found.Add(new HistoryPoint(time, points.Values[place]));
        }

        return true;
    }

    public HistoryPoints Finish(bool isErased) => new() { Points = _found.ToImmutable(), Next = _next, IsErased = isErased };
}

/// <summary>The buckets of a query, gathered day by day, up to its limit; parts of one bucket that lie in two days are joined.</summary>
internal sealed class BucketAnswer(HistoryQuery query, BucketSpans spans, IndexCounting? index)
{
    private readonly ImmutableArray<HistoryBucket>.Builder _found = ImmutableArray.CreateBuilder<HistoryBucket>();
    private DateTimeOffset? _next;

    /// <summary>Before this instant no bucket of the answer begins.</summary>
    public DateTimeOffset From { get; } = spans.StartOf(query.From);

    /// <summary>The end of the last bucket.</summary>
    public DateTimeOffset To { get; } = spans.EndOf(query.To);

    /// <summary>Adds a day's parts, in order; false when the limit is reached and no more are wanted.</summary>
    public bool Add(int day, List<RollUpPart> parts)
    {
        foreach (var part in parts)
        {
            var bucket = spans.BucketOf(day, part);
            if (bucket.Start < From || bucket.Start >= query.To)
            {
                continue;
            }

            if (_found.Count > 0 && _found[^1].Start == bucket.Start)
            {
                _found[^1] = _found[^1].Then(bucket, index);
            }
            else if (_found.Count == query.Limit)
            {
                _next = bucket.Start;
                return false;
            }
            else
            {
                _found.Add(bucket);
            }
        }

        return true;
    }

    public HistoryBuckets Finish(bool isErased) => new() { Buckets = _found.ToImmutable(), Next = _next, IsErased = isErased };
}
