using Grid.Contracts.Notifications;
using Grid.Grains.Devices;

namespace Grid.Grains.OnCall;

/// <summary>
/// Who is on call. Local rules become instants here and nowhere else: a local time that the clock skips is the moment of the change, and of one that comes twice the first counts. So a
/// turn never hands back, and a window is as long as the clock makes it. Pure.
/// </summary>
public static class OnCallRules
{
    private const int DaysOfWeek = 7;
    private const int MinutesOfDay = 24 * 60;

    /// <summary>What is added to the number of a day so that Monday comes first: 1970-01-01 was a Thursday.</summary>
    private const int EpochWeekDay = 3;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>Who is on call at a level, from 1; null when nobody is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static OnCallTurn? WhoAt(OnCallCalendar calendar, int level, DateTimeOffset instant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, calendar.Levels.Length);
        var (rule, local, now) = (calendar.Levels[level - 1], new LocalCalendar(calendar.ZoneId), instant.ToUnixTimeMilliseconds());
        for (var index = rule.Overrides.Length - 1; index >= 0; index--)
        {
            var agreed = rule.Overrides[index];
            if (now >= InstantOf(local, agreed.From) && now < InstantOf(local, agreed.To))
            {
                return agreed.Turn.Endpoints.IsEmpty ? null : agreed.Turn;
            }
        }

        return rule.Windows.IsEmpty || rule.Windows.Any(window => IsOpen(window, local, now)) ? TurnAt(rule.Rotation, local, now) : null;
    }

    private static OnCallTurn TurnAt(OnCallRotation rotation, LocalCalendar local, long now)
    {
        var today = local.DayOf(now).Day;
        var day = now < local.InstantOf(today, MinutesOf(rotation.HandOver)) ? today - 1 : today;
        var turns = Math.DivRem(day - NumberOf(rotation.From), rotation.Days, out var rest);
        turns -= rest < 0 ? 1 : 0;
        return rotation.Turns[(int)(((long)turns % rotation.Turns.Length + rotation.Turns.Length) % rotation.Turns.Length)];
    }

    /// <summary>Also one that began yesterday and is still open.</summary>
    private static bool IsOpen(WeeklyWindow window, LocalCalendar local, long now)
    {
        var today = local.DayOf(now).Day;
        var (from, to) = (MinutesOf(window.From), MinutesOf(window.To));
        to += to <= from ? MinutesOfDay : 0;
        for (var day = today - 1; day <= today; day++)
        {
            if ((window.Days & WeekDayOf(day)) != 0 && now >= local.InstantOf(day, from) && now < local.InstantOf(day, to))
            {
                return true;
            }
        }

        return false;
    }

    private static WeekDays WeekDayOf(int day) => (WeekDays)(1 << (((day + EpochWeekDay) % DaysOfWeek + DaysOfWeek) % DaysOfWeek));

    private static long InstantOf(LocalCalendar local, DateTime at) => local.InstantOf(NumberOf(DateOnly.FromDateTime(at)), MinutesOf(TimeOnly.FromDateTime(at)));

    private static int NumberOf(DateOnly date) => date.DayNumber - Epoch.DayNumber;

    private static int MinutesOf(TimeOnly time) => (time.Hour * 60) + time.Minute;
}
