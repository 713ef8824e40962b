using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Meters;

/// <summary>What a meter explains of itself: see docs/rules.md for each name.</summary>
internal static class MeterFigures
{
    private const double Thousand = 1_000;
    private static readonly string[] Years = ["comparable", "oneYear", "twoYears", "threeYears"];

    /// <summary>In the order of their names.</summary>
    public static ImmutableArray<DerivedFigure> Of(MeterState state, MeterSettings settings, in DayAmounts amounts, long now, LocalCalendar calendar)
    {
        var figures = ImmutableArray.CreateBuilder<DerivedFigure>();
        if (state.Index is not null)
        {
            var unit = settings.Fluid is Fluid.Water or Fluid.Gas ? "Litres" : "WattHours";
            var today = calendar.DayOf(now).Day;
            if (settings.IsCustomersWater && ConsumptionComparison.Of(state.Index, state.Months, settings) is { } month)
            {
                figures.Add(new DerivedFigure
                {
                    Name = "consumedThisMonthLitres",
                    Value = month.Consumed / Thousand,
                    High = month.Limit / Thousand,
                    At = DateTimeOffset.FromUnixTimeMilliseconds(month.At),
                    Basis = month.Expected is null ? "index" : Years[month.Years],
                });
            }

            figures.Add(new DerivedFigure { Name = $"consumedToday{unit}", Value = On(amounts, today) / Thousand, Basis = "index" });
            figures.Add(new DerivedFigure { Name = $"consumedYesterday{unit}", Value = On(amounts, today - 1) / Thousand, Basis = "index" });
        }

        if (state.Usual.Explain(settings.Fluid is Fluid.Water or Fluid.Gas ? "flowLastHourLitresPerHour" : "powerLastHourWatts", calendar) is { } usual)
        {
            figures.Add(usual);
        }

        if (state.Usual.ExplainDrift(0) is { } drift)
        {
            figures.Add(drift);
        }

        if (state.Night is { MinimumAt: not 0 } night)
        {
            figures.Add(new DerivedFigure { Name = "leakNights", Value = night.Nights, High = settings.Water.LeakNights - 1, Basis = "night" });
            figures.Add(new DerivedFigure
            {
                Name = "nightMinimumLitresPerHour",
                Value = night.Minimum / Thousand,
                High = settings.Water.LeakMinimum / Thousand,
                At = DateTimeOffset.FromUnixTimeMilliseconds(night.MinimumAt),
                Basis = "night",
            });
        }

        // Since when water flows without a pause: what rules across trades ask.
        if (state.Still.Until != 0)
        {
            figures.Add(new DerivedFigure { Name = "stillAt", At = DateTimeOffset.FromUnixTimeMilliseconds(state.Still.Until), Basis = "index" });
        }

        return figures.DrainToImmutable();
    }

    private static long On(in DayAmounts amounts, int day) => amounts.Day == day ? amounts.Amount : amounts.Day - 1 == day ? amounts.PreviousAmount : 0;
}
