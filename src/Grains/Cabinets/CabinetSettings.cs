using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Cabinets;

/// <summary>Attributes of a lighting cabinet.</summary>
[GenerateSerializer, Immutable, Alias("grid.CabinetSettings")]
public sealed record CabinetSettings
{
    private static readonly AttributeDefinition SupplyMinimumVoltsAttribute = AttributeDefinition.Number("supplyMinimumVolts", 0, 1_000, 180);
    private static readonly AttributeDefinition LeakageMaximumMilliamperesAttribute =
        AttributeDefinition.Number("leakageMaximumMilliamperes", 0, 100_000, 300);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        SupplyMinimumVoltsAttribute, LeakageMaximumMilliamperesAttribute, SharedAttributes.IndexMaximum, SharedAttributes.ReportingIntervalMinutes(15),
    ];

    /// <summary>Supply voltage below which the supply is lost, in millivolts.</summary>
    [Id(0)] public long SupplyMinimumMillivolts { get; init; }

    /// <summary>Leakage current that is still tolerated, in microamperes.</summary>
    [Id(1)] public long LeakageMaximumMicroamperes { get; init; }

    /// <summary>Where its energy index starts again from 0, in milliwatt-hours; 0 when it never does.</summary>
    [Id(2)] public long IndexMaximum { get; init; }

    /// <summary>The settings of a device.</summary>
    public static CabinetSettings Parse(DeviceDescriptor descriptor) =>
        new()
        {
            SupplyMinimumMillivolts = SupplyMinimumVoltsAttribute.ThousandthsIn(descriptor),
            LeakageMaximumMicroamperes = LeakageMaximumMilliamperesAttribute.ThousandthsIn(descriptor),
            IndexMaximum = SharedAttributes.IndexMaximum.ThousandthsIn(descriptor),
        };
}
