using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Environment;

/// <summary>Where local levels 1 to 3 begin for one metric, in thousandths of its unit; 0 for a level that it never reaches.</summary>
[GenerateSerializer, Immutable, Alias("grid.LevelThresholds")]
public readonly record struct LevelThresholds([property: Id(0)] long Level1, [property: Id(1)] long Level2, [property: Id(2)] long Level3)
{
    /// <summary>The level of a value: reached at its threshold, left below the threshold less the deadband (thousandths of a percent of it).</summary>
    public byte LevelOf(byte former, long value, long deadband)
    {
        byte level = 0;
        if (Holds(1, Level1, former, value, deadband))
        {
            level = 1;
        }

        if (Holds(2, Level2, former, value, deadband))
        {
            level = 2;
        }

        return Holds(3, Level3, former, value, deadband) ? (byte)3 : level;
    }

    /// <summary>Where the next level above one begins; 0 when there is none.</summary>
    public long Above(byte level) =>
        level < 1 && Level1 > 0 ? Level1
        : level < 2 && Level2 > 0 ? Level2
        : level < 3 ? Level3
        : 0;

    private static bool Holds(byte level, long threshold, byte former, long value, long deadband) =>
        threshold > 0 && (value >= threshold || (former >= level && value >= threshold - (long)((Int128)threshold * deadband / 100_000)));
}

/// <summary>Attributes of an environment sensor. What is high depends on the place: without thresholds a sensor has no local level.</summary>
[GenerateSerializer, Immutable, Alias("grid.EnvironmentSettings")]
public sealed record EnvironmentSettings
{
    private static readonly ImmutableArray<AttributeDefinition> RiverAttributes = Thresholds("level", "Millimetres");
    private static readonly ImmutableArray<AttributeDefinition> RainAttributes = Thresholds("rainLevel", "MillimetresPerHour");
    private static readonly ImmutableArray<AttributeDefinition> Pm25Attributes = Thresholds("pm25Level", "MicrogramsPerCubicMetre");
    private static readonly ImmutableArray<AttributeDefinition> NoiseAttributes = Thresholds("noiseLevel", "Decibels");
    private static readonly AttributeDefinition LevelRiseAttribute = AttributeDefinition.Number("levelRiseMillimetresPerHour", 0.001, SharedAttributes.Unbounded, null);
    private static readonly AttributeDefinition Pm25RiseAttribute = AttributeDefinition.Number("pm25RiseMicrogramsPerCubicMetrePerHour", 0.001, SharedAttributes.Unbounded, null);
    private static readonly AttributeDefinition RiseWindowMinutesAttribute = AttributeDefinition.Whole("riseWindowMinutes", 10, 1_440, 60);
    private static readonly AttributeDefinition RiseClearPercentAttribute = AttributeDefinition.Number("riseClearPercent", 0, 100, 50);
    private static readonly AttributeDefinition DeadbandPercentAttribute = AttributeDefinition.Number("deadbandPercent", 0, 50, 5);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        .. RiverAttributes, .. RainAttributes, .. Pm25Attributes, .. NoiseAttributes,
        LevelRiseAttribute, Pm25RiseAttribute, RiseWindowMinutesAttribute, RiseClearPercentAttribute,
        DeadbandPercentAttribute, SharedAttributes.BatteryLowPercent, SharedAttributes.ReportingIntervalMinutes(15), SharedAttributes.SilenceBoundMinutes,
    ];

    /// <summary>Attributes that must grow from one to the next where they are given.</summary>
    private static ImmutableArray<ImmutableArray<AttributeDefinition>> GrowingAttributes { get; } =
        [RiverAttributes, RainAttributes, Pm25Attributes, NoiseAttributes];

    /// <summary>Thresholds of the river level.</summary>
    [Id(0)] public LevelThresholds River { get; init; }

    /// <summary>Thresholds of rain.</summary>
    [Id(1)] public LevelThresholds Rain { get; init; }

    /// <summary>Thresholds of fine particles.</summary>
    [Id(2)] public LevelThresholds Pm25 { get; init; }

    /// <summary>Thresholds of noise.</summary>
    [Id(3)] public LevelThresholds Noise { get; init; }

    /// <summary>How far below a threshold its level is left, in thousandths of a percent of the threshold.</summary>
    [Id(4)] public long Deadband { get; init; }

    /// <summary>Battery level below which it wants changing, in thousandths of a percent.</summary>
    [Id(5)] public long BatteryLow { get; init; }

    /// <summary>Rise of the river level from which on it is fast, in thousandths of a millimetre an hour; 0 for none.</summary>
    [Id(6)] public long RiverRise { get; init; }

    /// <summary>Rise of fine particles from which on it is fast, in thousandths of a microgram in a cubic metre an hour; 0 for none.</summary>
    [Id(7)] public long Pm25Rise { get; init; }

    /// <summary>Over how long a rise is measured, in milliseconds.</summary>
    [Id(8)] public long RiseWindow { get; init; }

    /// <summary>Share of its threshold below which a rise ends, in thousandths of a percent.</summary>
    [Id(9)] public long RiseClear { get; init; }

    /// <summary>The settings of a device.</summary>
    public static EnvironmentSettings Parse(DeviceDescriptor descriptor) => new EnvironmentSettings().With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public EnvironmentSettings With(in ParameterSource source) => this with
    {
        River = In(RiverAttributes, source),
        Rain = In(RainAttributes, source),
        Pm25 = In(Pm25Attributes, source),
        Noise = In(NoiseAttributes, source),
        Deadband = DeadbandPercentAttribute.ThousandthsIn(source),
        BatteryLow = SharedAttributes.BatteryLowPercent.ThousandthsIn(source),
        RiverRise = LevelRiseAttribute.ThousandthsIn(source),
        Pm25Rise = Pm25RiseAttribute.ThousandthsIn(source),
        RiseWindow = RiseWindowMinutesAttribute.WholeIn(source) * 60_000L,
        RiseClear = RiseClearPercentAttribute.ThousandthsIn(source),
    };

    /// <summary>Parameters that contradict each other, with the reason.</summary>
    internal static IEnumerable<(string Name, string Reason)> Contradictions(ParameterSource source)
    {
        foreach (var thresholds in GrowingAttributes)
        {
            var former = 0.0;
            foreach (var threshold in thresholds)
            {
                if (threshold.In(source) is { } value)
                {
                    if (value <= former)
                    {
                        yield return (threshold.Name, "must be above the threshold of the level below");
                    }

                    former = value;
                }
            }
        }
    }

    private static ImmutableArray<AttributeDefinition> Thresholds(string name, string unit)
    {
        ImmutableArray<string> names = [.. Enumerable.Range(1, 3).Select(level => $"{name}{level}{unit}")];
        return [.. names.Select(each => AttributeDefinition.Number(each, 0.001, SharedAttributes.Unbounded, null).BoundTo(names))];
    }

    private static LevelThresholds In(ImmutableArray<AttributeDefinition> attributes, in ParameterSource source) =>
        new(attributes[0].ThousandthsIn(source), attributes[1].ThousandthsIn(source), attributes[2].ThousandthsIn(source));
}
