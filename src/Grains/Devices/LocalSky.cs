using System.Collections.Concurrent;
using Grid.Contracts.Sky;
using Grid.Contracts.Territories;

namespace Grid.Grains.Devices;

/// <summary>
/// When the sun is well up over one place. A pure function of place and instant; the day that was asked for last is kept, so that the hot path is two
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

    private Bright _recent = new(long.MaxValue, 0, 0);

    /// <summary>True when the sun stands higher than <see cref="BrightDegrees"/> at an instant in Unix milliseconds, from 1900 to 2200.</summary>
    public bool IsBright(long instant)
    {
        // A day from solar midnight to solar midnight, without the equation of time: the sun is low at both ends.
        var day = Math.DivRem(instant + (long)(longitude * 240_000), DayMilliseconds) is var (quotient, rest) && rest < 0 ? quotient - 1 : quotient;
        var recent = _recent;
        if (recent.Day != day)
        {
            _recent = recent = Find(day);
        }

        return instant >= recent.From && instant < recent.To;
    }

    private Bright Find(long day)
    {
        var date = new DateOnly(1970, 1, 1).AddDays((int)Math.Clamp(day, -25_567, 84_005));
        if (Sun.Rise(date, longitude, latitude, BrightDegrees) is { } rise && Sun.Set(date, longitude, latitude, BrightDegrees) is { } set)
        {
            return new Bright(day, rise.ToUnixTimeMilliseconds(), set.ToUnixTimeMilliseconds());
        }

        // The sun stays on one side of that elevation: on the side where it stands at noon.
        return Sun.ElevationDegrees(Sun.Noon(date, longitude), longitude, latitude) > BrightDegrees
            ? new Bright(day, long.MinValue, long.MaxValue)
            : new Bright(day, 0, 0);
    }

    // A class, so that replacing it is atomic.
    private sealed record Bright(long Day, long From, long To);
}

/// <summary>The sky over each commune, one for each.</summary>
/// <param name="table">Where communes are.</param>
public sealed class LocalSkies(ITerritoryTable table)
{
    // Bounded by the communes of the table.
    private readonly ConcurrentDictionary<string, LocalSky> _byCommune = new(StringComparer.Ordinal);

    /// <summary>The sky over a commune; null when the table does not know it.</summary>
    public LocalSky? Over(string inseeCode) =>
        _byCommune.TryGetValue(inseeCode, out var known) ? known
        : table.FindCommune(inseeCode) is { } commune ? _byCommune.GetOrAdd(inseeCode, new LocalSky(commune.Longitude, commune.Latitude))
        : null;
}
