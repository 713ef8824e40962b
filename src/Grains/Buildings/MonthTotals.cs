using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>What a building took in a month.</summary>
/// <param name="Month">Year x 12 + month, from 0 for January.</param>
/// <param name="Energy">Heat and electricity of its days, in mWh.</param>
/// <param name="HeatingDegreeDays">Of the days whose weather is known, in hundredths.</param>
/// <param name="WeatherDays">How many those are.</param>
[GenerateSerializer, Immutable, Alias("grid.MonthTotal")]
public readonly record struct MonthTotal([property: Id(0)] int Month, [property: Id(1)] long Energy, [property: Id(2)] int HeatingDegreeDays, [property: Id(3)] int WeatherDays);

/// <summary>Twelve months of a building.</summary>
/// <param name="Energy">Heat and electricity, in mWh.</param>
/// <param name="HeatingDegreeDays">Heating degree days, those of unknown days put in at the mean of the others; null when fewer than nine days of ten are known.</param>
/// <param name="End">The first day after them.</param>
public readonly record struct YearTotal(long Energy, double? HeatingDegreeDays, DateOnly End);

/// <summary>
/// What a building took, month by month: the running one and the twelve before it. At most 13 x 24 bytes, one new instance a day. Energy is never lost: what a silent day took is in the
/// first one that is heard again.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.MonthTotals")]
public sealed record MonthTotals
{
    private const int Kept = 13;
    private const int MonthsOfYear = 12;
    private const double KnownShare = 0.9;
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>The first day that is in them (days since 1970-01-01).</summary>
    [Id(0)] public required int FirstDay { get; init; }

    /// <summary>By month, oldest first; never changed.</summary>
    [Id(1)] public required MonthTotal[] Months { get; init; }

    /// <summary>With one more day, which must not be in a month before the newest.</summary>
    /// <param name="totals">What there is; null before the first day.</param>
    /// <param name="day">The local day (days since 1970-01-01).</param>
    /// <param name="energy">What it took, in mWh.</param>
    /// <param name="heatingDegreeDays">Its heating degree days in hundredths; null when unknown.</param>
    public static MonthTotals With(MonthTotals? totals, int day, long energy, int? heatingDegreeDays)
    {
        var month = MonthOf(Epoch.AddDays(day));
        var months = totals?.Months ?? [];
        var isSame = months.Length > 0 && months[^1].Month == month;
        var former = isSame ? months[^1] : new MonthTotal(month, 0, 0, 0);
        var changed = former with
        {
            Energy = former.Energy + energy,
            HeatingDegreeDays = former.HeatingDegreeDays + (heatingDegreeDays ?? 0),
            WeatherDays = former.WeatherDays + (heatingDegreeDays is null ? 0 : 1),
        };
        return new MonthTotals { FirstDay = totals?.FirstDay ?? day, Months = [.. months.SkipLast(isSame ? 1 : 0).TakeLast(Kept - 1), changed] };
    }

    /// <summary>The twelve months before the newest one; null until the day before them is known, and so all that they took.</summary>
    public YearTotal? LastYear()
    {
        var end = Months[^1].Month;
        var from = FirstOf(end - MonthsOfYear);
        if (Epoch.AddDays(FirstDay) >= from)
        {
            return null;
        }

        var (energy, degreeDays, known) = (0L, 0L, 0);
        foreach (var month in Months)
        {
            if (month.Month >= end - MonthsOfYear && month.Month < end)
            {
                energy += month.Energy;
                degreeDays += month.HeatingDegreeDays;
                known += month.WeatherDays;
            }
        }

        var days = FirstOf(end).DayNumber - from.DayNumber;
        return new YearTotal(energy, known >= days * KnownShare ? degreeDays / SignatureDay.PerDegreeDay * days / known : null, FirstOf(end));
    }

    private static int MonthOf(DateOnly date) => (date.Year * MonthsOfYear) + date.Month - 1;

    private static DateOnly FirstOf(int month) => new(month / MonthsOfYear, (month % MonthsOfYear) + 1, 1);
}
