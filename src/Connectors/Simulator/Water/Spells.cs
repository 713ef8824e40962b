using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Water;

/// <summary>A time, in seconds since the origin, in which water flows at a steady rate beside everything else.</summary>
internal readonly record struct FlowSpell(double From, double Until, double LitresPerHour)
{
    /// <summary>What flowed until an instant.</summary>
    public double LitresAt(double now) => now <= From ? 0 : LitresPerHour * (Math.Min(now, Until) - From) / SimulatedTime.Hour;

    /// <summary>What flows at an instant.</summary>
    public double FlowAt(double now) => now >= From && now < Until ? LitresPerHour : 0;
}

/// <summary>Local days, the last exclusive, in which a household uses so many times its usual amount more; less when negative.</summary>
internal readonly record struct UseSpell(long From, long Until, double More);

/// <summary>Nights on which a garden is watered: every second one, for the same short time.</summary>
/// <param name="First">When the first watering begins, in seconds since the origin.</param>
/// <param name="Nights">How many there are.</param>
/// <param name="Seconds">How long each lasts.</param>
/// <param name="LitresPerHour">Its flow.</param>
internal readonly record struct Watering(double First, int Nights, double Seconds, double LitresPerHour)
{
    private const double Every = 2 * SimulatedTime.Day;

    public double LitresAt(double now)
    {
        if (now <= First) return 0;
        var night = Math.Min(Nights - 1, (int)((now - First) / Every));
        var part = Math.Min(Seconds, now - First - (night * Every));
        return LitresPerHour * ((night * Seconds) + part) / SimulatedTime.Hour;
    }

    public double FlowAt(double now)
    {
        if (now < First) return 0;
        var night = (int)((now - First) / Every);
        return night < Nights && now - First - (night * Every) < Seconds ? LitresPerHour : 0;
    }
}
