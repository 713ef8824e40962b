using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// How a light follows the nights of its place: full, but for the quiet hours. Each clock is a little off by a fixed shift, which moves its whole night and so
/// keeps its sums exact.
/// </summary>
/// <param name="QuietLevel">Level in the quiet hours, 0 to 1.</param>
/// <param name="ShiftSeconds">Positive: later than the place's night.</param>
internal readonly record struct LightingProgram(float QuietLevel, float ShiftSeconds)
{
    /// <summary>Where a light that follows the program stands at an instant.</summary>
    public Burnt At(Nights nights, double now)
    {
        var night = nights.At(Math.Max(0, now - ShiftSeconds));
        return new Burnt(
            QuietLevel > 0 ? night.LitSeconds : night.LitSeconds - night.QuietSeconds,
            night.LitSeconds - ((1 - QuietLevel) * night.QuietSeconds),
            night.IsQuiet ? QuietLevel : night.IsLit ? 1 : 0);
    }
}

/// <summary>Sums of a light since the origin.</summary>
/// <param name="BurningSeconds">Seconds at any level above 0.</param>
/// <param name="FullSeconds">The same light, in seconds at full level.</param>
/// <param name="Level">Level now, 0 to 1.</param>
internal readonly record struct Burnt(double BurningSeconds, double FullSeconds, double Level);
