using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
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
    private static readonly AttributeDefinition FluidAttribute = AttributeDefinition.Text("fluid", "water", "electricity", "gas", "heat");

    private static readonly AttributeDefinition AbnormalHoursAttribute = SharedAttributes.AbnormalHours(0);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        FluidAttribute, SharedAttributes.IndexMaximum, SharedAttributes.BatteryLowPercent, SharedAttributes.ReportingIntervalMinutes(1_440), SharedAttributes.SilenceBoundMinutes,
        .. WaterParameters.Attributes, AbnormalHoursAttribute,
    ];

    /// <summary>What it measures; water when it does not say.</summary>
    [Id(0)] public Fluid Fluid { get; init; }

    /// <summary>Where its index starts again from 0, in thousandths of the index's unit; 0 when it never does.</summary>
    [Id(1)] public long IndexMaximum { get; init; }

    /// <summary>Battery level below which it wants changing, in thousandths of a percent.</summary>
    [Id(2)] public long BatteryLow { get; init; }

    /// <summary>True for a meter of the network, into or out of a zone: behind it people live, and it is not judged as one customer.</summary>
    [Id(3)] public bool IsOfNetwork { get; init; }

    /// <summary>How it is judged as a customer's water meter; null for the defaults.</summary>
    [Id(4)] public WaterParameters? OwnParameters { get; init; }

    /// <summary>How it is judged as a customer's water meter.</summary>
    [JsonIgnore] public WaterParameters Water => OwnParameters ?? WaterParameters.Default;

    /// <summary>Hours running above what is usual that are abnormal; 0 where that is only shown.</summary>
    [Id(5)] public int AbnormalHours { get; init; }

    /// <summary>True for a water meter of a zone: it says until when its days are known.</summary>
    [Id(6)] public bool IsInZone { get; init; }

    /// <summary>The metric that is its index.</summary>
    [JsonIgnore] public string IndexMetric => Fluid is Fluid.Water or Fluid.Gas ? "indexLitres" : "indexWattHours";

    /// <summary>True for the meter of a customer's water: leaks, bursts and abnormal consumption are looked for.</summary>
    [JsonIgnore] public bool IsCustomersWater => Fluid == Fluid.Water && !IsOfNetwork;

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
            IsInZone = ZonePlace.Of(descriptor) is not null,
            IsOfNetwork = descriptor.Text("zoneRole") is "inlet" or "outlet",
        }.With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public MeterSettings With(in ParameterSource source) => this with
    {
        BatteryLow = SharedAttributes.BatteryLowPercent.ThousandthsIn(source),
        OwnParameters = WaterParameters.Parse(source),
        AbnormalHours = AbnormalHoursAttribute.WholeIn(source),
    };
}
