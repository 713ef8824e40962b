using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>Attributes of a public building.</summary>
[GenerateSerializer, Immutable, Alias("grid.BuildingSettings")]
public sealed record BuildingSettings
{
    private static readonly ImmutableArray<string> ComfortNames = ["comfortMinimumCelsius", "comfortMaximumCelsius"];
    private static readonly AttributeDefinition ComfortMinimumCelsiusAttribute = AttributeDefinition.Number("comfortMinimumCelsius", -60, 60, 16).BoundTo(ComfortNames);
    private static readonly AttributeDefinition ComfortMaximumCelsiusAttribute = AttributeDefinition.Number("comfortMaximumCelsius", -60, 60, 28).BoundTo(ComfortNames);
    private static readonly AttributeDefinition Co2MaximumPpmAttribute = AttributeDefinition.Number("co2MaximumPpm", 400, 100_000, 1_300);
    private static readonly AttributeDefinition FrostCelsiusAttribute = AttributeDefinition.Number("frostCelsius", -60, 60, 5);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        ComfortMinimumCelsiusAttribute, ComfortMaximumCelsiusAttribute, Co2MaximumPpmAttribute, FrostCelsiusAttribute,
        SharedAttributes.IndexMaximum, SharedAttributes.ReportingIntervalMinutes(15),
    ];

    /// <summary>Lowest comfortable temperature, in thousandths of a degree Celsius.</summary>
    [Id(0)] public long ComfortMinimum { get; init; }

    /// <summary>Highest comfortable temperature, in thousandths of a degree Celsius.</summary>
    [Id(1)] public long ComfortMaximum { get; init; }

    /// <summary>Highest tolerated CO2 concentration, in thousandths of a ppm.</summary>
    [Id(2)] public long Co2Maximum { get; init; }

    /// <summary>Temperature below which pipes may freeze, in thousandths of a degree Celsius.</summary>
    [Id(3)] public long Frost { get; init; }

    /// <summary>Where its energy index starts again from 0, in milliwatt-hours; 0 when it never does.</summary>
    [Id(4)] public long IndexMaximum { get; init; }

    /// <summary>The settings of a device.</summary>
    public static BuildingSettings Parse(DeviceDescriptor descriptor) =>
        new BuildingSettings { IndexMaximum = SharedAttributes.IndexMaximum.ThousandthsIn(descriptor) }.With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public BuildingSettings With(in ParameterSource source) => this with
    {
        ComfortMinimum = ComfortMinimumCelsiusAttribute.ThousandthsIn(source),
        ComfortMaximum = ComfortMaximumCelsiusAttribute.ThousandthsIn(source),
        Co2Maximum = Co2MaximumPpmAttribute.ThousandthsIn(source),
        Frost = FrostCelsiusAttribute.ThousandthsIn(source),
    };

    /// <summary>Parameters that contradict each other, with the reason.</summary>
    internal static IEnumerable<(string Name, string Reason)> Contradictions(ParameterSource source) =>
        ComfortMinimumCelsiusAttribute.In(source) < ComfortMaximumCelsiusAttribute.In(source) ? [] : [(ComfortMinimumCelsiusAttribute.Name, "must be below comfortMaximumCelsius")];
}
