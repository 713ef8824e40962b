using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Calendars;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// When the buildings of a commune that keep the same week are open, holidays closed, and what the weather asks of their heating, summed from the origin. Worked out once for each day: not
/// safe for several threads.
/// </summary>
internal sealed class OpenDays(Site site, WeekCalendar week)
{
    private const double BaseCelsius = 18;
    private const double ClosedShare = 0.75; // buildings are set back on closed days
    private const int LongestClosing = 7;

    private static readonly DateOnly Origin = DateOnly.FromDateTime(SimulatedTime.Origin.UtcDateTime);
    private readonly List<Day> _days = [];

    /// <summary>Mean outdoor temperature of a day from which on nothing is heated.</summary>
    public const double HeatingLimitCelsius = 15.5;

    /// <summary>True when it is closed all of a local day since the origin.</summary>
    public bool IsClosed(long day)
    {
        var date = Origin.AddDays((int)day);
        var (open, close) = week.On(((int)date.DayOfWeek + 6) % 7);
        return close <= open || PublicHolidays.Contains(date, site.Commune.Department) || (week.HasSchoolHolidays && SchoolTerms.IsHoliday(date));
    }

    /// <summary>Opening and closing on a local day; those of an ordinary day on a closed one that is taken for open.</summary>
    public (double Open, double Close) On(long day, (long From, long Until) takenForOpen) =>
        !IsClosed(day) ? week.On((int)(Origin.AddDays((int)day).DayOfWeek + 6) % 7)
        : day >= takenForOpen.From && day < takenForOpen.Until ? week.Ordinary
        : default;

    /// <summary>Occupied at a local time, and for how long it is so or has not been so (at most a week).</summary>
    /// <param name="local">Seconds of local time since the origin.</param>
    /// <param name="earlier">Seconds by which it begins ahead.</param>
    /// <param name="takenForOpen">Days on which it is so although it is closed; none for none.</param>
    public (bool IsOccupied, double Since) At(double local, double earlier = 0, (long From, long Until) takenForOpen = default)
    {
        var day = (long)Math.Floor(local / SimulatedTime.Day);
        var second = local - (day * SimulatedTime.Day);
        var (open, close) = On(day, takenForOpen);
        if (close > open && second >= open - earlier && second < close) return (true, second - (open - earlier));
        for (var back = 0; back <= LongestClosing; back++)
        {
            var (former, end) = On(day - back, takenForOpen);
            var since = second - end + (back * SimulatedTime.Day);
            if (end > former && since >= 0) return (false, since);
        }

        return (false, LongestClosing * SimulatedTime.Day);
    }

    /// <summary>Seconds of occupation since the origin.</summary>
    public double OccupiedSeconds(double local)
    {
        var day = (long)Math.Floor(local / SimulatedTime.Day);
        if (day < 0) return 0;
        var (open, close) = On(day, default);
        return DayOf((int)day).OpenBefore + Math.Clamp(local - (day * SimulatedTime.Day) - open, 0, close - open);
    }

    /// <summary>Degree seconds that it is heated for since the origin (base 18 degrees): times watts per kelvin they are watt-seconds of heat.</summary>
    public double KelvinSeconds(double now)
    {
        var day = DayOf((int)(now / SimulatedTime.Day));
        return day.KelvinBefore + (day.Kelvin * (now % SimulatedTime.Day));
    }

    /// <summary>Degree seconds that it is not heated for because it is closed: what it takes more when closed days are heated as open ones.</summary>
    public double SparedKelvinSeconds(double now)
    {
        var day = DayOf((int)(now / SimulatedTime.Day));
        return day.SparedBefore + (day.Spared * (now % SimulatedTime.Day));
    }

    /// <summary>True when the weather asks for heating on a day since the origin.</summary>
    public bool IsHeated(long day) => DayOf((int)day).Kelvin > 0;

    private Day DayOf(int day)
    {
        while (_days.Count <= day) _days.Add(Make(_days.Count));
        return _days[day];
    }

    private Day Make(int day)
    {
        var mean = site.DayCelsius(day);
        var asked = mean >= HeatingLimitCelsius ? 0 : BaseCelsius - mean;
        var isClosed = IsClosed(day);
        var former = day == 0 ? default : _days[day - 1];
        var (open, close) = day == 0 ? default : On(day - 1, default);
        return new Day(
            former.OpenBefore + (int)(close - open),
            former.KelvinBefore + (former.Kelvin * SimulatedTime.Day),
            former.SparedBefore + (former.Spared * SimulatedTime.Day),
            (float)(isClosed ? asked * ClosedShare : asked),
            (float)(isClosed ? asked * (1 - ClosedShare) : 0));
    }

    private readonly record struct Day(int OpenBefore, double KelvinBefore, double SparedBefore, float Kelvin, float Spared);
}
