using Grid.Contracts.Lighting;
using Grid.Contracts.Sky;
using NodaTime;

namespace Grid.Connectors.Simulator.Programs;

/// <summary>A controller's clock and sky: turns the local rules of its program into Unix milliseconds, as docs/lighting.md defines them.</summary>
internal sealed class ProgramPlace(string zoneId, double longitude, double latitude)
{
    private const int Noon = 12 * 60;

    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[zoneId];

    /// <summary>The date of the night that an instant is in: nights run from noon to noon by the clock.</summary>
    public DateOnly NightOf(long instant)
    {
        var local = Instant.FromUnixTimeMilliseconds(instant).InZone(_zone).LocalDateTime;
        var date = new DateOnly(local.Year, local.Month, local.Day);
        return local.Hour < 12 ? date.AddDays(-1) : date;
    }

    /// <summary>Noon of a date.</summary>
    public long NoonOf(DateOnly date) => ByClock(date.ToDateTime(new TimeOnly(12, 0)));

    /// <summary>A local time; one that is skipped is the instant of the change, one that comes twice is the first.</summary>
    public long ByClock(DateTime local)
    {
        var mapping = _zone.MapLocal(LocalDateTime.FromDateTime(local));
        return (mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant()).ToUnixTimeMilliseconds();
    }

    /// <summary>When a switch point takes effect in the night of a date, which begins and ends at the instants given.</summary>
    public long Of(DateOnly date, long start, long end, SwitchAnchor anchor, int minutes)
    {
        if (anchor == SwitchAnchor.Clock)
        {
            // Hours before noon are those of the morrow.
            return ByClock((minutes < Noon ? date.AddDays(1) : date).ToDateTime(TimeOnly.MinValue).AddMinutes(minutes));
        }

        return Math.Clamp(OfSun(date, start, end, anchor) + (minutes * 60_000L), start, end);
    }

    private long OfSun(DateOnly date, long start, long end, SwitchAnchor anchor)
    {
        // The date of the sun's noon next to the clock's, which differs near the date line.
        var evening = date.AddDays((int)Math.Round((DateTimeOffset.FromUnixTimeMilliseconds(start) - Sun.Noon(date, longitude)).TotalDays));
        var morning = evening.AddDays(1);
        var crossing = anchor switch
        {
            SwitchAnchor.Sunset => Sun.Set(evening, longitude, latitude),
            SwitchAnchor.Sunrise => Sun.Rise(morning, longitude, latitude),
            SwitchAnchor.CivilDusk => Sun.Set(evening, longitude, latitude, Sun.CivilTwilightDegrees),
            SwitchAnchor.CivilDawn => Sun.Rise(morning, longitude, latitude, Sun.CivilTwilightDegrees),
            _ => throw new ArgumentOutOfRangeException(nameof(anchor), anchor, "a controller does not know it"),
        };
        if (crossing is { } instant) return Math.Clamp(instant.ToUnixTimeMilliseconds(), start, end);

        // The sun stays on one side: dark all night, or for no longer than the instant at which it is lowest.
        var isDusk = anchor is SwitchAnchor.Sunset or SwitchAnchor.CivilDusk;
        var elevation = anchor is SwitchAnchor.Sunset or SwitchAnchor.Sunrise ? Sun.RiseAndSetDegrees : Sun.CivilTwilightDegrees;
        var (noon, nextNoon) = (Sun.Noon(evening, longitude), Sun.Noon(morning, longitude));
        if (Sun.ElevationDegrees(isDusk ? noon : nextNoon, longitude, latitude) < elevation) return isDusk ? start : end;
        return Math.Clamp((noon + ((nextNoon - noon) / 2)).ToUnixTimeMilliseconds(), start, end);
    }
}
