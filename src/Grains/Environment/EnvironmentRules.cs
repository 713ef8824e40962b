using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Environment;

/// <summary>Rules of an environment sensor.</summary>
public readonly struct EnvironmentRules : IDeviceRules<EnvironmentSettings, EnvironmentState>
{
    private const byte HighestLevel = 3;

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Environment;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => EnvironmentSettings.Attributes;

    /// <inheritdoc/>
    public static EnvironmentSettings Parse(DeviceDescriptor descriptor) => EnvironmentSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static EnvironmentSettings With(EnvironmentSettings settings, in ParameterSource source) => settings.With(source);

    /// <inheritdoc/>
    public static EnvironmentState Apply(EnvironmentState state, EnvironmentSettings settings, in Report report, LocalCalendar calendar)
    {
        if (report.IsLate)
        {
            return state;
        }

        foreach (var metric in report.Entry.Metrics)
        {
            var value = Thousandths.Of(metric.Value);
            state = metric.Name switch
            {
                "levelMillimetres" => state with { River = settings.River.LevelOf(state.River, value, settings.Deadband) },
                "rainMillimetresPerHour" => state with { Rain = settings.Rain.LevelOf(state.Rain, value, settings.Deadband) },
                "pm25MicrogramsPerCubicMetre" => state with { Pm25 = settings.Pm25.LevelOf(state.Pm25, value, settings.Deadband) },
                "noiseDecibels" => state with { Noise = settings.Noise.LevelOf(state.Noise, value, settings.Deadband) },
                "batteryPercent" => state with
                {
                    IsBatteryLow = Deadband.IsBatteryLow(state.IsBatteryLow, value, settings.BatteryLow),
                    Battery = state.Battery.With(value, report.At),
                },
                _ => state,
            };
        }

        return state;
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(EnvironmentState state) =>
        state.LocalLevel switch { 0 => Conditions.None, HighestLevel => Conditions.LocalLevelHighest, _ => Conditions.LocalLevel }
        | (state.IsBatteryLow ? Conditions.BatteryLow : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(EnvironmentState state, EnvironmentSettings settings, DeviceStatus status) =>
        new() { Kind = DeviceKind.Environment, Status = status, LocalLevel = state.LocalLevel };

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(EnvironmentState state, EnvironmentSettings settings, long now, LocalCalendar calendar) => state.Battery.Explain(now);
}
