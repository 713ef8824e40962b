namespace Grid.Grains.Devices;

/// <summary>Values as integers of thousandths (mW, mWh, mL), so that sums are exact in any order.</summary>
public static class Thousandths
{
    /// <summary>Bound of one value: 10^12 units, far beyond what any device measures.</summary>
    public const long Maximum = 1_000_000_000_000_000;

    /// <summary>Bound of what one device contributes to a figure: 1 GW, 1 GWh, 1,000,000 m3. A million of them still sum without overflow.</summary>
    public const long ContributionMaximum = 1_000_000_000_000;

    /// <summary>Rounds half away from zero and saturates at <see cref="Maximum"/>.</summary>
    public static long Of(double value) =>
        Math.Abs(value) >= Maximum / 1000 ? Math.Sign(value) * Maximum : (long)Math.Round(value * 1000, MidpointRounding.AwayFromZero);

    /// <summary>What may be contributed of an amount: at least 0, at most <see cref="ContributionMaximum"/>.</summary>
    public static long Contributed(long amount) => Math.Clamp(amount, 0, ContributionMaximum);
}
