using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>Attributes of a light point.</summary>
[GenerateSerializer, Immutable, Alias("grid.StreetlightSettings")]
public sealed record StreetlightSettings
{
    private static readonly AttributeDefinition PassiveAttribute = AttributeDefinition.Flag("passive").OnlyOfDevice();
    private static readonly AttributeDefinition CabinetAttribute = AttributeDefinition.Text("cabinet");
    private static readonly AttributeDefinition SegmentAttribute = AttributeDefinition.Whole("segment", 1, 8, 1).OnlyOfDevice();
    private static readonly AttributeDefinition RatedWattsAttribute = AttributeDefinition.Number("ratedWatts", 0, 2_000, 0).OnlyOfDevice();
    private static readonly AttributeDefinition NearZeroWattsAttribute = AttributeDefinition.Number("nearZeroWatts", 0.1, 100, null);
    private static readonly AttributeDefinition SupplyMinimumVoltsAttribute = AttributeDefinition.Number("supplyMinimumVolts", 0, 1_000, 180);

    private static readonly AttributeDefinition SafetyMinimumPercentAttribute = AttributeDefinition.Number("safetyMinimumPercent", 0, 100, 0);

    /// <summary>Stand-by power that control gear may draw while its lamp is dark: Commission Regulation (EU) 2019/2020, annex II, 0.5 W.</summary>
    private const long StandbyMilliwatts = 500;

    /// <summary>A lamp that burns draws at least a twentieth of what its dimming level calls for.</summary>
    private const int NearZeroShare = 20;

    private const int FullDimming = 100_000;

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        PassiveAttribute, CabinetAttribute, SegmentAttribute, RatedWattsAttribute, NearZeroWattsAttribute, SupplyMinimumVoltsAttribute,
        SafetyMinimumPercentAttribute, SharedAttributes.Scheduler, SharedAttributes.SwitchedSupply,
        SharedAttributes.IndexMaximum, SharedAttributes.ReportingIntervalMinutes(60), SharedAttributes.SilenceBoundMinutes, .. LampParameters.Attributes,
    ];

    /// <summary>True when its state and energy derive from its cabinet.</summary>
    [Id(0)] public bool IsPassive { get; init; }

    /// <summary>The cabinet that feeds it, null when unknown.</summary>
    [Id(1)] public string? Cabinet { get; init; }

    /// <summary>The cabinet's segment that feeds it, 1 to 8.</summary>
    [Id(2)] public byte Segment { get; init; }

    /// <summary>Power at full light, in milliwatts; 0 when unknown.</summary>
    [Id(3)] public long RatedMilliwatts { get; init; }

    /// <summary>Power below which a lamp that should burn does not, in milliwatts; 0 when it follows from rated power and dimming.</summary>
    [Id(4)] public long NearZeroMilliwatts { get; init; }

    /// <summary>Supply voltage below which the lamp has none, in millivolts.</summary>
    [Id(5)] public long SupplyMinimumMillivolts { get; init; }

    /// <summary>Where its energy index starts again from 0, in milliwatt-hours; 0 when it never does.</summary>
    [Id(6)] public long IndexMaximum { get; init; }

    /// <summary>Dimming below which it may not be by night, in thousandths of a percent; 0 for none.</summary>
    [Id(8)] public int SafetyMinimum { get; init; }

    /// <summary>True when its segment is switched: a lamp that is no passive one is dark, and silent, while it is off.</summary>
    [Id(9)] public bool IsSupplySwitched { get; init; }

    /// <summary>How its health is judged; null for the defaults.</summary>
    [Id(7)] public LampParameters? OwnParameters { get; init; }

    /// <summary>How its health is judged.</summary>
    [JsonIgnore] public LampParameters Parameters => OwnParameters ?? LampParameters.Default;

    /// <summary>The settings of a device.</summary>
    public static StreetlightSettings Parse(DeviceDescriptor descriptor) =>
        new StreetlightSettings
        {
            IsPassive = descriptor.Flag(PassiveAttribute.Name),
            Cabinet = descriptor.Text(CabinetAttribute.Name),
            Segment = (byte)SegmentAttribute.In(descriptor)!.Value,
            IsSupplySwitched = descriptor.Flag(SharedAttributes.SwitchedSupply.Name),
            RatedMilliwatts = RatedWattsAttribute.ThousandthsIn(descriptor),
            IndexMaximum = SharedAttributes.IndexMaximum.ThousandthsIn(descriptor),
        }.With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public StreetlightSettings With(in ParameterSource source) => this with
    {
        NearZeroMilliwatts = NearZeroWattsAttribute.ThousandthsIn(source),
        SupplyMinimumMillivolts = SupplyMinimumVoltsAttribute.ThousandthsIn(source),
        SafetyMinimum = (int)SafetyMinimumPercentAttribute.ThousandthsIn(source),
        OwnParameters = LampParameters.Parse(source),
    };

    /// <summary>Dimming below which a light point may not be by night, in percent; 0 for none.</summary>
    public static double SafetyMinimumPercentIn(in ParameterSource source) => SafetyMinimumPercentAttribute.In(source)!.Value;

    /// <summary>True when a power, in milliwatts, is too little for a lamp that burns at a dimming level in thousandths of a percent.</summary>
    public bool IsNearZero(long milliwatts, int dimming) =>
        milliwatts < (NearZeroMilliwatts > 0 ? NearZeroMilliwatts : Math.Max(StandbyMilliwatts, RatedMilliwatts * dimming / FullDimming / NearZeroShare));
}
