using Orleans;

namespace Grid.Grains.Learning;

/// <summary>
/// How far a device's reports can be relied on to come when they are expected: the share that does not come, and how much later than usual those come that do. Learned from
/// reception, without training. Six bytes, integers only.
/// </summary>
/// <remarks>
/// The share is a mean with a prior: before anything is known one report in 50 is taken to be lost, as on a radio network of ordinary quality, and that is worth 50 reports. Of a
/// device that lost none of the last thousand the doubt goes down with the square of their number: then it hangs on a way that repeats what is lost. The lateness is a
/// quantile by stochastic approximation (Robbins and Monro, 1951): a step up is 64 times a step down, so it is what one report in 65 exceeds, and one that comes hours late moves it by
/// a sixteenth of the interval at most.
/// </remarks>
[GenerateSerializer, Alias("grid.UsualLosses")]
public readonly record struct UsualLosses
{
    /// <summary>As many reports as what is taken of a device that is not known is worth.</summary>
    public const int PriorReports = 50;

    private const int PriorLost = 1;
    private const long Billion = 1_000_000_000;

    /// <summary>From so many reports without a loss on, the device may be one that loses none.</summary>
    private const int CleanReports = 1_000;

    /// <summary>Of a device that loses some, so many reports are looked back at: beyond it both counts are halved.</summary>
    private const int Memory = 4_096;

    /// <summary>Of one that loses none, so many are counted.</summary>
    private const int MostReports = 60_000;

    /// <summary>A gap counts for so many lost reports at most: an outage is no habit.</summary>
    private const int MostLostAtOnce = 4;

    private const int UpDivisor = 16;
    private const int DownDivisor = 1_024;

    /// <summary>Reports that were expected, of those that are remembered.</summary>
    [Id(0)] public ushort Expected { get; init; }

    /// <summary>Those of them that did not come.</summary>
    [Id(1)] public ushort Lost { get; init; }

    /// <summary>How much later than usual a report is that is later than nearly all, in seconds, at most 18 hours.</summary>
    [Id(2)] public ushort LateSeconds { get; init; }

    /// <summary>The chance that a report does not come, in billionths.</summary>
    public int LostPerBillion
    {
        get
        {
            var reports = (long)PriorReports + Expected;
            return (int)(Lost == 0 && Expected >= CleanReports ? Billion * PriorReports / (reports * reports) : Billion * (PriorLost + Lost) / reports);
        }
    }

    /// <summary>With one more gap between two reports.</summary>
    /// <param name="gap">Its length, in milliseconds.</param>
    /// <param name="interval">How often a report was expected in it, in seconds, above 0.</param>
    public UsualLosses After(long gap, int interval)
    {
        var seconds = Math.Clamp(gap / 1_000, 0, int.MaxValue);

        // What comes between two that are expected is one more, and none of them.
        if (seconds * 2 < interval)
        {
            return this;
        }

        if (seconds * 2 > interval * 3L)
        {
            return Count((int)Math.Clamp(((seconds + (interval / 2)) / interval) - 1, 1, MostLostAtOnce));
        }

        var late = (int)Math.Clamp(seconds - interval, 0, ushort.MaxValue);
        var moved = late > LateSeconds ? Math.Min(late, LateSeconds + Math.Max(1, interval / UpDivisor)) : Math.Max(late, LateSeconds - Math.Max(1, interval / DownDivisor));
        return Count(0) with { LateSeconds = (ushort)moved };
    }

    private UsualLosses Count(int lost)
    {
        if (Lost == 0 && lost == 0)
        {
            return this with { Expected = (ushort)Math.Min(Expected + 1, MostReports) };
        }

        // The first loss after a long time without one counts as one in half of what is remembered.
        var (expected, missed) = ((Lost == 0 ? Math.Min((int)Expected, Memory / 2) : Expected) + lost + 1, Lost + lost);
        return expected > Memory
            ? this with { Expected = (ushort)(expected / 2), Lost = (ushort)(missed / 2) }
            : this with { Expected = (ushort)expected, Lost = (ushort)missed };
    }
}
