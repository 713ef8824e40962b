using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Grains.Devices;
using Grid.Grains.Maintenance;
using Grid.Grains.Parameters;

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
    public static StreetlightSettings With(StreetlightSettings settings, in ParameterSource source) => settings.With(source);

    /// <summary>Its cabinet and its power are its own; how it is judged is what it has in common with others.</summary>
    public static StreetlightSettings Share(StreetlightSettings settings, SharedSettings shared) =>
        settings.OwnParameters is { } parameters && shared.Of(parameters) is var common && !ReferenceEquals(common, parameters)
            ? settings with { OwnParameters = common }
            : settings;

    /// <inheritdoc/>
    public static string? SourceOf(StreetlightSettings settings) => settings.IsPassive ? settings.Cabinet ?? string.Empty : null;

    /// <inheritdoc/>
    public static string? FeederOf(StreetlightSettings settings) => settings is { IsPassive: false, IsSupplySwitched: true } ? settings.Cabinet : null;

    /// <inheritdoc/>
    public static StreetlightState Inform(StreetlightState state, StreetlightSettings settings, LogEntry entry, LocalCalendar calendar, LocalSky? sky)
    {
        var feed = LampFeed.After(state.Feed, settings, entry);
        if (Equals(feed, state.Feed))
        {
            return state;
        }

        var next = state with { Feed = feed };
        if (state.Energy.Held.HasSince && (next.IsUnsupplied != state.IsUnsupplied || next.HasLostSupply != state.HasLostSupply))
        {
            // Up to here it had its former power, and from here on it has another.
            next = PassTime(next, state, settings, Math.Max(feed!.Since, state.Energy.Held.Since), calendar, sky);
        }

        return next.IsUnsupplied ? LampWatch.Darken(next) : next;
    }

    /// <inheritdoc/>
    public static long SpeaksFrom(StreetlightState state) => state.Feed is not { } feed ? 0 : feed.IsUnfed ? long.MaxValue : feed.IsOff ? 0 : feed.Since;

    /// <summary>A passive one is silent with its cabinet, whose condition that is.</summary>
    public static Conditions SilenceOf(StreetlightSettings settings) => settings.IsPassive ? Conditions.None : Conditions.CommunicationLoss;

    /// <summary>A lamp whose boost nobody named may burn at any level above its own while it reports presence.</summary>
    public static double? BoostAt(StreetlightState state, StreetlightSettings settings, ReadingEntry entry, long at) =>
        settings.Parameters.PresenceBoost is not { } boost ? (entry["presence"] > 0 ? 100 : null)
        : state.Presence is { } presence && presence.IsBoosted(at, settings.Parameters.PresenceHold) ? boost / 1_000.0
        : null;

    /// <inheritdoc/>
    public static StreetlightState Apply(StreetlightState state, StreetlightSettings settings, in Report report, LocalCalendar calendar) =>
        settings.IsPassive ? Follow(state, settings, report, calendar) : Control(state, settings, report, calendar);

    /// <inheritdoc/>
    public static Conditions ConditionsOf(StreetlightState state) =>
        (state.HasFailed ? Conditions.LampFailure : Conditions.None)
        | (state.HasLostSupply ? Conditions.SupplyLoss : Conditions.None)
        | (state.IsUnexpectedlyOn ? Conditions.LampUnexpectedOn : Conditions.None)
        | (state.IsCycling ? Conditions.LampCycling : Conditions.None)
        | (state.IsDrifting ? Conditions.PowerDrift : Conditions.None)
        | (state.Presence is { IsBoostMissing: true } ? Conditions.PresenceBoostMissing : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(StreetlightState state, StreetlightSettings settings, DeviceStatus status)
    {
        var energy = state.Energy.AmountsOf(settings.IndexMaximum);
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
            Bounds = DayBounds.Counts | energy.Bounds,
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
            : FeederOf(former) != FeederOf(settings) || former.Segment != settings.Segment ? state with { Feed = null }
            : state;

    /// <summary>A passive lamp shows the power that follows from its segment.</summary>
    public static MetricValue? Derived(StreetlightState state, StreetlightSettings settings) =>
        settings.IsPassive && state.IsFed is not null ? new MetricValue("powerWatts", PowerOf(state, settings) / 1000.0) : null;

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(StreetlightState state, StreetlightSettings settings, long now, LocalCalendar calendar) =>
        [.. LampWear.Explain(state, settings), .. ExplainUsual(state, settings) is { } usual ? [usual] : ImmutableArray<DerivedFigure>.Empty];

    /// <inheritdoc/>
    public static Aim? AimOf(StreetlightSettings settings, DesiredChange change, out BilingualText? reason)
    {
        var percent = change.Arguments["percent"];
        var minimum = string.Create(CultureInfo.InvariantCulture, $"{settings.SafetyMinimum / 1_000.0} %");
        reason = settings.IsPassive ? new("un point lumineux passif suit son armoire et ne se gradue pas", "a passive light point follows its cabinet and cannot be dimmed")
            : percent * 1_000 < settings.SafetyMinimum && change.Layer != ControlLayer.Plan
                ? new($"ce point lumineux ne se gradue pas sous son minimum de sécurité de {minimum}", $"this light point may not be dimmed below its safety minimum of {minimum}")
            : null;
        return reason is null ? new Aim("dimmingPercent", percent, ConfirmationTolerancePercent) : null;
    }

    /// <inheritdoc/>
    public static DeviceOrder OrderOf(Aim aim) =>
        new(CommandCatalog.SetDimming, ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("percent", aim.Value));

    /// <inheritdoc/>
    public static BilingualText? RefusePlan(StreetlightSettings settings) =>
        settings.IsPassive ? new("un point lumineux passif suit son armoire, dont il a le plan", "a passive light point follows its cabinet, whose plan it has") : null;

    /// <inheritdoc/>
    public static string? PlanShown(ReadingEntry entry, double? planned) =>
        entry["dimmingPercent"] is { } percent && !(Math.Abs(percent - (planned ?? percent)) > ConfirmationTolerancePercent)
            ? string.Create(CultureInfo.InvariantCulture, $"dimmingPercent {percent}")
            : null;

    /// <summary>What it draws beside what is usual at that level.</summary>
    private static DerivedFigure? ExplainUsual(in StreetlightState state, StreetlightSettings settings) =>
        state is { Dimming: { } dimming, PowerMilliwatts: { } power, IsUnsupplied: false } && state.Usual.RangeOf(dimming, settings.Parameters) is { } usual
            ? new DerivedFigure
            {
                Name = "powerAtLevelWatts",
                Value = power / 1_000.0,
                Low = usual.Low / 1_000.0,
                High = usual.High / 1_000.0,
                At = DateTimeOffset.FromUnixTimeMilliseconds(state.Energy.Held.Since),
                Basis = "usual",
            }
            : null;

    /// <summary>The metric in which its cabinet says whether its segment is on.</summary>
    internal static string SegmentMetric(StreetlightSettings settings) => SegmentMetrics[settings.Segment - 1];

    private static StreetlightState Follow(StreetlightState state, StreetlightSettings settings, in Report report, LocalCalendar calendar)
    {
        // How long the segment was on before a late report is no longer known: only the order in which it was heard is.
        return report.IsLate
            ? state
            : state with
            {
                Energy = state.Energy.WithHeld(PowerOf(state, settings), report.At, PassiveHoldMilliseconds, calendar),
                Nights = NightsAt(state, report.At, PassiveHoldMilliseconds, calendar, report.Sky),
                IsFed = report.Entry[SegmentMetrics[settings.Segment - 1]] is { } on ? on != 0 : state.IsFed,
            };
    }

    private static StreetlightState Control(StreetlightState state, StreetlightSettings settings, in Report report, LocalCalendar calendar)
    {
        var former = state;
        state = state with { Feed = LampFeed.Heard(state.Feed, settings, report) };
        double? dimming = null, watts = null, wattHours = null, failure = null, volts = null, burning = null;
        foreach (var metric in report.Entry.Metrics)
        {
            switch (metric.Name)
            {
                case "dimmingPercent": dimming = metric.Value; break;
                case "powerWatts": watts = metric.Value; break;
                case "energyWattHours": wattHours = metric.Value; break;
                case "lampFailure": failure = metric.Value; break;
                case "supplyVolts": volts = metric.Value; break;
                case "burningHours": burning = metric.Value; break;
            }
        }

        var energy = wattHours is { } index
            ? state.Energy.WithIndex(Thousandths.Of(index), report.At, settings.IndexMaximum, calendar)
            : state.Energy;
        if (report.IsLate)
        {
            return state with { Energy = energy };
        }

        var next = PassTime(state with { Energy = energy }, former, settings, report.At, calendar, report.Sky);
        next = next with
        {
            Dimming = dimming is { } percent ? (int)Thousandths.Of(percent) : state.Dimming,
            SaysFailed = failure is { } failed ? failed != 0 && (state.SaysFailed || state.Feed is not { IsUnfed: true }) : state.SaysFailed,
            IsSupplyLost = volts is { } supply ? Thousandths.Of(supply) < settings.SupplyMinimumMillivolts : state.IsSupplyLost,
        };
        next = next with { PowerMilliwatts = PowerAfter(next, settings, watts is { } power ? Thousandths.Of(power) : null, dimming is not null) };
        next = watts is null && dimming is null ? next : LampWatch.Judge(next, settings, report, watts is not null);
        var wear = LampWear.After(former, next, burning, report.At);
        return next with { Presence = LampPresence.After(next, settings, report), Wear = wear, Usual = wear.IsAnotherLamp(former.Wear) ? default : next.Usual };
    }

    /// <summary>Up to an instant the lamp was as it was before.</summary>
    private static StreetlightState PassTime(
        in StreetlightState state, in StreetlightState before, StreetlightSettings settings, long at, LocalCalendar calendar, LocalSky? sky) => state with
        {
            Energy = state.Energy.WithHeld(PowerOf(before, settings), at, ControlledHoldMilliseconds, calendar),
            Nights = NightsAt(before, at, NightLimit(state, before), calendar, sky),
        };

    private static long NightLimit(in StreetlightState state, in StreetlightState before) =>
        state.Energy.Index is not null ? IndexHoldMilliseconds
        : before.Feed is { IsUnfed: true } ? PassiveHoldMilliseconds
        : ControlledHoldMilliseconds;

    private static long? PowerAfter(StreetlightState state, StreetlightSettings settings, long? reported, bool isDimmingNew) =>
        reported ?? (isDimmingNew switch
        {
            true when settings.RatedMilliwatts > 0 => settings.RatedMilliwatts * state.Dimming!.Value / FullDimming,
            true when state.Dimming == 0 => 0,
            _ => state.PowerMilliwatts,
        });

    /// <summary>Of a lamp that was dark because it failed, or had no supply, the night does not count: that is no saving.</summary>
    private static NightHours NightsAt(in StreetlightState state, long at, long limit, LocalCalendar calendar, LocalSky? sky) =>
        sky is null ? state.Nights
        : !state.Energy.Held.HasSince || state.HasFailed || state.HasLostSupply ? state.Nights.Begin(at, calendar)
        : state.Nights.Until(state.Energy.Held.Since, at, limit, calendar, sky);

    private static long PowerOf(StreetlightState state, StreetlightSettings settings) =>
        settings.IsPassive ? (state.IsFed == true ? settings.RatedMilliwatts : 0) : state.Feed is { IsUnfed: true } ? 0 : state.PowerMilliwatts ?? 0;

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
        return isLit switch { null => LightState.None, true when !state.IsUnsupplied => LightState.On, _ => LightState.Off };
    }
}
