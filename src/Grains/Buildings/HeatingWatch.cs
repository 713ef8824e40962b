using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>Since when a closed building has not cooled down although it is cold outside. There is none while it is open, warm outside or set back. 40 bytes.</summary>
[GenerateSerializer, Immutable, Alias("grid.HeldWarm")]
public sealed record HeldWarm
{
    /// <summary>Since when, in Unix milliseconds.</summary>
    [Id(0)] public long Since { get; init; }

    /// <summary>Indoor temperature then, or the highest since the condition holds, in thousandths of a degree; null for a building without one.</summary>
    [Id(1)] public int? Temperature { get; init; }

    /// <summary>Heat index then, in mWh on the index that never falls; null without one.</summary>
    [Id(2)] public long? Heat { get; init; }
}

/// <summary>
/// Whether a building is heated while nobody is to be there. Each a pure function of the state with a report in it. By its indoor temperature where it has one: a closed building that is
/// not heated cools down; one that holds a temperature above its setback, farther above the outdoor air than sun and appliances explain, is heated. By its heat index otherwise.
/// </summary>
internal static class HeatingWatch
{
    /// <summary>A fall by this much since the beginning says that it cools, in thousandths of a degree; twice as much ends a condition.</summary>
    private const int Fall = 500;

    /// <summary>What holds goes on until the outdoor air is this much warmer than where it could begin, in thousandths of a degree.</summary>
    private const int OutdoorDeadband = 2_000;

    private const int FullPercent = 100_000;
    private const long MillisecondsPerHour = 3_600_000;

    /// <summary>Judges a report that is the building's present.</summary>
    public static BuildingState Judge(BuildingState state, BuildingSettings settings, in Report report, LocalCalendar calendar)
    {
        if (OutdoorOf(state) is not { } outdoor || !IsClosed(state, settings, report.At, calendar)
            || outdoor > settings.HeatingLimit + (state.IsHeatedUnoccupied ? OutdoorDeadband : 0))
        {
            return Cool(state);
        }

        return state.Indoor.Newest is null ? JudgeByHeat(state, settings, report.At, outdoor) : JudgeByTemperature(state, settings, report.At, outdoor);
    }

    /// <summary>The warmer of the outdoor air now and the middle of yesterday: a cold night after a mild day needs no heating. Null while nobody knows.</summary>
    public static int? OutdoorOf(in BuildingState state) =>
        state.Outdoor.Middle is { } now ? state.FormerOutdoorDay.Hours != 0 && state.FormerOutdoorDay.Day == state.OutdoorDay.Day - 1 ? Math.Max(now, state.FormerOutdoorDay.Middle) : now : null;

    private static BuildingState JudgeByTemperature(BuildingState state, BuildingSettings settings, long at, int outdoor)
    {
        if (state.Indoor.Middle is not { } indoor)
        {
            return state;
        }

        if (indoor < settings.Setback + settings.SetbackTolerance || indoor - outdoor < settings.FreeGain)
        {
            return Cool(state);
        }

        if (state.Warm is not { Temperature: { } before } warm || indoor < before - (state.IsHeatedUnoccupied ? 2 * Fall : Fall))
        {
            return state with { Warm = new HeldWarm { Since = at, Temperature = indoor, Heat = state.HeatVirtual }, IsHeatedUnoccupied = false };
        }

        if (state.IsHeatedUnoccupied)
        {
            return indoor > before ? state with { Warm = warm with { Temperature = indoor } } : state;
        }

        // What keeps warm without taking any heat is not heated.
        var takesHeat = warm.Heat is not { } from || state.HeatVirtual is not { } to || to > from;
        return takesHeat && at - warm.Since >= settings.HeatingUnoccupiedDelay ? state with { IsHeatedUnoccupied = true } : state;
    }

    private static BuildingState JudgeByHeat(BuildingState state, BuildingSettings settings, long at, int outdoor)
    {
        if (state.HeatVirtual is not { } heat || state.OpenHeatPerKelvin == 0 || settings.HeatingBase <= outdoor)
        {
            return Cool(state);
        }

        if (state.Warm is not { Heat: { } from } warm || warm.Temperature is not null)
        {
            return state with { Warm = new HeldWarm { Since = at, Heat = heat }, IsHeatedUnoccupied = false };
        }

        var elapsed = at - warm.Since;
        if (elapsed < settings.HeatingUnoccupiedDelay)
        {
            return state;
        }

        // mWh in ms, to mW for each kelvin below the base.
        var perKelvin = (Int128)(heat - from) * MillisecondsPerHour * 1_000 / elapsed / (settings.HeatingBase - outdoor);
        var isHeated = perKelvin * FullPercent >= (Int128)state.OpenHeatPerKelvin * settings.HeatingUnoccupiedShare;
        return state with { IsHeatedUnoccupied = isHeated };
    }

    /// <summary>By its calendar, with the time that it is heated ahead of its people, and not when they say that they are there; without a calendar, by what is reported of them.</summary>
    private static bool IsClosed(in BuildingState state, BuildingSettings settings, long at, LocalCalendar calendar) =>
        !state.IsOccupied
        && (settings.Occupancy is { } occupancy ? !occupancy.IsOpenBetween(at, at + settings.Preheat + 1, calendar) : state.SaysOccupied);

    private static BuildingState Cool(BuildingState state) =>
        state.Warm is null && !state.IsHeatedUnoccupied ? state : state with { Warm = null, IsHeatedUnoccupied = false };
}
