using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator.Demo;

/// <summary>Where things stand in a commune, without a map: cabinets spread evenly, lamps in rows along streets that start at them.</summary>
internal sealed class Streets(Commune commune, ulong key)
{
    private const double MetresPerDegree = 111_320;
    private const double MetresBetweenLamps = 28;
    private const int LampsPerStreet = 12;
    private static readonly double GoldenAngle = Math.PI * (3 - Math.Sqrt(5));

    private readonly double _metresPerDegreeEast = MetresPerDegree * Math.Cos(commune.Latitude * Math.PI / 180);

    // 220 m for a village of 100, 0.7 km for 1,000, 2.2 km for 10,000, at most 4.5 km.
    private readonly double _radiusMetres = Math.Clamp(22 * Math.Sqrt(commune.Population), 120, 4_500);

    /// <summary>The place of one of so many cabinets: a sunflower, shaken a little.</summary>
    public GeoPoint Cabinet(int index, int count)
    {
        var (east, north) = CabinetMetres(index, count);
        return At(east, north);
    }

    /// <summary>A lamp of a cabinet: rows of twelve along streets in directions of their own, on alternating sides.</summary>
    public GeoPoint LampOf(int cabinet, int cabinets, int lamp)
    {
        var (east, north) = CabinetMetres(cabinet, cabinets);
        return Along(east, north, Seeded.Key(Seeded.Key(key, 2), cabinet), lamp);
    }

    /// <summary>A lamp that no cabinet feeds: along streets from the middle of the commune.</summary>
    public GeoPoint LampAlone(int lamp) => Along(0, 0, Seeded.Key(key, 3), lamp);

    /// <summary>Anything else: denser towards the middle.</summary>
    public GeoPoint Scattered(ulong of)
    {
        var distance = _radiusMetres * Math.Pow(Seeded.Unit(of, 101), 0.7);
        var angle = 2 * Math.PI * Seeded.Unit(of, 102);
        return At(distance * Math.Cos(angle), distance * Math.Sin(angle));
    }

    private (double East, double North) CabinetMetres(int index, int count)
    {
        var distance = _radiusMetres * Math.Sqrt((index + Seeded.Unit(Seeded.Key(key, 1), index)) / count);
        var angle = (index * GoldenAngle) + (2 * Math.PI * Seeded.Unit(key, 4));
        return (distance * Math.Cos(angle), distance * Math.Sin(angle));
    }

    private GeoPoint Along(double east, double north, ulong streets, int lamp)
    {
        var street = lamp / LampsPerStreet;
        var bearing = (street * GoldenAngle) + (2 * Math.PI * Seeded.Unit(streets, 0));
        var along = ((lamp % LampsPerStreet) + 1) * MetresBetweenLamps;
        var bend = 40 * Seeded.Smooth(streets ^ (ulong)street, along / 150);
        var across = bend + (lamp % 2 == 0 ? 4 : -4);
        return At(
            east + (along * Math.Cos(bearing)) - (across * Math.Sin(bearing)),
            north + (along * Math.Sin(bearing)) + (across * Math.Cos(bearing)));
    }

    private GeoPoint At(double eastMetres, double northMetres) => new(
        Math.Round(commune.Longitude + (eastMetres / _metresPerDegreeEast), 6),
        Math.Round(commune.Latitude + (northMetres / MetresPerDegree), 6));
}
