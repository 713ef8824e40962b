using System.Globalization;

namespace Grid.Grains.Buildings;

/// <summary>
/// Dates of holidays: intervals of ISO 8601 with <c>;</c> between, both days inclusive, such as <c>2026-10-17/2026-11-01; 2026-12-19/2027-01-03</c>, or single days.
/// </summary>
public sealed class DateRanges
{
    /// <summary>What it must look like, for errors.</summary>
    public const string Rule = "must be dates such as \"2026-10-17/2026-11-01; 2026-12-19/2027-01-03\", both inclusive";

    private readonly (DateOnly From, DateOnly To)[] _ranges;

    private DateRanges((DateOnly From, DateOnly To)[] ranges) => _ranges = ranges;

    /// <summary>True when a date is in one of them.</summary>
    public bool Contains(DateOnly date)
    {
        foreach (var (from, to) in _ranges)
        {
            if (date >= from && date <= to)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads dates; null with a reason when the text is none.</summary>
    public static DateRanges? Parse(string text, out string? reason)
    {
        var ranges = new List<(DateOnly, DateOnly)>();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var slash = part.IndexOf('/');
            if (DateOf(slash < 0 ? part : part[..slash]) is not { } from || DateOf(slash < 0 ? part : part[(slash + 1)..]) is not { } to)
            {
                reason = $"{Rule}: expected a date such as 2026-10-17, or two with / between, at \"{part}\"";
                return null;
            }

            if (to < from)
            {
                reason = $"{Rule}: expected the last day not before the first at \"{part}\"";
                return null;
            }

            ranges.Add((from, to));
        }

        reason = ranges.Count == 0 ? $"{Rule}: expected at least one date" : null;
        return reason is null ? new DateRanges([.. ranges]) : null;
    }

    private static DateOnly? DateOf(string text) =>
        DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
