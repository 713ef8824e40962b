using Grid.Contracts.Sky;

namespace Grid.Connectors.Simulator.Sky;

/// <summary>
/// The lighting nights of one place, in order: when lights come on after sunset and go off before sunrise, and the quiet hours within. Lit time is summed
/// from the origin, so that an energy index is a function of the instant. Not safe for several threads.
/// </summary>
/// <param name="longitude">Degrees east.</param>
/// <param name="latitude">Degrees north.</param>
/// <param name="clock">The clock of the place.</param>
/// <param name="marginSeconds">Lights wait this long after sunset, and go off this long before sunrise.</param>
internal sealed class Nights(double longitude, double latitude, ZoneClock clock, double marginSeconds = Nights.MarginSeconds)
{
    /// <summary>What the program of a factory waits.</summary>
    public const double MarginSeconds = 15 * 60;

    private const double QuietFrom = 23 * SimulatedTime.Hour; // local; until 05:30 on the morrow
    private const double QuietUntil = 29.5 * SimulatedTime.Hour;
    private readonly List<Night> _nights = [];

    /// <summary>Where lighting stands at an instant.</summary>
    public NightState At(double now)
    {
        // A night runs from solar noon to solar noon; the first one begins half a day before the origin.
        var index = (int)Math.Max(0, Math.Floor(((now + (longitude * 240)) / SimulatedTime.Day) + 0.5));
        while (_nights.Count <= index) _nights.Add(Make(_nights.Count));
        var night = _nights[index];
        return new NightState(
            night.LitBefore + Math.Clamp(now - night.On, 0, night.Off - night.On),
            night.QuietBefore + Math.Clamp(now - night.QuietOn, 0, night.QuietOff - night.QuietOn),
            now >= night.On && now < night.Off,
            now >= night.QuietOn && now < night.QuietOff);
    }

    private Night Make(int index)
    {
        var former = index == 0 ? default : _nights[index - 1];
        var evening = DateOnly.FromDateTime(SimulatedTime.Origin.UtcDateTime).AddDays(index - 1);
        var on = Edge(evening, +1) + marginSeconds;
        var off = Math.Max(on, Edge(evening.AddDays(1), -1) - marginSeconds);

        // Local midnight of the evening's date; the wall clock of the quiet hours is the one before a change of that night.
        var middle = (on + off) / 2;
        var offset = clock.Local(Math.Max(0, on)) - Math.Max(0, on);
        var midnight = (Math.Floor((middle + offset - (SimulatedTime.Day / 2)) / SimulatedTime.Day) * SimulatedTime.Day) - offset;
        var quietOn = Math.Clamp(midnight + QuietFrom, on, off);
        var quietOff = Math.Clamp(midnight + QuietUntil, quietOn, off);
        return new Night(
            on, off, quietOn, quietOff,
            former.LitBefore + (former.Off - former.On),
            former.QuietBefore + (former.QuietOff - former.QuietOn));
    }

    private double Edge(DateOnly day, int side)
    {
        var edge = side > 0 ? Sun.Set(day, longitude, latitude) : Sun.Rise(day, longitude, latitude);
        return ((edge ?? PolarEdge(day, side)) - SimulatedTime.Origin).TotalSeconds;
    }

    // Where the sun does not cross the horizon: lit from noon to noon when it stays below, and never when it stays above.
    private DateTimeOffset PolarEdge(DateOnly day, int side)
    {
        var noon = Sun.Noon(day, longitude);
        return Sun.ElevationDegrees(noon, longitude, latitude) < Sun.RiseAndSetDegrees ? noon : noon.AddHours(12 * side);
    }

    private readonly record struct Night(double On, double Off, double QuietOn, double QuietOff, double LitBefore, double QuietBefore);
}

/// <summary>Lighting at an instant.</summary>
/// <param name="LitSeconds">Seconds of night since the origin.</param>
/// <param name="QuietSeconds">Seconds of quiet hours within them.</param>
/// <param name="IsLit">It is night for lights.</param>
/// <param name="IsQuiet">It is night, and within the quiet hours.</param>
internal readonly record struct NightState(double LitSeconds, double QuietSeconds, bool IsLit, bool IsQuiet);
