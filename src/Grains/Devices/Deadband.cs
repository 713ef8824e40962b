namespace Grid.Grains.Devices;

/// <summary>Thresholds that do not flicker: what was reached is left only below a lower value.</summary>
public static class Deadband
{
    /// <summary>Points of charge by which a battery must recover before it counts as changed, in thousandths of a percent.</summary>
    public const long BatteryRecovery = 5_000;

    /// <summary>True when at or above <paramref name="enter"/>, or still above <paramref name="leave"/> after it was.</summary>
    public static bool IsAbove(bool was, long value, long enter, long leave) => value >= enter || (was && value > leave);

    /// <summary>True when below the limit, or not yet recovered after it was.</summary>
    public static bool IsBatteryLow(bool was, long value, long low) => value < (was ? Math.Min(low + BatteryRecovery, 100_000) : low);
}
