using System.Collections.Concurrent;
using Grid.Contracts.Sky;
using Grid.Contracts.Territories;

namespace Grid.Grains.Devices;

/// <summary>
/// Day and night over one place. A pure function of place and instant; the two solar days that were asked for last are kept, so that the hot path is a few
/// comparisons. Safe for all threads.
/// </summary>
/// <param name="longitude">Degrees east.</param>
/// <param name="latitude">Degrees north.</param>
public sealed class LocalSky(double longitude, double latitude)
{
    /// <summary>
    /// Elevation from which it is bright: above anything at which a photocell leaves lights on, under clouds and between hills too. The project's own choice.
    /// </summary>
    public const double BrightDegrees = 3;

    private const long DayMilliseconds = 86_400_000;

    private static readonly Daylight None = new(long.MaxValue, default, default);

    private Daylight _recent = None;
    private Daylight _former = None;

    /// <summary>True when the sun stands higher than <see cref="BrightDegrees"/> at an instant in Unix milliseconds, from 1900 to 2200.</summary>
    public bool IsBright(long instant) => Of(DayOf(instant)).Bright is var bright && instant >= bright.From && instant < bright.To;

    /// <summary>How long the sun is below the horizon within a span of Unix milliseconds, its end exclusive.</summary>
    public long DarkMilliseconds(long from, long to)
    {
        var dark = to - from;
        for (var day = DayOf(from); day <= DayOf(to); day++)
        {
            var up = Of(day).Up;

            // A day's light is counted on that day alone, also where the sun does not set.
            var (begin, end) = (Math.Max(up.From, StartOf(day)), Math.Min(up.To, StartOf(day + 1)));
            dark -= Math.Max(0, Math.Min(to, end) - Math.Max(from, begin));
        }

        return dark;
    }

    /// <summary>A day from solar midnight to solar midnight, without the equation of time.</summary>
    private long DayOf(long instant) => Math.DivRem(instant + Shift, DayMilliseconds) is var (quotient, rest) && rest < 0 ? quotient - 1 : quotient;

    private long StartOf(long day) => (day * DayMilliseconds) - Shift;

    private long Shift => (long)(longitude * 240_000);

    private Daylight Of(long day)
    {
        var recent = _recent;
        if (recent.Day == day)
        {
            return recent;
        }

        var former = _former;
        if (former.Day == day)
        {
            return former;
        }

        // Two writes, not one: a racing reader sees two right days, at worst the same one twice.
        var found = Find(day);
        _former = recent;
        _recent = found;
        return found;
    }

    private Daylight Find(long day)
    {
        var date = new DateOnly(1970, 1, 1).AddDays((int)Math.Clamp(day, -25_567, 84_005));
        return new Daylight(day, Above(date, Sun.RiseAndSetDegrees), Above(date, BrightDegrees));
    }

    private (long From, long To) Above(DateOnly date, double elevation)
    {
        if (Sun.Rise(date, longitude, latitude, elevation) is { } rise && Sun.Set(date, longitude, latitude, elevation) is { } set)
        {
            return (rise.ToUnixTimeMilliseconds(), set.ToUnixTimeMilliseconds());
        }

        // The sun stays on one side of that elevation: on the side where it stands at noon.
        return Sun.ElevationDegrees(Sun.Noon(date, longitude), longitude, latitude) > elevation ? (long.MinValue, long.MaxValue) : (0, 0);
    }

    // A class, so that replacing it is atomic.
    private sealed record Daylight(long Day, (long From, long To) Up, (long From, long To) Bright);
}

/// <summary>The sky over each commune, one for each.</summary>
/// <param name="table">Where communes are.</param>
public sealed class LocalSkies(ITerritoryTable table)
{
    /// <summary>Where communes are.</summary>
    internal ITerritoryTable Table => table;

    // Bounded by the communes of the table.
    private readonly ConcurrentDictionary<string, LocalSky> _byCommune = new(StringComparer.Ordinal);

    /// <summary>The sky over a commune; null when the table does not know it.</summary>
    public LocalSky? Over(string inseeCode) =>
        _byCommune.TryGetValue(inseeCode, out var known) ? known
        : table.FindCommune(inseeCode) is { } commune ? _byCommune.GetOrAdd(inseeCode, new LocalSky(commune.Longitude, commune.Latitude))
        : null;
}
