namespace Grid.Connectors.Simulator.Sky;

/// <summary>
/// Floods over a department as a function of (seed, place, instant): now and then heavy rain falls for some hours on neighbouring communes, and their rivers rise by metres within hours and
/// fall within days. They come on top of the ordinary weather.
/// </summary>
internal sealed class Floods(ulong seed, double centreLongitude, double centreLatitude, double rate)
{
    private const double Window = 30 * SimulatedTime.Day;
    private const double PerWindow = 0.12;
    private const double Falls = 20 * SimulatedTime.Hour;
    private const double KilometresPerDegree = 111.32;
    private const double FarthestCentreKilometres = 45;

    /// <summary>A flooded river is back within a tenth of its crest after so long.</summary>
    public const double LongestSeconds = (24 * SimulatedTime.Hour) + (2.3 * Falls);

    private readonly ulong _key = Seeded.Key(seed, "weather.floods");
    private readonly double _kilometresPerDegreeEast = KilometresPerDegree * Math.Cos(centreLatitude * Math.PI / 180);

    /// <summary>A flood at a place.</summary>
    /// <param name="RainFrom">It begins to rain, in seconds since the origin.</param>
    /// <param name="RainUntil">It ends.</param>
    /// <param name="RainMillimetresPerHour">Most rain.</param>
    /// <param name="RiseFrom">The river begins to rise.</param>
    /// <param name="Crest">It has risen.</param>
    /// <param name="CrestMillimetres">By how much.</param>
    public readonly record struct Flood(double RainFrom, double RainUntil, double RainMillimetresPerHour, double RiseFrom, double Crest, double CrestMillimetres)
    {
        public double RainAt(double now) => now <= RainFrom || now >= RainUntil ? 0 : RainMillimetresPerHour * Math.Pow(Math.Sin(Math.PI * (now - RainFrom) / (RainUntil - RainFrom)), 2);

        public double LevelAt(double now)
        {
            if (now <= RiseFrom) return 0;
            if (now >= Crest) return CrestMillimetres * Math.Exp(-(now - Crest) / Falls);
            var part = (now - RiseFrom) / (Crest - RiseFrom);
            return CrestMillimetres * part * part * (3 - (2 * part));
        }
    }

    public double RainMillimetresPerHour(double longitude, double latitude, double now)
    {
        var rain = 0.0;
        var window = (long)Math.Floor(now / Window);
        for (var index = window - 1; index <= window; index++) if (At(index, longitude, latitude) is { } flood) rain += flood.RainAt(now);
        return rain;
    }

    public double LevelMillimetres(double longitude, double latitude, double now)
    {
        var level = 0.0;
        var window = (long)Math.Floor(now / Window);
        for (var index = window - 1; index <= window; index++) if (At(index, longitude, latitude) is { } flood) level += flood.LevelAt(now);
        return level;
    }

    /// <summary>The floods at a place that begin in a time.</summary>
    public IEnumerable<Flood> Between(double longitude, double latitude, double from, double until)
    {
        for (var index = (long)Math.Floor(from / Window); index <= (long)Math.Floor(until / Window); index++)
        {
            if (At(index, longitude, latitude) is { } flood && flood.RainFrom >= from && flood.RainFrom < until) yield return flood;
        }
    }

    private Flood? At(long index, double longitude, double latitude)
    {
        var key = Seeded.Key(_key, index);
        if (index < 0 || Seeded.Unit(key, 0) >= PerWindow * rate) return null;
        var (distance, angle) = (FarthestCentreKilometres * Math.Sqrt(Seeded.Unit(key, 1)), 2 * Math.PI * Seeded.Unit(key, 2));
        var east = ((longitude - centreLongitude) * _kilometresPerDegreeEast) - (distance * Math.Cos(angle));
        var north = ((latitude - centreLatitude) * KilometresPerDegree) - (distance * Math.Sin(angle));
        var away = Math.Sqrt((east * east) + (north * north)) / Seeded.Between(key, 3, 15, 30);
        if (away >= 1) return null;
        var share = 1 - (0.25 * away);
        var from = (index * Window) + (Seeded.Unit(key, 4) * (Window - SimulatedTime.Day));
        var rises = from + (SimulatedTime.Hour * (1 + away));
        return new Flood(
            from,
            from + (Seeded.Between(key, 5, 3, 5) * SimulatedTime.Hour),
            share * Seeded.Between(key, 6, 18, 35),
            rises,
            rises + (Seeded.Between(key, 7, 2, 3) * SimulatedTime.Hour),
            Math.Round(share * Seeded.Between(key, 8, 2_500, 4_000)));
    }
}
