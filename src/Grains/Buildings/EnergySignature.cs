namespace Grid.Grains.Buildings;

/// <summary>
/// What a building takes in a day, as a straight line over the weather (energy signature): so much on any day, so much for each heating and each cooling degree day, and so much more when it
/// is open. By ordinary least squares over the days, with how well it fits.
/// </summary>
/// <param name="BaseKilowattHours">On any day.</param>
/// <param name="KilowattHoursPerHeatingDegreeDay">For each heating degree day; 0 where heating degree days never differed.</param>
/// <param name="KilowattHoursPerCoolingDegreeDay">For each cooling degree day; 0 where they never differed.</param>
/// <param name="KilowattHoursPerOpenDay">More on a day on which it is open; 0 where all days or none are.</param>
/// <param name="RSquared">Share of the variance that it explains, 0 to 1; 1 where nothing varies.</param>
/// <param name="VariationPercent">CV(RMSE): root of the squared error over (days - coefficients), in percent of the mean.</param>
/// <param name="Days">Days that it was made from.</param>
/// <param name="OpenShare">Share of them on which it was open, 0 to 1.</param>
public sealed record EnergySignature(
    double BaseKilowattHours,
    double KilowattHoursPerHeatingDegreeDay,
    double KilowattHoursPerCoolingDegreeDay,
    double KilowattHoursPerOpenDay,
    double RSquared,
    double VariationPercent,
    int Days,
    double OpenShare)
{
    /// <summary>Share of a predictor's variance that the others must leave to it; below, it says nothing of its own.</summary>
    private const double LeastOwnVariance = 1e-9;

    /// <summary>The line through the days; null with fewer days than it needs, or without energy.</summary>
    public static EnergySignature? Of(SignatureSums sums)
    {
        if (sums.Days == 0 || sums.Energy <= 0)
        {
            return null;
        }

        // n times the sum of products about the means: exact integers, so that no digit cancels.
        double[,] system =
        {
            { About(sums.HeatingHeating, sums.Heating, sums.Heating), About(sums.HeatingCooling, sums.Heating, sums.Cooling), About(sums.HeatingOpen, sums.Heating, sums.OpenDays), About(sums.HeatingEnergy, sums.Heating, sums.Energy) },
            { About(sums.HeatingCooling, sums.Heating, sums.Cooling), About(sums.CoolingCooling, sums.Cooling, sums.Cooling), About(sums.CoolingOpen, sums.Cooling, sums.OpenDays), About(sums.CoolingEnergy, sums.Cooling, sums.Energy) },
            { About(sums.HeatingOpen, sums.Heating, sums.OpenDays), About(sums.CoolingOpen, sums.Cooling, sums.OpenDays), About(sums.OpenDays, sums.OpenDays, sums.OpenDays), About(sums.OpenEnergy, sums.OpenDays, sums.Energy) },
        };
        var total = About(sums.EnergyEnergy, sums.Energy, sums.Energy);
        Span<double> against = [system[0, 3], system[1, 3], system[2, 3]];
        Span<double> slopes = stackalloc double[3];
        var coefficients = 1 + Solve(system, slopes);
        if (sums.Days <= coefficients)
        {
            return null;
        }

        var explained = (slopes[0] * against[0]) + (slopes[1] * against[1]) + (slopes[2] * against[2]);
        var error = Math.Max(0, total - explained);
        var mean = (double)sums.Energy / sums.Days;
        var constant = mean - (((slopes[0] * sums.Heating) + (slopes[1] * sums.Cooling) + (slopes[2] * sums.OpenDays)) / sums.Days);
        const double PerDegreeDay = SignatureDay.PerDegreeDay / SignatureDay.PerKilowattHour;
        return new EnergySignature(
            constant / SignatureDay.PerKilowattHour,
            slopes[0] * PerDegreeDay,
            slopes[1] * PerDegreeDay,
            slopes[2] / SignatureDay.PerKilowattHour,
            total == 0 ? 1 : 1 - (error / total),
            100 * Math.Sqrt(error / sums.Days / (sums.Days - coefficients)) / mean,
            sums.Days,
            (double)sums.OpenDays / sums.Days);

        double About(long products, long one, long other) => (double)(((Int128)sums.Days * products) - ((Int128)one * other));
    }

    /// <summary>What it takes in such weather, in tens of watt-hours.</summary>
    public double ExpectedOf(in SignatureDay day) => SignatureDay.PerKilowattHour
        * (BaseKilowattHours
            + (KilowattHoursPerHeatingDegreeDay * day.Heating / SignatureDay.PerDegreeDay)
            + (KilowattHoursPerCoolingDegreeDay * day.Cooling / SignatureDay.PerDegreeDay)
            + (day.IsOpen ? KilowattHoursPerOpenDay : 0));

    /// <summary>Gauss and Jordan over the predictors that say something of their own; how many do.</summary>
    private static int Solve(double[,] system, Span<double> slopes)
    {
        const int Size = 3;
        Span<double> own = [system[0, 0], system[1, 1], system[2, 2]];
        Span<bool> used = stackalloc bool[Size];
        var count = 0;
        for (var pivot = 0; pivot < Size; pivot++)
        {
            if (own[pivot] <= 0 || system[pivot, pivot] <= own[pivot] * LeastOwnVariance)
            {
                continue;
            }

            used[pivot] = true;
            count++;
            for (var column = Size; column >= 0; column--)
            {
                system[pivot, column] /= column == pivot ? 1 : system[pivot, pivot];
            }

            system[pivot, pivot] = 1;
            for (var row = 0; row < Size; row++)
            {
                if (row == pivot)
                {
                    continue;
                }

                var factor = system[row, pivot];
                for (var column = 0; column <= Size; column++)
                {
                    system[row, column] -= factor * system[pivot, column];
                }
            }
        }

        for (var index = 0; index < Size; index++)
        {
            slopes[index] = used[index] ? system[index, Size] : 0;
        }

        return count;
    }
}
