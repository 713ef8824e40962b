using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Maintenance;

/// <summary>
/// How the charge of a device's battery has gone since it was new to it: weekly means, then of two weeks, of the last sixteen to thirty-two weeks. Pure, integers. 32 bytes and 24 to
/// 56 for the means; a new array once a week.
/// </summary>
[GenerateSerializer, Alias("grid.BatteryCurve")]
public readonly record struct BatteryCurve
{
    /// <summary>
    /// Charge at which a battery counts as empty, in hundredths of a percent. Lithium thionyl chloride cells, which most meters and sensors have, hold their voltage until they are
    /// nearly spent and then give way within weeks, sooner in the cold: the last percents are no reserve.
    /// </summary>
    private const int Empty = 500;

    private const long Day = 86_400_000;
    private const long Week = 7 * Day;
    private const int MostDoublings = 1;

    /// <summary>A charge that is so much higher is another battery's, in hundredths of a percent.</summary>
    private const int Replaced = 2_000;

    /// <summary>Reports running that must show it.</summary>
    private const int ReplacedReports = 3;

    /// <summary>Means that a slope needs: four weeks.</summary>
    private const int LeastMeans = 4;

    /// <summary>Means from which it is seen whether the end has begun.</summary>
    private const int RecentMeans = 5;

    /// <summary>What must have been drawn so that a slope is more than noise, in hundredths of a percent.</summary>
    private const long LeastFall = 100;

    private const long Longest = 30 * 365 * Day;

    /// <summary>The charge, in hundredths of a percent.</summary>
    [Id(0)] public Trend Charge { get; init; }

    /// <summary>Reports running that are far above it.</summary>
    [Id(1)] public byte Higher { get; init; }

    /// <summary>After a report that is the device's present.</summary>
    /// <param name="percent">Charge in thousandths of a percent.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    public BatteryCurve With(long percent, long at)
    {
        var charge = percent / 10;
        if (Charge.Newest is { } known && charge - known >= Replaced)
        {
            return Higher + 1 < ReplacedReports
                ? this with { Higher = (byte)(Higher + 1) }
                : new BatteryCurve { Charge = default(Trend).With(charge, at, Week, MostDoublings) };
        }

        return new BatteryCurve { Charge = Charge.With(charge, at, Week, MostDoublings) };
    }

    /// <summary>When it will be empty, and how that is known; null while nobody knows. Depends on the reports only, not on when it is asked.</summary>
    public BatteryEstimate? Estimate()
    {
        if (Charge.SlopePerDay(Week, LeastMeans) is not { } slope)
        {
            return null;
        }

        // Towards the end a cell falls faster than it ever did.
        if (Charge.SlopePerDay(Week, LeastMeans, RecentMeans) is { } recent && recent.Median * 2 < slope.Median * 3)
        {
            slope = recent;
        }

        var fall = -slope.Median * (slope.Milliseconds / Day) / 1_000;
        if (fall < LeastFall)
        {
            return null;
        }

        var at = Charge.LastAt(Week);
        var charge = Charge.LevelAt(at, slope.Median, Week);
        var left = Math.Max(0, (charge - Empty) * 1_000 * Day / -slope.Median);
        return left > Longest ? null : new BatteryEstimate(at + left, at, charge, slope);
    }

    /// <summary>What it says for people, in the order of names.</summary>
    /// <param name="now">When it is asked, in Unix milliseconds.</param>
    public ImmutableArray<DerivedFigure> Explain(long now)
    {
        if (Estimate() is not { } estimate)
        {
            return [];
        }

        const string Basis = "dischargeCurve";
        var monthly = estimate.Slope;
        var charge = estimate.Charge + (monthly.Median * (Math.Max(0, now - estimate.AsOf) / Day) / 1_000);
        return
        [
            new() { Name = "batteryDropPercentPerMonth", Value = Monthly(monthly.Median), Low = Monthly(monthly.High), High = Monthly(monthly.Low), Basis = Basis },
            new() { Name = "batteryEmptyAt", At = DateTimeOffset.FromUnixTimeMilliseconds(estimate.EmptyAt), Basis = Basis },
            new() { Name = "expectedBatteryPercent", Value = Math.Round(Math.Max(0, charge) / 100.0, 1), At = DateTimeOffset.FromUnixTimeMilliseconds(estimate.AsOf), Basis = Basis },
        ];

        // A twelfth of a year.
        static double Monthly(long perDay) => Math.Round(-perDay * 365.25 / 12 / 100_000, 2);
    }
}

/// <summary>When a battery is empty.</summary>
/// <param name="EmptyAt">In Unix milliseconds.</param>
/// <param name="AsOf">Up to when its charge is known.</param>
/// <param name="Charge">The charge then, in hundredths of a percent.</param>
/// <param name="Slope">How it goes.</param>
public readonly record struct BatteryEstimate(long EmptyAt, long AsOf, long Charge, TrendSlope Slope);
