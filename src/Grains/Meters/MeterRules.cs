using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Grains.Zones;

namespace Grid.Grains.Meters;

/// <summary>Rules of a meter. Only water adds flow and volume to a territory, and only behind a customer's water meter leaks, bursts and abnormal consumption are looked for.</summary>
public readonly struct MeterRules : IDeviceRules<MeterSettings, MeterState>
{
    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Meter;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => MeterSettings.Attributes;

    /// <inheritdoc/>
    public static MeterSettings Parse(DeviceDescriptor descriptor) => MeterSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static MeterSettings With(MeterSettings settings, in ParameterSource source) => settings.With(source);

    /// <inheritdoc/>
    public static MeterState Apply(MeterState state, MeterSettings settings, in Report report, LocalCalendar calendar)
    {
        long? raw = null, flow = null;
        var former = state.Index;
        foreach (var metric in report.Entry.Metrics)
        {
            switch (metric.Name)
            {
                case "flowLitresPerHour":
                    flow = Thousandths.Of(metric.Value);
                    break;
                case "tamper" when !report.IsLate:
                    state = state with { IsTamperedWith = metric.Value != 0 };
                    break;
                case "backflowLitres" when !report.IsLate:
                    state = state with { HasBackflow = Thousandths.Of(metric.Value) > 0 };
                    break;
                case "batteryPercent" when !report.IsLate:
                    state = state with
                    {
                        IsBatteryLow = Deadband.IsBatteryLow(state.IsBatteryLow, Thousandths.Of(metric.Value), settings.BatteryLow),
                        Battery = state.Battery.With(Thousandths.Of(metric.Value), report.At),
                    };
                    break;
                case var name when name == settings.IndexMetric:
                    raw = Thousandths.Of(metric.Value);
                    break;
            }
        }

        var isDaily = report.Entry.Personal?.Day is not null;
        if (raw is { } index)
        {
            state = state with { Index = IndexDays.Add(former, index, report.At, calendar.DayUpTo(report.At), settings.IndexMaximum, keepsFirst: !isDaily) };
        }

        if (settings is { IsOfNetwork: true, IsInZone: true } && raw is not null && !report.IsLate && state.Index![^1].At == report.At)
        {
            var local = calendar.DayOf(report.At);
            state = state with { NetworkNight = Zones.NetworkNight.After(state.NetworkNight, state.Index[^1], local.Day, local.Night) };
        }

        if (!report.IsLate && flow is { } now)
        {
            state = state with { FlowMillilitresPerHour = now };
        }

        state = isDaily ? state with { Usual = default, IsUnusual = false } : Learn(state, former, settings, report, calendar);
        return settings.IsCustomersWater ? Watch(state, former, settings, report, isDaily, raw, flow, calendar) : state;
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(MeterState state) =>
        (state.IsTamperedWith ? Conditions.Tamper : Conditions.None)
        | (state.HasBackflow ? Conditions.Backflow : Conditions.None)
        | (state.IsBatteryLow ? Conditions.BatteryLow : Conditions.None)
        | (state.IsLeaking ? Conditions.Leak : Conditions.None)
        | (state.IsBursting ? Conditions.Burst : Conditions.None)
        | (state.IsAbnormal || state.IsUnusual ? Conditions.AbnormalConsumption : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(MeterState state, MeterSettings settings, DeviceStatus status)
    {
        if (settings.Fluid != Fluid.Water)
        {
            return new Contribution { Kind = DeviceKind.Meter, Status = status };
        }

        var volume = AmountsOf(state, settings.IndexMaximum);
        return new Contribution
        {
            Kind = DeviceKind.Meter,
            Status = status,
            Flags = state.IsLeaking ? ContributionFlags.LeakSuspect : ContributionFlags.None,
            FlowMillilitresPerHour = Thousandths.Contributed(state.FlowMillilitresPerHour),
            Day = volume.Day,
            DayAmount = Thousandths.Contributed(volume.Amount),
            PreviousDayAmount = Thousandths.Contributed(volume.PreviousAmount),
            Bounds = DayBounds.Counts | volume.Bounds,
            Zone = settings.IsInZone ? ZoneMeterDays.Of(state.Index, state.NetworkNight) : null,
        };
    }

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(MeterState state, MeterSettings settings, long now, LocalCalendar calendar) =>
        [.. MeterFigures.Of(state, settings, AmountsOf(state, settings.IndexMaximum), now, calendar).AddRange(state.Battery.Explain(now)).OrderBy(figure => figure.Name, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public static MeterState Forget(MeterState state)
    {
        var amounts = AmountsOf(state, modulus: 0);
        return new MeterState
        {
            IsTamperedWith = state.IsTamperedWith,
            IsBatteryLow = state.IsBatteryLow,
            Battery = state.Battery,
            Carried = amounts.Day == 0 ? null : new CarriedDays { Day = amounts.Day, Amount = amounts.Amount, PreviousAmount = amounts.PreviousAmount },
        };
    }

    /// <summary>Another fluid is another index; what is no longer looked for holds no longer.</summary>
    public static MeterState Reconfigure(MeterState state, MeterSettings former, MeterSettings settings)
    {
        state = settings is { IsOfNetwork: true, IsInZone: true } && former.Fluid == settings.Fluid ? state : state with { NetworkNight = null };
        state = former.Fluid == settings.Fluid ? state
            : former.IndexMetric == settings.IndexMetric ? WithoutFlow(state) with { Months = null, IsAbnormal = false }
            : WithoutFlow(state) with { Index = null, Carried = null, Months = null, IsAbnormal = false };
        state = former.Fluid == settings.Fluid ? state : state with { Usual = default, IsUnusual = false };
        return !settings.IsCustomersWater ? WithoutFlow(state) with { IsAbnormal = false }
            : settings.Water.LeakNights == 0 ? state with { Night = null, NightFlows = default, IsLeaking = false }
            : state;
    }

    /// <summary>What it has counted since the reading before was a level that was held between them.</summary>
    private static MeterState Learn(MeterState state, IndexPoint[]? former, MeterSettings settings, in Report report, LocalCalendar calendar)
    {
        if (report.IsLate || former is not { Length: > 0 } || state.Index![^1] is var now && former[^1] is var before && now.At <= before.At)
        {
            return state;
        }

        var level = (long)((Int128)(now.Virtual - before.Virtual) * 3_600_000 / (now.At - before.At));
        var usual = state.Usual.With(level, before.At, now.At, calendar);
        return state with { Usual = usual, IsUnusual = usual.IsAbnormal(settings.AbnormalHours) };
    }

    /// <summary>What is looked for behind a customer's water meter.</summary>
    private static MeterState Watch(
        MeterState state, IndexPoint[]? former, MeterSettings settings, in Report report, bool isDaily, long? raw, long? flow, LocalCalendar calendar)
    {
        var newest = !report.IsLate && raw is not null && state.Index![^1].At == report.At ? state.Index[^1] : default(IndexPoint?);
        var before = former?[^1];
        if (raw is not null)
        {
            state = state with { Months = MonthlyMeans.After(state.Months, former, state.Index!) };
            if (newest is { } reading && reading.Day > before?.Day)
            {
                // A day is over.
                state = state with { IsAbnormal = ConsumptionComparison.Of(state.Index, state.Months, settings) is { } month ? month.IsAbnormal ?? state.IsAbnormal : false };
            }
        }

        if (isDaily)
        {
            // What it may say of a day says nothing of a night or an hour, and what is finer may not be kept any more.
            return state.Still == default && state is { Night: null, BurstSince: 0 } ? state : WithoutFlow(state);
        }

        if (!report.IsLate)
        {
            var since = BurstWatch.After(state.BurstSince, settings, before, newest, flow, report.At);
            state = state with { BurstSince = since, IsBursting = since != 0 && report.At - since >= settings.Water.BurstAfter };
        }

        return settings.Water.LeakNights == 0 ? state : LeakWatch.After(state, settings, report, before, newest, raw, flow, calendar);
    }

    private static MeterState WithoutFlow(MeterState state) =>
        state with { Night = null, NightFlows = default, Still = default, BurstSince = 0, IsLeaking = false, IsBursting = false };

    private static DayAmounts AmountsOf(MeterState state, long modulus)
    {
        var own = IndexDays.AmountsOf(state.Index, modulus);
        return state.Carried is { } carried ? CarriedDays.Add(own, carried.Amounts) : own;
    }
}
