using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
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
    private static readonly AttributeDefinition DeadbandPercentAttribute = AttributeDefinition.Number("deadbandPercent", 0, 50, 5);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        .. RiverAttributes, .. RainAttributes, .. Pm25Attributes, .. NoiseAttributes,
        DeadbandPercentAttribute, SharedAttributes.BatteryLowPercent, SharedAttributes.ReportingIntervalMinutes(15),
    ];

    /// <summary>Attributes that must grow from one to the next where they are given.</summary>
    public static ImmutableArray<ImmutableArray<AttributeDefinition>> GrowingAttributes { get; } =
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

    /// <summary>The settings of a device.</summary>
    public static EnvironmentSettings Parse(DeviceDescriptor descriptor) =>
        new()
        {
            River = In(RiverAttributes, descriptor),
            Rain = In(RainAttributes, descriptor),
            Pm25 = In(Pm25Attributes, descriptor),
            Noise = In(NoiseAttributes, descriptor),
            Deadband = DeadbandPercentAttribute.ThousandthsIn(descriptor),
            BatteryLow = SharedAttributes.BatteryLowPercent.ThousandthsIn(descriptor),
        };

    private static ImmutableArray<AttributeDefinition> Thresholds(string name, string unit) =>
        [.. Enumerable.Range(1, 3).Select(level => AttributeDefinition.Number($"{name}{level}{unit}", 0.001, SharedAttributes.Unbounded, null))];

    private static LevelThresholds In(ImmutableArray<AttributeDefinition> attributes, DeviceDescriptor descriptor) =>
        new(attributes[0].ThousandthsIn(descriptor), attributes[1].ThousandthsIn(descriptor), attributes[2].ThousandthsIn(descriptor));
}
