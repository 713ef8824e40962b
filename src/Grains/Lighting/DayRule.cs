using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Calendars;

namespace Grid.Grains.Lighting;

/// <summary>On which dates a calendar entry holds: terms that must all hold. Parsed from text such as <c>fri-sat 06-15..09-15 !holidays</c>.</summary>
public sealed class DayRule
{
    /// <summary>What it must look like, for errors.</summary>
    public const string Rule =
        "must be terms with spaces between: always, weekdays (mon-thu or fri,sat), dates (2026-12-24, 2026-12-24..2027-01-02, every year 12-24..01-02), "
        + "holidays, holidayEves; ! before a term turns it round";

    private const int MaximumTerms = 16;

    private static readonly ImmutableArray<string> Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly ImmutableArray<Term> _terms;

    private DayRule(ImmutableArray<Term> terms) => _terms = terms;

    private enum TermKind : byte
    {
        Always = 0,
        Weekdays = 1,
        Dates = 2,
        YearlyDates = 3,
        Holidays = 4,
        HolidayEves = 5,
    }

    /// <summary>True when it holds on every date.</summary>
    public bool IsAlways => _terms.All(term => term is { Kind: TermKind.Always, IsNegated: false });

    /// <summary>Reads a rule; null when the text is none.</summary>
    public static DayRule? Parse(string? text)
    {
        var parts = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > MaximumTerms)
        {
            return null;
        }

        var terms = ImmutableArray.CreateBuilder<Term>(parts.Length);
        foreach (var part in parts)
        {
            var isNegated = part[0] == '!';
            if (ParseTerm(isNegated ? part[1..] : part) is not { } term)
            {
                return null;
            }

            terms.Add(term with { IsNegated = isNegated });
        }

        return new DayRule(terms.MoveToImmutable());
    }

    /// <summary>True when it holds on a date in a department, whose holidays count.</summary>
    public bool HoldsOn(DateOnly date, string department)
    {
        foreach (var term in _terms)
        {
            if (Holds(term, date, department) == term.IsNegated)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(in Term term, DateOnly date, string department) => term.Kind switch
    {
        TermKind.Always => true,
        TermKind.Weekdays => (term.From & (1 << (int)date.DayOfWeek)) != 0,
        TermKind.Dates => date.DayNumber >= term.From && date.DayNumber <= term.To,
        TermKind.YearlyDates => IsBetween((date.Month * 100) + date.Day, term.From, term.To),
        TermKind.Holidays => PublicHolidays.Contains(date, department),
        TermKind.HolidayEves => PublicHolidays.Contains(date.AddDays(1), department),
        _ => throw new InvalidOperationException($"Unknown term {term.Kind}."),
    };

    /// <summary>A yearly range may go over the turn of the year.</summary>
    private static bool IsBetween(int day, int from, int to) => from <= to ? day >= from && day <= to : day >= from || day <= to;

    private static Term? ParseTerm(string text) => text switch
    {
        "always" => new Term(TermKind.Always, 0, 0, false),
        "holidays" => new Term(TermKind.Holidays, 0, 0, false),
        "holidayEves" => new Term(TermKind.HolidayEves, 0, 0, false),
        [>= '0' and <= '9', ..] => ParseDates(text),
        _ => ParseWeekdays(text),
    };

    private static Term? ParseDates(string text)
    {
        var ends = text.Split("..");
        if (ends.Length > 2)
        {
            return null;
        }

        var (first, last) = (ends[0], ends[^1]);
        if (DateOnly.TryParseExact(first, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from)
            && DateOnly.TryParseExact(last, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var to))
        {
            return from <= to ? new Term(TermKind.Dates, from.DayNumber, to.DayNumber, false) : null;
        }

        return ParseYearly(first) is { } begin && ParseYearly(last) is { } end ? new Term(TermKind.YearlyDates, begin, end, false) : null;
    }

    private static int? ParseYearly(string text) =>
        // A leap year, so that 29 February is a date.
        DateOnly.TryParseExact("2024-" + text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? (date.Month * 100) + date.Day : null;

    private static Term? ParseWeekdays(string text)
    {
        var days = 0;
        foreach (var item in text.Split(','))
        {
            var ends = item.Split('-');
            var (from, to) = (Weekdays.IndexOf(ends[0]), Weekdays.IndexOf(ends[^1]));
            if (ends.Length > 2 || from < 0 || to < 0)
            {
                return null;
            }

            for (var day = from; ; day = (day + 1) % 7)
            {
                days |= 1 << day;
                if (day == to)
                {
                    break;
                }
            }
        }

        return new Term(TermKind.Weekdays, days, 0, false);
    }

    /// <summary>A term. From and To are day numbers, month times 100 plus day, or a set of weekdays (bit 0 for Sunday).</summary>
    private readonly record struct Term(TermKind Kind, int From, int To, bool IsNegated);
}
