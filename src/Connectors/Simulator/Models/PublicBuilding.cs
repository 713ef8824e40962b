using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>A public building: heated against the weather to a set point while occupied and set back when not, with the air and the power of its people.</summary>
internal sealed class PublicBuilding(string id, ulong key, Site site, string type, double floorSquareMetres) : SimulatedDevice(id, key, site)
{
    private const double OutdoorCo2Ppm = 420;
    private const double SetBackCelsius = 16;
    private const double PreheatSeconds = 2 * SimulatedTime.Hour;
    private const double WarmUpSeconds = 0.6 * SimulatedTime.Hour;
    private const double CoolDownSeconds = 9 * SimulatedTime.Hour;

    private static readonly (double, double) Closed = (0, 0);
    private static readonly WeekCalendar Office = new((8.5, 17.5), (8.5, 17.5), (8.5, 17.5), (8.5, 17.5), (8.5, 17), (9, 12), Closed);
    private static readonly WeekCalendar School = new((7.5, 18.5), (7.5, 18.5), (8, 12.5), (7.5, 18.5), (7.5, 18.5), Closed, Closed);
    private static readonly WeekCalendar Sports = new((8, 22), (8, 22), (8, 22), (8, 22), (8, 22), (9, 20), (9, 18));
    private static readonly WeekCalendar Library = new(Closed, (10, 18.5), (10, 18.5), (14, 18.5), (10, 18.5), (10, 17), Closed);

    private readonly WeekCalendar _calendar = type switch
    {
        "school" => School,
        "gymnasium" or "pool" => Sports,
        "library" => Library,
        _ => Office,
    };

    private readonly float _baseWatts = (float)(floorSquareMetres * Seeded.Between(key, 1, 1, 2.5));
    private readonly float _occupiedWatts = (float)(floorSquareMetres * Seeded.Between(key, 2, 6, 14) * (type == "pool" ? 3 : 1));
    private readonly float _wattsPerKelvin = (float)(floorSquareMetres * Seeded.Between(key, 3, 0.9, 2.2));
    private readonly float _setPointCelsius = (float)((type == "pool" ? 26 : 19) + Seeded.Between(key, 4, -0.5, 1.2));
    private readonly float _crowdPpm = (float)(Seeded.Unit(key, 6) < 0.05 ? 1_100 : Seeded.Between(key, 5, 250, 650)); // one in twenty is badly aired

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var local = Site.Clock.Local(now);
        var (isOccupied, since) = _calendar.At(local);
        var outdoor = Site.OutdoorCelsius(now);
        var people = isOccupied ? 1 - Math.Exp(-since / SimulatedTime.Hour) : Math.Exp(-since / (1.5 * SimulatedTime.Hour));
        var bustle = 1 + (0.15 * Seeded.Smooth(Key, now / SimulatedTime.Hour));
        return
        [
            Metric("temperatureCelsius", Math.Round(IndoorCelsius(local, now, outdoor), 2)),
            Metric("co2Ppm", Math.Round(OutdoorCo2Ppm + (_crowdPpm * people * bustle))),
            Metric("humidityPercent", Math.Round(45 + (6 * people) + (8 * Seeded.Smooth(Key ^ 1, now / SimulatedTime.Day)), 1)),
            Metric("powerWatts", Math.Round(_baseWatts + (isOccupied ? _occupiedWatts * bustle : 0))),
            Metric("energyWattHours", Index(((_baseWatts * now) + (_occupiedWatts * _calendar.OccupiedSeconds(local))) / 3600)),
            Metric("heatWattHours", Index(_wattsPerKelvin * Site.Heating.KelvinSeconds(now) / 3600)),
            Metric("occupied", isOccupied ? 1 : 0),
            Metric("outdoorCelsius", Math.Round(outdoor, 1)),
        ];
    }

    private double IndoorCelsius(double local, double now, double outdoor)
    {
        // The heating starts ahead of the people; from each change on, the building approaches its new set point.
        var (isWarm, since) = _calendar.At(local, PreheatSeconds);
        var heated = isWarm
            ? _setPointCelsius - ((_setPointCelsius - SetBackCelsius) * Math.Exp(-since / WarmUpSeconds))
            : SetBackCelsius + ((_setPointCelsius - SetBackCelsius) * Math.Exp(-since / CoolDownSeconds));
        // In summer it follows the mean of day and night, and its people and sun add to that.
        var mean = (outdoor + Site.OutdoorCelsius(Math.Max(0, now - (12 * SimulatedTime.Hour)))) / 2;
        return Math.Max(heated, mean + 4) + (0.2 * Seeded.Smooth(Key ^ 2, now / SimulatedTime.Hour));
    }
}
