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
    private static readonly AttributeDefinition FireCelsiusAttribute = AttributeDefinition.Number("fireCelsius", 30, 1_000, 60);

    /// <summary>Degrees by which a bin must cool down before its fire is out, in thousandths.</summary>
    private const long FireDeadband = 10_000;

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        OverflowPercentAttribute, OverflowClearPercentAttribute, FireCelsiusAttribute,
        SharedAttributes.BatteryLowPercent, SharedAttributes.ReportingIntervalMinutes(60),
    ];

    /// <summary>Fill from which it overflows, in thousandths of a percent.</summary>
    [Id(0)] public long Overflow { get; init; }

    /// <summary>Fill at which it overflows no more, in thousandths of a percent.</summary>
    [Id(1)] public long OverflowClear { get; init; }

    /// <summary>Temperature from which it burns, in thousandths of a degree Celsius.</summary>
    [Id(2)] public long Fire { get; init; }

    /// <summary>Battery level below which it wants changing, in thousandths of a percent.</summary>
    [Id(3)] public long BatteryLow { get; init; }

    /// <summary>Temperature at which it burns no more, in thousandths of a degree Celsius.</summary>
    [JsonIgnore] public long FireClear => Fire - FireDeadband;

    /// <summary>The settings of a device.</summary>
    public static BinSettings Parse(DeviceDescriptor descriptor) => new BinSettings().With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public BinSettings With(in ParameterSource source) => this with
    {
        Overflow = OverflowPercentAttribute.ThousandthsIn(source),
        OverflowClear = OverflowClearPercentAttribute.ThousandthsIn(source),
        Fire = FireCelsiusAttribute.ThousandthsIn(source),
        BatteryLow = SharedAttributes.BatteryLowPercent.ThousandthsIn(source),
    };

    /// <summary>Parameters that contradict each other, with the reason.</summary>
    internal static IEnumerable<(string Name, string Reason)> Contradictions(ParameterSource source) =>
        OverflowClearPercentAttribute.In(source) > OverflowPercentAttribute.In(source) ? [(OverflowClearPercentAttribute.Name, "must not be above overflowPercent")] : [];
}
