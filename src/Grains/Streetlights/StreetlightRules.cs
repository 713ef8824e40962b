using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Streetlights;

/// <summary>Rules of a light point. A controlled one speaks for itself; a passive one follows its segment of its cabinet.</summary>
public readonly struct StreetlightRules : IDeviceRules<StreetlightSettings, StreetlightState>
{
    /// <summary>Longest time that a controlled lamp's power is believed to go on: lamps report at least every hour or so.</summary>
    public const long ControlledHoldMilliseconds = 3_600_000;

    /// <summary>Longest time that a segment is believed to stay as it was: cabinets report each change.</summary>
    public const long PassiveHoldMilliseconds = 24 * 3_600_000L;

    /// <summary>An index also counts what was used while nothing was heard.</summary>
    private const long IndexHoldMilliseconds = 48 * 3_600_000L;

    private const int FullDimming = 100_000;
    private const double ConfirmationTolerancePercent = 2;

    private static readonly string[] SegmentMetrics = [.. Enumerable.Range(1, 8).Select(segment => MetricNames.Shared($"segment{segment}On"))];

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Streetlight;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => StreetlightSettings.Attributes;

    /// <inheritdoc/>
    public static StreetlightSettings Parse(DeviceDescriptor descriptor) => StreetlightSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static string? SourceOf(StreetlightSettings settings) => settings.IsPassive ? settings.Cabinet ?? string.Empty : null;

    /// <inheritdoc/>
    public static StreetlightState Apply(StreetlightState state, StreetlightSettings settings, in Report report, LocalCalendar calendar) =>
        settings.IsPassive ? Follow(state, settings, report, calendar) : Control(state, settings, report, calendar);

    /// <inheritdoc/>
    public static Conditions ConditionsOf(StreetlightState state) =>
        (state.HasFailed ? Conditions.LampFailure : Conditions.None)
        | (state.IsSupplyLost ? Conditions.SupplyLoss : Conditions.None)
        | (state.IsUnexpectedlyOn ? Conditions.LampUnexpectedOn : Conditions.None)
        | (state.IsCycling ? Conditions.LampCycling : Conditions.None)
        | (state.IsDrifting ? Conditions.PowerDrift : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(StreetlightState state, StreetlightSettings settings, DeviceStatus status)
    {
        var energy = state.Energy.Amounts;
        var saved = settings.RatedMilliwatts > 0 && state.Nights.Day != 0 ? state.Nights.SavedOf(settings.RatedMilliwatts, energy) : default;
        return new Contribution
        {
            Kind = DeviceKind.Streetlight,
            Status = status,
            Light = LightOf(state, settings),
            PowerMilliwatts = Thousandths.Contributed(PowerOf(state, settings)),
            Day = energy.Day,
            DayAmount = Thousandths.Contributed(energy.Amount),
            PreviousDayAmount = Thousandths.Contributed(energy.PreviousAmount),
            SavedDay = saved.Day,
            DaySaved = Math.Clamp(saved.Amount, -Thousandths.ContributionMaximum, Thousandths.ContributionMaximum),
            PreviousDaySaved = Math.Clamp(saved.PreviousAmount, -Thousandths.ContributionMaximum, Thousandths.ContributionMaximum),
        };
    }

    /// <summary>Another source or another nature: nothing of what was reported holds any more but the energy.</summary>
    public static StreetlightState Reconfigure(StreetlightState state, StreetlightSettings former, StreetlightSettings settings) =>
        (former.IsPassive || settings.IsPassive)
        && (former.IsPassive != settings.IsPassive || former.Cabinet != settings.Cabinet || former.Segment != settings.Segment)
            ? new StreetlightState { Energy = state.Energy with { Held = state.Energy.Held with { HasSince = false } }, Nights = state.Nights }
            : state;

    /// <summary>A passive lamp shows the power that follows from its segment.</summary>
    public static MetricValue? Derived(StreetlightState state, StreetlightSettings settings) =>
        settings.IsPassive && state.IsFed is not null ? new MetricValue("powerWatts", PowerOf(state, settings) / 1000.0) : null;

    /// <inheritdoc/>
    public static Aim? AimOf(StreetlightSettings settings, DesiredChange change, out string? reason)
    {
        var percent = change.Arguments["percent"];
        reason = settings.IsPassive ? "a passive light point follows its cabinet and cannot be dimmed"
            : percent * 1_000 < settings.SafetyMinimum && change.Layer != ControlLayer.Plan
                ? string.Create(CultureInfo.InvariantCulture, $"this light point may not be dimmed below its safety minimum of {settings.SafetyMinimum / 1_000.0} %")
            : null;
        return reason is null ? new Aim("dimmingPercent", percent, ConfirmationTolerancePercent) : null;
    }

    /// <inheritdoc/>
    public static DeviceOrder OrderOf(Aim aim) =>
        new(CommandCatalog.SetDimming, ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("percent", aim.Value));

    /// <inheritdoc/>
    public static string? RefusePlan(StreetlightSettings settings) =>
        settings.IsPassive ? "a passive light point follows its cabinet, whose plan it has" : null;

    /// <inheritdoc/>
    public static string? PlanShown(ReadingEntry entry, double? planned) =>
        entry["dimmingPercent"] is { } percent && !(Math.Abs(percent - (planned ?? percent)) > ConfirmationTolerancePercent)
            ? string.Create(CultureInfo.InvariantCulture, $"dimmingPercent {percent}")
            : null;

    private static StreetlightState Follow(StreetlightState state, StreetlightSettings settings, in Report report, LocalCalendar calendar)
    {
        // How long the segment was on before a late report is no longer known: only the order in which it was heard is.
        return report.IsLate
            ? state
            : state with
            {
                Energy = state.Energy.WithHeld(PowerOf(state, settings), report.At, PassiveHoldMilliseconds, calendar),
                Nights = NightsAt(state, report, PassiveHoldMilliseconds, calendar),
                IsFed = report.Entry[SegmentMetrics[settings.Segment - 1]] is { } on ? on != 0 : state.IsFed,
            };
    }

    private static StreetlightState Control(StreetlightState state, StreetlightSettings settings, in Report report, LocalCalendar calendar)
    {
        double? dimming = null, watts = null, wattHours = null, failure = null, volts = null;
        foreach (var metric in report.Entry.Metrics)
        {
            switch (metric.Name)
            {
                case "dimmingPercent": dimming = metric.Value; break;
                case "powerWatts": watts = metric.Value; break;
                case "energyWattHours": wattHours = metric.Value; break;
                case "lampFailure": failure = metric.Value; break;
                case "supplyVolts": volts = metric.Value; break;
            }
        }

        var energy = wattHours is { } index
            ? state.Energy.WithIndex(Thousandths.Of(index), report.At, settings.IndexMaximum, calendar)
            : state.Energy;
        if (report.IsLate)
        {
            return state with { Energy = energy };
        }

        var next = state with
        {
            Energy = energy.WithHeld(state.PowerMilliwatts ?? 0, report.At, ControlledHoldMilliseconds, calendar),
            Nights = NightsAt(state, report, energy.Index is null ? ControlledHoldMilliseconds : IndexHoldMilliseconds, calendar),
            Dimming = dimming is { } percent ? (int)Thousandths.Of(percent) : state.Dimming,
            SaysFailed = failure is { } failed ? failed != 0 : state.SaysFailed,
            IsSupplyLost = volts is { } supply ? Thousandths.Of(supply) < settings.SupplyMinimumMillivolts : state.IsSupplyLost,
        };
        next = next with { PowerMilliwatts = PowerAfter(next, settings, watts is { } power ? Thousandths.Of(power) : null, dimming is not null) };
        return watts is null && dimming is null ? next : LampWatch.Judge(next, settings, report, watts is not null);
    }

    private static long? PowerAfter(StreetlightState state, StreetlightSettings settings, long? reported, bool isDimmingNew) =>
        reported ?? (isDimmingNew switch
        {
            true when settings.RatedMilliwatts > 0 => settings.RatedMilliwatts * state.Dimming!.Value / FullDimming,
            true when state.Dimming == 0 => 0,
            _ => state.PowerMilliwatts,
        });

    /// <summary>Of a lamp that was dark because it failed, or had no supply, the night does not count: that is no saving.</summary>
    private static NightHours NightsAt(in StreetlightState state, in Report report, long limit, LocalCalendar calendar) =>
        report.Sky is not { } sky ? state.Nights
        : !state.Energy.Held.HasSince || state.HasFailed || state.IsSupplyLost ? state.Nights.Begin(report.At, calendar)
        : state.Nights.Until(state.Energy.Held.Since, report.At, limit, calendar, sky);

    private static long PowerOf(StreetlightState state, StreetlightSettings settings) =>
        settings.IsPassive ? (state.IsFed == true ? settings.RatedMilliwatts : 0) : state.PowerMilliwatts ?? 0;

    private static LightState LightOf(StreetlightState state, StreetlightSettings settings)
    {
        if (settings.IsPassive)
        {
            return state.IsFed switch { null => LightState.None, true => LightState.On, false => LightState.Off };
        }

        if (state.HasFailed)
        {
            return LightState.Failed;
        }

        var isLit = state.Dimming is { } dimming ? dimming > 0
            : state.PowerMilliwatts is { } power ? !settings.IsNearZero(power, FullDimming)
            : default(bool?);
        return isLit switch { null => LightState.None, true when !state.IsSupplyLost => LightState.On, _ => LightState.Off };
    }
}
