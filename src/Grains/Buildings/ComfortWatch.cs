using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Buildings;

/// <summary>Comfort while people are there, and frost always: by what a report itself measures, so that one bad sample and a report without it prove nothing.</summary>
internal static class ComfortWatch
{
    /// <summary>How far inside comfort it must be until a breach ends, in thousandths of a degree.</summary>
    private const int TemperatureDeadband = 500;

    /// <summary>The same for CO2, in thousandths of a ppm.</summary>
    private const int Co2Deadband = 100_000;

    /// <summary>How far above the limit of frost it must be until the risk ends, in thousandths of a degree.</summary>
    private const int FrostDeadband = 1_000;

    /// <summary>Judges a report that is the building's present.</summary>
    public static BuildingState Judge(BuildingState state, BuildingSettings settings, in Report report) =>
        JudgeFrost(JudgeComfort(state, settings, report), settings, report);

    private static BuildingState JudgeComfort(BuildingState state, BuildingSettings settings, in Report report)
    {
        var persisting = new Persisting(state.OutsideComfortSince, state.IsOutsideComfort);
        if (!state.IsOccupied)
        {
            return With(state, default);
        }

        var (hasTemperature, hasCo2) = (report.Entry["temperatureCelsius"] is not null, report.Entry["co2Ppm"] is not null);
        var isOutside = IsTooColdOrWarm(state, settings, 0) || IsStuffy(state, settings, 0);
        var isMeasured = (hasTemperature && IsTooColdOrWarm(state, settings, 0)) || (hasCo2 && IsStuffy(state, settings, 0));
        if (isOutside && !isMeasured)
        {
            return state;
        }

        var isInside = !IsTooColdOrWarm(state, settings, TemperatureDeadband) && !IsStuffy(state, settings, Co2Deadband);
        return With(state, persisting.After(isOutside, isInside, report.At, settings.ComfortDelay));
    }

    private static BuildingState JudgeFrost(BuildingState state, BuildingSettings settings, in Report report)
    {
        if (report.Entry["temperatureCelsius"] is null || state.Temperature is not { } temperature)
        {
            return state;
        }

        var after = new Persisting(state.FrostSince, state.IsAtFrostRisk)
            .After(temperature < settings.Frost, temperature >= settings.Frost + FrostDeadband, report.At, settings.FrostDelay);
        return state with { FrostSince = after.Since, IsAtFrostRisk = after.Holds };
    }

    private static bool IsTooColdOrWarm(in BuildingState state, BuildingSettings settings, int inside) =>
        state.Temperature < settings.ComfortMinimum + inside || state.Temperature > settings.ComfortMaximum - inside;

    private static bool IsStuffy(in BuildingState state, BuildingSettings settings, int inside) => state.Co2 > settings.Co2Maximum - inside;

    private static BuildingState With(BuildingState state, Persisting persisting) =>
        state with { OutsideComfortSince = persisting.Since, IsOutsideComfort = persisting.Holds };
}
