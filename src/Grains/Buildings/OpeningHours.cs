using System.Globalization;

namespace Grid.Grains.Buildings;

/// <summary>A time in which a building is open: minutes from 00:00 of its day by the clock; beyond 1,440 it goes on into the next day.</summary>
public readonly record struct OpenTime(int From, int To);

/// <summary>
/// Opening hours of a week, with those of public and school holidays: a subset of OpenStreetMap's <c>opening_hours</c>. Rules with <c>;</c> between, each of days (<c>Mo</c>,
/// <c>Mo-Fr</c>, <c>Tu,Th</c>, <c>PH</c> public holidays, <c>SH</c> school holidays; none for all seven) and times (<c>08:00-12:00,13:30-18:00</c>, past midnight <c>22:00-02:00</c>)
/// or <c>off</c>; <c>24/7</c> alone is always. Of two rules for a day the later one counts. Closed on holidays that no rule names.
/// </summary>
public sealed class OpeningHours
{
    /// <summary>What it must look like, for errors.</summary>
    public const string Rule = "must be opening hours such as \"Mo-Fr 08:00-18:00; Sa 09:00-12:00\"";

    private const int MinutesOfDay = 24 * 60;
    private const int MostTimes = 8;
    private const int PublicHoliday = 7;
    private const int SchoolHoliday = 8;
    private static readonly string[] DayNames = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH"];

    private readonly OpenTime[][] _days;

    private OpeningHours(OpenTime[][] days) => _days = days;

    /// <summary>When it is open on a day, in the order in which the times were given.</summary>
    /// <param name="weekday">The weekday.</param>
    /// <param name="isPublicHoliday">True on a public holiday, whatever else the day is.</param>
    /// <param name="isSchoolHoliday">True in the school holidays.</param>
    public ReadOnlySpan<OpenTime> Of(DayOfWeek weekday, bool isPublicHoliday, bool isSchoolHoliday) =>
        _days[isPublicHoliday ? PublicHoliday : isSchoolHoliday ? SchoolHoliday : ((int)weekday + 6) % 7];

    /// <summary>Reads opening hours; null with a reason when the text is none.</summary>
    public static OpeningHours? Parse(string text, out string? reason)
    {
        var reader = new Reader(text);
        var days = Enumerable.Repeat(Array.Empty<OpenTime>(), DayNames.Length).ToArray();
        do
        {
            if (!TryReadRule(reader, days))
            {
                reason = $"{Rule}: {reader.Fault}";
                return null;
            }
        }
        while (reader.TryTake(";") && !reader.IsAtEnd);

        reason = reader.IsAtEnd ? null : $"{Rule}: {reader.Expect("; and another rule, or the end").Fault}";
        return reason is null ? new OpeningHours(days) : null;
    }

    private static bool TryReadRule(Reader reader, OpenTime[][] days)
    {
        if (reader.TryTake("24/7"))
        {
            days.AsSpan(0, PublicHoliday + 2).Fill([new OpenTime(0, MinutesOfDay)]);
            return true;
        }

        var chosen = new bool[DayNames.Length];
        var any = false;
        while (TryReadDay(reader) is { } day)
        {
            any = true;
            chosen[day] = true;
            if (day < PublicHoliday && reader.TryTake("-"))
            {
                if (TryReadDay(reader) is not (< PublicHoliday and { } last))
                {
                    reader.Expect("a last weekday of a range, such as Fr");
                    return false;
                }

                for (; day != last; day = (day + 1) % 7)
                {
                    chosen[(day + 1) % 7] = true;
                }
            }

            if (!reader.TryTake(","))
            {
                break;
            }
        }

        if (!any)
        {
            chosen.AsSpan(0, 7).Fill(true);
        }

        if (TryReadTimes(reader, any) is not { } times)
        {
            return false;
        }

        for (var day = 0; day < chosen.Length; day++)
        {
            days[day] = chosen[day] ? times : days[day];
        }

        return true;
    }

    private static int? TryReadDay(Reader reader)
    {
        for (var day = 0; day < DayNames.Length; day++)
        {
            if (reader.TryTake(DayNames[day]))
            {
                return day;
            }
        }

        return null;
    }

    private static OpenTime[]? TryReadTimes(Reader reader, bool hasDays)
    {
        if (reader.TryTake("off") || reader.TryTake("closed"))
        {
            return [];
        }

        var times = new List<OpenTime>();
        do
        {
            if (reader.TryTime() is not (>= 0 and < MinutesOfDay and { } from))
            {
                reader.Expect(hasDays ? "a time from 00:00 to 23:59 such as 08:00, or off" : "a day such as Mo, a time such as 08:00, off or 24/7");
                return null;
            }

            if (!reader.TryTake("-"))
            {
                reader.Expect("- and the time of closing");
                return null;
            }

            if (reader.TryTime() is not { } to || to == from)
            {
                reader.Expect("a time of closing to 24:00, other than that of opening");
                return null;
            }

            times.Add(new OpenTime(from, to > from ? to : to + MinutesOfDay));
        }
        while (times.Count < MostTimes && reader.TryTake(","));

        if (reader.TryTake(","))
        {
            reader.Expect($"at most {MostTimes} times of a day");
            return null;
        }

        return [.. times];
    }

    /// <summary>Words and times of a text, white space apart, and what was expected where none stood.</summary>
    private sealed class Reader(string text)
    {
        private int _place;

        public string? Fault { get; private set; }

        public bool IsAtEnd => SkipSpace() == text.Length;

        public bool TryTake(string word)
        {
            if (string.CompareOrdinal(text, SkipSpace(), word, 0, word.Length) != 0)
            {
                return false;
            }

            _place += word.Length;
            return true;
        }

        /// <summary>Minutes of a time from 00:00 to 24:00; null, and nothing taken, where none stands.</summary>
        public int? TryTime()
        {
            var at = SkipSpace();
            if (at + 5 > text.Length || text[at + 2] != ':'
                || !int.TryParse(text.AsSpan(at, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
                || !int.TryParse(text.AsSpan(at + 3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
                || minutes > 59 || (hours * 60) + minutes > MinutesOfDay)
            {
                return null;
            }

            _place += 5;
            return (hours * 60) + minutes;
        }

        public Reader Expect(string what)
        {
            var at = SkipSpace();
            var found = at == text.Length ? "at the end" : $"at character {at + 1} (\"{text.AsSpan(at, Math.Min(12, text.Length - at))}\")";
            Fault ??= $"expected {what} {found}";
            return this;
        }

        private int SkipSpace()
        {
            while (_place < text.Length && text[_place] == ' ')
            {
                _place++;
            }

            return _place;
        }
    }
}
