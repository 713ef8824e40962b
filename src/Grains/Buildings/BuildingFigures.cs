using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Buildings;

/// <summary>What a building's conditions rest on, and its estimates, for people.</summary>
internal static class BuildingFigures
{
    private const double PerThousand = 1_000;
    private const int NightEndMinutes = 300;
    private const int DayEndMinutes = 1_440;

    /// <summary>All of them, by name.</summary>
    public static ImmutableArray<DerivedFigure> Of(in BuildingState state, BuildingSettings settings, long now, LocalCalendar calendar)
    {
        var signature = state.Signature is { } watch ? EnergySignature.Of(watch.Sums) : null;
        var reference = state.Signature?.ReferenceOf(settings);
        var isOfAllEnergy = settings.SignatureEnergy == SignatureEnergy.Total || state.Heat is null;
        var energy = TertiaryTarget.EnergyOf(state.Months?.LastYear(), reference, isOfAllEnergy, settings.ReferenceHeatingDegreeDays);
        return
        [
            .. Heating(state, settings, now, calendar)
                .Concat(Nights(state, settings, calendar))
                .Concat(signature is null ? [] : Signature(signature, state.Signature!, reference is not null, settings, calendar))
                .Concat(TertiaryTarget.FiguresOf(settings, energy))
                .Concat(state.Usual.Explain("powerLastHourWatts", calendar) is { } usual ? [usual] : [])
                .Concat(state.Usual.ExplainDrift(reference is null ? settings.UsualDriftPermille : 0) is { } drift ? [drift] : [])
                .OrderBy(figure => figure.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<DerivedFigure> Heating(BuildingState state, BuildingSettings settings, long now, LocalCalendar calendar)
    {
        // What it is now, against what it may be while it is set back.
        if (state is { Warm.Temperature: not null, Indoor.Middle: { } indoor })
        {
            yield return new DerivedFigure
            {
                Name = "temperatureCelsius",
                Value = indoor / PerThousand,
                High = (settings.Setback + settings.SetbackTolerance) / PerThousand,
                At = DateTimeOffset.FromUnixTimeMilliseconds(state.Warm.Since),
                Basis = "setback",
            };
        }

        if (state.OpenHeatPerKelvin > 0)
        {
            yield return new DerivedFigure { Name = "openHeatWattsPerKelvin", Value = Math.Round(state.OpenHeatPerKelvin / PerThousand, 1), Basis = "measured" };
        }

        if (settings.Occupancy?.ClosedSince(now, calendar) is { } closed)
        {
            yield return new DerivedFigure { Name = "closedSince", At = DateTimeOffset.FromUnixTimeMilliseconds(closed), Basis = "calendar" };

            // What it draws now against what it may draw by night, which is when it is known to be closed.
            if (state.BaseLoad?.ReferenceOf(settings) is { } reference && state.PowerAt != 0)
            {
                yield return new DerivedFigure
                {
                    Name = "powerWatts",
                    Value = state.PowerMilliwatts / PerThousand,
                    High = BaseLoad.Beyond(reference, settings.BaseLoadTolerancePermille) / PerThousand,
                    At = DateTimeOffset.FromUnixTimeMilliseconds(state.PowerAt),
                    Basis = settings.BaseLoadMilliwatts > 0 ? "given" : "learned",
                };
            }
        }
    }

    private static IEnumerable<DerivedFigure> Nights(BuildingState state, BuildingSettings settings, LocalCalendar calendar)
    {
        if (state.BaseLoad is not { } load)
        {
            yield break;
        }

        var reference = load.ReferenceOf(settings);
        yield return new DerivedFigure
        {
            Name = "nightPowerWatts",
            Value = load.Last / PerThousand,
            High = reference is { } watts ? BaseLoad.Beyond(watts, settings.BaseLoadTolerancePermille) / PerThousand : null,
            At = DateTimeOffset.FromUnixTimeMilliseconds(calendar.InstantOf(load.LastDay, NightEndMinutes)),
            Basis = settings.BaseLoadMilliwatts > 0 ? "given" : reference is null ? "learning" : "learned",
        };
    }

    private static IEnumerable<DerivedFigure> Signature(EnergySignature signature, SignatureWatch watch, bool isReference, BuildingSettings settings, LocalCalendar calendar)
    {
        var basis = isReference ? "regression" : "learning";
        var share = settings.EnergyDriftPermille / PerThousand;
        var end = DateTimeOffset.FromUnixTimeMilliseconds(calendar.InstantOf(watch.NewestDay, DayEndMinutes));
        if (watch.LastExpected > 0)
        {
            var expected = watch.LastExpected / SignatureDay.PerKilowattHour;
            yield return new DerivedFigure
            {
                Name = "dayEnergyKilowattHours",
                Value = watch.LastEnergy / SignatureDay.PerKilowattHour,
                Low = Math.Round(expected * (1 - share), 2),
                High = Math.Round(expected * (1 + share), 2),
                At = end,
                Basis = basis,
            };
        }

        if (watch.MiddleResidual(settings) is { } middle)
        {
            yield return new DerivedFigure { Name = "energyDriftPercent", Value = middle / 10.0, High = settings.EnergyDriftPermille / 10.0, At = end, Basis = basis };
        }

        yield return Of("signatureBaseKilowattHours", signature.BaseKilowattHours, 3);
        yield return Of("signatureKilowattHoursPerHeatingDegreeDay", signature.KilowattHoursPerHeatingDegreeDay, 3);
        yield return Of("signatureKilowattHoursPerCoolingDegreeDay", signature.KilowattHoursPerCoolingDegreeDay, 3);
        yield return Of("signatureKilowattHoursPerOpenDay", signature.KilowattHoursPerOpenDay, 3);
        yield return Of("signatureRSquared", signature.RSquared, 3);
        yield return Of("signatureVariationPercent", signature.VariationPercent, 1) with { High = settings.SignatureVariationMaximum / PerThousand };
        yield return Of("signatureDays", signature.Days, 0) with { Low = settings.SignatureLearningDays };

        DerivedFigure Of(string name, double value, int digits) =>
            new() { Name = name, Value = Math.Round(value, digits), At = DateTimeOffset.FromUnixTimeMilliseconds(calendar.InstantOf(watch.LastDay, DayEndMinutes)), Basis = basis };
    }
}
