using System.Collections.Concurrent;
using Grid.Contracts.Calendars;
using Grid.Contracts.Sky;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// Sun and calendar over one commune, as rules ask for them. A pure function of place and instant; instants that were found are kept, so that asking again costs a look-up
/// and no allocation. Safe for all threads.
/// </summary>
/// <param name="commune">The commune.</param>
/// <param name="calendar">Its local days.</param>
internal sealed class RulePlace(Commune commune, LocalCalendar calendar)
{
    // A dozen points for some days; beyond it they are found anew.
    private const int Bound = 4_096;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    private readonly ConcurrentDictionary<(TimePoint Point, int Day), long> _instants = new();

    private static readonly TimePoint Rise = new(TimeAnchor.Sunrise, 0);
    private static readonly TimePoint Set = new(TimeAnchor.Sunset, 0);

    /// <summary>An instant that there is not: the sun does not cross that height on that day.</summary>
    private const long Never = long.MinValue;

    /// <summary>The end of the local day of an instant, in Unix milliseconds: of the same day the same instants of sun and calendar are in sight.</summary>
    public long DayEnd(long now) => calendar.DayOf(now).End;

    /// <summary>Whether the sun is down, and notes when that ends.</summary>
    public bool IsNight(ref RuleFrame frame)
    {
        var day = calendar.DayOf(frame.Now).Day;
        var isUp = false;
        for (var one = day - 1; one <= day + 1; one++)
        {
            var (rise, set) = (InstantOf(Rise, one), InstantOf(Set, one));
            if (rise == Never || set == Never)
            {
                isUp |= one == day && Sun.ElevationDegrees(DateTimeOffset.FromUnixTimeMilliseconds(frame.Now), commune.Longitude, commune.Latitude) > Sun.RiseAndSetDegrees;
                frame.MayChangeAt(calendar.DayOf(frame.Now).End);
                continue;
            }

            isUp |= frame.Now >= rise && frame.Now < set;
            frame.MayChangeAt(rise);
            frame.MayChangeAt(set);
        }

        return !isUp;
    }

    /// <summary>Whether the local day is such a one, and notes when that may end.</summary>
    public bool IsDay(DayWord word, ref RuleFrame frame)
    {
        var day = calendar.DayOf(frame.Now);
        frame.MayChangeAt(day.End);
        var date = Epoch.AddDays(day.Day);
        return word switch
        {
            DayWord.Holiday => PublicHolidays.Contains(date, commune.Department),
            DayWord.Weekday => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
            DayWord.Weekend => date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
            DayWord.Sunday => date.DayOfWeek == DayOfWeek.Sunday,
            _ => (int)date.DayOfWeek == (int)word + 1,
        };
    }

    /// <summary>
    /// Whether it is between two times of the day, the second exclusive, and notes when that may end. One that ends before it begins goes on into the next day. Of two that
    /// are the same it is a whole day. Where the sun does not come to one of them, it is not.
    /// </summary>
    public bool IsWithin(TimePoint from, TimePoint to, ref RuleFrame frame)
    {
        var today = calendar.DayOf(frame.Now).Day;
        var isWithin = false;
        for (var day = today - 1; day <= today + 1; day++)
        {
            var begin = InstantOf(from, day);
            var end = InstantOf(to, day);
            end = end != Never && end <= begin ? InstantOf(to, day + 1) : end;
            if (begin == Never || end == Never)
            {
                frame.MayChangeAt(calendar.DayOf(frame.Now).End);
                continue;
            }

            isWithin |= frame.Now >= begin && frame.Now < end;
            frame.MayChangeAt(begin);
            frame.MayChangeAt(end);
        }

        return isWithin;
    }

    private long InstantOf(TimePoint point, int day)
    {
        if (_instants.TryGetValue((point, day), out var known))
        {
            return known;
        }

        if (_instants.Count >= Bound)
        {
            _instants.Clear();
        }

        var found = Find(point, day);
        _instants[(point, day)] = found;
        return found;
    }

    private long Find(TimePoint point, int day)
    {
        if (point.Anchor == TimeAnchor.Clock)
        {
            return calendar.InstantOf(day, point.Minutes);
        }

        var date = Epoch.AddDays(day);
        var crossing = point.Anchor switch
        {
            TimeAnchor.Sunrise => Sun.Rise(date, commune.Longitude, commune.Latitude),
            TimeAnchor.Sunset => Sun.Set(date, commune.Longitude, commune.Latitude),
            TimeAnchor.CivilDawn => Sun.Rise(date, commune.Longitude, commune.Latitude, Sun.CivilTwilightDegrees),
            TimeAnchor.CivilDusk => Sun.Set(date, commune.Longitude, commune.Latitude, Sun.CivilTwilightDegrees),
            _ => throw new InvalidOperationException($"Times have no anchor {point.Anchor}."),
        };
        return crossing is { } instant ? instant.ToUnixTimeMilliseconds() + (point.Minutes * 60_000L) : Never;
    }
}

/// <summary>The places of communes, one for each.</summary>
/// <param name="table">Where communes are.</param>
/// <param name="calendars">Their local days.</param>
internal sealed class RulePlaces(ITerritoryTable table, LocalCalendars calendars)
{
    // Bounded by the communes of the table.
    private readonly ConcurrentDictionary<string, RulePlace> _byCommune = new(StringComparer.Ordinal);

    /// <summary>The place of a commune; null when the table does not know it.</summary>
    public RulePlace? Of(string inseeCode) =>
        _byCommune.TryGetValue(inseeCode, out var known) ? known
        : table.FindCommune(inseeCode) is { } commune ? _byCommune.GetOrAdd(commune.InseeCode, new RulePlace(commune, calendars.OfCommune(commune.InseeCode)))
        : null;
}
