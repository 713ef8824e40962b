using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>What a public building remembers.</summary>
[GenerateSerializer, Alias("grid.BuildingState")]
public readonly record struct BuildingState
{
    /// <summary>Indoor temperature, in thousandths of a degree Celsius; null when it never said.</summary>
    [Id(0)] public int? Temperature { get; init; }

    /// <summary>CO2 concentration, in thousandths of a ppm; 0 when it never said.</summary>
    [Id(1)] public long Co2 { get; init; }

    /// <summary>True while people are in it.</summary>
    [Id(2)] public bool IsOccupied { get; init; }

    /// <summary>True while occupied and outside comfort.</summary>
    [Id(3)] public bool IsOutsideComfort { get; init; }

    /// <summary>True while its pipes may freeze.</summary>
    [Id(4)] public bool IsAtFrostRisk { get; init; }

    /// <summary>Electric power now, in milliwatts.</summary>
    [Id(5)] public long PowerMilliwatts { get; init; }

    /// <summary>Electric energy by local day.</summary>
    [Id(6)] public EnergyDays Energy { get; init; }
}
