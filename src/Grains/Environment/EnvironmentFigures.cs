using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Environment;

/// <summary>What the conditions of a sensor rest on, for people.</summary>
internal static class EnvironmentFigures
{
    private const double PerThousand = 1_000;

    /// <summary>All of them, by name.</summary>
    public static ImmutableArray<DerivedFigure> Of(EnvironmentState state, EnvironmentSettings settings, LocalCalendar calendar) =>
    [
        .. new[]
        {
            Level("riverLocalLevel", state.River, settings.River),
            Level("rainLocalLevel", state.Rain, settings.Rain),
            Level("pm25LocalLevel", state.Pm25, settings.Pm25),
            Level("noiseLocalLevel", state.Noise, settings.Noise),
            Rise("levelRiseMillimetresPerHour", state.RiverPoints, settings.RiverRise, settings.RiseWindow),
            Rise("pm25RiseMicrogramsPerCubicMetrePerHour", state.Pm25Points, settings.Pm25Rise, settings.RiseWindow),
            state.UsualNoise.Explain("noiseLastHourDecibels", calendar),
            state.UsualPm25.Explain("pm25LastHourMicrogramsPerCubicMetre", calendar),
            state.RainedAt == 0 ? null : new DerivedFigure { Name = "rainedAt", At = DateTimeOffset.FromUnixTimeMilliseconds(state.RainedAt), Basis = "measured" },
        }.OfType<DerivedFigure>().OrderBy(figure => figure.Name, StringComparer.Ordinal),
    ];

    /// <summary>The level, and up to where it goes.</summary>
    private static DerivedFigure? Level(string name, byte level, LevelThresholds thresholds) => thresholds == default ? null : new DerivedFigure
    {
        Name = name,
        Value = level,
        High = thresholds.Above(level) is > 0 and { } next ? next / PerThousand : null,
        Basis = "thresholds",
    };

    private static DerivedFigure? Rise(string name, RisePoint[]? points, long threshold, long window) => RiseWatch.PerHour(points, window) is not { } rate ? null : new DerivedFigure
    {
        Name = name,
        Value = rate / PerThousand,
        High = threshold / PerThousand,
        At = DateTimeOffset.FromUnixTimeMilliseconds(points![^1].At),
        Basis = "slope",
    };
}
