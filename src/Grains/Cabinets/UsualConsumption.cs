using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Cabinets;

/// <summary>
/// What a cabinet usually draws while its lamps burn, by hour and weekday: what its consumption is judged by where nobody knows what its lamps are rated at. Only the time in which it is lit
/// counts, so that dusk may come sooner or later: by its segments where it reports any, else by the sun. Pure.
/// </summary>
internal static class UsualConsumption
{
    /// <summary>Power is believed to go on for so long.</summary>
    private const long HoldMilliseconds = 3_600_000;

    /// <summary>Learns from the time up to a report that is the cabinet's present.</summary>
    /// <param name="state">The cabinet before the values of the report.</param>
    /// <param name="report">The report.</param>
    /// <param name="calendar">Local days.</param>
    public static CabinetState Learn(in CabinetState state, in Report report, LocalCalendar calendar)
    {
        var isMeasured = state.PowerAt != 0 && !state.IsSupplyLost && !state.IsBreakerTripped && report.At - state.PowerAt <= HoldMilliseconds;
        var usual = isMeasured && IsLit(state, report.Sky) ? state.Usual.With(state.PowerMilliwatts, state.PowerAt, report.At, calendar) : state.Usual;
        return state with { Usual = usual, PowerAt = state.PowerAt != 0 || report.Entry["powerWatts"] is not null ? report.At : 0 };
    }

    /// <summary>With another program it switches and dims otherwise: what was usual says no more.</summary>
    public static CabinetState WithProgram(in CabinetState state, long version) =>
        state.ProgramVersion is { } former && former != version ? state with { ProgramVersion = version, Usual = default } : state with { ProgramVersion = version };

    /// <summary>Whether its consumption is off what is usual: in single hours, or on average of the last lit ones.</summary>
    public static bool IsUnexpected(in CabinetState state, CabinetSettings settings)
    {
        var hours = settings.Parameters.AbnormalHours;
        return state.Usual.IsAbnormal(hours) || state.Usual.IsBelow(hours) || state.Usual.IsOff(state.IsConsumptionUnexpected, settings.Parameters.UsualDriftPermille);
    }

    /// <summary>The last lit hour beside what is usual in it, and how the last ones compare.</summary>
    public static ImmutableArray<DerivedFigure> Explain(in CabinetState state, CabinetSettings settings, LocalCalendar calendar)
    {
        var (hour, drift) = (state.Usual.Explain("powerLastHourWatts", calendar), state.Usual.ExplainDrift(settings.Parameters.UsualDriftPermille));
        return hour is null ? [] : drift is null ? [hour] : [hour, drift with { Low = -drift.High }];
    }

    private static bool IsLit(in CabinetState state, LocalSky? sky) => state.SegmentsKnown != 0 ? state.SegmentsOn != 0 : sky is not null && !sky.IsBright(state.PowerAt);
}
