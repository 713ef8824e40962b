namespace Grid.Connectors.Simulator.Programs;

/// <summary>Light of a span.</summary>
/// <param name="BurningSeconds">Seconds at any level above 0.</param>
/// <param name="FullSeconds">The same light, in seconds at full level.</param>
internal readonly record struct LightSums(double BurningSeconds, double FullSeconds)
{
    /// <summary>The light of a level, 0 to 1, that is kept for a time.</summary>
    public static LightSums Of(double level, double seconds) => level > 0 && seconds > 0 ? new LightSums(seconds, level * seconds) : default;

    public static LightSums operator +(in LightSums left, in LightSums right) =>
        new(left.BurningSeconds + right.BurningSeconds, left.FullSeconds + right.FullSeconds);

    public static LightSums operator -(in LightSums left, in LightSums right) =>
        new(left.BurningSeconds - right.BurningSeconds, left.FullSeconds - right.FullSeconds);
}

/// <summary>Where a light stands.</summary>
/// <param name="Level">Its level now, 0 to 1.</param>
/// <param name="Target">The level that it goes to; the same when it is there.</param>
internal readonly record struct LightLevel(double Level, double Target)
{
    /// <summary>True while the level moves.</summary>
    public bool IsMoving => Level != Target;

    /// <summary>A level that stays.</summary>
    public static LightLevel Of(double level) => new(level, level);
}
