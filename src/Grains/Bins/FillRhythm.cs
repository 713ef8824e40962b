using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Bins;

/// <summary>
/// When a bin usually fills: the share of each three hours of the day, and of each weekday, in what is thrown in. There is no training: each three hours that end, and each day, are one
/// more observation. 24 bytes, and 84 for the shares, whatever it has seen. Pure, integers.
/// </summary>
/// <remarks>
/// A growth is the difference of the first reports of two neighbouring spans, so a sensor's noise is in it twice and is meant out over some weeks; it counts as
/// <see cref="MostGrowth"/> at most, so that a single echo is soon forgotten. Nothing is learned from a span in which the bin was emptied, or not heard. Until little is known, shares are drawn towards the mean.
/// </remarks>
[GenerateSerializer, Alias("grid.FillRhythm")]
public readonly record struct FillRhythm
{
    /// <summary>Spans of a local day.</summary>
    public const int SpansOfDay = 8;

    /// <summary>The share of a span, or of a weekday, that is like all others.</summary>
    public const int Mean = 1_000;

    private const int DaysOfWeek = 7;
    private const int Places = SpansOfDay + DaysOfWeek;
    private const long SpanMilliseconds = 3 * 3_600_000;

    /// <summary>Thousandths of a percent by which a bin fills in three hours at most, as far as it is learned from.</summary>
    private const int MostGrowth = 15_000;

    /// <summary>Days of which the mean is, and days as which the mean of all counts beside them.</summary>
    private const int MostDays = 42;
    private const int PriorDays = 6;
    private const int LeastDays = 7;

    /// <summary>The same of a weekday, in weeks.</summary>
    private const int MostWeeks = 10;
    private const int PriorWeeks = 4;

    /// <summary>A span or a day counts as so many times the mean at most.</summary>
    private const int MostShare = 4_000;

    /// <summary>The mean growth of each span of the day in thousandths of a percent, the share of each weekday from Monday on, and of how many days and weeks they are. Null before the first; never changed.</summary>
    [Id(0)] public short[]? Shares { get; init; }

    /// <summary>The span under way: local day x 8 + span; 0 before the first.</summary>
    [Id(1)] public int Span { get; init; }

    /// <summary>The first report in it, in thousandths of a percent; -1 when it cannot be learned from.</summary>
    [Id(2)] public int First { get; init; }

    /// <summary>What came in on the day under way in spans that were observed, in thousandths of a percent.</summary>
    [Id(3)] public int DayGrowth { get; init; }

    /// <summary>What would have come in then on a mean day.</summary>
    [Id(4)] public int DayExpected { get; init; }

    /// <summary>True once it says more than the mean.</summary>
    public bool IsKnown
    {
        get
        {
            for (var span = 0; span < SpansOfDay; span++)
            {
                if (Shares is null || Shares[Places + span] < LeastDays)
                {
                    return false;
                }
            }

            return DayMean(Shares!) > 0;
        }
    }

    /// <summary>With a report that is no stray.</summary>
    /// <param name="fill">In thousandths of a percent.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="isBroken">The bin was emptied, or filled at a stroke, since the report before.</param>
    /// <param name="calendar">Local days.</param>
    public FillRhythm With(int fill, long at, bool isBroken, LocalCalendar calendar)
    {
        var span = SpanOf(at, calendar);
        if (span <= Span && Span != 0)
        {
            return isBroken ? this with { First = -1 } : this;
        }

        var isWhole = !isBroken && First >= 0 && span == Span + 1;
        var next = isWhole ? Learn(Math.Clamp(fill - First, -MostGrowth, MostGrowth)) : this;
        next = span / SpansOfDay != Span / SpansOfDay ? next.CloseDay() : next;
        return next with { Span = span, First = isBroken ? -1 : fill };
    }

    /// <summary>How fast it fills in a span beside its mean rate, in thousandths.</summary>
    /// <param name="span">As <see cref="Span"/> counts.</param>
    public int ShareOf(int span)
    {
        if (Shares is not { } shares || !IsKnown)
        {
            return Mean;
        }

        var (place, weekday) = (span % SpansOfDay, WeekdayOf(span));
        var growth = Math.Min(MostShare, Math.Max(0, (long)shares[place]) * SpansOfDay * Mean / DayMean(shares));
        var ofSpan = ((growth * shares[Places + place]) + (Mean * PriorDays)) / (shares[Places + place] + PriorDays);
        return (int)(ofSpan * DayShare(shares, weekday) / Mean);
    }

    /// <summary>How fast it fills at an instant beside its mean rate, in thousandths.</summary>
    public int ShareAt(long at, LocalCalendar calendar) => ShareOf(SpanOf(at, calendar));

    /// <summary>The time in which it would fill at its mean rate as much as it does between two instants, in milliseconds.</summary>
    public long Weighted(long from, long to, LocalCalendar calendar)
    {
        if (!IsKnown)
        {
            return to - from;
        }

        var weighted = 0L;
        for (var at = from; at < to;)
        {
            var end = Math.Min(to, EndOf(at, calendar));
            weighted += (end - at) * ShareOf(SpanOf(at, calendar)) / Mean;
            at = end;
        }

        return weighted;
    }

    /// <summary>The instant at which it has filled as much as it would at its mean rate in a time; that time is a year at most.</summary>
    public long After(long from, long weighted, LocalCalendar calendar)
    {
        if (!IsKnown)
        {
            return from + weighted;
        }

        var at = from;
        while (true)
        {
            var (end, share) = (EndOf(at, calendar), Math.Max(1, ShareOf(SpanOf(at, calendar))));
            var whole = (end - at) * share / Mean;
            if (whole >= weighted)
            {
                return at + (weighted * Mean / share);
            }

            (weighted, at) = (weighted - whole, end);
        }
    }

    private static int SpanOf(long at, LocalCalendar calendar)
    {
        var day = calendar.DayOf(at);
        return (day.Day * SpansOfDay) + (int)Math.Clamp((at - day.Start) / SpanMilliseconds, 0, SpansOfDay - 1);
    }

    private static long EndOf(long at, LocalCalendar calendar)
    {
        var day = calendar.DayOf(at);
        var span = Math.Clamp((at - day.Start) / SpanMilliseconds, 0, SpansOfDay - 1);
        return Math.Max(at + 1, span == SpansOfDay - 1 ? day.End : day.Start + ((span + 1) * SpanMilliseconds));
    }

    // 1 January 1970 was a Thursday.
    private static int WeekdayOf(int span) => ((span / SpansOfDay) + 3) % DaysOfWeek;

    private static int DayMean(short[] shares)
    {
        var sum = 0;
        for (var span = 0; span < SpansOfDay; span++)
        {
            sum += Math.Max((short)0, shares[span]);
        }

        return sum;
    }

    private static long DayShare(short[] shares, int weekday)
    {
        var weeks = shares[Places + SpansOfDay + weekday];
        return ((shares[SpansOfDay + weekday] * (long)weeks) + (Mean * PriorWeeks)) / (weeks + PriorWeeks);
    }

    private FillRhythm Learn(int growth)
    {
        var shares = Shares is { } former ? (short[])former.Clone() : new short[2 * Places];
        var place = Span % SpansOfDay;
        Move(shares, place, growth, MostDays);
        return this with { Shares = shares, DayGrowth = DayGrowth + growth, DayExpected = DayExpected + Math.Max((short)0, shares[place]) };
    }

    /// <summary>A day of which most was observed says what share its weekday has.</summary>
    private FillRhythm CloseDay()
    {
        if (!IsKnown || DayExpected * 2 < DayMean(Shares!))
        {
            return this with { DayGrowth = 0, DayExpected = 0 };
        }

        var shares = (short[])Shares!.Clone();
        Move(shares, SpansOfDay + WeekdayOf(Span), (int)Math.Clamp(DayGrowth * (long)Mean / DayExpected, 0, MostShare), MostWeeks);
        return this with { Shares = shares, DayGrowth = 0, DayExpected = 0 };
    }

    private static void Move(short[] shares, int place, int value, int most)
    {
        var count = Math.Min(shares[Places + place] + 1, most);
        (shares[place], shares[Places + place]) = ((short)(shares[place] + ((value - shares[place]) / count)), (short)count);
    }
}
