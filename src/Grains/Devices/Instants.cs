namespace Grid.Grains.Devices;

/// <summary>States keep instants as Unix milliseconds: 8 bytes, and the resolution of the wire.</summary>
internal static class Instants
{
    /// <summary>To the precision of states; 0 stands for never and is no instant of a report.</summary>
    public static long ToMilliseconds(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    /// <summary>Back to an instant, null for never.</summary>
    public static DateTimeOffset? ToInstantOrNever(this long milliseconds) => milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
