using System.Globalization;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>When a sort of building is open in each local week. Closed around 02:00, so that a repeated hour of the clock adds nothing.</summary>
internal sealed class WeekCalendar
{
    private static readonly string[] DayNames = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    private static readonly (double, double) Closed = (0, 0);
    private static readonly WeekCalendar Office = new(hasSchoolHolidays: false, (8.5, 17.5), (8.5, 17.5), (8.5, 17.5), (8.5, 17.5), (8.5, 17), (9, 12), Closed);
    private static readonly WeekCalendar School = new(hasSchoolHolidays: true, (7.5, 18.5), (7.5, 18.5), (8, 12.5), (7.5, 18.5), (7.5, 18.5), Closed, Closed);
    private static readonly WeekCalendar Sports = new(hasSchoolHolidays: false, (8, 22), (8, 22), (8, 22), (8, 22), (8, 22), (9, 20), (9, 18));
    private static readonly WeekCalendar Library = new(hasSchoolHolidays: false, Closed, (10, 18.5), (10, 18.5), (14, 18.5), (10, 18.5), (10, 17), Closed);

    private readonly (double Open, double Close)[] _days;

    private WeekCalendar(bool hasSchoolHolidays, params (double Open, double Close)[] days)
    {
        HasSchoolHolidays = hasSchoolHolidays;
        _days = [.. days.Select(day => (day.Open * SimulatedTime.Hour, day.Close * SimulatedTime.Hour))];
        Text = string.Join("; ", Enumerable.Range(0, 7).Where(day => _days[day].Close > _days[day].Open).Select(day => $"{DayNames[day]} {Clock(_days[day].Open)}-{Clock(_days[day].Close)}"));
    }

    /// <summary>True when it is closed in the school holidays.</summary>
    public bool HasSchoolHolidays { get; }

    /// <summary>The same as the attribute <c>occupancy</c> has it.</summary>
    public string Text { get; }

    /// <summary>The week of a type of building, as the attribute <c>type</c> names it.</summary>
    public static WeekCalendar Of(string? type) => type switch
    {
        "school" => School,
        "gymnasium" or "pool" => Sports,
        "library" => Library,
        _ => Office,
    };

    /// <summary>Opening and closing on a weekday, Monday 0, in seconds of the local day; the same when closed all day.</summary>
    public (double Open, double Close) On(int weekday) => _days[weekday];

    /// <summary>Those of a Tuesday, on which all are open.</summary>
    public (double Open, double Close) Ordinary => _days[1];

    private static string Clock(double seconds) => TimeSpan.FromSeconds(seconds).ToString("hh\\:mm", CultureInfo.InvariantCulture);
}
