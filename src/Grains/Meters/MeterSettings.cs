using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>What a meter measures. The numbers are stored: never renumber.</summary>
public enum Fluid : byte
{
    /// <summary>Water, by volume.</summary>
    Water = 0,

    /// <summary>Electricity, by energy.</summary>
    Electricity = 1,

    /// <summary>Gas, by volume.</summary>
    Gas = 2,

    /// <summary>Heat, by energy.</summary>
    Heat = 3,
}

/// <summary>Attributes of a meter.</summary>
[GenerateSerializer, Immutable, Alias("grid.MeterSettings")]
public sealed record MeterSettings
{
    private const int MinuteMilliseconds = 60_000;

    /// <summary>Share of the permanent flow rate Q3 above which a flow that goes on is a burst, in percent, where no flow is given.</summary>
    private const int BurstSharePercent = 40;

    private static readonly AttributeDefinition FluidAttribute = AttributeDefinition.Text("fluid", "water", "electricity", "gas", "heat");
    private static readonly AttributeDefinition PulseLitres = AttributeDefinition.Number("pulseLitres", 0.001, 10_000, 1);
    private static readonly AttributeDefinition LeakNightsAttribute = AttributeDefinition.Whole("leakNights", 0, 30, 2);
    private static readonly AttributeDefinition LeakMinimumLitresPerHour = AttributeDefinition.Number("leakMinimumLitresPerHour", 0.1, 1_000_000, 4);
    private static readonly AttributeDefinition NominalFlowLitresPerHour = AttributeDefinition.Number("nominalFlowLitresPerHour", 1, 10_000_000, 2_500);
    private static readonly AttributeDefinition BurstLitresPerHour = AttributeDefinition.Number("burstLitresPerHour", 1, 10_000_000, null);
    private static readonly AttributeDefinition BurstMinutes = AttributeDefinition.Whole("burstMinutes", 0, 1_440, 30);
    private static readonly AttributeDefinition ComparableLitresPerDay = AttributeDefinition.Number("comparableLitresPerDay", 1, 1_000_000, null);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        FluidAttribute, SharedAttributes.IndexMaximum, SharedAttributes.BatteryLowPercent, SharedAttributes.ReportingIntervalMinutes(1_440),
        PulseLitres, LeakNightsAttribute, LeakMinimumLitresPerHour, NominalFlowLitresPerHour, BurstLitresPerHour, BurstMinutes, ComparableLitresPerDay,
    ];

    /// <summary>What it measures; water when it does not say.</summary>
    [Id(0)] public Fluid Fluid { get; init; }

    /// <summary>Where its index starts again from 0, in thousandths of the index's unit; 0 when it never does.</summary>
    [Id(1)] public long IndexMaximum { get; init; }

    /// <summary>Battery level below which it wants changing, in thousandths of a percent.</summary>
    [Id(2)] public long BatteryLow { get; init; }

    /// <summary>True for a meter of the network, into or out of a zone: behind it people live, and it is not judged as one customer.</summary>
    [Id(3)] public bool IsOfNetwork { get; init; }

    /// <summary>How much each step of the index is, in millilitres.</summary>
    [Id(4)] public long Pulse { get; init; }

    /// <summary>Nights of flow that make a leak; 0 where leaks are not looked for.</summary>
    [Id(5)] public int LeakNights { get; init; }

    /// <summary>Flow below which nothing leaks, in millilitres an hour; above 0.</summary>
    [Id(6)] public long LeakMinimum { get; init; }

    /// <summary>Flow that is a burst when it goes on, in millilitres an hour.</summary>
    [Id(7)] public long Burst { get; init; }

    /// <summary>How long it goes on, in minutes.</summary>
    [Id(8)] public int BurstAfterMinutes { get; init; }

    /// <summary>What comparable dwellings consume, in millilitres a day; 0 when nobody says.</summary>
    [Id(9)] public long Comparable { get; init; }

    /// <summary>The metric that is its index.</summary>
    [JsonIgnore] public string IndexMetric => Fluid is Fluid.Water or Fluid.Gas ? "indexLitres" : "indexWattHours";

    /// <summary>True for the meter of a customer's water: leaks, bursts and abnormal consumption are looked for.</summary>
    [JsonIgnore] public bool IsCustomersWater => Fluid == Fluid.Water && !IsOfNetwork;

    /// <summary>How long a flow must go on to be a burst, in milliseconds.</summary>
    [JsonIgnore] public long BurstAfter => (long)BurstAfterMinutes * MinuteMilliseconds;

    /// <summary>The settings of a device.</summary>
    public static MeterSettings Parse(DeviceDescriptor descriptor) =>
        new MeterSettings
        {
            Fluid = descriptor.Text(FluidAttribute.Name) switch
            {
                "electricity" => Fluid.Electricity,
                "gas" => Fluid.Gas,
                "heat" => Fluid.Heat,
                _ => Fluid.Water,
            },
            IndexMaximum = SharedAttributes.IndexMaximum.ThousandthsIn(descriptor),
            IsOfNetwork = descriptor.Text("zoneRole") is "inlet" or "outlet",
        }.With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public MeterSettings With(in ParameterSource source) => this with
    {
        BatteryLow = SharedAttributes.BatteryLowPercent.ThousandthsIn(source),
        Pulse = PulseLitres.ThousandthsIn(source),
        LeakNights = LeakNightsAttribute.WholeIn(source),
        LeakMinimum = LeakMinimumLitresPerHour.ThousandthsIn(source),
        Burst = BurstLitresPerHour.In(source) is { } burst ? Thousandths.Of(burst) : NominalFlowLitresPerHour.ThousandthsIn(source) * BurstSharePercent / 100,
        BurstAfterMinutes = BurstMinutes.WholeIn(source),
        Comparable = ComparableLitresPerDay.ThousandthsIn(source),
    };
}
