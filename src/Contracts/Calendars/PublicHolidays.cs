namespace Grid.Contracts.Calendars;

/// <summary>
/// French public holidays. The eleven of article L3133-1 of the Code du travail; Good Friday and 26 December in Moselle, Bas-Rhin and Haut-Rhin
/// (article L3134-13; Good Friday there is for communes with a Protestant or a shared church, which the table of communes does not know, and so
/// counts in all of them); and the commemoration of the abolition of slavery overseas (article L3422-2).
/// </summary>
public static class PublicHolidays
{
    /// <summary>True when a date is a public holiday in a department.</summary>
    /// <param name="date">The local date.</param>
    /// <param name="department">Code of the department.</param>
    public static bool Contains(DateOnly date, string department)
    {
        if ((date.Month, date.Day) is (1, 1) or (5, 1) or (5, 8) or (7, 14) or (8, 15) or (11, 1) or (11, 11) or (12, 25)
            || AbolitionOf(department) == (date.Month, date.Day))
        {
            return true;
        }

        var isAlsaceMoselle = department is "57" or "67" or "68";
        return (date.DayNumber - EasterOf(date.Year).DayNumber) switch
        {
            1 or 39 or 50 => true, // Easter Monday, Ascension, Whit Monday
            -2 => isAlsaceMoselle,
            _ => isAlsaceMoselle && (date.Month, date.Day) == (12, 26),
        };
    }

    /// <summary>
    /// Easter Sunday of a year of the Gregorian calendar: the anonymous algorithm of 1876 as J. Meeus gives it, Astronomical Algorithms, 2nd edition,
    /// chapter 8.
    /// </summary>
    public static DateOnly EasterOf(int year)
    {
        var a = year % 19;
        var (b, c) = Math.DivRem(year, 100);
        var (d, e) = Math.DivRem(b, 4);
        var f = (b + 8) / 25;
        var g = (b - f + 1) / 3;
        var h = ((19 * a) + b - d - g + 15) % 30;
        var (i, k) = Math.DivRem(c, 4);
        var l = (32 + (2 * e) + (2 * i) - h - k) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var (month, day) = Math.DivRem(h + l - (7 * m) + 114, 31);
        return new DateOnly(year, month, day + 1);
    }

    private static (int Month, int Day)? AbolitionOf(string department) => department switch
    {
        "971" or "977" or "978" => (department == "977" ? 10 : 5, department switch { "977" => 9, "978" => 28, _ => 27 }),
        "972" => (5, 22),
        "973" => (6, 10),
        "974" => (12, 20),
        "976" => (4, 27),
        _ => null,
    };
}
