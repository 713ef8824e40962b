namespace Grid.Contracts.Sky;

/// <summary>
/// Where the sun stands, and when it crosses an elevation. Formulas of NOAA's solar calculator, which are the low-accuracy ones of
/// J. Meeus, Astronomical Algorithms, 2nd edition, chapters 25 and 28: about 0.01 degrees, and some seconds for sunrise and sunset
/// between 60 degrees north and south. Longitudes are degrees east, latitudes degrees north.
/// </summary>
public static class Sun
{
    /// <summary>Elevation of the sun's centre when its upper edge touches the horizon: 34' of refraction and 16' of radius.</summary>
    public const double RiseAndSetDegrees = -0.8333;

    /// <summary>Elevation at which civil twilight begins and ends.</summary>
    public const double CivilTwilightDegrees = -6;

    private static readonly DateTimeOffset J2000 = new(2000, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The sun's apparent place.</summary>
    /// <param name="DeclinationDegrees">Angle from the equator's plane.</param>
    /// <param name="EquationOfTimeMinutes">Apparent minus mean solar time.</param>
    public readonly record struct Place(double DeclinationDegrees, double EquationOfTimeMinutes);

    /// <summary>The sun's apparent place at an instant.</summary>
    public static Place PlaceAt(DateTimeOffset instant)
    {
        var t = (instant - J2000).TotalDays / 36_525;
        var meanLongitude = 280.46646 + (t * (36_000.76983 + (t * 0.0003032)));
        var meanAnomaly = Radians(357.52911 + (t * (35_999.05029 - (t * 0.0001537))));
        var eccentricity = 0.016708634 - (t * (0.000042037 + (t * 0.0000001267)));
        var centre = (Math.Sin(meanAnomaly) * (1.914602 - (t * (0.004817 + (t * 0.000014)))))
            + (Math.Sin(2 * meanAnomaly) * (0.019993 - (t * 0.000101)))
            + (Math.Sin(3 * meanAnomaly) * 0.000289);
        var node = Radians(125.04 - (1_934.136 * t));
        var apparentLongitude = Radians(meanLongitude + centre - 0.00569 - (0.00478 * Math.Sin(node)));
        var obliquity = Radians(23 + ((26 + ((21.448 - (t * (46.815 + (t * (0.00059 - (t * 0.001813)))))) / 60)) / 60) + (0.00256 * Math.Cos(node)));

        var longitude = Radians(meanLongitude);
        var y = Math.Pow(Math.Tan(obliquity / 2), 2);
        var equation = (y * Math.Sin(2 * longitude))
            - (2 * eccentricity * Math.Sin(meanAnomaly))
            + (4 * eccentricity * y * Math.Sin(meanAnomaly) * Math.Cos(2 * longitude))
            - (0.5 * y * y * Math.Sin(4 * longitude))
            - (1.25 * eccentricity * eccentricity * Math.Sin(2 * meanAnomaly));
        return new Place(Degrees(Math.Asin(Math.Sin(obliquity) * Math.Sin(apparentLongitude))), 4 * Degrees(equation));
    }

    /// <summary>True elevation of the sun's centre in degrees, without refraction.</summary>
    public static double ElevationDegrees(DateTimeOffset instant, double longitude, double latitude)
    {
        var place = PlaceAt(instant);
        var solarMinutes = instant.UtcDateTime.TimeOfDay.TotalMinutes + place.EquationOfTimeMinutes + (4 * longitude);
        var hourAngle = Radians((solarMinutes / 4) - 180);
        var (declination, phi) = (Radians(place.DeclinationDegrees), Radians(latitude));
        return Degrees(Math.Asin((Math.Sin(phi) * Math.Sin(declination)) + (Math.Cos(phi) * Math.Cos(declination) * Math.Cos(hourAngle))));
    }

    /// <summary>When the sun rises through an elevation on a day of local solar time; null when it does not.</summary>
    public static DateTimeOffset? Rise(DateOnly day, double longitude, double latitude, double elevationDegrees = RiseAndSetDegrees) =>
        Crossing(day, longitude, latitude, elevationDegrees, -1);

    /// <summary>When the sun sets through an elevation on a day of local solar time; null when it does not.</summary>
    public static DateTimeOffset? Set(DateOnly day, double longitude, double latitude, double elevationDegrees = RiseAndSetDegrees) =>
        Crossing(day, longitude, latitude, elevationDegrees, +1);

    /// <summary>When the sun is highest on a day of local solar time.</summary>
    public static DateTimeOffset Noon(DateOnly day, double longitude)
    {
        var midnight = Midnight(day);
        var guess = midnight.AddMinutes(720 - (4 * longitude));
        return midnight.AddMinutes(720 - (4 * longitude) - PlaceAt(guess).EquationOfTimeMinutes);
    }

    /// <summary>Half the arc, in degrees of hour angle, that the sun spends above an elevation: 0 when never, 180 when always.</summary>
    public static double HalfArcDegrees(double latitude, double declinationDegrees, double elevationDegrees)
    {
        var (phi, declination) = (Radians(latitude), Radians(declinationDegrees));
        var cosine = (Math.Sin(Radians(elevationDegrees)) - (Math.Sin(phi) * Math.Sin(declination))) / (Math.Cos(phi) * Math.Cos(declination));
        return Degrees(Math.Acos(Math.Clamp(cosine, -1, 1)));
    }

    private static DateTimeOffset? Crossing(DateOnly day, double longitude, double latitude, double elevation, int side)
    {
        var midnight = Midnight(day);
        var instant = Noon(day, longitude);
        // The sun moves while the day goes on: take its place at the last estimate, until that settles (well under a second after four).
        for (var round = 0; round < 4; round++)
        {
            var place = PlaceAt(instant);
            var halfArc = HalfArcDegrees(latitude, place.DeclinationDegrees, elevation);
            if (halfArc is <= 0 or >= 180) return null;
            instant = midnight.AddMinutes(720 - (4 * longitude) - place.EquationOfTimeMinutes + (side * 4 * halfArc));
        }

        return instant;
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static double Radians(double degrees) => degrees * (Math.PI / 180);

    private static double Degrees(double radians) => radians * (180 / Math.PI);
}
