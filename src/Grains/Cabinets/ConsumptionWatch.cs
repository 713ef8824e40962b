using Grid.Contracts.Commands;
using Grid.Grains.Devices;

namespace Grid.Grains.Cabinets;

/// <summary>
/// The power that a cabinet measures against what the lamps on the segments that are fed should draw: passive ones what they are rated at, those with controllers of their own
/// anything up to that; where nobody knows what that is, against what is usual. Pure.
/// </summary>
internal static class ConsumptionWatch
{
    /// <summary>It must come so much closer to end, in thousandths.</summary>
    private const int Deadband = 50;

    /// <summary>Judges a report that is the cabinet's present. One that measures no power says nothing.</summary>
    /// <param name="state">The cabinet with the values of the report.</param>
    /// <param name="settings">The cabinet's settings.</param>
    /// <param name="report">The report.</param>
    public static CabinetState Judge(CabinetState state, CabinetSettings settings, in Report report)
    {
        if (state.IsSupplyLost || state.IsBreakerTripped)
        {
            return state is { ConsumptionSince: 0, IsConsumptionUnexpected: false } ? state : state with { ConsumptionSince = 0, IsConsumptionUnexpected = false };
        }

        if (report.Desired?.Expected is not { Loads.IsEmpty: false } program)
        {
            return state with { ConsumptionSince = 0, IsConsumptionUnexpected = UsualConsumption.IsUnexpected(state, settings) };
        }

        if (report.Entry["powerWatts"] is null || Range(state, settings, program) is not { } range)
        {
            return state;
        }

        if (state.PowerMilliwatts >= range.Least && state.PowerMilliwatts <= range.Most)
        {
            return state with { ConsumptionSince = 0, IsConsumptionUnexpected = false };
        }

        var since = state.ConsumptionSince == 0 ? report.At : state.ConsumptionSince;
        var lasts = state.IsConsumptionUnexpected || (since != report.At && report.At - since >= settings.Parameters.ConsumptionDelay);
        return state with { ConsumptionSince = since, IsConsumptionUnexpected = lasts };
    }

    /// <summary>What it may draw, in milliwatts; null while it has not said which segments are fed.</summary>
    private static (long Least, long Most)? Range(in CabinetState state, CabinetSettings settings, ExpectedSegments program)
    {
        var (passive, controlled) = (0L, 0L);
        foreach (var load in program.Loads)
        {
            if ((state.SegmentsKnown >> (load.Segment - 1) & 1) == 0)
            {
                return null;
            }

            if ((state.SegmentsOn >> (load.Segment - 1) & 1) != 0)
            {
                passive += load.PassiveMilliwatts;
                controlled += load.ControlledMilliwatts;
            }
        }

        var tolerance = settings.Parameters.ConsumptionTolerancePermille - (state.IsConsumptionUnexpected ? Deadband : 0);
        return (passive * (1_000 - tolerance) / 1_000, settings.Parameters.OwnMilliwatts + ((passive + controlled) * (1_000 + tolerance) / 1_000));
    }
}
