using Orleans;

namespace Grid.Grains.Environment;

/// <summary>What a sensor measured at an instant, in Unix milliseconds and thousandths of its unit.</summary>
[GenerateSerializer, Immutable, Alias("grid.RisePoint")]
public readonly record struct RisePoint([property: Id(0)] long At, [property: Id(1)] long Value);

/// <summary>
/// How fast what a sensor measures rises: the slope of Theil and Sen, which is the median of the slopes between all pairs of points (Sen, Journal of the American Statistical Association 63,
/// 1968), so that a single bad value does not move it. At most nine points of 16 bytes, only for a sensor that has a threshold. Which points are kept depends on which reports came and
/// not on their order.
/// </summary>
public static class RiseWatch
{
    /// <summary>Parts of a window of which the newest value is kept.</summary>
    private const int PartsOfWindow = 8;

    private const int Kept = PartsOfWindow + 1;

    /// <summary>With fewer points one bad value could be a rise.</summary>
    private const int PointsNeeded = 4;

    /// <summary>A sensor that reports more rarely is judged over at most so many windows.</summary>
    private const int LongestWindows = 4;

    private const long MillisecondsPerHour = 3_600_000;

    /// <summary>The points with one more; the same array when nothing changes. Late ones are put where they belong.</summary>
    /// <param name="points">By time, null for none; never changed.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="value">The value in thousandths.</param>
    /// <param name="window">The window in milliseconds.</param>
    public static RisePoint[] With(RisePoint[]? points, long at, long value, long window)
    {
        var former = points ?? [];
        var part = Math.Max(1, window / PartsOfWindow);
        foreach (var point in former)
        {
            if (point.At / part == at / part && point.At >= at)
            {
                return former;
            }
        }

        RisePoint[] all = [.. former.Where(point => point.At / part != at / part).Append(new RisePoint(at, value)).OrderBy(point => point.At)];
        var oldest = all[^1].At - (LongestWindows * window);
        return [.. all.Where(point => point.At >= oldest).TakeLast(Kept)];
    }

    /// <summary>Thousandths an hour over the window before the newest point, or over the newest four where it has fewer; null while there are fewer than four.</summary>
    public static long? PerHour(RisePoint[]? points, long window)
    {
        if (points is null || points.Length < PointsNeeded)
        {
            return null;
        }

        var first = points.Length - PointsNeeded;
        while (first > 0 && points[first - 1].At >= points[^1].At - window)
        {
            first--;
        }

        Span<long> slopes = stackalloc long[Kept * (Kept - 1) / 2];
        var count = 0;
        for (var later = first + 1; later < points.Length; later++)
        {
            for (var earlier = first; earlier < later; earlier++)
            {
                slopes[count++] = (long)((Int128)(points[later].Value - points[earlier].Value) * MillisecondsPerHour / (points[later].At - points[earlier].At));
            }
        }

        // Of an even number the lower one: what may be an error is no rise.
        slopes = slopes[..count];
        slopes.Sort();
        return slopes[(count - 1) / 2];
    }
}
