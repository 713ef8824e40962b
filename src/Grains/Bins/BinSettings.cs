using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Bins;

/// <summary>Attributes of a waste or glass container.</summary>
[GenerateSerializer, Immutable, Alias("grid.BinSettings")]
public sealed record BinSettings
{
    private static readonly ImmutableArray<string> OverflowNames = ["overflowPercent", "overflowClearPercent"];
    private static readonly AttributeDefinition OverflowPercentAttribute = AttributeDefinition.Number("overflowPercent", 1, 100, 98).BoundTo(OverflowNames);
    private static readonly AttributeDefinition OverflowClearPercentAttribute = AttributeDefinition.Number("overflowClearPercent", 0, 100, 90).BoundTo(OverflowNames);
    private static readonly AttributeDefinition FireCelsiusAttribute = AttributeDefinition.Number("fireCelsius", 30, 1_000, 75);
    private static readonly AttributeDefinition FireRiseCelsiusAttribute = AttributeDefinition.Number("fireRiseCelsius", 5, 200, 20);
    private static readonly AttributeDefinition FireRiseMinutesAttribute = AttributeDefinition.Whole("fireRiseMinutes", 1, 240, 30);
    private static readonly AttributeDefinition TippedDelayMinutesAttribute = AttributeDefinition.Whole("tippedDelayMinutes", 1, 1_440, 10);
    private static readonly AttributeDefinition EmptiedDropPercentAttribute = AttributeDefinition.Number("emptiedDropPercent", 5, 90, 15);
    private static readonly AttributeDefinition EmptiedReportsAttribute = AttributeDefinition.Whole("emptiedReports", 1, 12, 3);

    private const long MillisecondsPerMinute = 60_000;

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        OverflowPercentAttribute, OverflowClearPercentAttribute, FireCelsiusAttribute, FireRiseCelsiusAttribute, FireRiseMinutesAttribute, TippedDelayMinutesAttribute,
        EmptiedDropPercentAttribute, EmptiedReportsAttribute, SharedAttributes.BatteryLowPercent, SharedAttributes.ReportingIntervalMinutes(60), SharedAttributes.SilenceBoundMinutes,
    ];

    /// <summary>Fill from which it overflows, in thousandths of a percent.</summary>
    [Id(0)] public long Overflow { get; init; }

    /// <summary>Fill at which it overflows no more, in thousandths of a percent.</summary>
    [Id(1)] public long OverflowClear { get; init; }

    /// <summary>Temperature from which it burns, in thousandths of a degree Celsius.</summary>
    [Id(2)] public long Fire { get; init; }

    /// <summary>Battery level below which it wants changing, in thousandths of a percent.</summary>
    [Id(3)] public long BatteryLow { get; init; }

    /// <summary>Rise of the temperature that is a fire, in thousandths of a degree; 0 for the built-in one.</summary>
    [Id(4)] public long OwnFireRise { get; init; }

    /// <summary>Time within which it is, in minutes; 0 for the built-in one.</summary>
    [Id(5)] public int OwnFireRiseMinutes { get; init; }

    /// <summary>How long it lies on its side before that is a condition, in minutes; 0 for the built-in one.</summary>
    [Id(6)] public int OwnTippedDelayMinutes { get; init; }

    /// <summary>How far below the expected fill reports must lie so that it was emptied, in thousandths of a percent; 0 for the built-in one.</summary>
    [Id(7)] public int OwnEmptiedDrop { get; init; }

    /// <summary>How many of them running; 0 for the built-in number.</summary>
    [Id(8)] public byte OwnEmptiedReports { get; init; }

    /// <summary>Rise of the temperature that is a fire, in thousandths of a degree.</summary>
    [JsonIgnore] public long FireRise => OwnFireRise != 0 ? OwnFireRise : Thousandths.Of(FireRiseCelsiusAttribute.Default!.Value);

    /// <summary>Time within which it is, in milliseconds.</summary>
    [JsonIgnore] public long FireRiseTime => MillisecondsPerMinute * (OwnFireRiseMinutes != 0 ? OwnFireRiseMinutes : (long)FireRiseMinutesAttribute.Default!.Value);

    /// <summary>How long it lies on its side before that is a condition, in milliseconds.</summary>
    [JsonIgnore] public long TippedDelay => MillisecondsPerMinute * (OwnTippedDelayMinutes != 0 ? OwnTippedDelayMinutes : (long)TippedDelayMinutesAttribute.Default!.Value);

    /// <summary>How far from the expected fill a report must lie so that the level may have changed at a stroke, in thousandths of a percent.</summary>
    [JsonIgnore] public long EmptiedDrop => OwnEmptiedDrop != 0 ? OwnEmptiedDrop : Thousandths.Of(EmptiedDropPercentAttribute.Default!.Value);

    /// <summary>How many such reports running show that it has.</summary>
    [JsonIgnore] public int EmptiedReports => OwnEmptiedReports != 0 ? OwnEmptiedReports : (int)EmptiedReportsAttribute.Default!.Value;

    /// <summary>The settings of a device.</summary>
    public static BinSettings Parse(DeviceDescriptor descriptor) => new BinSettings().With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public BinSettings With(in ParameterSource source) => this with
    {
        Overflow = OverflowPercentAttribute.ThousandthsIn(source),
        OverflowClear = OverflowClearPercentAttribute.ThousandthsIn(source),
        Fire = FireCelsiusAttribute.ThousandthsIn(source),
        BatteryLow = SharedAttributes.BatteryLowPercent.ThousandthsIn(source),
        OwnFireRise = FireRiseCelsiusAttribute.ThousandthsIn(source),
        OwnFireRiseMinutes = FireRiseMinutesAttribute.WholeIn(source),
        OwnTippedDelayMinutes = TippedDelayMinutesAttribute.WholeIn(source),
        OwnEmptiedDrop = (int)EmptiedDropPercentAttribute.ThousandthsIn(source),
        OwnEmptiedReports = (byte)EmptiedReportsAttribute.WholeIn(source),
    };

    /// <summary>Parameters that contradict each other, with the reason.</summary>
    internal static IEnumerable<(string Name, string Reason)> Contradictions(ParameterSource source) =>
        OverflowClearPercentAttribute.In(source) > OverflowPercentAttribute.In(source) ? [(OverflowClearPercentAttribute.Name, "must not be above overflowPercent")] : [];
}
