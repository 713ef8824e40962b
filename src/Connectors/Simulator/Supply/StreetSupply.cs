using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Supply;

/// <summary>
/// The electricity of a street: whatever is fed by it and has no battery says nothing while it is out. (What lamps and buildings would have taken meanwhile is counted all the same: an outage is short.)
/// </summary>
/// <param name="id">Key of the supply, as devices say it.</param>
/// <param name="key">Its seed.</param>
/// <param name="faultRate">How many times as often as is believable something fails.</param>
internal sealed class StreetSupply(string id, ulong key, double faultRate)
{
    private const double OutagesPerYear = 0.3;
    private const double ShortestHours = 0.75;
    private const double LongestHours = 9;

    /// <summary>True while it is out, in seconds since the origin.</summary>
    public bool IsOut(double now) => OutageOf((int)(now / SimulatedTime.Year)) is var (from, until) && now >= from && now < until;

    /// <summary>The outages of a year of the simulator.</summary>
    public IEnumerable<PlantedFault> FaultsIn(int year) => OutageOf(year) is var (from, until)
        ? [new PlantedFault(id, PlantedFaultKind.SupplyOutage, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until))]
        : [];

    private (double From, double Until)? OutageOf(int year)
    {
        var own = Seeded.Key(key ^ 0x0c7a, year);
        if (Seeded.Unit(own, 0) >= OutagesPerYear * faultRate) return null;
        var length = Seeded.Between(own, 1, ShortestHours, LongestHours) * SimulatedTime.Hour;
        var from = (year * SimulatedTime.Year) + (Seeded.Unit(own, 2) * (SimulatedTime.Year - length));
        return (from, from + length);
    }
}
