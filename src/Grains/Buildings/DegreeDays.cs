namespace Grid.Grains.Buildings;

/// <summary>
/// Degree days of a day from its lowest and its highest outdoor temperature, by the method of COSTIC ("méthode professionnelle"): where the base lies between the two, the part of the day
/// beyond it is taken as 0.08 + 0.42 (base - lowest) / (highest - lowest) of the distance; otherwise it is the base less the mean of both. In thousandths of a degree day, from thousandths
/// of a degree. Cooling is the same turned round.
/// </summary>
public static class DegreeDays
{
    /// <summary>Heating degree days.</summary>
    public static int Heating(int lowest, int highest, long baseTemperature) => Below(lowest, highest, baseTemperature);

    /// <summary>Cooling degree days.</summary>
    public static int Cooling(int lowest, int highest, long baseTemperature) => Below(-highest, -lowest, -baseTemperature);

    private static int Below(int lowest, int highest, long limit)
    {
        if (limit <= lowest)
        {
            return 0;
        }

        if (limit >= highest)
        {
            return (int)Math.Round(limit - ((lowest + highest) / 2.0), MidpointRounding.AwayFromZero);
        }

        var distance = (double)(limit - lowest);
        return (int)Math.Round(distance * (0.08 + (0.42 * distance / (highest - lowest))), MidpointRounding.AwayFromZero);
    }
}
