namespace Grid.Connectors.Simulator.Sky;

/// <summary>
/// The simulator's clock face: seconds since a fixed origin, from which all indexes are integrated. Instants before the origin count as the origin.
/// </summary>
public static class SimulatedTime
{
    /// <summary>Where every index starts.</summary>
    public static readonly DateTimeOffset Origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal const double Hour = 3_600;
    internal const double Day = 86_400;
    internal const double Year = 365.2425 * Day;

    /// <summary>Seconds since <see cref="Origin"/>; never negative.</summary>
    public static double SecondsAt(DateTimeOffset instant) => Math.Max(0, (instant - Origin).TotalSeconds);

    /// <summary>The instant of those seconds, to the millisecond.</summary>
    public static DateTimeOffset InstantAt(double seconds) => Origin.AddMilliseconds(Math.Round(seconds * 1000));
}
