using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Grains.Buildings;

/// <summary>
/// Progress towards the targets of the décret tertiaire (décret n° 2019-771 of 23 July 2019, Code de la construction et de l'habitation, articles L174-1 and R174-22 to R174-32; arrêté of
/// 10 April 2020): from 1,000 square metres on, -40 % in 2030, -50 % in 2040 and -60 % in 2050 of the final energy of a reference year, corrected for the weather, or an absolute value by
/// category. An estimate of what OPERAT will say, by a formula of its own; pure.
/// </summary>
public static class TertiaryTarget
{
    /// <summary>Floor area from which on the decree applies.</summary>
    public const double LeastSquareMetres = 1_000;

    private const double DaysPerYear = 365.25;
    private const double WattHoursPerKilowattHour = 1_000_000; // in mWh
    private static readonly ImmutableArray<(int Year, double Share)> RelativeTargets = [(2030, 0.6), (2040, 0.5), (2050, 0.4)];

    /// <summary>What is known of a building's year.</summary>
    /// <param name="KilowattHours">Final energy of a year, in the weather of the reference year where that is known.</param>
    /// <param name="Basis"><c>measured</c>, <c>measuredCorrected</c> (for the weather), or <c>regression</c> (twelve months are not known yet).</param>
    /// <param name="End">The first day after the year; null for one that is worked out.</param>
    public readonly record struct YearEnergy(double KilowattHours, string Basis, DateOnly? End);

    /// <summary>The energy of a year of a building; null while nobody knows.</summary>
    /// <param name="measured">Its last twelve whole months; null while they are not known.</param>
    /// <param name="signature">Its reference; null while there is none.</param>
    /// <param name="isOfAllEnergy">True when the signature is of all its energy, so that a year can be worked out from it.</param>
    /// <param name="referenceDegreeDays">Heating degree days of the reference year; null when unknown.</param>
    public static YearEnergy? EnergyOf(YearTotal? measured, EnergySignature? signature, bool isOfAllEnergy, double? referenceDegreeDays)
    {
        if (measured is { } year)
        {
            var energy = year.Energy / WattHoursPerKilowattHour;
            return signature is not null && referenceDegreeDays is { } reference && year.HeatingDegreeDays is { } had
                ? new YearEnergy(Math.Max(0, energy + (signature.KilowattHoursPerHeatingDegreeDay * (reference - had))), "measuredCorrected", year.End)
                : new YearEnergy(energy, "measured", year.End);
        }

        return signature is not null && isOfAllEnergy && referenceDegreeDays is { } degreeDays
            ? new YearEnergy(
                Math.Max(
                    0,
                    (DaysPerYear * (signature.BaseKilowattHours + (signature.KilowattHoursPerOpenDay * signature.OpenShare)))
                    + (signature.KilowattHoursPerHeatingDegreeDay * degreeDays)),
                "regression",
                null)
            : null;
    }

    /// <summary>The figures of a building from 1,000 square metres on, by name; none for a smaller one or one that nobody gave a target.</summary>
    public static IEnumerable<DerivedFigure> FiguresOf(BuildingSettings settings, YearEnergy? energy)
    {
        if (settings.FloorAreaSquareMetres is not (>= LeastSquareMetres and { } area))
        {
            yield break;
        }

        var absolute = settings.AbsoluteTargetKilowattHoursPerSquareMetre2030 * area;
        if (settings.ReferenceKilowattHours is null && absolute is null)
        {
            yield break;
        }

        if (energy is { } year)
        {
            yield return new DerivedFigure { Name = "tertiaryEnergyKilowattHours", Value = Math.Round(year.KilowattHours), At = InstantOf(year.End), Basis = year.Basis };
            if (settings.ReferenceKilowattHours is { } from)
            {
                yield return new DerivedFigure { Name = "tertiaryReductionPercent", Value = Math.Round(100 * (1 - (year.KilowattHours / from)), 1), Basis = year.Basis };
            }
        }

        foreach (var (decade, share) in RelativeTargets)
        {
            var relative = settings.ReferenceKilowattHours * share;
            var given = decade == RelativeTargets[0].Year ? absolute : null;
            if (relative is { } target)
            {
                yield return new DerivedFigure { Name = $"tertiaryRelativeTarget{decade}KilowattHours", Value = Math.Round(target), Basis = "relativeTarget" };
            }

            if (given is { } level)
            {
                yield return new DerivedFigure { Name = $"tertiaryAbsoluteTarget{decade}KilowattHours", Value = Math.Round(level), Basis = "absoluteTarget" };
            }

            // One of the two is enough.
            if (energy is { } now && Easier(relative, given) is { } limit)
            {
                yield return new DerivedFigure
                {
                    Name = $"tertiaryExcess{decade}KilowattHours",
                    Value = Math.Round(now.KilowattHours - limit),
                    High = 0,
                    Basis = now.Basis,
                };
            }
        }
    }

    private static double? Easier(double? one, double? other) => one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;

    private static DateTimeOffset? InstantOf(DateOnly? date) => date is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
}
