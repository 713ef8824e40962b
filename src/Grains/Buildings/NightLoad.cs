using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>The power of a building in one night, from 01:00 to 05:00 by the clock, while the night goes on. 56 bytes.</summary>
[GenerateSerializer, Immutable, Alias("grid.NightLoad")]
public readonly record struct NightLoad
{
    private const int FromMinutes = 60;
    private const int ToMinutes = 300;

    /// <summary>Cheap bounds of the night, also on a day of 23 or 25 hours: milliseconds from local midnight.</summary>
    private const long Latest = 7 * 3_600_000;

    /// <summary>The first report and the last one must lie this share of the night apart.</summary>
    private const int CoverPercent = 70;

    /// <summary>The local day on which it ends; 0 for none.</summary>
    [Id(0)] public int Day { get; init; }

    /// <summary>First report in it, in Unix milliseconds.</summary>
    [Id(1)] public long FirstAt { get; init; }

    /// <summary>Last report in it.</summary>
    [Id(2)] public long LastAt { get; init; }

    /// <summary>Energy index at the first report, in mWh on the index that never falls; -1 without an index.</summary>
    [Id(3)] public long FirstIndex { get; init; }

    /// <summary>Energy index at the last report; -1 without an index.</summary>
    [Id(4)] public long LastIndex { get; init; }

    /// <summary>Sum of the powers reported in it, in milliwatts.</summary>
    [Id(5)] public long PowerSum { get; init; }

    /// <summary>How many; -1 once somebody was there.</summary>
    [Id(6)] public int Powers { get; init; }

    /// <summary>True once the report lies beyond the night, which can then be judged.</summary>
    public bool IsOver(long at, LocalCalendar calendar) => Day != 0 && at > calendar.InstantOf(Day, ToMinutes);

    /// <summary>With a report in it; the same when the report is outside every night.</summary>
    /// <param name="at">Time of the report, in Unix milliseconds.</param>
    /// <param name="powerMilliwatts">The power that it reports; null for none.</param>
    /// <param name="index">The newest energy index on the one that never falls; null for none.</param>
    /// <param name="isOccupied">True when it says that somebody is there.</param>
    /// <param name="calendar">Local days.</param>
    public NightLoad With(long at, long? powerMilliwatts, long? index, bool isOccupied, LocalCalendar calendar)
    {
        var day = calendar.DayOf(at);
        if (at - day.Start > Latest || at < calendar.InstantOf(day.Day, FromMinutes) || at > calendar.InstantOf(day.Day, ToMinutes))
        {
            return this;
        }

        var night = Day == day.Day ? this : new NightLoad { Day = day.Day, FirstAt = at, FirstIndex = index ?? -1 };
        return night with
        {
            LastAt = at,
            LastIndex = index ?? -1,
            PowerSum = night.PowerSum + (Math.Min(powerMilliwatts ?? 0, Thousandths.ContributionMaximum)),
            Powers = night.Powers < 0 || isOccupied ? -1 : night.Powers + (powerMilliwatts is null ? 0 : 1),
        };
    }

    /// <summary>Its mean power in milliwatts: from the index where there is one, else the mean of the reported powers. Null when too little of it was heard, or somebody was there.</summary>
    /// <param name="occupancy">The building's calendar; null for none.</param>
    /// <param name="calendar">Local days.</param>
    public long? MeanMilliwatts(OccupancyCalendar? occupancy, LocalCalendar calendar)
    {
        const long MillisecondsPerHour = 3_600_000;
        var (from, to) = (calendar.InstantOf(Day, FromMinutes), calendar.InstantOf(Day, ToMinutes));
        var heard = LastAt - FirstAt;
        if (Powers < 0 || heard * 100 < (to - from) * CoverPercent || occupancy?.IsOpenBetween(from, to, calendar) == true)
        {
            return null;
        }

        return FirstIndex >= 0 && LastIndex > FirstIndex ? (long)((Int128)(LastIndex - FirstIndex) * MillisecondsPerHour / heard)
            : Powers > 0 ? PowerSum / Powers
            : null;
    }
}

/// <summary>
/// What a building draws in its nights against what it should. The reference is what it is told, else the median of its first ten nights, and then stands. At most some 140 bytes, one new
/// instance a night.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.BaseLoad")]
public sealed record BaseLoad
{
    /// <summary>Nights from which the reference is learned.</summary>
    public const int LearningNights = 10;

    private const int FullPermille = 1_000;

    /// <summary>The nights that are learned from, in milliwatts, oldest first, until there are enough; never changed.</summary>
    [Id(0)] public long[]? Nights { get; init; }

    /// <summary>What was learned, in milliwatts; null before.</summary>
    [Id(1)] public long? Learned { get; init; }

    /// <summary>The last night, in milliwatts.</summary>
    [Id(2)] public long Last { get; init; }

    /// <summary>The local day on which it ended.</summary>
    [Id(3)] public int LastDay { get; init; }

    /// <summary>Nights running that were beyond the tolerance, at most 255.</summary>
    [Id(4)] public byte HighNights { get; init; }

    /// <summary>True while it draws more than it should.</summary>
    [Id(5)] public bool IsHigh { get; init; }

    /// <summary>What the building should draw, in milliwatts; null while nobody knows.</summary>
    public long? ReferenceOf(BuildingSettings settings) => settings.BaseLoadMilliwatts > 0 ? settings.BaseLoadMilliwatts : Learned;

    /// <summary>With one more night.</summary>
    /// <param name="load">What there is; null before the first night.</param>
    /// <param name="day">The local day on which it ended.</param>
    /// <param name="milliwatts">Its mean power.</param>
    /// <param name="settings">The building's parameters.</param>
    public static BaseLoad With(BaseLoad? load, int day, long milliwatts, BuildingSettings settings)
    {
        var former = load ?? new BaseLoad();
        var next = former with { Last = milliwatts, LastDay = day };
        if (former.Learned is null)
        {
            var nights = (long[])[.. former.Nights ?? [], milliwatts];
            next = nights.Length < LearningNights ? next with { Nights = nights } : next with { Nights = null, Learned = MedianOf(nights) };
        }

        // The night that completes the reference is in it.
        if (former.ReferenceOf(settings) is not { } reference)
        {
            return next with { HighNights = 0, IsHigh = false };
        }

        var high = milliwatts > Beyond(reference, settings.BaseLoadTolerancePermille) ? (byte)Math.Min(255, former.HighNights + 1) : (byte)0;
        var isHigh = high >= settings.BaseLoadNights || (former.IsHigh && milliwatts > Beyond(reference, settings.BaseLoadTolerancePermille / 2));
        return next with { HighNights = high, IsHigh = isHigh };
    }

    /// <summary>A power and a share of it, in thousandths.</summary>
    public static long Beyond(long reference, long permille) => (long)((Int128)reference * (FullPermille + permille) / FullPermille);

    private static long MedianOf(long[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
