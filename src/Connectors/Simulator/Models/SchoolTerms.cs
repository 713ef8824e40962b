using System.Globalization;

namespace Grid.Connectors.Simulator.Models;

/// <summary>School holidays as they fall in a year or about so: from Saturday to Sunday. Believable, and the calendar of no real year.</summary>
internal static class SchoolTerms
{
    private const int FirstYear = 2026;
    private const int LastYear = 2030;

    // From the first Saturday on or after that day of the year, for so many days.
    private static readonly (int Month, int Day, int Days)[] Holidays = [(2, 12, 16), (4, 9, 16), (7, 3, 58), (10, 16, 16), (12, 18, 16)];

    /// <summary>The holidays of some years as the attribute <c>schoolHolidays</c> has them.</summary>
    public static string Text { get; } = string.Join("; ", Ranges().Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.From:yyyy-MM-dd}/{range.To:yyyy-MM-dd}")));

    /// <summary>True in the holidays of those years.</summary>
    public static bool IsHoliday(DateOnly date)
    {
        if (date.Year is < FirstYear or > LastYear + 1) return false;
        foreach (var holiday in Holidays)
        {
            // Those of Christmas go on into the next year.
            for (var year = Math.Max(FirstYear, date.Year - 1); year <= Math.Min(LastYear, date.Year); year++)
            {
                var since = date.DayNumber - StartOf(year, holiday.Month, holiday.Day).DayNumber;
                if (since >= 0 && since < holiday.Days) return true;
            }
        }

        return false;
    }

    private static IEnumerable<(DateOnly From, DateOnly To)> Ranges()
    {
        for (var year = FirstYear; year <= LastYear; year++)
        {
            foreach (var (month, day, days) in Holidays)
            {
                var start = StartOf(year, month, day);
                yield return (start, start.AddDays(days - 1));
            }
        }
    }

    private static DateOnly StartOf(int year, int month, int day)
    {
        var date = new DateOnly(year, month, day);
        return date.AddDays((DayOfWeek.Saturday - date.DayOfWeek + 7) % 7);
    }
}
