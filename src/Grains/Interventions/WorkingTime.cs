using Grid.Contracts.Calendars;
using Grid.Contracts.Interventions;
using Grid.Grains.Devices;

namespace Grid.Grains.Interventions;

/// <summary>
/// Working time by a calendar: what passes on the clock's working hours, in real time. An hour that the clock skips is not there, one that it repeats counts twice. Pure; looks at
/// <see cref="MaximumDays"/> days at most.
/// </summary>
/// <param name="calendars">Local days by zone.</param>
public sealed class WorkingTime(LocalCalendars calendars)
{
    /// <summary>Ten years and some days.</summary>
    public const int MaximumDays = 3_660;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>Working time from one instant to another; zero when the second is not after the first.</summary>
    public TimeSpan Between(WorkingCalendar calendar, DateTimeOffset from, DateTimeOffset to)
    {
        var (start, end, sum) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), 0L);
        foreach (var (begin, until) in Spans(calendar, start))
        {
            if (begin >= end)
            {
                break;
            }

            sum += Math.Max(0, Math.Min(until, end) - Math.Max(begin, start));
        }

        return TimeSpan.FromMilliseconds(sum);
    }

    /// <summary>When so much working time has passed since an instant; null when that is more than ten years ahead. Of no time, the instant itself.</summary>
    public DateTimeOffset? After(WorkingCalendar calendar, DateTimeOffset from, TimeSpan time)
    {
        var (start, left) = (from.ToUnixTimeMilliseconds(), (long)time.TotalMilliseconds);
        if (left <= 0)
        {
            return from;
        }

        foreach (var (begin, until) in Spans(calendar, start))
        {
            var there = Math.Max(0, until - Math.Max(begin, start));
            if (there >= left)
            {
                return DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(begin, start) + left);
            }

            left -= there;
        }

        return null;
    }

    /// <summary>The working hours from the local day of an instant on, in order.</summary>
    private IEnumerable<(long Begin, long End)> Spans(WorkingCalendar calendar, long from)
    {
        var clock = calendars.OfZone(calendar.Zone);
        var first = clock.DayOf(from).Day;
        for (var day = first; day < first + MaximumDays; day++)
        {
            var date = Epoch.AddDays(day);
            if (!calendar.RunsOnHolidays && PublicHolidays.Contains(date, calendar.Department))
            {
                continue;
            }

            var weekday = WeekdayOf(date);
            foreach (var hours in calendar.Hours)
            {
                if (hours.Day == weekday)
                {
                    yield return (clock.InstantOf(day, hours.From), clock.InstantOf(day, hours.To));
                }
            }
        }
    }

    private static Weekday WeekdayOf(DateOnly date) => date.DayOfWeek == DayOfWeek.Sunday ? Weekday.Sunday : (Weekday)(int)date.DayOfWeek;
}
