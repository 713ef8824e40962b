using Grid.Grains.Devices;

namespace Grid.Grains.Buildings;

/// <summary>
/// When a local day of a building is over and is counted: at the first report from 06:00 of the next day on, so that readings that come late by some hours are in it; or at the first of a later
/// day. A reading of the day that comes after that amends the energy that is shown, and no more.
/// </summary>
internal static class DayBook
{
    private const long SettledAfterMidnight = 6 * 3_600_000;
    private const int PerHundredth = 10;
    private const long PerTenWattHours = 10_000;
    private const long HoursPerDay = 24;

    /// <summary>Before a present report is taken in: counts the days and the night that are over by then.</summary>
    public static BuildingState Close(BuildingState state, BuildingSettings settings, long at, LocalCalendar calendar)
    {
        if (state.Night.IsOver(at, calendar))
        {
            var night = state.Night;
            var mean = night.MeanMilliwatts(settings.Occupancy, calendar);
            state = state with { Night = default, BaseLoad = mean is { } milliwatts ? BaseLoad.With(state.BaseLoad, night.Day, milliwatts, settings) : state.BaseLoad };
        }

        // The days are those of the index, which has its last midnight: a first report after a silence may close the day before.
        var today = calendar.DayUpTo(at);
        if (state.PendingDay != 0 && IsSettled(state.PendingDay, today, at))
        {
            state = Count(state, settings, calendar) with { PendingDay = 0 };
        }

        if (state.CurrentDay >= today.Day)
        {
            return state;
        }

        state = state with { PendingDay = state.CurrentDay, CurrentDay = today.Day };
        return state.PendingDay != 0 && IsSettled(state.PendingDay, today, at) ? Count(state, settings, calendar) with { PendingDay = 0 } : state;
    }

    private static bool IsSettled(int day, LocalDay today, long at) => day < today.Day && (today.Day > day + 1 || at - today.Start >= SettledAfterMidnight);

    private static BuildingState Count(BuildingState state, BuildingSettings settings, LocalCalendar calendar)
    {
        var day = state.PendingDay;
        var electricity = AmountOf(state.Energy.AmountsOf(settings.IndexMaximum), day);
        var heat = state.Heat is null ? default(long?) : AmountOf(IndexDays.AmountsOf(state.Heat, settings.IndexMaximum), day);
        var (weather, isWhole) = WeatherOf(state, day);
        var heating = weather is { } known ? DegreeDays.Heating(known.Lowest, known.Highest, settings.HeatingBase) / PerHundredth : default(int?);
        state = state with { Months = MonthTotals.With(state.Months, day, electricity + (heat ?? 0), heating) };
        if (weather is null || heating is null || !isWhole || day < settings.SignatureFromDay)
        {
            return state;
        }

        var isOpen = settings.Occupancy is { } occupancy && !occupancy.TimesOf(day).IsEmpty;
        var counted = new SignatureDay(
            heating.Value,
            DegreeDays.Cooling(weather.Value.Lowest, weather.Value.Highest, settings.CoolingBase) / PerHundredth,
            isOpen,
            (int)Math.Clamp(EnergyOf(settings.SignatureEnergy, electricity, heat) / PerTenWattHours, 0, SignatureDay.MostEnergy));
        return state with
        {
            Signature = SignatureWatch.With(state.Signature, day, counted, settings),
            OpenHeatPerKelvin = heat > 0 && heating > 0 && (isOpen || settings.Occupancy is null)
                ? (long)((Int128)heat.Value * (long)SignatureDay.PerDegreeDay / HoursPerDay / heating.Value)
                : state.OpenHeatPerKelvin,
        };
    }

    private static long EnergyOf(SignatureEnergy which, long electricity, long? heat) => which switch
    {
        SignatureEnergy.Heat => heat ?? electricity,
        SignatureEnergy.Electricity => electricity,
        SignatureEnergy.Total => electricity + (heat ?? 0),
        _ => throw new ArgumentOutOfRangeException(nameof(which), which, "No such energy."),
    };

    private static long AmountOf(DayAmounts amounts, int day) => amounts.Day == day ? amounts.Amount : amounts.Day == day + 1 ? amounts.PreviousAmount : 0;

    /// <summary>The weather of a day, when enough of it was heard; whole when its index was heard at both its ends too.</summary>
    private static (OutdoorDay? Weather, bool IsWhole) WeatherOf(in BuildingState state, int day)
    {
        var (found, isHeardBefore) = state.OutdoorDay.Day == day
            ? (state.OutdoorDay, state.FormerOutdoorDay.Day == day - 1 && state.FormerOutdoorDay.IsHeardToItsEnd)
            : (state.FormerOutdoorDay, state.IsFormerHeardFromItsBeginning);
        return found.Day == day && found.IsKnown ? (found, isHeardBefore) : (null, false);
    }
}
