using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Cabinets;

/// <summary>Rules of a lighting cabinet.</summary>
public readonly struct CabinetRules : IDeviceRules<CabinetSettings, CabinetState>
{
    private const long HoldMilliseconds = 3_600_000;

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Cabinet;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => CabinetSettings.Attributes;

    /// <inheritdoc/>
    public static CabinetSettings Parse(DeviceDescriptor descriptor) => CabinetSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static CabinetSettings With(CabinetSettings settings, in ParameterSource source) => settings.With(source);

    /// <inheritdoc/>
    public static CabinetState Apply(CabinetState state, CabinetSettings settings, in Report report, LocalCalendar calendar)
    {
        if (report.Entry["energyWattHours"] is { } index)
        {
            state = state with { Energy = state.Energy.WithIndex(Thousandths.Of(index), report.At, settings.IndexMaximum, calendar) };
        }

        if (report.IsLate)
        {
            return state;
        }

        state = UsualConsumption.Learn(state with { Energy = state.Energy.WithHeld(state.PowerMilliwatts, report.At, HoldMilliseconds, calendar) }, report, calendar);
        foreach (var metric in report.Entry.Metrics)
        {
            state = metric.Name switch
            {
                "powerWatts" => state with { PowerMilliwatts = Thousandths.Of(metric.Value) },
                "doorOpen" => state with { IsDoorOpen = metric.Value != 0 },
                "breakerTripped" => state with { IsBreakerTripped = metric.Value != 0 },
                "leakageMilliamperes" => state with { IsLeaking = Thousandths.Of(metric.Value) > settings.LeakageMaximumMicroamperes },
                "supplyVolts" => state with { IsSupplyLost = Thousandths.Of(metric.Value) < settings.SupplyMinimumMillivolts },
                "programVersion" => UsualConsumption.WithProgram(state, (long)metric.Value),
                "segment1On" or "segment2On" or "segment3On" or "segment4On" or "segment5On" or "segment6On" or "segment7On" or "segment8On" =>
                    WithSegment(state, metric.Name[7] - '1', metric.Value != 0),
                _ => state,
            };
        }

        return ConsumptionWatch.Judge(SegmentWatch.Judge(state, settings, report), settings, report);
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(CabinetState state) =>
        (state.IsSupplyLost ? Conditions.SupplyLoss : Conditions.None)
        | (state.IsBreakerTripped ? Conditions.BreakerTripped : Conditions.None)
        | (state.IsDoorOpen ? Conditions.DoorOpen : Conditions.None)
        | (state.IsLeaking ? Conditions.Leakage : Conditions.None)
        | (state.IsUnexpectedlyOn || SegmentWatch.HasLasting(state, isOn: true) ? Conditions.SegmentUnexpectedOn : Conditions.None)
        | (SegmentWatch.HasLasting(state, isOn: false) ? Conditions.SegmentUnexpectedOff : Conditions.None)
        | (state.IsConsumptionUnexpected ? Conditions.ConsumptionUnexpected : Conditions.None);

    /// <inheritdoc/>
    public static Conditions SilenceOf(CabinetSettings settings) => Conditions.CommunicationLoss;

    /// <inheritdoc/>
    public static Contribution Contribute(CabinetState state, CabinetSettings settings, DeviceStatus status) =>
        new() { Kind = DeviceKind.Cabinet, Status = status };

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(CabinetState state, CabinetSettings settings, long now, LocalCalendar calendar) => UsualConsumption.Explain(state, settings, calendar);

    /// <inheritdoc/>
    public static Aim? AimOf(CabinetSettings settings, DesiredChange change, out BilingualText? reason)
    {
        reason = null;
        return new Aim(string.Create(CultureInfo.InvariantCulture, $"segment{(int)change.Arguments["segment"]}On"), change.Arguments["on"], Tolerance: 0);
    }

    /// <inheritdoc/>
    public static DeviceOrder OrderOf(Aim aim) => new(
        CommandCatalog.SetSegment,
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("segment", aim.Metric[7] - '0').Add("on", aim.Value));

    /// <inheritdoc/>
    public static BilingualText? RefusePlan(CabinetSettings settings) => null;

    /// <summary>One segment as planned is enough: which of them the plan switches is the cabinet's wiring.</summary>
    public static string? PlanShown(ReadingEntry entry, double? planned)
    {
        foreach (var metric in entry.Metrics)
        {
            if (metric.Name.Length == 10 && metric.Name.StartsWith("segment", StringComparison.Ordinal) && (planned is null || (metric.Value != 0) == (planned > 0)))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{metric.Name} {metric.Value}");
            }
        }

        return null;
    }

    private static CabinetState WithSegment(CabinetState state, int segment, bool on) => state with
    {
        SegmentsKnown = (byte)(state.SegmentsKnown | (1 << segment)),
        SegmentsOn = (byte)(on ? state.SegmentsOn | (1 << segment) : state.SegmentsOn & ~(1 << segment)),
    };
}
