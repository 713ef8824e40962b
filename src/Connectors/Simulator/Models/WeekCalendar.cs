using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>When a building is occupied in each local week. Closed around 02:00, so that a repeated hour of the clock adds nothing.</summary>
internal sealed class WeekCalendar
{
    private const int OriginWeekday = 3; // 1 January 2026 is a Thursday; Monday is 0
    private readonly (double Open, double Close)[] _days;
    private readonly double[] _before = new double[8];

    /// <param name="days">Monday to Sunday: opening and closing in hours of the local day; the same when closed all day.</param>
    public WeekCalendar(params (double Open, double Close)[] days)
    {
        _days = [.. days.Select(day => (day.Open * SimulatedTime.Hour, day.Close * SimulatedTime.Hour))];
        for (var weekday = 0; weekday < 7; weekday++) _before[weekday + 1] = _before[weekday] + (_days[weekday].Close - _days[weekday].Open);
    }

    /// <summary>Occupied now, and for how long it is so or has not been so (at most a week).</summary>
    public (bool IsOccupied, double Since) At(double local, double earlier = 0)
    {
        var day = (long)Math.Floor(local / SimulatedTime.Day);
        var second = local - (day * SimulatedTime.Day);
        var today = _days[Weekday(day)];
        if (today.Close > today.Open && second >= today.Open - earlier && second < today.Close) return (true, second - (today.Open - earlier));
        for (var back = 0; back <= 7; back++)
        {
            var candidate = _days[Weekday(day - back)];
            var since = second - candidate.Close + (back * SimulatedTime.Day);
            if (candidate.Close > candidate.Open && since >= 0) return (false, since);
        }

        return (false, 7 * SimulatedTime.Day);
    }

    /// <summary>Seconds of occupation since the Monday before the origin.</summary>
    public double OccupiedSeconds(double local)
    {
        var day = (long)Math.Floor(local / SimulatedTime.Day);
        var second = local - (day * SimulatedTime.Day);
        var weekday = Weekday(day);
        var (open, close) = _days[weekday];
        var weeks = (day + OriginWeekday - weekday) / 7;
        return (weeks * _before[7]) + _before[weekday] + Math.Clamp(second - open, 0, close - open);
    }

    private static int Weekday(long day) => (int)(((day + OriginWeekday) % 7) + 7) % 7;
}
