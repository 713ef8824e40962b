using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>
/// The reference of a building, and how its days compare with it. About 250 bytes, one new instance a day.
/// </summary>
/// <remarks>
/// The first days are learned as they are. From then on a day in weather that the reference has seen is judged by it, and learned too when it is as expected, for one year in all: then the
/// reference stands. A day in weather that it has not seen is learned and not judged. So a reference that began in winter comes to know the summer, and what has drifted is not taken for
/// normal. It is made anew when it is told to begin later, or when what it is made of changes.
/// </remarks>
[GenerateSerializer, Immutable, Alias("grid.SignatureWatch")]
public sealed record SignatureWatch
{
    /// <summary>Most days that are looked at for a drift.</summary>
    public const int MostRecent = 14;

    private const int DaysOfReference = 365;
    private const int Permille = 1_000;

    /// <summary>Beyond the coldest and the warmest day of the reference, it still judges by this many hundredths of a degree day.</summary>
    private const int BeyondSeen = 100;

    /// <summary>A residual is held to ten times what was expected.</summary>
    private const int MostResidual = 10 * Permille;

    /// <summary>What the reference is made from.</summary>
    [Id(0)] public SignatureSums Sums { get; init; } = SignatureSums.None;

    /// <summary>Its first day (days since 1970-01-01).</summary>
    [Id(1)] public int FirstDay { get; init; }

    /// <summary>The last day that went into it.</summary>
    [Id(2)] public int LastDay { get; init; }

    /// <summary>Fewest heating degree days of a day in it, in hundredths.</summary>
    [Id(3)] public int LeastHeating { get; init; }

    /// <summary>Most heating degree days of a day in it, in hundredths.</summary>
    [Id(4)] public int MostHeating { get; init; }

    /// <summary>Most cooling degree days of a day in it, in hundredths.</summary>
    [Id(5)] public int MostCooling { get; init; }

    /// <summary>Of the last days that were judged, oldest first: what they took beyond what was expected, in thousandths of that. Null before the first; never changed.</summary>
    [Id(6)] public short[]? Residuals { get; init; }

    /// <summary>True while it takes more than its reference does.</summary>
    [Id(7)] public bool IsDrifting { get; init; }

    /// <summary>What the last day took, in tens of watt-hours.</summary>
    [Id(8)] public int LastEnergy { get; init; }

    /// <summary>What was expected of it; 0 when it was not judged.</summary>
    [Id(9)] public int LastExpected { get; init; }

    /// <summary>The last day that was looked at, learned or not.</summary>
    [Id(10)] public int NewestDay { get; init; }

    /// <summary>With one more day.</summary>
    /// <param name="watch">What there is; null before the first day.</param>
    /// <param name="number">The local day (days since 1970-01-01).</param>
    /// <param name="day">The day.</param>
    /// <param name="settings">The building's parameters.</param>
    public static SignatureWatch With(SignatureWatch? watch, int number, in SignatureDay day, BuildingSettings settings)
    {
        if (watch is null)
        {
            return new SignatureWatch { FirstDay = number, LeastHeating = day.Heating, MostHeating = day.Heating, MostCooling = day.Cooling }.Learn(number, day);
        }

        if (watch.ReferenceOf(settings) is not { } reference || !watch.HasSeen(day) || reference.ExpectedOf(day) is not (> 0 and { } expected))
        {
            return watch.Learn(number, day) with { LastExpected = 0 };
        }

        var residual = (short)Math.Clamp((day.Energy - expected) * Permille / expected, -MostResidual, MostResidual);
        var residuals = (short[])[.. (watch.Residuals ?? []).TakeLast(settings.EnergyDriftDays - 1), residual];
        var isAsExpected = Math.Abs((int)residual) <= settings.EnergyDriftPermille;
        var judged = (isAsExpected ? watch.Learn(number, day) : watch with { LastEnergy = day.Energy, NewestDay = number }) with
        {
            Residuals = residuals,
            LastExpected = (int)Math.Min(expected, int.MaxValue),
        };
        return judged with { IsDrifting = judged.MiddleResidual(settings) is { } middle && middle > settings.EnergyDriftPermille / (watch.IsDrifting ? 2 : 1) };
    }

    /// <summary>The reference, once it is made from enough days and fits them; null before.</summary>
    public EnergySignature? ReferenceOf(BuildingSettings settings) =>
        Sums.Days >= settings.SignatureLearningDays && EnergySignature.Of(Sums) is { } signature && signature.VariationPercent * Permille <= settings.SignatureVariationMaximum
            ? signature
            : null;

    /// <summary>The middle one of the last judged days, in thousandths of what was expected; null while there are fewer than are asked for.</summary>
    public int? MiddleResidual(BuildingSettings settings)
    {
        if (Residuals is null || Residuals.Length < settings.EnergyDriftDays)
        {
            return null;
        }

        Span<short> sorted = stackalloc short[MostRecent];
        var last = Residuals.AsSpan(Residuals.Length - settings.EnergyDriftDays);
        last.CopyTo(sorted);
        sorted = sorted[..last.Length];
        sorted.Sort();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private bool HasSeen(in SignatureDay day) =>
        day.Heating >= LeastHeating - BeyondSeen && day.Heating <= MostHeating + BeyondSeen && day.Cooling <= MostCooling + BeyondSeen;

    private SignatureWatch Learn(int number, in SignatureDay day) => number - FirstDay >= DaysOfReference
        ? this with { LastEnergy = day.Energy, NewestDay = number }
        : this with
        {
            Sums = Sums.With(day),
            LastDay = number,
            NewestDay = number,
            LeastHeating = Math.Min(LeastHeating, day.Heating),
            MostHeating = Math.Max(MostHeating, day.Heating),
            MostCooling = Math.Max(MostCooling, day.Cooling),
            LastEnergy = day.Energy,
        };
}
