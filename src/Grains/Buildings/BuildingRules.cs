using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Buildings;

/// <summary>Rules of a public building.</summary>
public readonly struct BuildingRules : IDeviceRules<BuildingSettings, BuildingState>
{
    private const long HoldMilliseconds = 3_600_000;

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Building;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => BuildingSettings.Attributes;

    /// <inheritdoc/>
    public static BuildingSettings Parse(DeviceDescriptor descriptor) => BuildingSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static BuildingSettings With(BuildingSettings settings, in ParameterSource source) => settings.With(source);

    /// <inheritdoc/>
    public static BuildingState Apply(BuildingState state, BuildingSettings settings, in Report report, LocalCalendar calendar)
    {
        if (report.Entry["energyWattHours"] is { } index)
        {
            state = state with { Energy = state.Energy.WithIndex(Thousandths.Of(index), report.At, settings.IndexMaximum, calendar) };
        }

        if (report.IsLate)
        {
            return state;
        }

        state = state with { Energy = state.Energy.WithHeld(state.PowerMilliwatts, report.At, HoldMilliseconds, calendar) };
        foreach (var metric in report.Entry.Metrics)
        {
            state = metric.Name switch
            {
                "powerWatts" => state with { PowerMilliwatts = Thousandths.Of(metric.Value) },
                "temperatureCelsius" => state with { Temperature = (int)Thousandths.Of(metric.Value) },
                "co2Ppm" => state with { Co2 = Thousandths.Of(metric.Value) },
                "occupied" => state with { IsOccupied = metric.Value != 0 },
                _ => state,
            };
        }

        return state with { IsOutsideComfort = IsOutsideComfort(state, settings), IsAtFrostRisk = state.Temperature < settings.Frost };
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(BuildingState state) =>
        (state.IsAtFrostRisk ? Conditions.FrostRisk : Conditions.None) | (state.IsOutsideComfort ? Conditions.ComfortBreach : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(BuildingState state, BuildingSettings settings, DeviceStatus status)
    {
        var energy = state.Energy.Amounts;
        return new Contribution
        {
            Kind = DeviceKind.Building,
            Status = status,
            Flags = state.IsOutsideComfort ? ContributionFlags.ComfortBreach : ContributionFlags.None,
            PowerMilliwatts = Thousandths.Contributed(state.PowerMilliwatts),
            Day = energy.Day,
            DayAmount = Thousandths.Contributed(energy.Amount),
            PreviousDayAmount = Thousandths.Contributed(energy.PreviousAmount),
        };
    }

    private static bool IsOutsideComfort(BuildingState state, BuildingSettings settings) =>
        state.IsOccupied
        && (state.Temperature < settings.ComfortMinimum || state.Temperature > settings.ComfortMaximum || state.Co2 > settings.Co2Maximum);
}
