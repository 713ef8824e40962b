using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Zones;

/// <summary>The water zones of a department: asks its sectors, and keeps nothing but what it gives to history. Keyed by the department's code, such as <c>29</c>.</summary>
[Alias("grid.IWaterZonesGrain"), RequiresRight(Right.Internal)]
public interface IWaterZonesGrain : IGrainWithStringKey
{
    /// <summary>The balances of every zone that has a meter in the department, by id.</summary>
    /// <param name="day">Which local day.</param>
    [Alias("GetBalances")]
    Task<ImmutableArray<WaterZoneBalance>> GetBalances(ZoneDay day);

    /// <summary>Gives the balances of yesterday to history, when an hour or midnight has passed since it last did. Called now and then.</summary>
    [Alias("Record"), OneWay]
    Task Record();
}

/// <summary>The local days of which a balance can be made: meters know no older ones.</summary>
public enum ZoneDay : byte
{
    /// <summary>The last complete day.</summary>
    Yesterday = 0,

    /// <summary>The day that is under way, as far as it is known.</summary>
    Today = 1,
}
