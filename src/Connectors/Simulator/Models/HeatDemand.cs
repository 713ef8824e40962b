using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// Heating degree days of a place (base 18 degrees), summed from the origin; weekend days count three quarters, as buildings are set back. Not safe for several threads.
/// </summary>
internal sealed class HeatDemand(Site site)
{
    private const double BaseCelsius = 18;
    private const double HeatingLimitCelsius = 15.5;
    private const double WeekendShare = 0.75;
    private readonly List<(double Before, double Today)> _days = [];

    /// <summary>Degree seconds since the origin: times watts per kelvin they are watt-seconds of heat.</summary>
    public double KelvinSeconds(double now)
    {
        var day = (int)(now / SimulatedTime.Day);
        while (_days.Count <= day) _days.Add(Make(_days.Count));
        var (before, today) = _days[day];
        return (before * SimulatedTime.Day) + (today * (now - (day * SimulatedTime.Day)));
    }

    private (double Before, double Today) Make(int day)
    {
        var before = day == 0 ? 0 : _days[day - 1].Before + _days[day - 1].Today;
        var mean = 0.0;
        for (var quarter = 0; quarter < 4; quarter++) mean += site.OutdoorCelsius((day + (quarter / 4.0)) * SimulatedTime.Day) / 4;
        var isWeekend = (day + 3) % 7 >= 5;
        return (before, mean >= HeatingLimitCelsius ? 0 : (BaseCelsius - mean) * (isWeekend ? WeekendShare : 1));
    }
}
