using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator.Sky;

/// <summary>
/// The weather over a department as a function of (seed, place, instant): seasons and days, slow swings, fronts that cross from the west with
/// their rain, and rivers that answer hours later. Believable, and nothing more: it forecasts no real day.
/// </summary>
public sealed class Weather(ulong seed, double centreLongitude, double centreLatitude)
{
    private const double FrontWindow = 6 * SimulatedTime.Hour;
    private const double LongestRain = 6 * SimulatedTime.Hour;
    private const int RiverMemoryFronts = 16;
    private const double KilometresPerDegree = 111.32;

    private readonly ulong _swings = Seeded.Key(seed, "weather.swings");
    private readonly ulong _hours = Seeded.Key(seed, "weather.hours");
    private readonly ulong _fronts = Seeded.Key(seed, "weather.fronts");
    private readonly ulong _rivers = Seeded.Key(seed, "weather.rivers");
    private readonly double _kilometresPerDegreeEast = KilometresPerDegree * Math.Cos(centreLatitude * Math.PI / 180);

    /// <summary>The weather over a department under a seed.</summary>
    public static Weather Over(ITerritoryTable table, string department, long seed)
    {
        var communes = table.CommunesOf(department);
        return new Weather(Seeded.Key((ulong)seed, department), communes.Average(commune => commune.Longitude), communes.Average(commune => commune.Latitude));
    }

    /// <summary>The floods over the same department.</summary>
    /// <param name="rate">How many times as often as is believable.</param>
    internal Floods Floods(double rate) => new(seed, centreLongitude, centreLatitude, rate);

    /// <summary>Air temperature in the shade.</summary>
    public double OutdoorCelsius(double longitude, double latitude, DateTimeOffset instant) =>
        OutdoorCelsius(longitude, latitude, SimulatedTime.SecondsAt(instant));

    /// <summary>Rain now, 0 when dry.</summary>
    public double RainMillimetresPerHour(double longitude, double latitude, DateTimeOffset instant) =>
        RainMillimetresPerHour(longitude, latitude, SimulatedTime.SecondsAt(instant));

    /// <summary>Level of a small river above its gauge's zero.</summary>
    public double RiverLevelMillimetres(double longitude, double latitude, DateTimeOffset instant) =>
        RiverLevelMillimetres(longitude, latitude, SimulatedTime.SecondsAt(instant));

    internal double OutdoorCelsius(double longitude, double latitude, double now)
    {
        var hour = (now / SimulatedTime.Hour) + (longitude / 15);
        var day = 3 * Math.Cos((hour - 15) * (2 * Math.PI / 24)); // warmest at about 15:00 solar time
        var swing = (4 * Seeded.Smooth(_swings, now / (3 * SimulatedTime.Day))) + (1.5 * Seeded.Smooth(_swings ^ 1, now / SimulatedTime.Day));
        return MeanCelsius(latitude, now) + day + swing + (0.8 * Seeded.Smooth(Cell(_hours, longitude, latitude), now / SimulatedTime.Hour));
    }

    /// <summary>The mean of a day at a latitude: Brest 11.5 degrees, plus or minus 5.8 over the year; the tropics hardly change.</summary>
    internal static double MeanCelsius(double latitude, double now) =>
        27 - (0.0066 * latitude * latitude) + (0.12 * latitude * Math.Cos(((now / SimulatedTime.Year) - 0.573) * 2 * Math.PI)); // peak on 28 July

    internal double RainMillimetresPerHour(double longitude, double latitude, double now)
    {
        var window = (long)Math.Floor(now / FrontWindow);
        var rain = 0.0;
        // A front arrives at most one window before or after it started, and rains at most one window long.
        for (var index = window - 2; index <= window + 1; index++)
        {
            if (!TryFront(index, longitude, latitude, out var front)) continue;
            var part = (now - front.Arrival) / front.Duration;
            if (part is > 0 and < 1) rain += front.PeakMillimetresPerHour * Math.Pow(Math.Sin(Math.PI * part), 2);
        }

        return rain;
    }

    internal double RiverLevelMillimetres(double longitude, double latitude, double now)
    {
        var key = Cell(_rivers, longitude, latitude);
        var delay = Seeded.Between(key, 0, 5, 12) * SimulatedTime.Hour; // from rain to crest
        var level = OrdinaryLevelMillimetres(longitude, latitude) + (150 * Math.Cos(((now / SimulatedTime.Year) - 0.1) * 2 * Math.PI)); // highest in February
        var window = (long)Math.Floor(now / FrontWindow);
        for (var index = window - RiverMemoryFronts; index <= window + 1; index++)
        {
            if (!TryFront(index, longitude, latitude, out var front)) continue;
            var since = (now - front.Arrival - (front.Duration / 2)) / delay;
            if (since > 0) level += 45 * front.PeakMillimetresPerHour * front.Duration / SimulatedTime.Hour / 2 * since * Math.Exp(1 - since);
        }

        return Math.Max(0, level);
    }

    /// <summary>Level of the river without rain, in the mean of the year.</summary>
    internal double OrdinaryLevelMillimetres(double longitude, double latitude) => Math.Round(Seeded.Between(Cell(_rivers, longitude, latitude), 1, 300, 900));

    private bool TryFront(long index, double longitude, double latitude, out Front front)
    {
        var key = Seeded.Key(_fronts, index);
        var start = index * FrontWindow;
        var wet = 0.28 + (0.12 * Math.Cos(start / SimulatedTime.Year * 2 * Math.PI)); // more fronts in winter
        if (Seeded.Unit(key, 0) >= wet)
        {
            front = default;
            return false;
        }

        var bearing = Seeded.Between(key, 1, -0.8, 0.8); // from about the west
        var speed = Seeded.Between(key, 2, 30, 60); // km/h
        var east = (longitude - centreLongitude) * _kilometresPerDegreeEast;
        var north = (latitude - centreLatitude) * KilometresPerDegree;
        var travel = ((east * Math.Cos(bearing)) + (north * Math.Sin(bearing))) / speed * SimulatedTime.Hour;
        var strength = Math.Pow(Seeded.Unit(key, 3), 3);
        front = new Front(
            start + (FrontWindow * Seeded.Unit(key, 4)) + Math.Clamp(travel, -FrontWindow, FrontWindow),
            Seeded.Between(key, 5, 1, LongestRain / SimulatedTime.Hour) * SimulatedTime.Hour,
            (0.3 + (6 * strength)) * (0.7 + (0.6 * Seeded.Unit(Cell(key, longitude, latitude), 6))));
        return true;
    }

    // Neighbours within about ten kilometres share their noise.
    private static ulong Cell(ulong key, double longitude, double latitude) =>
        Seeded.Key(key, ((long)Math.Floor(longitude * 10) * 10_000) + (long)Math.Floor(latitude * 10));

    private readonly record struct Front(double Arrival, double Duration, double PeakMillimetresPerHour);
}
