using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>
/// How long the sun was down over a light point while its energy was known, by local day: what a light that burns in full from sunset to sunrise would have burnt.
/// </summary>
[GenerateSerializer, Alias("grid.NightHours")]
public readonly record struct NightHours
{
    private const long MillisecondsPerHour = 3_600_000;

    /// <summary>The newest local day with a report, in days since 1970-01-01; 0 before the first.</summary>
    [Id(0)] public int Day { get; init; }

    /// <summary>Milliseconds of night on <see cref="Day"/>.</summary>
    [Id(1)] public int Dark { get; init; }

    /// <summary>The same on the day before it.</summary>
    [Id(2)] public int PreviousDark { get; init; }

    /// <summary>Up to a report: the time since the last one counts, at most a limit of it.</summary>
    /// <param name="since">The last report, in Unix milliseconds.</param>
    /// <param name="at">The report.</param>
    /// <param name="limit">Longest time that is counted, in milliseconds; at most two days.</param>
    /// <param name="calendar">Splits the time at local midnights.</param>
    /// <param name="sky">Day and night.</param>
    public NightHours Until(long since, long at, long limit, LocalCalendar calendar, LocalSky sky)
    {
        var hours = this;
        var end = Math.Min(at, since + limit);
        for (var from = since; from < end;)
        {
            var day = calendar.DayOf(from);
            var to = day.Contains(from) ? Math.Min(end, day.End) : end;
            hours = hours.On(day.Day);
            hours = day.Day == hours.Day ? hours with { Dark = hours.Dark + (int)sky.DarkMilliseconds(from, to) } : hours;
            from = to;
        }

        return hours.On(calendar.DayOf(at).Day);
    }

    /// <summary>The first report of all: nothing is known of the time before it.</summary>
    public NightHours Begin(long at, LocalCalendar calendar) => On(calendar.DayOf(at).Day);

    /// <summary>Full-power energy of both days less what was used on them, in mWh; negative when more was used.</summary>
    /// <param name="ratedMilliwatts">Power at full light.</param>
    /// <param name="used">Energy by local day, in mWh.</param>
    public DayAmounts SavedOf(long ratedMilliwatts, in DayAmounts used) => new(
        Day,
        (ratedMilliwatts * Dark / MillisecondsPerHour) - On(used, Day),
        (ratedMilliwatts * PreviousDark / MillisecondsPerHour) - On(used, Day - 1));

    private static long On(in DayAmounts used, int day) => used.Day == day ? used.Amount : used.Day - 1 == day ? used.PreviousAmount : 0;

    private NightHours On(int day) => day <= Day ? this : new NightHours { Day = day, PreviousDark = day == Day + 1 ? Dark : 0 };
}
