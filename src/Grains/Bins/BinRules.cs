using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Bins;

/// <summary>Rules of a bin.</summary>
public readonly struct BinRules : IDeviceRules<BinSettings, BinState>
{
    private const int Over80 = 80_000;

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Bin;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => BinSettings.Attributes;

    /// <inheritdoc/>
    public static BinSettings Parse(DeviceDescriptor descriptor) => BinSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static BinSettings With(BinSettings settings, in ParameterSource source) => settings.With(source);

    /// <inheritdoc/>
    public static BinState Apply(BinState state, BinSettings settings, in Report report, LocalCalendar calendar)
    {
        if (report.IsLate)
        {
            return state;
        }

        foreach (var metric in report.Entry.Metrics)
        {
            var value = Thousandths.Of(metric.Value);
            state = metric.Name switch
            {
                "fillPercent" => state with
                {
                    Fill = (int)value,
                    IsOverflowing = Deadband.IsAbove(state.IsOverflowing, value, settings.Overflow, settings.OverflowClear),
                },
                "temperatureCelsius" => state with { IsBurning = Deadband.IsAbove(state.IsBurning, value, settings.Fire, settings.FireClear) },
                "tilted" => state with { IsTipped = value != 0 },
                "batteryPercent" => state with { IsBatteryLow = Deadband.IsBatteryLow(state.IsBatteryLow, value, settings.BatteryLow) },
                _ => state,
            };
        }

        return state;
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(BinState state) =>
        (state.IsOverflowing ? Conditions.Overflow : Conditions.None)
        | (state.IsBurning ? Conditions.Fire : Conditions.None)
        | (state.IsTipped ? Conditions.Tipped : Conditions.None)
        | (state.IsBatteryLow ? Conditions.BatteryLow : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(BinState state, BinSettings settings, DeviceStatus status) =>
        new()
        {
            Kind = DeviceKind.Bin,
            Status = status,
            Flags = (state.Fill > Over80 ? ContributionFlags.Over80Percent : ContributionFlags.None)
                | (state.IsOverflowing ? ContributionFlags.Overflowing : ContributionFlags.None)
                | (state.IsBurning ? ContributionFlags.Fire : ContributionFlags.None),
        };
}
