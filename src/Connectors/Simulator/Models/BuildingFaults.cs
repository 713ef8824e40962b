namespace Grid.Connectors.Simulator.Models;

/// <summary>What goes wrong with buildings: how often in a year, and for how many days.</summary>
internal static class BuildingFaults
{
    /// <summary>Indoors, from here on down, pipes are in danger.</summary>
    public const double FreezingCelsius = 5;

    /// <summary>Closed days are heated as open ones.</summary>
    public static readonly Sort Closed = new(PlantedFaultKind.HeatedWhileClosed, 0.06, 14, 60);

    /// <summary>The heating fails.</summary>
    public static readonly Sort Heating = new(PlantedFaultKind.HeatingFailure, 0.03, 1.5, 5);

    /// <summary>The ventilation fails.</summary>
    public static readonly Sort Ventilation = new(PlantedFaultKind.BadVentilation, 0.05, 20, 120);

    /// <summary>Something is left on.</summary>
    public static readonly Sort LeftOn = new(PlantedFaultKind.BaseLoad, 0.06, 7, 40);

    /// <summary>The heating takes more than it did.</summary>
    public static readonly Sort Efficiency = new(PlantedFaultKind.EfficiencyDrift, 0.05, 20, 90);

    /// <summary>How much more heat it takes, as a share.</summary>
    public static double LossOf(ulong key, int year) => Math.Round(Seeded.Between(key ^ 0xeff1, year, 0.3, 0.7), 2);

    /// <summary>What is left on, as a share of what it draws anyway.</summary>
    public static double LeftOnShareOf(ulong key, int year) => Seeded.Between(key ^ 0x1ef7, year, 0.6, 2);

    /// <summary>A sort of fault.</summary>
    /// <param name="Kind">What it is reported as.</param>
    /// <param name="PerYear">Probability in a year.</param>
    /// <param name="ShortestDays">It lasts at least this long.</param>
    /// <param name="LongestDays">It lasts at most this long.</param>
    public sealed record Sort(PlantedFaultKind Kind, double PerYear, double ShortestDays, double LongestDays);
}
