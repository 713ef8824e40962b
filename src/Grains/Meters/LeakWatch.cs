using Grid.Grains.Devices;

namespace Grid.Grains.Meters;

/// <summary>Finds the leak behind a meter: flow that never ends by night, night after night. Pure. See docs/rules.md.</summary>
internal static class LeakWatch
{
    private const long Hour = 3_600_000;

    /// <summary>How long after the hours of a night it is judged at the earliest: late reports of it come first.</summary>
    private const long Grace = 2 * Hour;

    /// <summary>Nights of flow that are further apart are not one leak.</summary>
    private const long MostApart = 7 * 24 * Hour;

    /// <summary>The state after a report that may be kept as it was observed.</summary>
    /// <param name="state">The state, with the index of the report in it.</param>
    /// <param name="settings">Its attributes, by which leaks are looked for.</param>
    /// <param name="report">The report.</param>
    /// <param name="before">The newest reading of the index before the report; null for none.</param>
    /// <param name="newest">The newest one now; null when the report has none that counts.</param>
    /// <param name="raw">Its index in thousandths; null for none.</param>
    /// <param name="flow">Its flow in millilitres an hour; null for none.</param>
    /// <param name="calendar">Local days.</param>
    public static MeterState After(
        MeterState state, MeterSettings settings, in Report report, IndexPoint? before, IndexPoint? newest, long? raw, long? flow, LocalCalendar calendar)
    {
        if (!report.IsLate)
        {
            state = state with { Still = StillAfter(state.Still, settings, before, newest, flow, report.At) };
            if (state.Night is { IsJudged: false } night && report.At >= night.To + Grace)
            {
                state = Judge(state, settings, night);
            }
        }

        var flows = state.NightFlows;
        var watch = NightWatch.With(state.Night, ref flows, settings, calendar.DayOf(report.At), report.At, raw, flow);
        return state with { Night = watch, NightFlows = flows };
    }

    private static Stillness StillAfter(Stillness still, MeterSettings settings, IndexPoint? before, IndexPoint? newest, long? flow, long at)
    {
        still = newest is { } now ? still.With(settings, before, now) : still;
        return flow < settings.Water.LeakMinimum && settings.Water.IsFine ? still.WithoutFlow(at) : still;
    }

    private static MeterState Judge(MeterState state, MeterSettings settings, NightWatch night)
    {
        var (verdict, minimum) = NightFlow.Of(night, state.NightFlows, settings);
        if (verdict == NightVerdict.Unknown)
        {
            return state with { Night = night with { IsJudged = true } };
        }

        var isOne = night.Nights > 0 && night.From - night.LastEnd <= MostApart && state.Still.Until <= night.LastEnd;
        var nights = verdict == NightVerdict.Zero ? 0 : isOne ? night.Nights + 1 : 1;
        return state with
        {
            IsLeaking = verdict == NightVerdict.Flow && (state.IsLeaking || nights >= settings.Water.LeakNights),
            Night = night with
            {
                IsJudged = true,
                IsDecided = true,
                Points = [],
                Nights = nights,
                LastEnd = verdict == NightVerdict.Flow ? night.To : 0,
                Minimum = minimum,
                MinimumAt = night.To,
            },
        };
    }
}
