using System.Text.Json.Serialization;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>
/// Energy by local day of a device that has no index: the power that it had is taken to go on until its next report, for a bounded time.
/// Integers: mWh, with the rest below one carried on, so that nothing is lost to rounding within a day.
/// </summary>
[GenerateSerializer, Alias("grid.HeldEnergy")]
public readonly record struct HeldEnergy
{
    private const uint MillisecondsPerHour = 3_600_000;

    /// <summary>Time of the last report, in Unix milliseconds.</summary>
    [Id(0)] public long Since { get; init; }

    /// <summary>False before the first report.</summary>
    [Id(1)] public bool HasSince { get; init; }

    /// <summary>The newest local day with energy.</summary>
    [Id(2)] public int Day { get; init; }

    /// <summary>Rest of <see cref="Amount"/>, in mW ms, below 3,600,000.</summary>
    [Id(3)] public uint Rest { get; init; }

    /// <summary>Energy of <see cref="Day"/>, in mWh.</summary>
    [Id(4)] public long Amount { get; init; }

    /// <summary>Energy of the day before it, in mWh.</summary>
    [Id(5)] public long PreviousAmount { get; init; }

    /// <summary>Both days.</summary>
    [JsonIgnore] public DayAmounts Amounts => new(Day, Amount, PreviousAmount);

    /// <summary>Up to a report: the former power was held since the last one, at most for <paramref name="limit"/>.</summary>
    /// <param name="milliwatts">The power until now, at least 0.</param>
    /// <param name="at">Time of the report, in Unix milliseconds.</param>
    /// <param name="limit">Longest time that a power is believed to go on, in milliseconds; at most two days.</param>
    /// <param name="calendar">Splits the time at local midnights.</param>
    public HeldEnergy Until(long milliwatts, long at, long limit, LocalCalendar calendar)
    {
        var held = this;
        if (HasSince && milliwatts > 0)
        {
            var end = Math.Min(at, Since + limit);
            for (var from = Since; from < end;)
            {
                var day = calendar.DayOf(from);
                var to = day.Contains(from) ? Math.Min(end, day.End) : end;
                held = held.Add(day.Day, milliwatts, to - from);
                from = to;
            }
        }

        return held with { Since = HasSince ? Math.Max(Since, at) : at, HasSince = true };
    }

    private HeldEnergy Add(int day, long milliwatts, long milliseconds)
    {
        if (day < Day)
        {
            return this;
        }

        var isSame = day == Day;
        var (whole, rest) = Hours((ulong)milliwatts, (ulong)milliseconds, isSame ? Rest : 0);
        return this with
        {
            Day = day,
            Rest = rest,
            Amount = (isSame ? Amount : 0) + whole,
            PreviousAmount = isSame ? PreviousAmount : day == Day + 1 ? Amount : 0,
        };
    }

    /// <summary>mWh of a power over a time, and the rest. A power that no light point or building has takes the slow way.</summary>
    private static (long Whole, uint Left) Hours(ulong milliwatts, ulong milliseconds, uint rest)
    {
        if (milliwatts < uint.MaxValue && milliseconds < uint.MaxValue)
        {
            var product = (milliwatts * milliseconds) + rest;
            return ((long)(product / MillisecondsPerHour), (uint)(product % MillisecondsPerHour));
        }

        var large = ((UInt128)milliwatts * milliseconds) + rest;
        return ((long)(large / MillisecondsPerHour), (uint)(large % MillisecondsPerHour));
    }
}
