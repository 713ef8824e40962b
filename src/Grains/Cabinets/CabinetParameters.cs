using System.Collections.Immutable;
using System.Text.Json.Serialization;
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

    private static readonly AttributeDefinition AbnormalHoursAttribute = SharedAttributes.AbnormalHours(2);
    private static readonly AttributeDefinition UsualDriftPercent = AttributeDefinition.Number("usualDriftPercent", 0, 300, 15);

    /// <summary>What holds without attributes.</summary>
    public static readonly CabinetParameters Default = new()
    {
        SegmentDelay = 15 * MillisecondsPerMinute,
        ConsumptionTolerancePermille = 200,
        ConsumptionDelay = 30 * MillisecondsPerMinute,
        OwnMilliwatts = 50_000,
        OwnAbnormalHours = 2,
        OwnUsualDriftPermille = 150,
    };

    /// <summary>The attributes.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } = [SegmentDelayMinutes, ConsumptionTolerancePercent, ConsumptionDelayMinutes, OwnWatts, AbnormalHoursAttribute, UsualDriftPercent];

    /// <summary>How long a segment goes against its program before that is a condition, in milliseconds.</summary>
    [Id(0)] public int SegmentDelay { get; init; }

    /// <summary>How far its power may be from what its lamps should draw, in thousandths of that.</summary>
    [Id(1)] public int ConsumptionTolerancePermille { get; init; }

    /// <summary>How long it is farther before that is a condition, in milliseconds.</summary>
    [Id(2)] public int ConsumptionDelay { get; init; }

    /// <summary>What it may draw for itself, in milliwatts.</summary>
    [Id(3)] public long OwnMilliwatts { get; init; }

    /// <summary>Hours running off what is usual that are a condition; null for the built-in ones, as in what was stored before there were any.</summary>
    [Id(4)] public int? OwnAbnormalHours { get; init; }

    /// <summary>How far the last lit hours may be from what is usual on average, in thousandths; null likewise.</summary>
    [Id(5)] public int? OwnUsualDriftPermille { get; init; }

    /// <summary>Hours running off what is usual that are a condition; 0 for never.</summary>
    [JsonIgnore] public int AbnormalHours => OwnAbnormalHours ?? Default.OwnAbnormalHours!.Value;

    /// <summary>How far the last lit hours may be from what is usual on average, in thousandths; 0 for any.</summary>
    [JsonIgnore] public int UsualDriftPermille => OwnUsualDriftPermille ?? Default.OwnUsualDriftPermille!.Value;

    /// <summary>The parameters that hold; null when they are the defaults.</summary>
    public static CabinetParameters? Parse(in ParameterSource source)
    {
        var parsed = new CabinetParameters
        {
            SegmentDelay = SegmentDelayMinutes.WholeIn(source) * MillisecondsPerMinute,
            ConsumptionTolerancePermille = (int)Math.Round(ConsumptionTolerancePercent.In(source)!.Value * 10),
            ConsumptionDelay = ConsumptionDelayMinutes.WholeIn(source) * MillisecondsPerMinute,
            OwnMilliwatts = OwnWatts.ThousandthsIn(source),
            OwnAbnormalHours = AbnormalHoursAttribute.WholeIn(source),
            OwnUsualDriftPermille = (int)Math.Round(UsualDriftPercent.In(source)!.Value * 10),
        };
        return parsed == Default ? null : parsed;
    }
}
