using Grid.Contracts.Lighting;
using Grid.Contracts.Sky;
using NodaTime;
using NodaTime.TimeZones;

namespace Grid.Grains.Lighting;

/// <summary>Where a plan is carried out.</summary>
/// <param name="Commune">INSEE code.</param>
/// <param name="Department">Code of the department, for its holidays.</param>
/// <param name="ZoneId">IANA zone of its clock.</param>
/// <param name="Longitude">Degrees east.</param>
/// <param name="Latitude">Degrees north.</param>
public sealed record LightingPlace(string Commune, string Department, string ZoneId, double Longitude, double Latitude);

/// <summary>
/// One night of a place: from noon to noon by its clock, 23, 24 or 25 hours. It belongs to the date of its evening. Turns local rules into instants (Unix
/// milliseconds); everything falls within the night.
/// </summary>
/// <remarks>
/// Where the clock is put forward, a time that is skipped is the instant of the change (02:30 is 03:00); where it is put back, a time that comes
/// twice is the first of the two. So 02:00 to 04:00 lasts 1 hour on one such night and 3 hours on the other.
/// Where the sun does not rise, dusk is the beginning of the night and dawn its end; where it does not set, both are at solar midnight.
/// </remarks>
public sealed class LocalNight
{
    private const int NoonMinutes = 12 * 60;

    private static readonly ZoneLocalMappingResolver Resolver =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private readonly LightingPlace _place;
    private readonly DateTimeZone _zone;
    private readonly DateOnly _solarDay;

    /// <summary>The night of a date at a place.</summary>
    /// <exception cref="ArgumentException">The zone is unknown.</exception>
    public LocalNight(LightingPlace place, DateOnly date)
    {
        _place = place;
        Date = date;
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(place.ZoneId) ?? throw new ArgumentException($"Unknown time zone '{place.ZoneId}'.", nameof(place));
        Start = Resolve(date, NoonMinutes);
        End = Resolve(date.AddDays(1), NoonMinutes);

        // Near the date line, the solar day of this noon may have another date.
        var noon = DateTimeOffset.FromUnixTimeMilliseconds(Start);
        _solarDay = date.AddDays((int)Math.Round((noon - Sun.Noon(date, place.Longitude)).TotalDays));
        Sunset = Dusk(Sun.RiseAndSetDegrees);
        Sunrise = Dawn(Sun.RiseAndSetDegrees);
        CivilDusk = Dusk(Sun.CivilTwilightDegrees);
        CivilDawn = Dawn(Sun.CivilTwilightDegrees);
    }

    /// <summary>The date of its evening.</summary>
    public DateOnly Date { get; }

    /// <summary>Noon of its date.</summary>
    public long Start { get; }

    /// <summary>Noon of the day after, exclusive.</summary>
    public long End { get; }

    /// <summary>The sun's upper edge goes below the horizon.</summary>
    public long Sunset { get; }

    /// <summary>The sun's upper edge comes above the horizon.</summary>
    public long Sunrise { get; }

    /// <summary>Civil twilight ends.</summary>
    public long CivilDusk { get; }

    /// <summary>Civil twilight begins.</summary>
    public long CivilDawn { get; }

    /// <summary>The instant of a switch time within this night.</summary>
    public long Instant(SwitchTime time) => time.Anchor == SwitchAnchor.Clock
        ? Resolve(time.Minutes >= NoonMinutes ? Date : Date.AddDays(1), time.Minutes)
        : Within(Anchor(time.Anchor) + (time.Minutes * 60_000L));

    /// <summary>The instant of a local date and time, which may lie outside this night.</summary>
    public long Instant(DateTime local) => Resolve(DateOnly.FromDateTime(local), (local.Hour * 60) + local.Minute);

    /// <summary>The clock of the place at an instant.</summary>
    public DateTimeOffset Local(long instant) => NodaTime.Instant.FromUnixTimeMilliseconds(instant).InZone(_zone).ToDateTimeOffset();

    private long Anchor(SwitchAnchor anchor) => anchor switch
    {
        SwitchAnchor.Sunset => Sunset,
        SwitchAnchor.Sunrise => Sunrise,
        SwitchAnchor.CivilDusk => CivilDusk,
        SwitchAnchor.CivilDawn => CivilDawn,
        _ => throw new ArgumentOutOfRangeException(nameof(anchor), anchor, "is no event of the sun"),
    };

    private long Dusk(double elevation) =>
        Sun.Set(_solarDay, _place.Longitude, _place.Latitude, elevation) is { } set
            ? Within(set.ToUnixTimeMilliseconds())
            : IsBelowAllDay(_solarDay, elevation) ? Start : SolarMidnight();

    private long Dawn(double elevation) =>
        Sun.Rise(_solarDay.AddDays(1), _place.Longitude, _place.Latitude, elevation) is { } rise
            ? Within(rise.ToUnixTimeMilliseconds())
            : IsBelowAllDay(_solarDay.AddDays(1), elevation) ? End : SolarMidnight();

    private bool IsBelowAllDay(DateOnly day, double elevation) =>
        Sun.ElevationDegrees(Sun.Noon(day, _place.Longitude), _place.Longitude, _place.Latitude) < elevation;

    private long SolarMidnight()
    {
        var (before, after) = (Sun.Noon(_solarDay, _place.Longitude), Sun.Noon(_solarDay.AddDays(1), _place.Longitude));
        return Within((before + ((after - before) / 2)).ToUnixTimeMilliseconds());
    }

    private long Within(long instant) => Math.Clamp(instant, Start, End);

    private long Resolve(DateOnly date, int minutes) =>
        new LocalDateTime(date.Year, date.Month, date.Day, minutes / 60, minutes % 60).InZone(_zone, Resolver).ToInstant().ToUnixTimeMilliseconds();
}
