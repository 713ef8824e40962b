using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Learning;

/// <summary>What is usual of a level at an hour of the week, in the unit of the level.</summary>
/// <param name="Low">The least that would be usual.</param>
/// <param name="Middle">The middle.</param>
/// <param name="High">The most that would be usual.</param>
public readonly record struct UsualRange(long Low, long Middle, long High);

/// <summary>
/// The usual level of a device by hour and weekday, such as a flow or a power: of each of the 168 hours of a week its middle and its spread, on a logarithmic scale, robust
/// against single hours that were not as usual. There is no training: each hour that ends is one more observation. 672 bytes and some 50 more, whatever it has seen.
/// </summary>
/// <remarks>
/// Middle and spread follow by Huber's rule: an observation moves the middle by its distance, but never by more than three spreads (Huber, Robust Statistics, 1981, chapter 3),
/// with a gain of 1/n for the first eight weeks and an eighth from then on. The spread is the mean absolute distance, likewise bounded; three of them are some 2.4 standard
/// deviations where they are normal. The hour is counted from local midnight, so that on the two days of a change of the clock it is one off after the change.
/// </remarks>
[GenerateSerializer, Alias("grid.UsualLevel")]
public readonly record struct UsualLevel
{
    private const int SlotBytes = 4;
    private const int HoursOfWeek = 168;
    private const int HoursOfDay = 24;
    private const int Gain = 8;

    /// <summary>Codes: 64 to a doubling, so 1.1 % each.</summary>
    private const int CodesPerDoubling = 64;

    /// <summary>Spread of an hour that was seen once, and the least that is ever taken: a ninth of the value.</summary>
    private const int FirstSpread = 24;
    private const int LeastSpread = 10;
    private const int Spreads = 3;

    /// <summary>Weeks from which on an hour of the week speaks for itself; until then the same hour of the other working days or of the weekend does.</summary>
    private const int WeeksUntilOwn = 3;

    /// <summary>Hours over which a drift is meant: three days.</summary>
    private const int HoursOfDrift = 72;

    /// <summary>An hour counts in a drift as at most four times what is usual, or a quarter.</summary>
    private const int MostDistance = 2 * CodesPerDoubling;

    /// <summary>A drift is held in 256ths of a code.</summary>
    private const int DriftParts = 256;

    /// <summary>Observations that are needed to say anything.</summary>
    private const int LeastObservations = 3;

    /// <summary>Levels are held above this, as zero has no logarithm: a thousandth of 1,000, the unit itself.</summary>
    private const double Origin = 1_000;

    /// <summary>A million of the unit that is reported in thousands: a gigawatt. Two hours of it are summed without overflow.</summary>
    private const long MostLevel = 1_000_000_000_000;

    /// <summary>Of each hour of the week, from Monday 00:00: code of the middle (2 bytes, little endian), spread, weeks seen. Null before the first; never changed.</summary>
    [Id(0)] public byte[]? Hours { get; init; }

    /// <summary>The hour under way: local day x 24 + hour; 0 before the first.</summary>
    [Id(1)] public int Hour { get; init; }

    /// <summary>Sum of level x milliseconds in it.</summary>
    [Id(2)] public long Sum { get; init; }

    /// <summary>Milliseconds of it that are known.</summary>
    [Id(3)] public int Known { get; init; }

    /// <summary>Hours running, up to the last that ended, that were above what is usual.</summary>
    [Id(4)] public int HoursAbove { get; init; }

    /// <summary>Level of the last hour that ended.</summary>
    [Id(5)] public long Last { get; init; }

    /// <summary>That hour, as <see cref="Hour"/>; 0 before the first.</summary>
    [Id(6)] public int LastHour { get; init; }

    /// <summary>How far the last hours were from the middle of what is usual in them, on average, in 256ths of a code; up or down.</summary>
    [Id(7)] public int DriftCodes { get; init; }

    /// <summary>Hours in it, at most <see cref="HoursOfDrift"/>.</summary>
    [Id(8)] public byte DriftHours { get; init; }

    /// <summary>Hours running, up to the last that ended, that were below what is usual.</summary>
    [Id(9)] public byte HoursBelow { get; init; }

    /// <summary>
    /// How much more or less the last three days were than is usual, in thousandths; null before three days could be judged. What goes on becomes usual: of a step, half is left after
    /// some five weeks.
    /// </summary>
    public int? DriftPermille => DriftHours < HoursOfDrift ? null : (int)Math.Round(1_000 * (Math.Pow(2, (double)DriftCodes / DriftParts / CodesPerDoubling) - 1));

    /// <summary>Whether it drifts upwards, given whether it did: from a limit on, until it is below half of that.</summary>
    /// <param name="was">Whether it did.</param>
    /// <param name="permille">The limit, in thousandths of what is usual; 0 for never.</param>
    public bool IsDrifting(bool was, int permille) => permille > 0 && DriftPermille is { } drift && drift > (was ? permille / 2 : permille);

    /// <summary>With a level that was held over a time, all of it after what is known already.</summary>
    /// <param name="level">The level in thousandths of its unit, at least 0.</param>
    /// <param name="from">Since when, in Unix milliseconds.</param>
    /// <param name="to">Until when; more than six hours prove nothing about single hours and are left out.</param>
    /// <param name="calendar">Local days.</param>
    public UsualLevel With(long level, long from, long to, LocalCalendar calendar)
    {
        const long Longest = 6 * 3_600_000;
        if (to <= from || to - from > Longest)
        {
            return this;
        }

        var next = this;
        for (var at = from; at < to;)
        {
            var day = calendar.DayOf(at);
            var hour = Math.Min(HoursOfDay - 1, (int)((at - day.Start) / 3_600_000));
            var end = hour == HoursOfDay - 1 ? day.End : Math.Min(day.End, day.Start + ((hour + 1) * 3_600_000L));
            var until = Math.Min(to, Math.Max(end, at + 1));
            next = next.Add(level, (int)(until - at), (day.Day * HoursOfDay) + hour);
            next = until == end ? next.Close() with { Sum = 0, Known = 0 } : next;
            at = until;
        }

        return next;
    }

    /// <summary>What is usual in an hour, as <see cref="Hour"/> counts; null while too little was seen.</summary>
    public UsualRange? RangeOf(int hour)
    {
        if (Hours is not { } hours || Find(hours, SlotOf(hour)) is not var (middle, spread))
        {
            return null;
        }

        return new UsualRange(LevelOf(middle - (Spreads * spread)), LevelOf(middle), LevelOf(middle + (Spreads * spread)));
    }

    /// <summary>What is usual in the last hour that ended, judged before it was learned from as far as it could be; null while too little was seen.</summary>
    public UsualRange? RangeOfLast() => LastHour == 0 ? null : RangeOf(LastHour);

    /// <summary>Whether that is abnormal: above what is usual for so many hours running.</summary>
    /// <param name="hours">How many; 0 for never.</param>
    public bool IsAbnormal(int hours) => hours > 0 && HoursAbove >= hours;

    /// <summary>Whether it is below what is usual for so many hours running.</summary>
    /// <param name="hours">How many; 0 for never.</param>
    public bool IsBelow(int hours) => hours > 0 && HoursBelow >= hours;

    /// <summary>Whether it drifts in either direction, as <see cref="IsDrifting"/>.</summary>
    public bool IsOff(bool was, int permille) => permille > 0 && DriftPermille is { } drift && Math.Abs(drift) > (was ? permille / 2 : permille);

    /// <summary>The last hour that ended beside what is usual in it, for people; null while too little was seen.</summary>
    /// <param name="name">Name of the figure; the level is held in thousandths of the unit that it ends with.</param>
    /// <param name="calendar">Local days.</param>
    public DerivedFigure? Explain(string name, LocalCalendar calendar) => RangeOfLast() is not { } usual ? null : new DerivedFigure
    {
        Name = name,
        Value = Last / 1_000.0,
        Low = usual.Low / 1_000.0,
        High = usual.High / 1_000.0,
        At = DateTimeOffset.FromUnixTimeMilliseconds(calendar.InstantOf(LastHour / HoursOfDay, 60 * ((LastHour % HoursOfDay) + 1))),
        Basis = "usual",
    };

    /// <summary>How the last three days compare with what is usual, for people; null before that is known.</summary>
    public DerivedFigure? ExplainDrift(int limitPermille) => DriftPermille is not { } drift ? null : new DerivedFigure
    {
        Name = "usualDriftPercent",
        Value = drift / 10.0,
        High = limitPermille == 0 ? null : limitPermille / 10.0,
        Basis = "usual",
    };

    private UsualLevel Add(long level, int milliseconds, int hour)
    {
        if (hour < Hour)
        {
            return this;
        }

        var current = hour == Hour ? this : Close() with { Hour = hour, Sum = 0, Known = 0 };
        return current with { Sum = current.Sum + (Math.Min(level, MostLevel) * milliseconds), Known = current.Known + milliseconds };
    }

    /// <summary>Learns from the hour under way, if at least half of it is known.</summary>
    private UsualLevel Close()
    {
        if (Hour == 0 || Known < 1_800_000)
        {
            return this;
        }

        var level = Sum / Known;
        var (isAbove, isBelow, drift, judged) = (false, false, DriftCodes, DriftHours);
        if (Hours is { } known && Find(known, SlotOf(Hour)) is var (middle, spread))
        {
            isAbove = level > LevelOf(middle + (Spreads * spread));
            isBelow = level < LevelOf(middle - (Spreads * spread));
            judged = (byte)Math.Min(judged + 1, HoursOfDrift);
            drift += Rounded((Math.Clamp(CodeOf(level) - middle, -MostDistance, MostDistance) * DriftParts) - drift, judged);
        }

        var hours = Hours is { } former ? (byte[])former.Clone() : new byte[HoursOfWeek * SlotBytes];
        Learn(hours.AsSpan(SlotOf(Hour) * SlotBytes, SlotBytes), CodeOf(level));
        return this with
        {
            Hours = hours,
            HoursAbove = isAbove ? Math.Min(HoursAbove + 1, HoursOfWeek) : 0,
            HoursBelow = (byte)(isBelow ? Math.Min(HoursBelow + 1, HoursOfWeek) : 0),
            Last = level,
            LastHour = Hour,
            DriftCodes = drift,
            DriftHours = judged,
        };
    }

    private static void Learn(Span<byte> slot, int code)
    {
        var weeks = slot[3];
        if (weeks == 0)
        {
            Write(slot, code, FirstSpread, 1);
            return;
        }

        var (middle, spread) = (slot[0] | (slot[1] << 8), (int)slot[2]);
        var bound = Spreads * Math.Max(spread, LeastSpread);
        var distance = Math.Clamp(code - middle, -bound, bound);
        var gain = Math.Min(weeks + 1, Gain);

        // Rounded away from zero, so that small steps are not lost.
        Write(slot, middle + Rounded(distance, gain), spread + Rounded(Math.Abs(distance) - spread, gain), Math.Min(weeks + 1, 255));
    }

    private static (int Middle, int Spread)? Find(byte[] hours, int slot)
    {
        var own = hours.AsSpan(slot * SlotBytes, SlotBytes);
        if (own[3] >= WeeksUntilOwn)
        {
            return (own[0] | (own[1] << 8), Math.Max(own[2], (byte)LeastSpread));
        }

        // The same hour of days of the same sort: the middle of them, and as far apart as they are.
        Span<int> middles = stackalloc int[7];
        var (count, seen, spread) = (0, 0, 0);
        var isWeekend = slot / HoursOfDay >= 5;
        for (var day = isWeekend ? 5 : 0; day < (isWeekend ? 7 : 5); day++)
        {
            var other = hours.AsSpan(((day * HoursOfDay) + (slot % HoursOfDay)) * SlotBytes, SlotBytes);
            if (other[3] > 0)
            {
                middles[count++] = other[0] | (other[1] << 8);
                seen += other[3];
                spread = Math.Max(spread, other[2]);
            }
        }

        if (seen < LeastObservations)
        {
            return null;
        }

        middles = middles[..count];
        middles.Sort();
        return (middles[count / 2], Math.Max(Math.Max(spread, LeastSpread), middles[^1] - middles[0]));
    }

    private static void Write(Span<byte> slot, int middle, int spread, int weeks)
    {
        middle = Math.Clamp(middle, 0, ushort.MaxValue);
        slot[0] = (byte)middle;
        slot[1] = (byte)(middle >> 8);
        slot[2] = (byte)Math.Clamp(spread, 0, byte.MaxValue);
        slot[3] = (byte)weeks;
    }

    private static int Rounded(int value, int divisor) => value >= 0 ? (value + (divisor / 2)) / divisor : -((-value + (divisor / 2)) / divisor);

    private static int SlotOf(int hour)
    {
        // 1 January 1970 was a Thursday.
        var (day, hourOfDay) = Math.DivRem(hour, HoursOfDay);
        return (((day + 3) % 7) * HoursOfDay) + hourOfDay;
    }

    private static int CodeOf(long level) => (int)Math.Round(CodesPerDoubling * Math.Log2(1 + (level / Origin)));

    private static long LevelOf(int code) => code <= 0 ? 0 : (long)Math.Round(Origin * (Math.Pow(2, (double)code / CodesPerDoubling) - 1));
}
