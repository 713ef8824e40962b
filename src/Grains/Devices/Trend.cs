using Orleans;

namespace Grid.Grains.Devices;

/// <summary>
/// How a level has gone since a start, in bounded memory: the means of equal spans of time, at most <see cref="Bound"/> of them. When there is no more room neighbours become
/// one and spans last twice as long, so that it always reaches back to the start; or, once spans are as long as they may be, the older half is forgotten. Levels are hundredths of their unit, 0 to 65,534.
/// 24 bytes, and 24 to 56 for the means, which are never changed: a new array only when a span is over.
/// </summary>
[GenerateSerializer, Alias("grid.Trend")]
public readonly record struct Trend
{
    /// <summary>Means that are kept.</summary>
    public const int Bound = 16;

    /// <summary>A span without a level.</summary>
    private const ushort Missing = ushort.MaxValue;

    /// <summary>Levels of one span that are summed; those beyond change nothing. Their sum is in range of an integer.</summary>
    private const int MostInSpan = 30_000;

    private const long MillisecondsPerDay = 86_400_000;

    /// <summary>Where the first span begins, in Unix milliseconds; 0 before the first level.</summary>
    [Id(0)] public long Start { get; init; }

    /// <summary>The spans that are over, from the start; null for none.</summary>
    [Id(1)] public ushort[]? Means { get; init; }

    /// <summary>Sum of the levels of the span that goes on.</summary>
    [Id(2)] public int OpenSum { get; init; }

    /// <summary>How many these are.</summary>
    [Id(3)] public ushort OpenCount { get; init; }

    /// <summary>How often spans were doubled.</summary>
    [Id(4)] public byte Doublings { get; init; }

    /// <summary>The newest mean, or that of the span that goes on where there is no other, in hundredths; null before the first level.</summary>
    public int? Newest
    {
        get
        {
            for (var index = Closed - 1; index >= 0; index--)
            {
                if (Means![index] != Missing)
                {
                    return Means[index];
                }
            }

            return OpenCount == 0 ? null : OpenSum / OpenCount;
        }
    }

    private int Closed => Means?.Length ?? 0;

    /// <summary>The end of the last span that is over, in Unix milliseconds.</summary>
    public long LastAt(long shortest) => Start + (Closed * (shortest << Doublings));

    /// <summary>With a level more. One of before the start is left out.</summary>
    /// <param name="level">In hundredths; what is out of range is taken as the nearest that is not.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="shortest">Length of a span that was never doubled, in milliseconds; always the same for one trend.</param>
    /// <param name="mostDoublings">How often spans may double; always the same for one trend.</param>
    public Trend With(long level, long at, long shortest, int mostDoublings = byte.MaxValue)
    {
        level = Math.Clamp(level, 0, Missing - 1);
        if (Start == 0)
        {
            return new Trend { Start = at, OpenSum = (int)level, OpenCount = 1 };
        }

        if (at < Start)
        {
            return this;
        }

        var open = (at - Start) / (shortest << Doublings);
        var trend = open <= Closed ? this : Close(open, shortest, mostDoublings);
        return trend.OpenCount >= MostInSpan ? trend : trend with { OpenSum = trend.OpenSum + (int)level, OpenCount = (ushort)(trend.OpenCount + 1) };
    }

    /// <summary>The means of the spans that are over, with their middles; the number written.</summary>
    /// <param name="points">Room for <see cref="Bound"/>.</param>
    /// <param name="shortest">As in <see cref="With"/>.</param>
    public int Read(Span<TrendPoint> points, long shortest)
    {
        var (span, count) = (shortest << Doublings, 0);
        for (var index = 0; index < Closed; index++)
        {
            if (Means![index] != Missing)
            {
                points[count++] = new TrendPoint(Start + (index * span) + (span / 2), Means[index]);
            }
        }

        return count;
    }

    /// <summary>
    /// The median slope of all pairs of means (Theil 1950, Sen 1968), in thousandths of a hundredth a day: up to 29 % of the means may be anything at all. With its
    /// quartiles; null with fewer than <paramref name="least"/> means.
    /// </summary>
    /// <param name="shortest">As in <see cref="With"/>.</param>
    /// <param name="least">Means that it needs.</param>
    /// <param name="newest">Means that it looks at: the newest ones.</param>
    public TrendSlope? SlopePerDay(long shortest, int least, int newest = Bound)
    {
        Span<TrendPoint> points = stackalloc TrendPoint[Bound];
        var count = Read(points, shortest);
        if (count > newest)
        {
            points = points[(count - newest)..];
            count = newest;
        }

        if (count < Math.Max(2, least))
        {
            return null;
        }

        Span<long> slopes = stackalloc long[Bound * (Bound - 1) / 2];
        var pairs = 0;
        for (var later = 1; later < count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                var time = points[later].At - points[earlier].At;
                if (time > 0)
                {
                    slopes[pairs++] = (points[later].Level - points[earlier].Level) * 1_000L * MillisecondsPerDay / time;
                }
            }
        }

        if (pairs == 0)
        {
            return null;
        }

        slopes = slopes[..pairs];
        slopes.Sort();
        return new TrendSlope(Quantile(slopes, 2), Quantile(slopes, 1), Quantile(slopes, 3), points[count - 1].At - points[0].At);
    }

    /// <summary>The level at an instant on the line of a slope: the median of what each mean says of it, in hundredths; 0 without a mean.</summary>
    public long LevelAt(long instant, long slopePerDay, long shortest)
    {
        Span<TrendPoint> points = stackalloc TrendPoint[Bound];
        var count = Read(points, shortest);
        Span<long> levels = stackalloc long[Bound];
        for (var index = 0; index < count; index++)
        {
            levels[index] = points[index].Level + (slopePerDay * ((instant - points[index].At) / 1_000) / 1_000 / (MillisecondsPerDay / 1_000));
        }

        levels = levels[..count];
        levels.Sort();
        return count == 0 ? 0 : Quantile(levels, 2);
    }

    private static long Quantile(Span<long> sorted, int quarters) => sorted[(sorted.Length - 1) * quarters / 4];

    /// <summary>The span that went on is over, and so are those without a level until another one.</summary>
    private Trend Close(long open, long shortest, int mostDoublings)
    {
        Span<ushort> means = stackalloc ushort[Bound + 2];
        Means.AsSpan().CopyTo(means);
        var count = Closed;
        means[count++] = OpenCount == 0 ? Missing : (ushort)(OpenSum / OpenCount);
        var doublings = Doublings;
        while (open >= Bound && doublings < mostDoublings)
        {
            if (count % 2 != 0)
            {
                means[count++] = Missing;
            }

            for (var pair = 0; pair < count / 2; pair++)
            {
                means[pair] = MeanOf(means[2 * pair], means[(2 * pair) + 1]);
            }

            count /= 2;
            open /= 2;
            doublings++;
        }

        var start = Start;
        if (open >= Bound)
        {
            // The older half, or all that is so old that there is no room for it.
            var forgotten = Math.Max(Bound / 2, open - Bound + 1);
            var kept = (int)Math.Max(0, count - forgotten);
            means[(count - kept)..count].CopyTo(means);
            (count, open, start) = (kept, open - forgotten, Start + (forgotten * (shortest << doublings)));
        }

        while (count < open)
        {
            means[count++] = Missing;
        }

        return new Trend { Start = start, Means = [.. means[..count]], Doublings = doublings };
    }

    private static ushort MeanOf(ushort left, ushort right) =>
        left == Missing ? right : right == Missing ? left : (ushort)((left + right) / 2);
}

/// <summary>Mean of a span.</summary>
/// <param name="At">The middle of the span, in Unix milliseconds.</param>
/// <param name="Level">In hundredths.</param>
public readonly record struct TrendPoint(long At, int Level);

/// <summary>How a trend goes, in thousandths of a hundredth a day.</summary>
/// <param name="Median">The median of all pairs.</param>
/// <param name="Low">Their lower quartile.</param>
/// <param name="High">Their upper quartile.</param>
/// <param name="Milliseconds">From the first mean to the last.</param>
public readonly record struct TrendSlope(long Median, long Low, long High, long Milliseconds);
