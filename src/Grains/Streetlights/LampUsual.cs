using Grid.Grains.Learning;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>
/// The power that a lamp usually draws when it is lit, in each of four bands of dimming. A lamp does what its plan says, so an hour of the week would only say what the plan does then;
/// what is the lamp's own is how much it draws at a level. Each band holds it as the power at full light that follows by the dimming curve, so that levels of one band are comparable, and
/// how far the curve is off for this lamp is learned with it. 16 bytes, no allocation. Pure, integers.
/// </summary>
/// <remarks>
/// The middle is the mean of the first reports of a band, then a median by stochastic approximation (Robbins and Monro, 1951): each report moves it by 0.07 %, or by a 128th of the
/// distance, and counts as three spreads at most. So a step of 30 % is usual after some 400 reports of that band, which is a month and more of nights.
/// </remarks>
[GenerateSerializer, Alias("grid.LampUsual")]
public readonly record struct LampUsual
{
    /// <summary>Reports of a band before it says anything.</summary>
    public const int LeastReports = 20;

    /// <summary>Below this a lamp's power says little of it, in thousandths of a percent.</summary>
    public const int LeastDimming = 10_000;

    private const int BandWidth = 25_000;
    private const int CodesPerDoubling = 1_024;
    private const int SpreadCodes = 16;
    private const int FirstSpread = 6;
    private const int LeastSpread = 2;
    private const int Spreads = 3;
    private const int MeanReports = 16;
    private const int Gain = 128;
    private const int MostReports = 255;
    private const long Full = 1_000_000;
    private const double Origin = 1_000; // mW

    /// <summary>10 to 35 %: code of the middle (2 bytes), spread, reports.</summary>
    [Id(0)] public uint Dim { get; init; }

    /// <summary>35 to 60 %.</summary>
    [Id(1)] public uint Low { get; init; }

    /// <summary>60 to 85 %.</summary>
    [Id(2)] public uint High { get; init; }

    /// <summary>85 to 100 %.</summary>
    [Id(3)] public uint Bright { get; init; }

    /// <summary>With a report more.</summary>
    /// <param name="dimming">In thousandths of a percent, at least <see cref="LeastDimming"/>.</param>
    /// <param name="milliwatts">What it drew.</param>
    /// <param name="curve">Its dimming curve.</param>
    public LampUsual With(int dimming, long milliwatts, LampParameters curve)
    {
        var code = CodeOf(milliwatts * Full / ShareOf(dimming, curve));
        return BandOf(dimming) switch
        {
            0 => this with { Dim = Learn(Dim, code) },
            1 => this with { Low = Learn(Low, code) },
            2 => this with { High = Learn(High, code) },
            _ => this with { Bright = Learn(Bright, code) },
        };
    }

    /// <summary>What is usual at a level, in milliwatts; null while too little was seen, and below <see cref="LeastDimming"/>.</summary>
    public UsualRange? RangeOf(int dimming, LampParameters curve)
    {
        if (dimming < LeastDimming)
        {
            return null;
        }

        var (middle, spread, reports) = Parts(BandOf(dimming) switch { 0 => Dim, 1 => Low, 2 => High, _ => Bright });
        var margin = Spreads * SpreadCodes * Math.Max(spread, LeastSpread);
        var share = ShareOf(dimming, curve);
        return reports < LeastReports ? null : new UsualRange(LevelOf(middle - margin) * share / Full, LevelOf(middle) * share / Full, LevelOf(middle + margin) * share / Full);
    }

    private static int BandOf(int dimming) => Math.Clamp((dimming - LeastDimming) / BandWidth, 0, 3);

    private static long ShareOf(int dimming, LampParameters curve) => Math.Max(1, curve.ExpectedMilliwatts(Full, Math.Min(dimming, 100_000)));

    private static uint Learn(uint band, int code)
    {
        var (middle, spread, reports) = Parts(band);
        if (reports == 0)
        {
            return Of(code, FirstSpread, 1);
        }

        var bound = Spreads * SpreadCodes * Math.Max(spread, LeastSpread);
        var distance = Math.Clamp(code - middle, -bound, bound);
        var step = reports < MeanReports ? distance / (reports + 1) : distance / Gain is var far && far != 0 ? far : Math.Sign(distance);
        var apart = (Math.Abs(distance) + (SpreadCodes / 2)) / SpreadCodes;
        return Of(middle + step, spread + (apart == spread ? 0 : (apart - spread) / Math.Min(reports + 1, MeanReports) is var whole && whole != 0 ? whole : Math.Sign(apart - spread)), reports + 1);
    }

    private static (int Middle, int Spread, int Reports) Parts(uint band) => ((int)(band & ushort.MaxValue), (int)((band >> 16) & byte.MaxValue), (int)(band >> 24));

    private static uint Of(int middle, int spread, int reports) =>
        (uint)Math.Clamp(middle, 0, ushort.MaxValue) | ((uint)Math.Clamp(spread, 0, byte.MaxValue) << 16) | ((uint)Math.Min(reports, MostReports) << 24);

    private static int CodeOf(long milliwatts) => (int)Math.Round(CodesPerDoubling * Math.Log2(1 + (Math.Max(0, milliwatts) / Origin)));

    private static long LevelOf(int code) => code <= 0 ? 0 : (long)Math.Round(Origin * (Math.Pow(2, (double)code / CodesPerDoubling) - 1));
}
