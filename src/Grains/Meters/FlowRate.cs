namespace Grid.Grains.Meters;

/// <summary>What flows, from what has flowed.</summary>
internal static class FlowRate
{
    private const long HourMilliseconds = 3_600_000;

    /// <summary>The mean flow, in millilitres an hour, cut to whole ones.</summary>
    /// <param name="millilitres">What has flowed, at least 0.</param>
    /// <param name="milliseconds">In how long, above 0.</param>
    public static long Of(long millilitres, long milliseconds) => InHours(millilitres, milliseconds);

    /// <summary>How long a flow takes for an amount, in milliseconds.</summary>
    /// <param name="millilitres">The amount, at least 0.</param>
    /// <param name="flow">In millilitres an hour, above 0.</param>
    public static long TimeFor(long millilitres, long flow) => InHours(millilitres, flow);

    /// <summary>True when less than a flow has flowed for certain: the register may have been a step short of its next one at both ends.</summary>
    /// <param name="millilitres">By how much the register grew, at least 0.</param>
    /// <param name="milliseconds">In how long.</param>
    /// <param name="pulse">Its step, in millilitres.</param>
    /// <param name="flow">The flow, in millilitres an hour.</param>
    public static bool IsBelow(long millilitres, long milliseconds, long pulse, long flow) =>
        ((Int128)millilitres + pulse) * HourMilliseconds <= (Int128)flow * milliseconds;

    /// <summary>What no meter counts takes the slow way.</summary>
    private static long InHours(long millilitres, long divisor) => millilitres <= long.MaxValue / HourMilliseconds
        ? millilitres * HourMilliseconds / divisor
        : (long)Int128.Min(long.MaxValue, (Int128)millilitres * HourMilliseconds / divisor);
}
