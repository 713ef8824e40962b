using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Meters;

/// <summary>Rules of a meter. Only water adds flow and volume to a territory.</summary>
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
        if (report.Entry[settings.IndexMetric] is { } index)
        {
            var day = calendar.DayOf(report.At).Day;
            state = state with { Index = IndexDays.Add(state.Index, Thousandths.Of(index), report.At, day, settings.IndexMaximum, keepsFirst: report.Entry.Personal?.Day is null) };
        }

        if (report.IsLate)
        {
            return state;
        }

        foreach (var metric in report.Entry.Metrics)
        {
            state = metric.Name switch
            {
                "flowLitresPerHour" => state with { FlowMillilitresPerHour = Thousandths.Of(metric.Value) },
                "tamper" => state with { IsTamperedWith = metric.Value != 0 },
                "backflowLitres" => state with { HasBackflow = Thousandths.Of(metric.Value) > 0 },
                "batteryPercent" => state with { IsBatteryLow = Deadband.IsBatteryLow(state.IsBatteryLow, Thousandths.Of(metric.Value), settings.BatteryLow) },
                _ => state,
            };
        }

        return state;
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(MeterState state) =>
        (state.IsTamperedWith ? Conditions.Tamper : Conditions.None)
        | (state.HasBackflow ? Conditions.Backflow : Conditions.None)
        | (state.IsBatteryLow ? Conditions.BatteryLow : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(MeterState state, MeterSettings settings, DeviceStatus status)
    {
        if (settings.Fluid != Fluid.Water)
        {
            return new Contribution { Kind = DeviceKind.Meter, Status = status };
        }

        var volume = AmountsOf(state);
        return new Contribution
        {
            Kind = DeviceKind.Meter,
            Status = status,
            FlowMillilitresPerHour = Thousandths.Contributed(state.FlowMillilitresPerHour),
            Day = volume.Day,
            DayAmount = Thousandths.Contributed(volume.Amount),
            PreviousDayAmount = Thousandths.Contributed(volume.PreviousAmount),
        };
    }

    /// <inheritdoc/>
    public static MeterState Forget(MeterState state)
    {
        var amounts = AmountsOf(state);
        return new MeterState
        {
            IsTamperedWith = state.IsTamperedWith,
            IsBatteryLow = state.IsBatteryLow,
            Carried = amounts.Day == 0 ? null : new CarriedDays { Day = amounts.Day, Amount = amounts.Amount, PreviousAmount = amounts.PreviousAmount },
        };
    }

    /// <summary>Another fluid is another index.</summary>
    public static MeterState Reconfigure(MeterState state, MeterSettings former, MeterSettings settings) =>
        former.IndexMetric == settings.IndexMetric ? state : state with { Index = null, Carried = null };

    private static DayAmounts AmountsOf(MeterState state)
    {
        var own = IndexDays.AmountsOf(state.Index);
        return state.Carried is { } carried ? CarriedDays.Add(own, carried.Amounts) : own;
    }
}
