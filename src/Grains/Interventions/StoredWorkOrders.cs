using System.Collections.Immutable;
using Grid.Contracts.Interventions;
using Orleans;

namespace Grid.Grains.Interventions;

/// <summary>What a commune's orders persist of those that have not ended.</summary>
[GenerateSerializer, Alias("grid.StoredWorkOrders")]
public sealed class StoredWorkOrders
{
    /// <summary>The highest number that was given.</summary>
    [Id(0)] public long LastNumber { get; set; }

    /// <summary>By number.</summary>
    [Id(1)] public ImmutableArray<WorkOrder> Orders { get; set; } = [];
}

/// <summary>What a commune's orders persist of those that have ended: apart, so that each change of the others writes them not again.</summary>
[GenerateSerializer, Alias("grid.StoredEndedWorkOrders")]
public sealed class StoredEndedWorkOrders
{
    /// <summary>By number.</summary>
    [Id(0)] public ImmutableArray<WorkOrder> Orders { get; set; } = [];
}

/// <summary>What the grain of the communes with orders persists.</summary>
[GenerateSerializer, Alias("grid.StoredWorkOrderPlaces")]
public sealed class StoredWorkOrderPlaces
{
    /// <summary>INSEE codes, in order.</summary>
    [Id(0)] public ImmutableArray<string> Communes { get; set; } = [];
}

/// <summary>What the table of contracts persists.</summary>
[GenerateSerializer, Alias("grid.StoredContracts")]
public sealed class StoredContracts
{
    /// <summary>By id (ordinal).</summary>
    [Id(0)] public ImmutableArray<ContractView> Contracts { get; set; } = [];
}
