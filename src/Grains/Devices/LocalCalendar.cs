using NodaTime;
using NodaTime.TimeZones;

namespace Grid.Grains.Devices;

/// <summary>A local day: its number (days since 1970-01-01) and its bounds in Unix milliseconds, the end exclusive.</summary>
public sealed record LocalDay(int Day, long Start, long End)
{
    /// <summary>
    /// When it is 02:00 and 04:00 on the clock: 2 hours apart, 1 when the clock is set forward in between and 3 when it is set back. A clock that goes from 02:00 to 03:00 shows
    /// 02:00 at that moment; of two times 02:00 the first counts.
    /// </summary>
    public required (long Start, long End) Night { get; init; }

    /// <summary>True when the instant is in the day.</summary>
    public bool Contains(long instant) => instant >= Start && instant < End;

    /// <summary>True when what was consumed up to the instant counts on the day, as <see cref="LocalCalendar.DayUpTo"/> says.</summary>
    public bool CountsUpTo(long instant) => instant > Start && instant <= End;
}

/// <summary>
/// Local days of one zone. A pure function of zone and instant; the two days that were asked for last are kept, so that the hot path
/// (today, and yesterday for late readings) is two comparisons. Safe for all threads.
/// </summary>
public sealed class LocalCalendar
{
    /// <summary>Instants before or after these are counted on the first or last day: no device has measured there.</summary>
    private static readonly long Earliest = Instant.FromUtc(1900, 1, 2, 0, 0).ToUnixTimeMilliseconds();
    private static readonly long Latest = Instant.FromUtc(2200, 1, 1, 0, 0).ToUnixTimeMilliseconds();
    private static readonly LocalDate Epoch = new(1970, 1, 1);

    /// <summary>A time that is skipped is the instant of the change; of a time that comes twice, the first.</summary>
    private static readonly ZoneLocalMappingResolver Resolver =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private const int MinutesOfDay = 24 * 60;

    private readonly DateTimeZone _zone;
    private LocalDay _recent;
    private LocalDay _former;

    /// <summary>The calendar of an IANA zone.</summary>
    /// <exception cref="ArgumentException">The zone is unknown.</exception>
    public LocalCalendar(string zoneId)
    {
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneId) ?? throw new ArgumentException($"Unknown time zone '{zoneId}'.", nameof(zoneId));
        _recent = _former = Find(0);
    }

    /// <summary>The IANA zone.</summary>
    public string ZoneId => _zone.Id;

    /// <summary>The local day of an instant in Unix milliseconds. A day lasts 23, 24 or 25 hours.</summary>
    public LocalDay DayOf(long instant)
    {
        instant = Math.Clamp(instant, Earliest, Latest);
        var recent = _recent;
        if (recent.Contains(instant))
        {
            return recent;
        }

        var former = _former;
        if (former.Contains(instant))
        {
            return former;
        }

        // Two writes, not one: a racing reader sees two right days, at worst the same one twice.
        var found = Find(instant);
        _former = recent;
        _recent = found;
        return found;
    }

    /// <summary>The local day of that number: days since 1970-01-01.</summary>
    public LocalDay OfNumber(int day) => Find(_zone.AtStartOfDay(Epoch.PlusDays(day)).ToInstant().ToUnixTimeMilliseconds());

    /// <summary>
    /// The local day on which counts what an index has grown up to an instant: it begins after its midnight and has the next one. An index of exactly midnight closes the day
    /// before, so that it, or a day's frame, gives that day to the litre.
    /// </summary>
    public LocalDay DayUpTo(long instant) => DayOf(instant - 1);

    /// <summary>
    /// The instant of a time by the local clock, in Unix milliseconds. A time that is skipped is the instant of the change, and of a time that comes twice it is the first.
    /// </summary>
    /// <param name="day">Number of the local day, from 1900 to 2200.</param>
    /// <param name="minutes">Minutes from 00:00 by the clock, at least 0; from 1,440 on it is a time of the days after.</param>
    public long InstantOf(int day, int minutes)
    {
        var local = Epoch.PlusDays(day + (minutes / MinutesOfDay)).AtMidnight().PlusMinutes(minutes % MinutesOfDay);
        return _zone.ResolveLocal(local, Resolver).ToInstant().ToUnixTimeMilliseconds();
    }

    private LocalDay Find(long instant)
    {
        var date = Instant.FromUnixTimeMilliseconds(instant).InZone(_zone).Date;
        var number = Period.Between(Epoch, date, PeriodUnits.Days).Days;
        return new LocalDay(
            number,
            _zone.AtStartOfDay(date).ToInstant().ToUnixTimeMilliseconds(),
            _zone.AtStartOfDay(date.PlusDays(1)).ToInstant().ToUnixTimeMilliseconds())
        {
            Night = (InstantOf(number, 2 * 60), InstantOf(number, 4 * 60)),
        };
    }
}
