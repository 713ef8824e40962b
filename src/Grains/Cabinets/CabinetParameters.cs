using System.Collections.Immutable;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Cabinets;

/// <summary>How the rules of a cabinet judge its segments and its consumption. Nearly all cabinets have the defaults, and share one instance of them.</summary>
[GenerateSerializer, Immutable, Alias("grid.CabinetParameters")]
public sealed record CabinetParameters
{
    private const int MillisecondsPerMinute = 60_000;

    private static readonly AttributeDefinition SegmentDelayMinutes = AttributeDefinition.Whole("segmentDelayMinutes", 0, 1_440, 15);
    private static readonly AttributeDefinition ConsumptionTolerancePercent = AttributeDefinition.Number("consumptionTolerancePercent", 5, 100, 20);
    private static readonly AttributeDefinition ConsumptionDelayMinutes = AttributeDefinition.Whole("consumptionDelayMinutes", 0, 1_440, 30);
    private static readonly AttributeDefinition OwnWatts = AttributeDefinition.Number("ownWatts", 0, 10_000, 50);

    /// <summary>What holds without attributes.</summary>
    public static readonly CabinetParameters Default = new()
    {
        SegmentDelay = 15 * MillisecondsPerMinute,
        ConsumptionTolerancePermille = 200,
        ConsumptionDelay = 30 * MillisecondsPerMinute,
        OwnMilliwatts = 50_000,
    };

    /// <summary>The attributes.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } = [SegmentDelayMinutes, ConsumptionTolerancePercent, ConsumptionDelayMinutes, OwnWatts];

    /// <summary>How long a segment goes against its program before that is a condition, in milliseconds.</summary>
    [Id(0)] public int SegmentDelay { get; init; }

    /// <summary>How far its power may be from what its lamps should draw, in thousandths of that.</summary>
    [Id(1)] public int ConsumptionTolerancePermille { get; init; }

    /// <summary>How long it is farther before that is a condition, in milliseconds.</summary>
    [Id(2)] public int ConsumptionDelay { get; init; }

    /// <summary>What it may draw for itself, in milliwatts.</summary>
    [Id(3)] public long OwnMilliwatts { get; init; }

    /// <summary>The parameters that hold; null when they are the defaults.</summary>
    public static CabinetParameters? Parse(in ParameterSource source)
    {
        var parsed = new CabinetParameters
        {
            SegmentDelay = SegmentDelayMinutes.WholeIn(source) * MillisecondsPerMinute,
            ConsumptionTolerancePermille = (int)Math.Round(ConsumptionTolerancePercent.In(source)!.Value * 10),
            ConsumptionDelay = ConsumptionDelayMinutes.WholeIn(source) * MillisecondsPerMinute,
            OwnMilliwatts = OwnWatts.ThousandthsIn(source),
        };
        return parsed == Default ? null : parsed;
    }
}
