using Grid.Contracts.Calendars;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>
/// When a building is meant to be occupied: its opening hours by the local clock, closed on the public holidays of its department, and in the school holidays that it is told, unless
/// the opening hours name them. Equal when said in the same words. Each opening and closing is an instant: one at a time that the clock skips is at the change, one at a time that comes
/// twice at the first; so a day of 23 or 25 hours is open an hour shorter or longer when it is open across the change.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.OccupancyCalendar")]
public sealed class OccupancyCalendar : IEquatable<OccupancyCalendar>
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>Days that are looked back for the last closing: longer than any holidays.</summary>
    private const int LongestClosing = 100;

    [NonSerialized]
    private OpeningHours? _hours;

    [NonSerialized]
    private DateRanges? _schoolHolidays;

    /// <summary>Opening hours, as <see cref="OpeningHours"/> reads them.</summary>
    [Id(0)] public required string Text { get; init; }

    /// <summary>School holidays, as <see cref="DateRanges"/> reads them; null for none.</summary>
    [Id(1)] public string? SchoolHolidays { get; init; }

    /// <summary>Code of the department, for its public holidays.</summary>
    [Id(2)] public required string Department { get; init; }

    /// <summary>When it is open on a local day (days since 1970-01-01).</summary>
    public ReadOnlySpan<OpenTime> TimesOf(int day)
    {
        // Read once; two readers at once read the same.
        _hours ??= OpeningHours.Parse(Text, out var reason) ?? throw new InvalidOperationException(reason);
        if (SchoolHolidays is { } holidays)
        {
            _schoolHolidays ??= DateRanges.Parse(holidays, out reason) ?? throw new InvalidOperationException(reason);
        }

        var date = Epoch.AddDays(day);
        return _hours.Of(date.DayOfWeek, PublicHolidays.Contains(date, Department), _schoolHolidays?.Contains(date) == true);
    }

    /// <summary>True when it is open at some instant from <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive), in Unix milliseconds.</summary>
    public bool IsOpenBetween(long from, long to, LocalCalendar calendar)
    {
        // What opened the day before may go on past midnight.
        var last = calendar.DayOf(to - 1).Day;
        for (var day = calendar.DayOf(from).Day - 1; day <= last; day++)
        {
            foreach (var time in TimesOf(day))
            {
                if (calendar.InstantOf(day, time.From) < to && calendar.InstantOf(day, time.To) > from)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The instant of its last closing, in Unix milliseconds; null while it is open, or when it has not been open for 100 days.</summary>
    public long? ClosedSince(long at, LocalCalendar calendar)
    {
        if (IsOpenBetween(at, at + 1, calendar))
        {
            return null;
        }

        var today = calendar.DayOf(at).Day;
        for (var day = today; day >= today - LongestClosing; day--)
        {
            var last = default(long?);
            foreach (var time in TimesOf(day))
            {
                last = calendar.InstantOf(day, time.To) is var end && end <= at && !(last >= end) ? end : last;
            }

            if (last is not null)
            {
                return last;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(OccupancyCalendar? other) =>
        other is not null && Text == other.Text && SchoolHolidays == other.SchoolHolidays && Department == other.Department;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OccupancyCalendar);

    /// <inheritdoc/>
    public override int GetHashCode() => (Text.Length * 1_031) + (SchoolHolidays?.Length ?? 0);
}
