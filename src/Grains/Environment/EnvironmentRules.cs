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
        state = WithPoints(state, settings, report);
        if (report.IsLate)
        {
            return state;
        }

        var at = report.At;
        foreach (var metric in report.Entry.Metrics)
        {
            var value = Thousandths.Of(metric.Value);
            state = metric.Name switch
            {
                "levelMillimetres" => state with { River = settings.River.LevelOf(state.River, value, settings.Deadband) },
                "rainMillimetresPerHour" => state with { Rain = settings.Rain.LevelOf(state.Rain, value, settings.Deadband), RainedAt = value > 0 ? at : state.RainedAt },
                "pm25MicrogramsPerCubicMetre" => state with
                {
                    Pm25 = settings.Pm25.LevelOf(state.Pm25, value, settings.Deadband),
                    UsualPm25 = state.Pm25At == 0 ? state.UsualPm25 : state.UsualPm25.With(state.Pm25Thousandths, state.Pm25At, at, calendar),
                    Pm25Thousandths = Math.Max(0, value),
                    Pm25At = at,
                },
                "noiseDecibels" => state with
                {
                    Noise = settings.Noise.LevelOf(state.Noise, value, settings.Deadband),
                    UsualNoise = state.NoiseAt == 0 ? state.UsualNoise : state.UsualNoise.With(state.NoiseMilliDecibels, state.NoiseAt, at, calendar),
                    NoiseMilliDecibels = Math.Max(0, value),
                    NoiseAt = at,
                },
                "batteryPercent" => state with
                {
                    IsBatteryLow = Deadband.IsBatteryLow(state.IsBatteryLow, value, settings.BatteryLow),
                    Battery = state.Battery.With(value, report.At),
                },
                _ => state,
            };
        }

        return state with
        {
            IsRiverRising = IsRising(state.IsRiverRising, state.RiverPoints, settings.RiverRise, settings),
            IsPm25Rising = IsRising(state.IsPm25Rising, state.Pm25Points, settings.Pm25Rise, settings),
        };
    }

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(EnvironmentState state, EnvironmentSettings settings, long now, LocalCalendar calendar) =>
        [.. EnvironmentFigures.Of(state, settings, calendar).Concat(state.Battery.Explain(now)).OrderBy(figure => figure.Name, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public static Conditions ConditionsOf(EnvironmentState state) =>
        state.LocalLevel switch { 0 => Conditions.None, HighestLevel => Conditions.LocalLevelHighest, _ => Conditions.LocalLevel }
        | (state.IsRiverRising || state.IsPm25Rising ? Conditions.RapidRise : Conditions.None)
        | (state.IsBatteryLow ? Conditions.BatteryLow : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(EnvironmentState state, EnvironmentSettings settings, DeviceStatus status) =>
        new() { Kind = DeviceKind.Environment, Status = status, LocalLevel = state.LocalLevel };

    /// <summary>Late points too: the next report is judged with them.</summary>
    private static EnvironmentState WithPoints(EnvironmentState state, EnvironmentSettings settings, in Report report) => state with
    {
        RiverPoints = WithPoint(state.RiverPoints, settings.RiverRise, report.Entry["levelMillimetres"], report.At, settings.RiseWindow),
        Pm25Points = WithPoint(state.Pm25Points, settings.Pm25Rise, report.Entry["pm25MicrogramsPerCubicMetre"], report.At, settings.RiseWindow),
    };

    private static RisePoint[]? WithPoint(RisePoint[]? points, long threshold, double? value, long at, long window) =>
        threshold == 0 ? null : value is { } measured ? RiseWatch.With(points, at, Thousandths.Of(measured), window) : points;

    /// <summary>From its threshold on, until it is below a share of it. While nobody knows how fast it rises, what was goes on.</summary>
    private static bool IsRising(bool was, RisePoint[]? points, long threshold, EnvironmentSettings settings) =>
        threshold > 0
        && (RiseWatch.PerHour(points, settings.RiseWindow) is { } rate ? rate >= (was ? (long)((Int128)threshold * settings.RiseClear / 100_000) : threshold) : was);
}
