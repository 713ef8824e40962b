using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Bins;

/// <summary>
/// The fill of a bin behind what its sensor says: a level that follows the reports slowly, when it was emptied last, and how fast it fills. Ultrasonic sensors are off by some
/// points in each report, and now and then by anything: what lies far from the level counts only once several reports running agree on it. Pure, integers.
/// 88 bytes, the means of the trend, and when it usually fills.
/// </summary>
[GenerateSerializer, Alias("grid.FillTrack")]
public readonly record struct FillTrack
{
    /// <summary>The shortest span of the trend: rates are worked out once in three hours at most.</summary>
    public const long Span = 3 * Hour;

    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    /// <summary>How long it takes until the level has followed what is reported by half.</summary>
    private const long FollowTime = 2 * Hour;

    /// <summary>What was filled in this time weighs as much as all that is known from before the last emptying.</summary>
    private const long LongRunWeight = Day;

    /// <summary>Reports far from the level agree when they are so near to each other, in thousandths of a percent: twice the noise.</summary>
    private const int Agreement = 10_000;

    private const int LeastMeans = 3;
    private const int Full = 100_000;

    /// <summary>The level as of <see cref="At"/>, in thousandths of a percent.</summary>
    [Id(0)] public int Level { get; init; }

    /// <summary>The last report that moved the level, in Unix milliseconds; 0 before the first.</summary>
    [Id(1)] public long At { get; init; }

    /// <summary>How fast it fills, in thousandths of a hundredth of a percent a day; 0 while nobody knows.</summary>
    [Id(2)] public int Rate { get; init; }

    /// <summary>How fast it filled before the last emptying, over the long run; 0 while nobody knows.</summary>
    [Id(3)] public int LongRunRate { get; init; }

    /// <summary>The first report after the last emptying, in Unix milliseconds; 0 for none.</summary>
    [Id(4)] public long EmptiedAt { get; init; }

    /// <summary>How often it was emptied.</summary>
    [Id(5)] public int Emptied { get; init; }

    /// <summary>Reports running that lie far from the level and agree.</summary>
    [Id(6)] public byte Strays { get; init; }

    /// <summary>The first of them, in Unix milliseconds.</summary>
    [Id(7)] public long StrayFrom { get; init; }

    /// <summary>Their sum, in thousandths of a percent.</summary>
    [Id(8)] public int StraySum { get; init; }

    /// <summary>Reports that moved the level since it was set, at most 255.</summary>
    [Id(9)] public byte Reports { get; init; }

    /// <summary>How it has filled since the last emptying.</summary>
    [Id(10)] public Trend Trend { get; init; }

    /// <summary>When it usually fills.</summary>
    [Id(11)] public FillRhythm Rhythm { get; init; }

    /// <summary>After a report that is the bin's present.</summary>
    /// <param name="fill">What it says, 0 to 100,000 thousandths of a percent.</param>
    /// <param name="at">When, in Unix milliseconds, not before the last one.</param>
    /// <param name="settings">What counts as emptied.</param>
    /// <param name="calendar">Its local days.</param>
    public FillTrack With(int fill, long at, BinSettings settings, LocalCalendar calendar)
    {
        if (At == 0)
        {
            return Set(fill, at, at) with { Rhythm = Rhythm.With(fill, at, isBroken: true, calendar) };
        }

        var expected = ExpectedAt(at, calendar);
        if (Math.Abs(fill - expected) > settings.EmptiedDrop)
        {
            var strayed = Stray(fill, at, fill < expected, settings);
            return strayed.Strays == 0 ? strayed with { Rhythm = Rhythm.With(fill, at, isBroken: true, calendar) } : strayed;
        }

        // Of few reports each counts the same; later the newest counts by the time that it stands for.
        var (off, time) = (fill - expected, at - At);
        var (byTime, byCount) = (off * time / (time + FollowTime), off / (Reports + 1));
        var moved = Math.Abs(byTime) >= Math.Abs(byCount) ? byTime : byCount;
        var trend = Trend.With(fill / 10, at, Span);
        var track = this with
        {
            Level = (int)(expected + moved),
            At = at,
            Strays = 0,
            Reports = (byte)Math.Min(byte.MaxValue, Reports + 1),
            Trend = trend,
            Rhythm = Rhythm.With(fill, at, isBroken: false, calendar),
        };
        return ReferenceEquals(trend.Means, Trend.Means) ? track : track with { Rate = track.RateNow() };
    }

    /// <summary>The level at an instant that is not before <see cref="At"/>, in thousandths of a percent.</summary>
    /// <param name="instant">In Unix milliseconds.</param>
    /// <param name="calendar">Its local days.</param>
    public long ExpectedAt(long instant, LocalCalendar calendar) => Math.Min(Full, Level + (Rate == 0 ? 0 : Rate * (Rhythm.Weighted(At, instant, calendar) / 1_000) / (Day / 1_000) / 100));

    /// <summary>When it reaches a level, in Unix milliseconds; null when nobody knows how fast it fills, or not within a year.</summary>
    /// <param name="level">In thousandths of a percent.</param>
    /// <param name="calendar">Its local days.</param>
    public long? ReachedAt(long level, LocalCalendar calendar)
    {
        const long Longest = 365 * Day;
        var missing = Math.Max(0, level - Level);
        return missing == 0 ? At : Rate > 0 && (Int128)missing * 100 * Day / Rate is var time && time <= Longest ? Rhythm.After(At, (long)time, calendar) : null;
    }

    /// <summary>How fast it usually fills at this hour and weekday, beside its mean rate over day and night, for people.</summary>
    public DerivedFigure Usual(long now, LocalCalendar calendar)
    {
        const double PerDay = 100_000.0;
        var rate = Rate / PerDay / 24 * Rhythm.ShareAt(now, calendar) / FillRhythm.Mean;
        return new DerivedFigure { Name = "usualFillRatePercentPerHour", Value = Math.Round(rate, 4), Basis = "usual" };
    }

    /// <summary>A report far from the level: emptied, filled at a stroke, or nothing but a stray echo. Which it was, the next reports say.</summary>
    private FillTrack Stray(int fill, long at, bool isBelow, BinSettings settings)
    {
        var agrees = Strays > 0 && Math.Abs(fill - (StraySum / Strays)) <= Agreement;
        var strays = this with
        {
            Strays = (byte)(agrees ? Strays + 1 : 1),
            StrayFrom = agrees ? StrayFrom : at,
            StraySum = agrees ? StraySum + fill : fill,
        };
        if (strays.Strays < settings.EmptiedReports)
        {
            return strays;
        }

        var set = strays.Set(strays.StraySum / strays.Strays, strays.StrayFrom, at) with { Reports = strays.Strays, LongRunRate = LongRunRateAfter() };
        set = set with { Rate = set.LongRunRate };
        // What was known for a report or two was perhaps the stray echo.
        return isBelow && Reports >= settings.EmptiedReports ? set with { EmptiedAt = strays.StrayFrom, Emptied = Emptied + 1 } : set;
    }

    private FillTrack Set(int level, long from, long at) => this with
    {
        Level = level,
        At = at,
        Strays = 0,
        StraySum = 0,
        StrayFrom = 0,
        Reports = 1,
        Trend = default(Trend).With(level / 10, from, Span),
    };

    /// <summary>What this filling says, and what is known from before, each by its weight.</summary>
    private int RateNow()
    {
        if (Trend.SlopePerDay(Span, LeastMeans) is not { } slope)
        {
            return LongRunRate;
        }

        var own = Math.Max(0, slope.Median);
        return (int)(LongRunRate == 0 ? own : ((own * slope.Milliseconds) + (LongRunRate * LongRunWeight)) / (slope.Milliseconds + LongRunWeight));
    }

    /// <summary>A filling of a day or more moves what is known in the long run, by a third of the difference.</summary>
    private int LongRunRateAfter()
    {
        if (Trend.SlopePerDay(Span, LeastMeans) is not { Median: > 0, Milliseconds: >= Day } slope)
        {
            return LongRunRate;
        }

        return LongRunRate == 0 ? (int)slope.Median : LongRunRate + (int)((slope.Median - LongRunRate) / 3);
    }
}
