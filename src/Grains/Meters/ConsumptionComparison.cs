using Grid.Grains.Devices;

namespace Grid.Grains.Meters;

/// <summary>
/// The comparison of the Code général des collectivités territoriales, article L2224-12-4, III bis: consumption is abnormal when it is more than twice the mean of an
/// equivalent period of the three years before, or else of comparable dwellings. The period is the local month so far, up to its last whole day. Pure.
/// </summary>
/// <param name="FromDay">Local day from whose end on is counted.</param>
/// <param name="ToDay">The last day that is counted.</param>
/// <param name="Consumed">What was consumed from then to then, in millilitres.</param>
/// <param name="Expected">What the mean says for as many days, in millilitres; null when there is none.</param>
/// <param name="Years">Years that the mean is of; 0 for that of comparable dwellings.</param>
/// <param name="At">The last reading that is counted, in Unix milliseconds.</param>
internal readonly record struct ConsumptionComparison(int FromDay, int ToDay, long Consumed, long? Expected, int Years, long At)
{
    /// <summary>Days after which the month so far is compared: before, a weekend would be the month.</summary>
    public const int LeastDays = 7;

    private const int MostDays = 62;
    private const int MostYears = 3;
    private const int Times = 2;

    /// <summary>Days that are counted.</summary>
    public int Days => ToDay - FromDay;

    /// <summary>More than this is abnormal, in millilitres; null when there is no mean.</summary>
    public long? Limit => Times * Expected;

    /// <summary>True when it is abnormal, null while the month is too young to say. Without a mean nothing is.</summary>
    public bool? IsAbnormal => Days < LeastDays ? null : Consumed > Limit;

    /// <summary>The comparison; null while there is no whole day, or after more than two months without a reading.</summary>
    public static ConsumptionComparison? Of(IndexPoint[]? points, MonthlyMeans? months, MeterSettings settings)
    {
        if (LastWhole(points) is not { } last)
        {
            return null;
        }

        var month = MonthlyMeans.MonthOf(last.Day);
        var (day, at) = BaseOf(points!, months, month);
        if (last.Day - day is <= 0 or > MostDays)
        {
            return null;
        }

        var (expected, years) = ExpectedIn(month, last.Day - day, months, settings);
        return new ConsumptionComparison(day, last.Day, last.Virtual - at, expected, years, last.At);
    }

    /// <summary>The last reading of the newest day that is over.</summary>
    private static IndexPoint? LastWhole(IndexPoint[]? points)
    {
        for (var index = (points?.Length ?? 0) - 2; index >= 0; index--)
        {
            if (points![index].Day < points[^1].Day)
            {
                return points[index];
            }
        }

        return null;
    }

    /// <summary>The last reading before the month, else the first of all.</summary>
    private static (int Day, long Virtual) BaseOf(IndexPoint[] points, MonthlyMeans? months, int month)
    {
        for (var index = points.Length - 1; index >= 0; index--)
        {
            if (MonthlyMeans.MonthOf(points[index].Day) < month)
            {
                return (points[index].Day, points[index].Virtual);
            }
        }

        return months is null ? (points[0].Day, points[0].Virtual) : (months.BaseDay, months.Base);
    }

    private static (long? Expected, int Years) ExpectedIn(int month, int days, MonthlyMeans? months, MeterSettings settings)
    {
        var (sum, years) = (0L, 0);
        for (var year = 1; year <= MostYears; year++)
        {
            if (months?.Of(month - (12 * year)) is { } mean)
            {
                sum += mean;
                years++;
            }
        }

        return sum > 0 ? (sum * days / years, years) : settings.Water.Comparable > 0 ? (settings.Water.Comparable * days, 0) : (null, 0);
    }
}
