using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Cabinets;

/// <summary>Attributes of a lighting cabinet.</summary>
[GenerateSerializer, Immutable, Alias("grid.CabinetSettings")]
public sealed record CabinetSettings
{
    private const int MillisecondsPerMinute = 60_000;

    private static readonly AttributeDefinition SupplyMinimumVoltsAttribute = AttributeDefinition.Number("supplyMinimumVolts", 0, 1_000, 180);
    private static readonly AttributeDefinition LeakageMaximumMilliamperesAttribute =
        AttributeDefinition.Number("leakageMaximumMilliamperes", 0, 100_000, 300);

    private static readonly ImmutableArray<AttributeDefinition> NightOnlyAttributes =
        [.. Enumerable.Range(1, 8).Select(segment => AttributeDefinition.Flag($"segment{segment}NightOnly"))];

    private static readonly AttributeDefinition UnexpectedOnDelayMinutesAttribute = AttributeDefinition.Whole("unexpectedOnDelayMinutes", 0, 1_440, 30);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        SupplyMinimumVoltsAttribute, LeakageMaximumMilliamperesAttribute, SharedAttributes.Scheduler, SharedAttributes.IndexMaximum, SharedAttributes.ReportingIntervalMinutes(15), SharedAttributes.SilenceBoundMinutes,
        UnexpectedOnDelayMinutesAttribute, .. NightOnlyAttributes, .. CabinetParameters.Attributes,
    ];

    /// <summary>Supply voltage below which the supply is lost, in millivolts.</summary>
    [Id(0)] public long SupplyMinimumMillivolts { get; init; }

    /// <summary>Leakage current that is still tolerated, in microamperes.</summary>
    [Id(1)] public long LeakageMaximumMicroamperes { get; init; }

    /// <summary>Where its energy index starts again from 0, in milliwatt-hours; 0 when it never does.</summary>
    [Id(2)] public long IndexMaximum { get; init; }

    /// <summary>Segments that are fed by night only, bit 0 for segment 1.</summary>
    [Id(3)] public byte NightOnlySegments { get; init; }

    /// <summary>How long such a segment is fed by day before that is a condition, in milliseconds.</summary>
    [Id(4)] public int UnexpectedOnDelay { get; init; }

    /// <summary>How its segments and its consumption are judged; null for the defaults, as in what was stored before there were any.</summary>
    [Id(5)] public CabinetParameters? OwnParameters { get; init; }

    /// <summary>How its segments and its consumption are judged.</summary>
    [JsonIgnore] public CabinetParameters Parameters => OwnParameters ?? CabinetParameters.Default;

    /// <summary>The settings of a device.</summary>
    public static CabinetSettings Parse(DeviceDescriptor descriptor) =>
        new CabinetSettings { IndexMaximum = SharedAttributes.IndexMaximum.ThousandthsIn(descriptor) }.With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public CabinetSettings With(ParameterSource source) => this with
    {
        SupplyMinimumMillivolts = SupplyMinimumVoltsAttribute.ThousandthsIn(source),
        LeakageMaximumMicroamperes = LeakageMaximumMilliamperesAttribute.ThousandthsIn(source),
        NightOnlySegments = (byte)NightOnlyAttributes.Select((attribute, segment) => attribute.FlagIn(source) ? 1 << segment : 0).Sum(),
        UnexpectedOnDelay = UnexpectedOnDelayMinutesAttribute.WholeIn(source) * MillisecondsPerMinute,
        OwnParameters = CabinetParameters.Parse(source),
    };
}
