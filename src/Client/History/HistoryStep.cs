using System.Globalization;
using Grid.Client.Json;
using Grid.Contracts.Storage;

namespace Grid.Client.History;

/// <summary>
/// The length of a step: fixed (<c>PT15M</c>, counted from 1970-01-01T00:00Z), or a number of local days (<c>P1D</c>, <c>P1W</c>) or months
/// (<c>P1M</c>, <c>P1Y</c>), which last as long as they do.
/// </summary>
/// <param name="Text">As it was asked for.</param>
/// <param name="Length">The fixed length; zero for days and months.</param>
/// <param name="Days">Local days; weeks begin on Monday.</param>
/// <param name="Months">Local months.</param>
internal sealed record HistoryStep(string Text, TimeSpan Length, int Days, int Months)
{
    public const string Rule = "is no ISO 8601 duration from PT1S to P10Y, such as PT15M, P1D, P1W, P1M";

    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan MaximumLength = TimeSpan.FromDays(366);

    private bool IsWeeks { get; init; }

    /// <summary>The coarsest roll-ups of which the step is made.</summary>
    public HistoryResolution Resolution =>
        Length == TimeSpan.Zero ? HistoryResolution.Day
        : Length.Ticks % QuarterHour.Ticks == 0 ? HistoryResolution.QuarterHour
        : HistoryResolution.Raw;

    /// <summary>About how long it lasts, never longer than it does.</summary>
    public TimeSpan Least => Length > TimeSpan.Zero ? Length : TimeSpan.FromHours((24 * (Days + (28 * Months))) - 1);

    public static HistoryStep? Parse(string text)
    {
        if (text.Length is >= 3 and <= 5 && text[0] == 'P'
            && int.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return text[^1] switch
            {
                'D' when count <= MaximumLength.Days => new(text, TimeSpan.Zero, count, 0),
                'W' when count <= 52 => new(text, TimeSpan.Zero, 7 * count, 0) { IsWeeks = true },
                'M' when count <= 120 => new(text, TimeSpan.Zero, 0, count),
                'Y' when count <= 10 => new(text, TimeSpan.Zero, 0, 12 * count),
                _ => null,
            };
        }

        return IsoDuration.TryParse(text, out var length) && length >= TimeSpan.FromSeconds(1) && length <= MaximumLength && length.Ticks % TimeSpan.TicksPerSecond == 0
            ? new(text, length, 0, 0)
            : null;
    }

    /// <summary>The steps of a range in a zone.</summary>
    /// <param name="from">Days and months are counted from its local day or month; weeks from its Monday.</param>
    /// <param name="zone">IANA zone.</param>
    /// <param name="subjects">Knows the zone's days.</param>
    public StepClock ClockFrom(DateTimeOffset from, string zone, IHistorySubjects subjects)
    {
        if (Length > TimeSpan.Zero)
        {
            return new StepClock(this, default, zone, subjects);
        }

        var day = subjects.DayOf(zone, from).Date;
        return new StepClock(this, Months > 0 ? new DateOnly(day.Year, day.Month, 1) : IsWeeks ? day.AddDays(-(((int)day.DayOfWeek + 6) % 7)) : day, zone, subjects);
    }
}

/// <summary>Where the steps of a range begin and end.</summary>
/// <param name="step">Their length.</param>
/// <param name="origin">A local day on which one begins.</param>
/// <param name="zone">IANA zone.</param>
/// <param name="subjects">Knows the zone's days.</param>
internal sealed class StepClock(HistoryStep step, DateOnly origin, string zone, IHistorySubjects subjects)
{
    private (DateTimeOffset Start, DateTimeOffset End) _recent;

    /// <summary>The step of an instant, its end exclusive.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) Of(DateTimeOffset instant) =>
        instant >= _recent.Start && instant < _recent.End ? _recent : _recent = Find(instant);

    private (DateTimeOffset Start, DateTimeOffset End) Find(DateTimeOffset instant)
    {
        if (step.Length > TimeSpan.Zero)
        {
            var length = step.Length.Ticks;
            var ticks = instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
            var start = DateTimeOffset.UnixEpoch.AddTicks((ticks - (ticks % length) - (ticks % length < 0 ? length : 0)));
            return (start, start + step.Length);
        }

        var day = subjects.DayOf(zone, instant).Date;
        if (step.Months > 0)
        {
            var months = Floor(((day.Year - origin.Year) * 12) + day.Month - origin.Month, step.Months);
            return (StartOf(origin.AddMonths(months)), StartOf(origin.AddMonths(months + step.Months)));
        }

        var days = Floor(day.DayNumber - origin.DayNumber, step.Days);
        return (StartOf(origin.AddDays(days)), StartOf(origin.AddDays(days + step.Days)));
    }

    private static int Floor(int value, int unit) => value - (((value % unit) + unit) % unit);

    /// <summary>The instant at which a local day begins.</summary>
    private DateTimeOffset StartOf(DateOnly date)
    {
        var noon = new DateTimeOffset(date.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);
        var day = subjects.DayOf(zone, noon);

        // Noon of UTC is another day in a zone that is 12 hours or more away.
        return (day.Date == date ? day : subjects.DayOf(zone, noon.AddHours(day.Date < date ? 24 : -24))).Start;
    }
}
